from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from betterstart.access import actions
from betterstart.access.actions import AccessRefused
from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent
from betterstart.clock import at_london, london_today
from tests import factories
from tests.access.signing_in import give_app, prove
from volunteers.models import Volunteer


def held(person: User) -> set[tuple[str, str]]:
    return {(m.role, str(m.service or m.organisation)) for m in Membership.objects.active().filter(user=person)}


def test_given_role_holds_from_now_on_and_is_recorded(cast, administrator):
    page = f"/people/{cast.manager.pk}/roles/add/"
    response = administrator.post(page, {"role": Role.VOLUNTEER, "place": f"service-{cast.home.pk}"})

    assert response["Location"] == f"/people/{cast.manager.pk}/"
    assert held(cast.manager) == {(Role.MANAGER, "Bowling Families"), (Role.VOLUNTEER, "Home visiting")}
    assert Volunteer.objects.filter(user=cast.manager, organisation=cast.here).exists()
    event = AuditEvent.objects.get(verb="role.given")
    assert (event.actor_id, event.target_id) == (cast.administrator.pk, cast.manager.pk)
    assert event.details == {"role": "volunteer", "organisation": "Bowling Families", "service": "Home visiting"}


@pytest.mark.parametrize(
    ("role", "place", "sentence"),
    [
        (Role.MANAGER, "organisation", "already has this role"),
        (Role.SAFEGUARDING_LEAD, "service", "whole organisation"),
        ("king", "service", "not one of the available"),
        (Role.VOLUNTEER, "far", "Select a valid choice"),
    ],
)
def test_role_that_cannot_be_given_is_refused_with_the_reason(cast, administrator, role, place, sentence):
    places = {
        "organisation": f"organisation-{cast.here.pk}",
        "service": f"service-{cast.home.pk}",
        "far": f"service-{cast.far.pk}",
    }
    page = administrator.post(f"/people/{cast.manager.pk}/roles/add/", {"role": role, "place": places[place]})

    assert sentence in page.content.decode()
    assert held(cast.manager) == {(Role.MANAGER, "Bowling Families")}


def test_action_checks_the_right_itself(cast):
    wish = {"person": cast.volunteer, "role": Role.MANAGER, "organisation": cast.elsewhere}
    with pytest.raises(PermissionDenied):
        actions.give_role(by=cast.administrator, **wish)
    with pytest.raises(PermissionDenied):
        actions.give_role(by=cast.coordinator, **{**wish, "organisation": cast.here})
    with pytest.raises(PermissionDenied):
        actions.give_role(by=cast.administrator, **{**wish, "organisation": cast.here, "person": cast.nobody})


def test_who_ends_a_coordinators_role_is_told_to_leave_time_for_the_handover(cast, administrator):
    for person, is_told in ((cast.coordinator, True), (cast.manager, False)):
        membership = Membership.objects.get(user=person)
        page = administrator.get(f"/people/{person.pk}/roles/{membership.pk}/end/").content.decode()
        assert ("finds on Today what to pass on" in page) == is_told


def test_role_ended_now_is_over_and_the_reason_is_kept(cast, administrator):
    membership = cast.volunteer.memberships.get()
    administrator.post(f"/people/{cast.volunteer.pk}/roles/{membership.pk}/end/", {"when": "now", "reason": "Moved"})

    assert held(cast.volunteer) == set()
    membership.refresh_from_db()
    assert membership.end_reason == "Moved"
    assert AuditEvent.objects.get(verb="role.ended").reason == "Moved"
    assert administrator.get(f"/people/{cast.volunteer.pk}/roles/{membership.pk}/end/").status_code == 404


def test_role_ends_with_the_last_moment_of_its_last_day_in_london(cast, administrator):
    membership = cast.volunteer.memberships.get()
    last = london_today() + dt.timedelta(days=10)
    wish = {"when": "day", "last_day": last.isoformat(), "reason": "New job"}
    administrator.post(f"/people/{cast.volunteer.pk}/roles/{membership.pk}/end/", wish)

    membership.refresh_from_db()
    assert membership.ends_at == at_london(last + dt.timedelta(days=1), dt.time())
    assert held(cast.volunteer) == {(Role.VOLUNTEER, "Home visiting")}


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        ({"when": "day", "last_day": "2020-01-01", "reason": "x"}, "cannot be in the past"),
        ({"when": "day", "last_day": "", "reason": "x"}, "Choose the last day"),
        ({"when": "day", "last_day": "2026-02-30", "reason": "x"}, "Write the day like"),
        ({"when": "day", "last_day": "9999-12-31", "reason": "x"}, "too far away"),
        ({"when": "now", "reason": ""}, "required"),
        ({"when": "never", "reason": "x"}, "not one of the available"),
    ],
)
def test_end_that_makes_no_sense_is_refused_and_the_role_goes_on(cast, administrator, wish, sentence):
    membership = cast.volunteer.memberships.get()
    page = administrator.post(f"/people/{cast.volunteer.pk}/roles/{membership.pk}/end/", wish)

    assert sentence in page.content.decode()
    assert held(cast.volunteer) == {(Role.VOLUNTEER, "Home visiting")}


def test_membership_of_one_person_is_not_found_under_another(cast, administrator):
    membership = cast.volunteer.memberships.get()

    assert administrator.get(f"/people/{cast.manager.pk}/roles/{membership.pk}/end/").status_code == 404


def test_last_administrator_stays_until_somebody_else_has_the_role(cast, administrator):
    own = cast.administrator.memberships.get()
    address = f"/people/{cast.administrator.pk}/roles/{own.pk}/end/"
    page = administrator.post(address, {"when": "now", "reason": "Tired"})
    assert "is the last administrator" in page.content.decode()

    second = factories.user("Ben Second", Role.ADMINISTRATOR, cast.here)
    administrator.post(address, {"when": "now", "reason": "Tired"})
    assert held(cast.administrator) == set()
    assert held(second) == {(Role.ADMINISTRATOR, "Bowling Families")}


def test_administrator_whose_end_is_set_does_not_count_as_one_who_stays(cast):
    second = factories.user("Ben Second", Role.ADMINISTRATOR, cast.here)
    second.memberships.update(ends_at=timezone.now() + dt.timedelta(days=3))

    with pytest.raises(AccessRefused, match="last administrator"):
        actions.end_role(by=cast.administrator, membership=cast.administrator.memberships.get(), reason="Tired")


def test_nobody_ends_their_own_access(cast, administrator):
    factories.user("Ben Second", Role.ADMINISTRATOR, cast.here)
    page = administrator.post(f"/people/{cast.administrator.pk}/end-access/", {"reason": "Oops"})

    assert "cannot end your own access" in page.content.decode()
    assert held(cast.administrator)


def test_access_ended_takes_roles_invitations_and_the_account(cast, administrator):
    own = factories.invitation(cast.here, email=cast.coordinator.email)
    sent = factories.invitation(cast.here, by=cast.coordinator)
    foreign = factories.invitation(cast.elsewhere, email=cast.coordinator.email)

    page = administrator.post(f"/people/{cast.coordinator.pk}/end-access/", {"reason": "Left today"}, follow=True)

    assert "has no access any more" in page.content.decode()
    cast.coordinator.refresh_from_db()
    assert not cast.coordinator.is_active
    assert cast.coordinator.memberships.get().end_reason == "Left today"
    for invitation, revoked in ((own, True), (sent, True), (foreign, False)):
        invitation.refresh_from_db()
        assert bool(invitation.revoked_at) is revoked
    event = AuditEvent.objects.get(verb="access.ended")
    assert (event.reason, event.details) == ("Left today", {"account_closed": True})


def test_access_ended_in_one_organisation_leaves_the_role_in_another(cast, administrator, client):
    Membership.objects.create(user=cast.coordinator, role=Role.VOLUNTEER, organisation=cast.elsewhere)

    administrator.post(f"/people/{cast.coordinator.pk}/end-access/", {"reason": "Left us"})

    cast.coordinator.refresh_from_db()
    assert cast.coordinator.is_active
    assert held(cast.coordinator) == {(Role.VOLUNTEER, "Manningham Families")}


def test_access_of_the_last_administrator_cannot_be_ended_by_another_organisations(cast):
    outside = factories.user("Ola Outside", Role.ADMINISTRATOR, cast.elsewhere)
    Membership.objects.create(user=cast.administrator, role=Role.VOLUNTEER, organisation=cast.elsewhere)

    actions.end_access(by=outside, person=cast.administrator, reason="No visits")

    assert held(cast.administrator) == {(Role.ADMINISTRATOR, "Bowling Families")}


def test_role_that_begins_later_ends_before_it_began(cast):
    cast.volunteer.memberships.update(starts_at=timezone.now() + dt.timedelta(days=5))

    actions.end_access(by=cast.administrator, person=cast.volunteer, reason="Changed plans")

    membership = cast.volunteer.memberships.get()
    assert membership.ends_at == membership.starts_at


def test_access_given_back_brings_the_roles_that_ended_together(cast, administrator):
    old = cast.coordinator.memberships.get()
    actions.give_role(by=cast.administrator, person=cast.coordinator, role=Role.MANAGER, organisation=cast.here)
    actions.end_access(by=cast.administrator, person=cast.coordinator, reason="Left")
    address = f"/people/{cast.coordinator.pk}/restore-access/"
    assert administrator.get(address).content.decode().count('name="memberships"') == 2

    administrator.post(address, {"memberships": [old.pk]})

    cast.coordinator.refresh_from_db()
    assert cast.coordinator.is_active
    assert held(cast.coordinator) == {(Role.COORDINATOR, "Home visiting")}
    assert AuditEvent.objects.filter(verb="access.restored").count() == 1


def test_person_who_had_no_role_is_asked_for_none_when_access_comes_back(cast, administrator):
    cast.volunteer.is_active = False
    cast.volunteer.save()
    address = f"/people/{cast.volunteer.pk}/restore-access/"
    assert "Give these roles back" not in administrator.get(address).content.decode()

    assert administrator.post(address, {}).status_code == 302
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.is_active


def test_somebody_elses_membership_is_not_given_back(cast, administrator):
    actions.end_access(by=cast.administrator, person=cast.coordinator, reason="Left")
    page = administrator.post(
        f"/people/{cast.coordinator.pk}/restore-access/", {"memberships": [cast.manager.memberships.get().pk]}
    )

    assert page.status_code == 200
    cast.coordinator.refresh_from_db()
    assert not cast.coordinator.is_active


def test_reset_second_step_is_gone_sessions_too_and_the_person_is_told(
    cast, administrator, client, mailoutbox, django_capture_on_commit_callbacks
):
    give_app(cast.volunteer)
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(f"/people/{cast.volunteer.pk}/reset-second-step/", {"reason": "Lost the phone"})

    assert not cast.volunteer.second_factors.exists()
    assert AuditEvent.objects.get(verb="second_factor.reset").reason == "Lost the phone"
    assert mailoutbox[0].to == [cast.volunteer.email]
    assert "Ada Administrator" in mailoutbox[0].body


@pytest.mark.parametrize("who", ["administrator", "manager"])
def test_second_step_of_oneself_or_of_nobody_is_not_reset(cast, administrator, who):
    give_app(cast.administrator)
    administrator.post(f"/people/{getattr(cast, who).pk}/reset-second-step/", {"reason": "x"})

    assert cast.administrator.second_factors.count() == 1
    assert not AuditEvent.objects.filter(verb="second_factor.reset").exists()


@pytest.mark.parametrize(
    "page", ["roles/add/", "end-access/", "restore-access/", "reset-second-step/", "roles/{membership}/end/"]
)
def test_changes_of_access_ask_for_the_password_again_after_five_minutes(cast, administrator, page):
    address = f"/people/{cast.volunteer.pk}/" + page.format(membership=cast.volunteer.memberships.get().pk)
    prove(administrator, seconds_ago=301)

    assert administrator.get(address)["Location"].startswith("/account/reauthenticate/")
    assert administrator.post(address, {"reason": "x"})["Location"].startswith("/account/reauthenticate/")
    prove(administrator, seconds_ago=290)
    assert administrator.get(address).status_code == 200


def test_act_that_had_to_wait_for_the_password_is_done_after_it(cast, as_user):
    client = as_user(cast.administrator)
    address = f"/people/{cast.volunteer.pk}/end-access/"
    client.post(address, {"reason": "Left today"})
    assert held(cast.volunteer)

    client.post(f"/account/reauthenticate/?next={address}", {"password": factories.PASSWORD})

    assert not held(cast.volunteer)

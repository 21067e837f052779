"""The way from a first word to a first family, as coordinators lead people on it, and the goodbye at its end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions import AccessRefused, InvitationGone, accept_as_new, give_role
from betterstart.access.models import Invitation, User
from betterstart.access.roles import Role
from betterstart.clock import london_today
from betterstart.links.actions import give_link
from betterstart.links.models import Link
from families.models import Family
from tests import factories
from tests.volunteers.on_their_way import asker, fact
from volunteers.actions.account import InvitationRefused, invite_volunteer
from volunteers.actions.breaks import BreakRefused, agree_break, end_break
from volunteers.actions.interview import InterviewRefused, hold_interview
from volunteers.actions.leaving import LeavingRefused, leave
from volunteers.actions.readiness import settle
from volunteers.actions.references import REFERENCE_LINK
from volunteers.models import Break, DbsCheck, Leaving, Reference, Volunteer
from volunteers.reports.pipeline import on_their_way, people_needs

TODAY = london_today()
DAY = dt.timedelta(days=1)


def needs(person: User):
    with acting_as(Scope.SCOPED, person.pk):
        return people_needs(person, london_today(), 10)


def url(name: str, row: Volunteer) -> str:
    return reverse(f"volunteers:{name}", args=[row.pk])


def test_coordinator_writes_down_somebody_who_rang(cast, as_user):
    client = as_user(cast.coordinator)
    page = client.get(reverse("volunteers:enquiry-new"))
    told = {"uuid": page.context["form"].initial["uuid"], "how": "phone", "name": "Callum", "phone": "07700 900202"}
    answer = client.post(reverse("volunteers:enquiry-new"), told)

    row = Volunteer.objects.get(name="Callum")
    assert answer["Location"] == url("volunteer", row)
    assert (row.service, row.application.how, row.application.answered_by) == (cast.home, "phone", cast.coordinator)
    assert "Fill it in together" in client.get(url("volunteer", row)).content.decode()


def test_coordinator_is_told_that_an_address_is_on_the_list(cast, as_user):
    asker(cast)
    client = as_user(cast.coordinator)
    told = {"uuid": client.get(reverse("volunteers:enquiry-new")).context["form"].initial["uuid"], "how": "email"}
    answer = client.post(reverse("volunteers:enquiry-new"), told | {"name": "H", "email": "HAFSA@example.org"})

    assert answer.status_code == 422
    assert "Hafsa Mirza is on the list already" in answer.content.decode()


def test_enquiry_waits_on_today_until_it_is_answered(cast, as_user):
    row = asker(cast)
    assert [need.url for need in needs(cast.coordinator).needs] == [url("volunteer", row)]
    assert needs(cast.other_coordinator).total == 0

    as_user(cast.coordinator).post(url("send-link", row))

    assert needs(cast.coordinator).total == 0
    row.refresh_from_db()
    assert row.application.answered_by == cast.coordinator


def test_nobody_types_a_state(cast, as_user):
    """No page of the way offers a field for it, and one that is sent along changes nothing."""
    row = asker(cast)
    client = as_user(cast.coordinator)
    client.post(url("reach", row), {"name": "Hafsa", "phone": "1", "email": "", "state": "ready"})

    row.refresh_from_db()
    assert (row.name, row.state) == ("Hafsa", "enquiry")
    for name in ("reach", "leave"):
        assert "state" not in client.get(url(name, row)).context["form"].fields


def test_talk_leads_to_the_checks_and_names_whom_to_ask(cast, as_user):
    row = asker(cast, "applied")
    told = {"held_on": TODAY.isoformat(), "held_by": cast.coordinator.pk, "notes": "Warm.", "outcome": "go_on"}
    assert as_user(cast.coordinator).post(url("interview", row), told).status_code == 302

    row.refresh_from_db()
    assert row.state == "checking"
    assert set(Reference.objects.values_list("email", flat=True)) >= {"jean@example.org", "bilal@example.org"}


def test_not_now_leaves_them_where_they_are_for_a_kind_answer(cast):
    row = asker(cast, "applied")
    talk = {"by": cast.coordinator, "held_by": cast.coordinator, "held_on": TODAY, "notes": "Next year."}
    hold_interview(volunteer=row, outcome="not_now", **talk)

    assert Volunteer.objects.get(pk=row.pk).state == "applied"
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert "kind answer" in on_their_way(cast.coordinator).sections[0].rows[0].reason


@pytest.mark.parametrize(("state", "day"), [("applied", TODAY + DAY), ("applied", TODAY - 3 * DAY), ("enquiry", TODAY)])
def test_talk_is_held_after_the_application_and_not_ahead(cast, state, day):
    row = asker(cast, state)
    with pytest.raises(InterviewRefused):
        hold_interview(
            by=cast.coordinator, volunteer=row, held_on=day, held_by=cast.coordinator, notes="-", outcome="go_on"
        )


def test_invitation_joins_the_account_to_the_row_of_the_application(cast, as_user):
    row = asker(cast, "preparing")
    as_user(cast.coordinator).post(url("invite", row))
    token = mail.outbox[-1].body.split("/invitation/")[-1].split("/")[0] if mail.outbox else ""
    assert Invitation.objects.get(email="hafsa@example.org").role == Role.VOLUNTEER

    person = accept_as_new(token=token, display_name="Hafsa M", password=factories.PASSWORD)

    row.refresh_from_db()
    assert (row.user, row.state, row.display_name) == (person, "preparing", "Hafsa M")


@pytest.mark.parametrize("how", ["leave", "reach"])
def test_invitation_of_somebody_who_does_not_go_on_or_has_another_address_opens_nothing(cast, as_user, how):
    row = asker(cast, "preparing")
    client = as_user(cast.coordinator)
    client.post(url("invite", row))
    token = mail.outbox[-1].body.split("/invitation/")[-1].split("/")[0]
    told = {"leave": {"reason": "not_now", "left_on": TODAY.isoformat(), "exit_talk": "not_wanted"}}
    told["reach"] = {"name": "Hafsa", "phone": "07700 900201", "email": "new@example.org"}
    assert client.post(url(how, row), told[how]).status_code == 302

    with pytest.raises(InvitationGone):
        accept_as_new(token=token, display_name="Hafsa M", password=factories.PASSWORD)
    assert Volunteer.objects.get(pk=row.pk).user is None


def test_referee_of_somebody_who_does_not_go_on_is_not_waited_for(cast):
    row = asker(cast, "checking")
    asked = factories.reference(row, cast.coordinator)
    give_link(by=cast.coordinator, purpose=REFERENCE_LINK, subject_id=asked.pk, lasts=DAY)

    leave(by=cast.coordinator, volunteer=row, reason="not_now")

    assert not Link.objects.live().filter(purpose=REFERENCE_LINK).exists()


@pytest.mark.parametrize("what", ["too early", "no address", "an account already"])
def test_no_invitation_where(cast, what):
    row = asker(
        cast, "applied" if what == "too early" else "preparing", email="" if what == "no address" else "h@example.org"
    )
    if what == "an account already":
        row.user, row.organisation = cast.volunteer, cast.here
    with pytest.raises(InvitationRefused):
        invite_volunteer(by=cast.coordinator, volunteer=row, link=str)


def test_somebody_invited_without_an_application_prepares_first(cast):
    give_role(by=cast.administrator, person=cast.volunteer, role=Role.VOLUNTEER, organisation=cast.here)
    assert Volunteer.objects.get(user=cast.volunteer).state == "ready"

    new = factories.user("New Newcomer", Role.VOLUNTEER, None)
    factories.Membership.objects.create(user=new, role=Role.MANAGER, organisation=cast.here)
    give_role(by=cast.administrator, person=new, role=Role.VOLUNTEER, organisation=cast.here)
    assert Volunteer.objects.get(user=new).state == "preparing"


def test_break_takes_them_out_on_its_days_alone(cast):
    row = cast.volunteer_row
    agree_break(by=cast.coordinator, volunteer=row, starts_on=TODAY + 5 * DAY, back_on=TODAY + 9 * DAY)

    ready_on = [n for n in range(12) if Volunteer.objects.ready(TODAY + n * DAY).filter(pk=row.pk).exists()]
    assert ready_on == [0, 1, 2, 3, 4, 9, 10, 11]


def test_after_a_break_today_asks_how_they_are_until_somebody_says_so(cast):
    row = cast.volunteer_row
    agree_break(by=cast.coordinator, volunteer=row, starts_on=TODAY, back_on=TODAY + 9 * DAY)
    assert needs(cast.coordinator).total == 0
    assert not Volunteer.objects.available_to(cast.home).filter(pk=row.pk).exists()

    Break.objects.update(starts_on=TODAY - 20 * DAY, back_on=TODAY - DAY)
    assert "ask how they are" in needs(cast.coordinator).needs[0].reason
    assert Volunteer.objects.available_to(cast.home).filter(pk=row.pk).exists()

    end_break(by=cast.coordinator, volunteer=Volunteer.objects.get(pk=row.pk))
    assert needs(cast.coordinator).total == 0
    assert Volunteer.objects.get(pk=row.pk).state == "ready"


def test_whoever_comes_back_with_a_check_that_ran_out_prepares_again(cast):
    row = cast.volunteer_row
    agree_break(by=cast.coordinator, volunteer=row, starts_on=TODAY, back_on=TODAY + DAY)
    DbsCheck.objects.filter(volunteer=row).delete()

    end_break(by=cast.coordinator, volunteer=row)

    assert Volunteer.objects.get(pk=row.pk).state == "preparing"


@pytest.mark.parametrize(("first", "back"), [(0, 0), (-40, 5), (0, 500), (-9, -2)])
def test_break_has_days_that_make_sense(cast, first, back):
    with pytest.raises(BreakRefused):
        agree_break(
            by=cast.coordinator, volunteer=cast.volunteer_row, starts_on=TODAY + first * DAY, back_on=TODAY + back * DAY
        )


def test_goodbye_ends_access_the_same_day_and_leaves_the_match_for_a_decision(cast, as_user):
    told = {"reason": "health", "left_on": TODAY.isoformat(), "exit_talk": "offered", "words": "Her hip."}
    answer = as_user(cast.coordinator).post(url("leave", cast.volunteer_row), told)
    assert answer.status_code == 302

    row = Volunteer.objects.get(pk=cast.volunteer_row.pk)
    assert (row.state, row.left_on) == ("left", TODAY)
    assert not User.objects.get(pk=cast.volunteer.pk).is_active
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not Family.objects.exists()
    page = as_user(cast.coordinator).get("/today/").content.decode()
    assert "this match is still open" in page
    listed = as_user(cast.coordinator).get(reverse("volunteers:on-their-way")).content.decode()
    assert "offered, and not held yet" in listed


def test_goodbye_is_finished_later(cast, as_user):
    row = asker(cast, "left", left_on=TODAY)
    fact("leaving", row, cast.coordinator)
    told = {
        "exit_talk": "held",
        "exit_words": "I will miss them.",
        "would_return": "yes",
        "things_back": "on",
        "data_back": "on",
    }
    as_user(cast.coordinator).post(url("goodbye", row), told)

    leaving = Leaving.objects.get()
    assert (leaving.exit_words, leaving.would_return) == ("I will miss them.", "yes")
    assert not Leaving.objects.unfinished().exists()


def test_somebody_who_never_began_does_not_go_on(cast):
    row = asker(cast, "applied")
    leave(by=cast.coordinator, volunteer=row, reason="not_now")
    assert Volunteer.objects.get(pk=row.pk).state == "not_proceeding"
    with pytest.raises(LeavingRefused):
        leave(by=cast.coordinator, volunteer=row, reason="not_now")


def test_somebody_who_left_and_is_back_prepares_until_a_person_has_looked(cast, as_user):
    leave(by=cast.coordinator, volunteer=cast.volunteer_row, reason="time")
    User.objects.filter(pk=cast.volunteer.pk).update(is_active=True)
    give_role(
        by=cast.administrator,
        person=User.objects.get(pk=cast.volunteer.pk),
        role=Role.VOLUNTEER,
        organisation=cast.here,
    )

    row = Volunteer.objects.get(pk=cast.volunteer_row.pk)
    assert (row.state, row.left_on) == ("preparing", None)
    assert settle(volunteer=row, by=cast.coordinator) == []  # all evidence is in date, and nobody has looked
    client = as_user(cast.coordinator)
    assert "I have looked" in client.get(url("volunteer", row)).content.decode()
    client.post(url("looked", row))
    row.refresh_from_db()
    assert row.state == "ready"


def test_somebody_who_is_back_with_an_account_and_no_role_is_invited_to_it_again(cast, as_user):
    leave(by=cast.coordinator, volunteer=cast.volunteer_row, reason="time")
    Volunteer.objects.filter(pk=cast.volunteer_row.pk).update(state="preparing", left_on=None)
    client = as_user(cast.coordinator)
    assert "Invite to an account" in client.get(url("volunteer", cast.volunteer_row)).content.decode()
    client.post(url("invite", cast.volunteer_row))
    token = mail.outbox[-1].body.split("/invitation/")[-1].split("/")[0]

    person = accept_as_new(token=token, display_name="Vera", password=factories.PASSWORD)

    assert (person, person.roles) == (cast.volunteer, {Role.VOLUNTEER})


def test_account_volunteers_with_one_organisation(cast):
    Volunteer.objects.filter(pk=cast.volunteer_row.pk).update(organisation=cast.elsewhere)
    with pytest.raises(AccessRefused, match="another organisation"):
        give_role(by=cast.administrator, person=cast.volunteer, role=Role.VOLUNTEER, organisation=cast.here)


def test_list_asks_the_same_number_of_questions_for_thirty(cast, as_user, django_assert_max_num_queries):
    client = as_user(cast.coordinator)
    address = reverse("volunteers:on-their-way")

    def ask() -> int:
        with django_assert_max_num_queries(60) as seen:
            client.get(address)
        return len(seen)

    for state in ("enquiry", "applied", "checking", "preparing"):
        asker(cast, state, email=f"{state}@example.org")
    fact("leaving", asker(cast, "left", email="left@example.org"), cast.coordinator)
    few = ask()
    for number in range(8):
        for state in ("enquiry", "applied", "checking", "preparing"):
            asker(cast, state, email=f"{state}{number}@example.org")
        fact("leaving", asker(cast, "left", email=f"left{number}@example.org"), cast.coordinator)
    assert ask() == few


def test_longest_wait_for_a_talk_is_told_on_today(cast):
    row = asker(cast, "applied")
    assert needs(cast.coordinator).total == 0

    Volunteer.objects.filter(pk=row.pk).update(created_at=timezone.now() - 20 * DAY)
    assert "nobody has talked with them" in needs(cast.coordinator).needs[0].reason

"""A suspension: gone at once, everywhere; told to whoever must act, and why to nobody else."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions import AccessRefused, give_role
from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent
from betterstart.reminders.models import Message
from families.models import Family
from tests import factories
from tests.access.signing_in import sign_in
from tests.volunteers.on_their_way import REFEREES, asker
from volunteers.actions.application import ApplicationRefused, begin_draft, send_application
from volunteers.actions.enquiry import EnquiryRefused, answer_enquiry
from volunteers.actions.leaving import LeavingRefused, leave
from volunteers.actions.suspension import SuspensionRefused, end_suspension, suspend
from volunteers.models import Application, Match, Suspension, Volunteer
from volunteers.reports.pipeline import people_needs

WHY = "A mother rang about Tuesday."


def stop(cast, row: Volunteer | None = None, by: User | None = None) -> Suspension:
    person = by or cast.manager
    with acting_as(Scope.SCOPED, person.pk):
        return suspend(by=person, volunteer=row or cast.volunteer_row, kind="allegation", words=WHY)


def stored(cast) -> Volunteer:
    return Volunteer.objects.get(pk=cast.volunteer_row.pk)


def test_open_tab_of_a_suspended_volunteer_shows_what_a_stranger_sees(cast, as_user, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    tab = Client()
    sign_in(tab, cast.volunteer)
    page = reverse("families:family", args=[cast.family.reference])
    assert "Amina" in tab.get(page).content.decode()

    told = {"kind": "allegation", "words": WHY}
    assert (
        as_user(cast.manager).post(reverse("volunteers:suspend", args=[cast.volunteer_row.pk]), told).status_code == 302
    )

    for address in (page, reverse("volunteers:my-visits")):
        now, stranger = tab.get(address), Client().get(address)
        assert (now.status_code, now.content, now["Location"]) == (302, stranger.content, stranger["Location"])
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not Family.objects.exists()
    assert stored(cast).state == "suspended"
    assert Match.objects.get().state == "paused"


def test_somebody_with_another_role_sees_no_family_of_theirs_either(cast):
    Membership.objects.create(user=cast.volunteer, role=Role.COORDINATOR, organisation=cast.elsewhere, service=cast.far)
    stop(cast)

    assert User.objects.get(pk=cast.volunteer.pk).is_active
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert set(Family.objects.values_list("name", flat=True)) == {"Chloe"}


@pytest.mark.parametrize("who", ["coordinator", "volunteer", "administrator", "other_coordinator", "nobody"])
def test_only_managers_and_safeguarding_leads_of_the_organisation_suspend(cast, who):
    with pytest.raises(PermissionDenied):
        stop(cast, by=getattr(cast, who))
    assert stored(cast).state == "ready"


def test_why_is_read_by_managers_and_leads_and_stands_in_no_log_and_no_letter(cast, as_user):
    stop(cast, by=cast.lead)

    page = reverse("volunteers:suspension", args=[cast.volunteer_row.pk])
    assert WHY in as_user(cast.manager).get(page).content.decode()
    seen = as_user(cast.coordinator).get(reverse("volunteers:volunteer", args=[cast.volunteer_row.pk])).content.decode()
    assert "Suspended" in seen
    assert "Sam Safeguarding" in seen
    assert WHY not in seen
    assert not any(WHY in str(event.__dict__) for event in AuditEvent.objects.all())
    letter = Message.objects.get(kind="volunteer.suspended")
    assert letter.to == cast.coordinator.email
    assert "Vera" not in letter.subject + letter.body


def test_coordinator_sees_it_first_on_today(cast):
    stop(cast)
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        need = people_needs(cast.coordinator, timezone.localdate(), 5).needs[0]
    assert need.reason == "Vera Volunteer is suspended, and sees no family any more"
    assert need.urgency < 0


def test_back_gives_access_again_but_no_family_until_the_match_goes_on(cast):
    stop(cast)
    with acting_as(Scope.SCOPED, cast.lead.pk):
        end_suspension(by=cast.lead, volunteer=stored(cast), outcome="back", words="Nothing in it.")

    assert stored(cast).state == "ready"
    person = User.objects.get(pk=cast.volunteer.pk)
    assert (person.is_active, person.roles) == (True, {Role.VOLUNTEER})
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not Family.objects.exists()
    assert Match.objects.get().state == "paused"


def test_ended_lets_them_go(cast):
    stop(cast)
    end_suspension(by=cast.manager, volunteer=stored(cast), outcome="ended", words="It was so.")

    assert stored(cast).state == "left"
    assert not User.objects.get(pk=cast.volunteer.pk).is_active


def test_whoever_was_let_go_by_a_decision_is_opened_again_by_no_role_link_or_form(cast):
    stop(cast)
    end_suspension(by=cast.manager, volunteer=stored(cast), outcome="ended", words="It was so.")
    User.objects.filter(pk=cast.volunteer.pk).update(is_active=True)
    person = User.objects.get(pk=cast.volunteer.pk)
    with pytest.raises(AccessRefused, match="manager or a safeguarding lead"):
        give_role(by=cast.administrator, person=person, role=Role.VOLUNTEER, organisation=cast.here)
    with pytest.raises(EnquiryRefused, match="manager or a safeguarding lead"):
        answer_enquiry(by=cast.coordinator, volunteer=stored(cast), site=str)
    Application.objects.create(volunteer=stored(cast), uuid=uuid4())
    told = {"date_of_birth": date(1990, 1, 1), "referees": REFEREES}
    for by, words in ((cast.coordinator, "safeguarding lead"), (None, "ring us")):
        draft = begin_draft(volunteer=stored(cast))
        with pytest.raises(ApplicationRefused, match=words):
            send_application(by=by, draft=draft, told=told, site=str)
    assert stored(cast).state == "left"


def test_link_to_an_account_of_somebody_suspended_says_that_it_serves_not_now_and_not_why(cast, as_user):
    row = asker(cast, "preparing")
    as_user(cast.coordinator).post(reverse("volunteers:invite", args=[row.pk]))
    link = "/invitation/" + mail.outbox[-1].body.split("/invitation/")[-1].split("/")[0] + "/"
    stop(cast, row)

    chosen = {"display_name": "Hafsa", "password": "lentils and rain", "password_again": "lentils and rain"}
    answer = Client().post(link, chosen)

    assert answer.status_code == 409
    assert "cannot be taken up just now" in answer.content.decode()
    assert "uspended" not in answer.content.decode()
    assert not User.objects.filter(email=row.email).exists()


def test_only_a_decision_ends_it(cast):
    stop(cast)
    with pytest.raises(LeavingRefused):
        leave(by=cast.coordinator, volunteer=stored(cast), reason="time")
    User.objects.filter(pk=cast.volunteer.pk).update(is_active=True)
    with pytest.raises(AccessRefused, match="suspended"):
        give_role(
            by=cast.administrator,
            person=User.objects.get(pk=cast.volunteer.pk),
            role=Role.VOLUNTEER,
            organisation=cast.here,
        )
    with pytest.raises(SuspensionRefused):
        stop(cast, stored(cast))


def test_decision_is_taken_once(cast):
    stop(cast)
    end_suspension(by=cast.manager, volunteer=stored(cast), outcome="back", words="Nothing.")
    with pytest.raises(SuspensionRefused):
        end_suspension(by=cast.manager, volunteer=stored(cast), outcome="ended", words="Or not.")


def test_somebody_on_their_way_comes_back_to_where_they_were(cast):
    row = asker(cast, "applied")
    stop(cast, row)
    end_suspension(by=cast.manager, volunteer=Volunteer.objects.get(pk=row.pk), outcome="back", words="Nothing.")

    assert Volunteer.objects.get(pk=row.pk).state == "applied"


def test_manager_sees_names_and_states_and_nothing_else(cast, as_user):
    asker(cast, told={"draws": "I had nobody."})
    page = as_user(cast.manager).get(reverse("volunteers:everybody")).content.decode()

    assert "Vera Volunteer" in page
    assert "Hafsa Mirza" in page
    assert "07700" not in page
    assert "hafsa@" not in page
    assert factories.PASSWORD not in page

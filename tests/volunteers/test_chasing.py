"""What waits about checks and training: one line for each volunteer on a coordinator's first page."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.reports.needs import Urgency
from tests import factories
from volunteers.actions import end_match
from volunteers.models import Attendance, DbsCheck, VolunteerState
from volunteers.models.evidence import months_after
from volunteers.reports.chasing import checks_waiting
from volunteers.reports.pipeline import people_needs

pytestmark = pytest.mark.django_db


def told(person):
    with acting_as(Scope.SCOPED, person.pk):
        found = checks_waiting(person, london_today(), 20)
    assert found.total == len(found.needs)
    return [(need.reason, need.detail) for need in found.needs]


def issue(volunteer, days_left: int, **fields) -> None:
    """A certificate that is to be looked at again in so many days."""
    issued = months_after(london_today() + dt.timedelta(days=days_left), -36)
    DbsCheck.objects.filter(volunteer=volunteer).update(issued_on=issued, **fields)


def test_nothing_is_said_while_everything_is_in_date(cast):
    assert told(cast.coordinator) == []


@pytest.mark.parametrize(("days_left", "is_said"), [(62, False), (59, True), (7, True), (1, True)])
def test_check_that_is_to_be_looked_at_again_is_said_two_months_before(cast, days_left, is_said):
    issue(cast.volunteer_row, days_left)

    said = told(cast.coordinator)
    assert len(said) == is_said
    assert all(reason.startswith("Vera Volunteer: the check is to be looked at again by") for reason, _more in said)
    assert told(cast.other_coordinator) == []


def test_check_that_ran_out_asks_for_a_decision_with_the_families_of_today(cast):
    issue(cast.volunteer_row, 0)

    [(reason, detail)] = told(cast.coordinator)
    assert reason.startswith("Vera Volunteer: the check ran out on")
    assert detail == "with 1 family now"


STOPPED = [
    ({"status_result": "changed"}, "the Update Service said that something changed"),
    ({"result": "information", "decision": "not_go_on"}, "a manager decided: not with families"),
]


@pytest.mark.parametrize(("says", "words"), STOPPED)
def test_check_that_says_no_is_a_worry_while_they_are_with_a_family(cast, says, words):
    day = london_today() - dt.timedelta(days=2)
    moments = {"status_checked_on": day} if "status_result" in says else {"decided_at": timezone.now()}
    who = {"status_checked_by": cast.lead} if "status_result" in says else {"decided_by": cast.manager}
    DbsCheck.objects.filter(volunteer=cast.volunteer_row).update(**says, **moments, **who)
    longer_ago = factories.volunteer(factories.user("Vi Lapsed"), cast.here)
    issue(longer_ago, -30)

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        today = people_needs(cast.coordinator, london_today(), 5).needs
        beside = checks_waiting(cast.coordinator, london_today(), 5).needs
    assert today[0].reason.startswith(f"Vera Volunteer: {words}")
    assert beside[0].reason == today[0].reason
    assert {beside[0].urgency, today[0].urgency} == {Urgency.WORRY}
    assert beside[0].detail == "with 1 family now"

    end_match(by=cast.coordinator, match=cast.match, reason="practical")
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert people_needs(cast.coordinator, london_today(), 5).needs == []
        assert {need.urgency for need in checks_waiting(cast.coordinator, london_today(), 5).needs} == {Urgency.PROMISE}


def test_training_that_ran_out_asks_for_a_decision_and_one_that_soon_does_is_said(cast):
    of = Attendance.objects.filter(volunteer=cast.volunteer_row, session__run__course__kind="safeguarding")
    for days_ago, words in ((3 * 366, "has run out: decide"), (3 * 365 - 10, "within a month")):
        session = factories.course(cast.here, cast.coordinator, "safeguarding", days_ago=days_ago)
        of.update(session=session)
        [(reason, _detail)] = told(cast.coordinator)
        assert words in reason


@pytest.mark.parametrize(("days_ago", "is_said"), [(9, False), (11, True)])
def test_reference_is_asked_after_when_it_has_not_come_for_ten_days(cast, days_ago, is_said):
    newcomer = factories.volunteer(None, cast.here, name="Nell Newcomer", state=VolunteerState.CHECKING)
    factories.reference(newcomer, cast.coordinator, days_ago=days_ago)

    said = told(cast.coordinator)
    assert said == ([("Nell Newcomer: asked for a reference 11 days ago, no answer", "")] if is_said else [])


def test_reference_that_has_come_asks_to_be_read_and_one_that_is_not_needed_asks_nothing(cast):
    newcomer = factories.volunteer(None, cast.here, name="Nell Newcomer", state=VolunteerState.CHECKING)
    factories.reference(newcomer, cast.coordinator, judgement="not_needed")
    assert told(cast.coordinator) == []
    factories.reference(newcomer, cast.coordinator, answered_at=timezone.now(), answered_by="link")

    assert told(cast.coordinator) == [("Nell Newcomer: a reference has come: read it", "")]


def test_year_of_the_update_service_is_said_a_month_before_it_ends(cast):
    DbsCheck.objects.filter(volunteer=cast.volunteer_row).update(
        update_service_until=london_today() + dt.timedelta(days=20)
    )

    [(reason, _detail)] = told(cast.coordinator)
    assert "the Update Service is to be renewed by" in reason


def test_volunteer_who_has_left_is_chased_for_nothing(cast):
    issue(cast.volunteer_row, -5)
    cast.volunteer_row.state, cast.volunteer_row.left_on = VolunteerState.LEFT, london_today()
    cast.volunteer_row.save()

    assert told(cast.coordinator) == []


def test_page_of_a_match_says_what_ran_out_and_the_match_goes_on(cast, as_user):
    page = reverse("volunteers:match", args=[cast.match.pk])
    desk = as_user(cast.coordinator)
    assert "has run out: decide" not in desk.get(page).content.decode()
    issue(cast.volunteer_row, 0)

    assert "has run out: decide" in desk.get(page).content.decode()
    cast.match.refresh_from_db()
    assert cast.match.is_active


def test_many_cost_as_many_questions_as_one(cast):
    assert cast.coordinator.roles == {"coordinator"}  # read once for each request
    counts = []
    for more in (1, 5):
        for number in range(more):
            issue(factories.volunteer(factories.user(f"Vi {more} {number}"), cast.here), number)
        with acting_as(Scope.SCOPED, cast.coordinator.pk), CaptureQueriesContext(connection) as asked:
            checks_waiting(cast.coordinator, london_today(), 20)
        counts.append(sum("volunteers_volunteer" in query["sql"] for query in asked.captured_queries))

    assert counts == [2, 2]

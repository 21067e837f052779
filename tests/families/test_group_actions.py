"""Planning, changing, cancelling and finishing groups."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import pairwise

import pytest

from betterstart.audit.models import AuditEvent
from betterstart.clock import at_london, london_today
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.group import (
    GroupRefused,
    NotYourGroup,
    add_sessions,
    cancel_session,
    create_group,
    edit_group,
    finish_group,
    weekly_sessions,
)
from families.models import GroupBooking, GroupSeries, GroupSession
from families.reports.groups import completion, group_page
from tests import factories

TEN, NOON = dt.time(10), dt.time(12)


def plan(cast, *, weeks=8, by=None, key=None, **fields) -> GroupSeries:
    sessions = weekly_sessions(_soon(), TEN, NOON, weeks)
    fields = {"name": "Baby massage", "venue": "The hub", "sessions_to_complete": 5, "facilitators": []} | fields
    return create_group(
        by=by or cast.coordinator, uuid=key or uuid.uuid4(), service=cast.home, sessions=sessions, **fields
    )


def test_group_is_planned_with_its_weekly_sessions_once(cast):
    key = uuid.uuid4()
    group = plan(cast, key=key, facilitators=[cast.volunteer])

    assert plan(cast, key=key) == group
    days = [session.day for session in group.sessions.all()]
    assert [(b - a).days for a, b in pairwise(days)] == [7] * 7
    assert [each.user for each in group.named.all()] == [cast.volunteer]
    assert AuditEvent.objects.get(verb="group.planned").target_label == "Baby massage"


def test_weekly_sessions_keep_the_clock_time_when_clocks_change():
    spans = weekly_sessions(dt.date(2099, 10, 18), TEN, NOON, 3)

    assert [start for start, _end in spans] == [
        at_london(dt.date(2099, 10, 18) + dt.timedelta(weeks=week), TEN) for week in range(3)
    ]


@pytest.mark.parametrize(
    ("day", "starts", "ends", "weeks", "field"),
    [
        (-1, TEN, NOON, 1, "day"),
        (0, dt.time(0, 0), dt.time(23, 59), 1, "starts"),
        (3, NOON, TEN, 1, "ends"),
        (3, TEN, TEN, 1, "ends"),
        (3, TEN, NOON, 0, "weeks"),
        (3, TEN, NOON, 53, "weeks"),
    ],
)
def test_impossible_sessions_are_refused_at_their_field(day, starts, ends, weeks, field):
    with pytest.raises(GroupRefused) as refused:
        weekly_sessions(london_today() + dt.timedelta(days=day), starts, ends, weeks)

    assert list(refused.value.error_dict) == [field]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"age_from_months": 12, "age_until_months": 12}, "age_until_months"),
        ({"places": 0}, "places"),
        ({"sessions_to_complete": 9}, "sessions_to_complete"),
    ],
)
def test_impossible_group_is_refused_and_nothing_is_saved(cast, fields, field):
    with pytest.raises(GroupRefused) as refused:
        plan(cast, **fields)

    assert list(refused.value.error_dict) == [field]
    assert not GroupSeries.objects.exists()


def test_only_people_who_work_or_volunteer_here_run_a_group(cast):
    for stranger in (cast.other_coordinator, cast.manager, cast.nobody):
        with pytest.raises(GroupRefused, match="work or volunteer here"):
            plan(cast, facilitators=[stranger])


def test_only_coordinators_of_the_service_plan_change_cancel_and_finish(cast):
    group = plan(cast, facilitators=[cast.volunteer])

    for other in (cast.volunteer, cast.other_coordinator, cast.manager):
        with pytest.raises(NotYourService):
            plan(cast, by=other)
        with pytest.raises(NotYourGroup):
            edit_group(by=other, series=group, version=1, facilitators=[], name="Mine")
        with pytest.raises(NotYourGroup):
            add_sessions(by=other, series=group, sessions=[])
        with pytest.raises(NotYourGroup):
            cancel_session(by=other, session=group.sessions.first(), reason="No")
        with pytest.raises(NotYourGroup):
            finish_group(by=other, series=group)
    assert GroupSeries.objects.get().name == "Baby massage"


def test_fewer_places_than_people_booked_is_refused(cast):
    group = plan(cast, places=5)
    factories.member(cast.family, "Zayn")
    factories.booking(group, cast.family)

    with pytest.raises(GroupRefused, match="2 people are booked") as refused:
        edit_group(by=cast.coordinator, series=group, version=1, facilitators=[], places=1)
    assert list(refused.value.error_dict) == ["places"]
    assert edit_group(by=cast.coordinator, series=group, version=1, facilitators=[], places=2).places == 2


def test_two_changing_a_group_at_once_are_told(cast):
    group = plan(cast)
    edit_group(by=cast.coordinator, series=group, version=1, facilitators=[cast.volunteer], venue="The library")

    with pytest.raises(StaleEdit):
        edit_group(by=cast.coordinator, series=group, version=1, facilitators=[], venue="The park")

    stored = GroupSeries.objects.get()
    assert (stored.venue, stored.named.count()) == ("The library", 1)


def test_sessions_added_twice_are_there_once(cast):
    group = plan(cast, weeks=5)
    more = weekly_sessions(london_today() + dt.timedelta(days=3), TEN, NOON, 6)

    for _time in range(2):
        add_sessions(by=cast.coordinator, series=group, sessions=more)

    assert group.sessions.count() == 6


def test_session_is_cancelled_with_a_reason_and_can_be_planned_anew(cast):
    group = plan(cast)
    session = group.sessions.first()

    with pytest.raises(GroupRefused, match="Say why"):
        cancel_session(by=cast.coordinator, session=session, reason="  ")
    for _time in range(2):
        cancel_session(by=cast.coordinator, session=session, reason="The boiler")

    stored = GroupSession.objects.get(pk=session.pk)
    assert (stored.cancelled_reason, AuditEvent.objects.filter(verb="group.session_cancelled").count()) == (
        "The boiler",
        1,
    )
    add_sessions(by=cast.coordinator, series=group, sessions=[(session.starts_at, session.ends_at)])
    assert group.sessions.standing().count() == 8


def test_session_that_people_came_to_is_not_cancelled(cast):
    group = factories.group(cast.home)
    factories.attendance(group.sessions.first(), cast.family.members.first())

    with pytest.raises(GroupRefused, match="took place"):
        cancel_session(by=cast.coordinator, session=group.sessions.first(), reason="No")


def test_finishing_says_for_each_booking_whether_they_came_and_lets_the_waiting_go(cast):
    group = factories.group(cast.home, days=(-14, -7))
    third, fourth = (factories.family(cast.home, name) for name in ("Dara", "Esme"))
    came, stayed_away = factories.booking(group, cast.family), factories.booking(group, cast.other_family)
    waited, invited = factories.booking(group, third, "waitlisted"), factories.booking(group, fourth, "invited")
    factories.attendance(group.sessions.last(), cast.family.members.first())

    for _time in range(2):
        finish_group(by=cast.coordinator, series=group)

    states = dict(GroupBooking.objects.values_list("pk", "state"))
    assert states == {
        came.pk: "attended",
        stayed_away.pk: "not_attended",
        waited.pk: "cancelled",
        invited.pk: "cancelled",
    }
    assert GroupSeries.objects.get().finished_at
    assert AuditEvent.objects.filter(verb="group.finished").count() == 1


def test_finished_group_stays_as_it_is(cast):
    group = factories.group(cast.home, days=(-7,))
    finish_group(by=cast.coordinator, series=group)
    before = GroupSeries.objects.values().get()

    for attempt in (
        lambda: edit_group(by=cast.coordinator, series=group, version=group.version, facilitators=[], name="Other"),
        lambda: add_sessions(by=cast.coordinator, series=group, sessions=weekly_sessions(_soon(), TEN, NOON, 1)),
        lambda: cancel_session(by=cast.coordinator, session=group.sessions.get(), reason="The boiler"),
    ):
        with pytest.raises(GroupRefused, match="finished"):
            attempt()
    assert (GroupSeries.objects.values().get(), group.sessions.standing().count()) == (before, 1)


def _soon() -> dt.date:
    return london_today() + dt.timedelta(days=3)


def test_group_that_still_meets_is_not_finished(cast):
    with pytest.raises(GroupRefused, match="still meets"):
        finish_group(by=cast.coordinator, series=factories.group(cast.home))


def test_first_timers_are_those_who_came_to_no_earlier_session(cast):
    group = factories.group(cast.home, days=(-14, -7))
    early, late = group.sessions.all()
    mother, child = cast.family.members.get(), factories.member(cast.family, "Zayn")
    for session, member in ((early, mother), (late, mother), (late, child)):
        factories.attendance(session, member)

    assert [(each.came, each.first_timers) for each in group_page(group).sessions] == [(1, 1), (2, 1)]


def test_completion_counts_each_person_once_and_only_attendance_that_stands(cast):
    group = factories.group(cast.home, days=(-28, -21, -14, -7), sessions_to_complete=3)
    mother, child = cast.family.members.get(), factories.member(cast.family, "Zayn")
    other = factories.member(cast.other_family, "Zara")
    for number, session in enumerate(group.sessions.all()):
        factories.attendance(session, mother)
        if number < 3:
            undone = session.ends_at if number == 2 else None
            factories.attendance(session, child, undone_at=undone)
    factories.attendance(group.sessions.first(), other)

    found = completion(group)

    assert (found.children, found.adults, found.completed) == (2, 1, 1)
    assert [(row["name"], row["n"], row["enough"]) for row in found.people] == [
        ("Amina", 4, True),
        ("Zayn", 2, False),
        ("Zara", 1, False),
    ]

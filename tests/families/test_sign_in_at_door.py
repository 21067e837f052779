"""Signing people in at the door: who may, what it starts, and what a second tap does."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.models import Transition
from families.actions.booking import move_booking
from families.actions.sign_in import (
    NotYourSession,
    SignInRefused,
    sign_in,
    sign_in_someone_new,
    undo_sign_in,
    why_closed,
)
from families.models import BookingPerson, Family, FamilyMember, GroupAttendance, GroupBooking, GroupSeries, Support
from families.reports.door import door
from families.reports.family_page import family_page
from tests import factories


@pytest.fixture
def course(cast):
    """A course that met a week ago and meets today, run by a volunteer who is with none of its families."""
    cast.course = factories.group(cast.stay_and_play, days=(-7, 0, 7), run_by=(cast.other_volunteer,))
    cast.child = factories.member(cast.family, "Zayn", known_as="Zee")
    cast.booking = factories.booking(cast.course, cast.family)
    cast.before, cast.session, cast.later = cast.course.sessions.all()
    cast.mother = cast.family.members.get(role="parent")
    return cast


def tap(course, *, by=None, session=None, member=None) -> GroupAttendance:
    member = member or course.mother
    return sign_in(by=by or course.other_volunteer, session=session or course.session, people=[member.uuid])[0]


def names(page) -> list[str]:
    return [person.name for household in page.households for person in household.people]


def test_tap_twice_makes_one_attendance_and_one_event(course):
    assert tap(course) == tap(course)

    row = GroupAttendance.objects.get()
    assert (row.member, row.family, row.recorded_by) == (course.mother, course.family, course.other_volunteer)
    assert AuditEvent.objects.filter(verb="group.signed_in", family_id=course.family.pk).count() == 1


def test_volunteer_at_the_door_works_behind_the_wall_of_the_database(course, runtime_role):
    """As in life: the database shows this volunteer no family, and the tap still counts."""
    with acting_as(Scope.SCOPED, course.other_volunteer.pk):
        assert not Family.objects.exists()
        tap(course)
        assert not GroupAttendance.objects.exists()
        assert names(door(course.other_volunteer, course.session)) == ["Amina", "Zee"]


def test_tap_taken_back_counts_nowhere_and_can_be_made_again(course):
    tap(course)
    for _time in range(2):
        undo_sign_in(by=course.other_volunteer, session=course.session, person=course.mother.uuid)
    assert not GroupAttendance.objects.standing().exists()
    assert Support.objects.get(pk=course.booking.support_id).last_contact_at is None

    tap(course)

    assert GroupAttendance.objects.standing().count() == 1
    assert AuditEvent.objects.filter(verb="group.sign_in_undone").count() == 1


@pytest.mark.parametrize("state", ["offered", "getting_to_know", "waiting"])
def test_first_session_starts_the_support_and_is_its_contact(course, state):
    Support.objects.filter(pk=course.booking.support_id).update(state=state, started_on=None)

    row = tap(course)

    support = Support.objects.get(pk=course.booking.support_id)
    assert (support.state, support.started_on, support.last_contact_at) == ("active", london_today(), row.arrived_at)
    assert Transition.objects.of("support", support.pk).last().reason == "first_session"


def test_home_visiting_still_waits_for_its_volunteer_after_a_group(cast):
    group = factories.group(cast.home)
    Support.objects.filter(family=cast.family).update(state="waiting", started_on=None, waiting_since=london_today())
    factories.booking(group, cast.family)
    member = cast.family.members.get()

    (row,) = sign_in(by=cast.coordinator, session=group.sessions.first(), people=[member.uuid])

    support = Support.objects.get(family=cast.family)
    assert (support.state, support.last_contact_at) == ("waiting", row.arrived_at)


def test_latest_of_visits_and_sessions_is_the_last_contact(cast):
    group = factories.group(cast.home, days=(-10, -4))
    early, late = group.sessions.all()
    member = cast.family.members.get()

    def last_contact():
        return Support.objects.get(family=cast.family).last_contact_at

    factories.attendance(early, member)
    assert last_contact() == early.starts_at
    visit = factories.visit(cast.family, cast.volunteer, days_ago=6)
    assert last_contact() == visit.actual_start
    latest = factories.attendance(late, member)
    assert last_contact() == late.starts_at
    latest.undone_at = late.ends_at
    latest.save()
    assert last_contact() == visit.actual_start
    visit.delete()
    assert last_contact() == early.starts_at


def test_list_is_for_those_who_run_the_group_and_nobody_else(course):
    for stranger in (course.volunteer, course.coordinator, course.manager, course.other_coordinator):
        with pytest.raises(NotYourSession):
            tap(course, by=stranger)
    course.other_volunteer.memberships.update(ends_at=timezone.now())
    with pytest.raises(NotYourSession):
        tap(course)
    assert not GroupAttendance.objects.exists()


def test_list_is_shut_before_its_day_and_for_volunteers_some_days_after(course):
    with pytest.raises(SignInRefused, match="opens on"):
        tap(course, session=course.later)
    with pytest.raises(SignInRefused, match="closed"):
        tap(course, session=course.before)
    factories.Membership.objects.create(
        user=course.coordinator, role="coordinator", organisation=course.here, service=course.stay_and_play
    )

    late = tap(course, by=course.coordinator, session=course.before)

    assert late.arrived_at == course.before.starts_at


def test_cancelled_session_takes_nobody(course):
    course.course.sessions.filter(pk=course.session.pk).update(
        cancelled_at=course.session.starts_at, cancelled_reason="The boiler"
    )
    with pytest.raises(SignInRefused, match="cancelled"):
        tap(course)
    course.session.refresh_from_db()
    assert why_closed(course.other_volunteer, course.session)
    assert not GroupAttendance.objects.exists()


def test_somebody_who_is_not_on_the_list_cannot_be_tapped(course):
    with pytest.raises(FamilyMember.DoesNotExist):
        tap(course, member=course.other_family.members.get())
    move_booking(by=_coordinator_of_the_group(course), booking=GroupBooking.objects.get(), to="cancelled")
    with pytest.raises(FamilyMember.DoesNotExist):
        tap(course)


def _coordinator_of_the_group(course):
    return factories.user("Gwen Groups", "coordinator", course.stay_and_play)


def test_list_of_a_course_has_those_with_a_place_and_not_the_others(course):
    factories.booking(course.course, factories.family(course.home, "Waiter"), "waitlisted")
    factories.attendance(course.before, factories.family(course.home, "Before").members.get())
    factories.member(course.family, "Baby", "unborn")
    factories.member(course.family, "Zara")

    assert names(door(course.other_volunteer, course.session)) == ["Amina", "Zee"]


def test_list_of_a_drop_in_has_those_who_came_lately(cast):
    group = factories.group(cast.stay_and_play, days=(-120, -7, 0), entry="drop_in", run_by=(cast.volunteer,))
    long_ago, lately, today = group.sessions.all()
    factories.attendance(long_ago, cast.other_family.members.get())
    factories.attendance(lately, factories.family(cast.home, "Regular").members.get())

    assert names(door(cast.volunteer, today)) == ["Regular"]


def test_child_of_two_families_is_listed_once_and_comes_with_the_one_that_is_booked(course):
    course.other_family.shares.create(member=course.child)
    BookingPerson.objects.filter(member=course.child).delete()
    factories.booking(course.course, course.other_family)

    row = tap(course, member=course.child)

    assert row.family == course.other_family
    assert names(door(course.other_volunteer, course.session)).count("Zee") == 1


def test_several_who_arrive_together_are_noted_together_or_not_at_all(course):
    stranger = course.other_family.members.get()
    with pytest.raises(FamilyMember.DoesNotExist):
        sign_in(by=course.other_volunteer, session=course.session, people=[course.mother.uuid, stranger.uuid])
    assert not GroupAttendance.objects.exists()

    sign_in(by=course.other_volunteer, session=course.session, people=[course.mother.uuid, course.child.uuid])

    assert GroupAttendance.objects.count() == 2


def test_names_are_read_at_the_door_while_it_is_open_and_by_the_coordinator_after(course):
    course.course.sessions.filter(pk=course.later.pk).update(starts_at=timezone.now() + dt.timedelta(days=7))
    for session in (course.before, course.later):
        found = door(course.other_volunteer, session)
        assert (found.closed != "", found.households) == (True, [])

    assert names(door(_coordinator_of_the_group(course), course.before)) == ["Amina", "Zee"]


def test_name_is_found_in_any_script_and_brings_its_household(course):
    factories.booking(course.course, factories.family(course.home, "Łucja"))

    found = door(course.other_volunteer, course.session, "lucja")

    assert [[person.name for person in household.people] for household in found.shown] == [["Łucja"]]
    assert len(door(course.other_volunteer, course.session, "zee").shown[0].people) == 2


def test_finished_group_takes_nobody_any_more(course):
    GroupSeries.objects.update(finished_at=timezone.now())

    with pytest.raises(SignInRefused, match="finished"):
        tap(course)


def test_first_time_is_told_from_the_earlier_sessions(course):
    factories.attendance(course.before, course.mother)
    tap(course)
    tap(course, member=course.child)

    rows = GroupAttendance.objects.filter(session=course.session).first_time()

    assert [row.member for row in rows] == [course.child]


def test_drop_in_lists_the_parents_and_children_of_those_who_came_before(cast):
    group = factories.group(cast.stay_and_play, days=(-7, 0), entry="drop_in", run_by=(cast.volunteer,))
    before, today = group.sessions.all()
    factories.attendance(before, cast.family.members.get())
    factories.member(cast.family, "Zayn")
    factories.member(cast.family, "Uncle", "other_adult")

    assert names(door(cast.volunteer, today)) == ["Amina", "Zayn"]


def someone(cast, group, **fields) -> Family:
    what = {"uuid": uuid.uuid4(), "name": "Dee", "children": [{"display_name": "Ollie"}]} | fields
    return sign_in_someone_new(by=cast.volunteer, session=group.sessions.first(), **what)


def test_someone_new_at_a_drop_in_is_a_family_with_little_data_once(cast):
    group = factories.group(cast.stay_and_play, entry="drop_in", run_by=(cast.volunteer,))
    key = uuid.uuid4()

    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        for _time in range(2):
            someone(cast, group, uuid=key, address={"kind": "home", "lines": "BD5"})

    family = Family.objects.get(uuid=key)
    assert (family.name, family.organisation) == ("Dee", cast.here)
    assert list(family.members.values_list("display_name", "role")) == [("Dee", "parent"), ("Ollie", "child")]
    assert [support.state for support in family.supports.all()] == ["active"]
    assert GroupAttendance.objects.standing().filter(family=family).count() == 2
    assert family.addresses.get().lines == "BD5"


def test_nobody_new_is_added_where_people_are_booked(course):
    with pytest.raises(SignInRefused, match="coordinator"):
        sign_in_someone_new(
            by=course.other_volunteer, session=course.session, uuid=uuid.uuid4(), name="Dee", children=[]
        )
    assert not Family.objects.filter(name="Dee").exists()


def test_family_timeline_shows_the_sessions_they_came_to(course):
    tap(course)
    tap(course, member=course.child)
    Support.objects.filter(pk=course.booking.support_id).update(accepted_on=london_today() - dt.timedelta(days=9))

    page = family_page(_coordinator_of_the_group(course), course.family.reference)

    entries = [entry for month in page.timeline.months for entry in month.entries if entry.kind == "visit"]
    assert [(entry.title, entry.who) for entry in entries] == [(course.course.name, "Amina, Zee")]

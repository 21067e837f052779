"""Courses, the register, catching up, and what follows from them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.clock import london_today
from tests import factories
from volunteers.actions.readiness import EvidenceRefused
from volunteers.actions.training import create_course, give_places, mark_attendance, note_catch_up, plan_run
from volunteers.models import Attendance, Course, VolunteerState

pytestmark = pytest.mark.django_db
TODAY = london_today()


@pytest.fixture
def newcomer(cast):
    return factories.volunteer(None, cast.here, name="Nell Newcomer", state=VolunteerState.PREPARING)


@pytest.fixture
def run(cast, newcomer):
    """Three sessions, the last of them tomorrow; two make it complete."""
    of = {"kind": "preparation", "name": "Getting ready", "sessions_needed": 2, "renew_years": None}
    course = create_course(by=cast.coordinator, organisation=cast.here, **of)
    days = [TODAY - dt.timedelta(days=7), TODAY, TODAY + dt.timedelta(days=1)]
    row = plan_run(by=cast.coordinator, course=course, place="The hub", days=days, starts=None)
    give_places(by=cast.coordinator, run=row, volunteers=[newcomer])
    return row


def cells(run, volunteer, *numbers):
    return {(session.pk, volunteer.pk) for session in run.sessions.filter(number__in=numbers)}


def is_complete(volunteer) -> bool:
    return Attendance.objects.filter(volunteer=volunteer).enough(TODAY, "preparation").exists()


def test_enough_ticks_complete_a_course_and_taking_one_out_undoes_it(cast, run, newcomer):
    assert mark_attendance(by=cast.coordinator, run=run, was=[], now=cells(run, newcomer, 1)) == (1, 0)
    assert not is_complete(newcomer)
    mark_attendance(by=cast.coordinator, run=run, was=cells(run, newcomer, 1), now=cells(run, newcomer, 1, 2))
    assert is_complete(newcomer)

    assert mark_attendance(by=cast.coordinator, run=run, was=cells(run, newcomer, 1, 2), now=[]) == (0, 2)
    assert not is_complete(newcomer)


def test_tick_of_somebody_else_meanwhile_stays(cast, run, newcomer):
    mark_attendance(by=cast.coordinator, run=run, was=[], now=cells(run, newcomer, 1))
    mark_attendance(by=cast.coordinator, run=run, was=[], now=cells(run, newcomer, 2))

    assert newcomer.attendances.count() == 2


def test_session_that_has_not_been_held_takes_no_tick(cast, run, newcomer):
    with pytest.raises(EvidenceRefused, match="not been held yet"):
        mark_attendance(by=cast.coordinator, run=run, was=[], now=cells(run, newcomer, 3))


def test_tick_for_somebody_without_a_place_is_refused(cast, run):
    with pytest.raises(EvidenceRefused, match="changed this course"):
        mark_attendance(by=cast.coordinator, run=run, was=[], now=cells(run, cast.volunteer_row, 1))


def test_missed_session_caught_up_on_counts_and_is_no_tick_to_take_out(cast, run, newcomer):
    first = run.sessions.get(number=1)
    mark_attendance(by=cast.coordinator, run=run, was=[], now=cells(run, newcomer, 2))
    caught = {"session": first, "volunteer": newcomer, "how": "Talked it through."}
    with pytest.raises(EvidenceRefused, match="held after this day"):
        note_catch_up(by=cast.coordinator, on=first.day - dt.timedelta(days=1), **caught)
    with pytest.raises(EvidenceRefused, match="not come yet"):
        note_catch_up(by=cast.coordinator, on=TODAY + dt.timedelta(days=1), **caught)

    note_catch_up(by=cast.coordinator, on=TODAY, **caught)

    assert is_complete(newcomer)
    with pytest.raises(EvidenceRefused, match="ticked for them already"):
        note_catch_up(by=cast.coordinator, on=TODAY, **caught)
    mark_attendance(by=cast.coordinator, run=run, was=cells(run, newcomer, 1), now=[])
    assert newcomer.attendances.filter(session=first).exists()


def test_course_is_kept_by_coordinators_of_its_organisation(cast, run):
    with pytest.raises(PermissionDenied):
        plan_run(by=cast.other_coordinator, course=run.course, place="X", days=[TODAY], starts=None)
    with pytest.raises(PermissionDenied):
        create_course(by=cast.other_coordinator, organisation=cast.here, name="X", kind="extra", sessions_needed=1)


@pytest.mark.parametrize("days", [[], [TODAY, TODAY], [TODAY, TODAY - dt.timedelta(days=1)]])
def test_days_that_are_missing_twice_or_out_of_order_are_refused(cast, run, days):
    with pytest.raises(EvidenceRefused):
        plan_run(by=cast.coordinator, course=run.course, place="X", days=days, starts=None)


def test_register_is_saved_together_and_says_how_many_ticks_changed(cast, as_user, run, newcomer):
    desk = as_user(cast.coordinator)
    page = reverse("volunteers:course-run", args=[run.pk])
    ticks = [f"{session}.{volunteer}" for session, volunteer in cells(run, newcomer, 1, 2)]

    saved = desk.post(page, {"was": "", "there": ticks}, follow=True)
    assert "Saved: 2 ticks changed." in saved.content.decode()
    ahead = f"{run.sessions.get(number=3).pk}.{newcomer.pk}"
    refused = desk.post(page, {"was": " ".join(ticks), "there": [*ticks, ahead]})
    assert (refused.status_code, newcomer.attendances.count()) == (422, 2)
    assert desk.post(page, {"was": "nonsense", "there": ["1.x", "'; --"]}).status_code == 302


def test_course_is_set_up_planned_and_given_places_on_the_pages(cast, as_user, newcomer):
    desk = as_user(cast.coordinator)
    sent = {"kind": "extra", "name": "Sleep", "sessions_needed": "0", "renew_years": ""}
    assert desk.post(reverse("volunteers:course-add"), sent).status_code == 422
    assert desk.post(reverse("volunteers:course-add"), sent | {"sessions_needed": "1"}).status_code == 302
    assert "Sleep" in desk.get(reverse("volunteers:course-list")).content.decode()
    course = Course.objects.get(name="Sleep")
    plan = {"place": "The hub", "starts": "10:00", "days": "4/8/2026\nsoon"}
    assert desk.post(reverse("volunteers:run-add", args=[course.pk]), plan).status_code == 422
    plan["days"] = "4/8/2026\n11/8/2026"
    assert desk.post(reverse("volunteers:run-add", args=[course.pk]), plan).status_code == 302
    places = reverse("volunteers:run-places", args=[course.runs.get().pk])
    assert desk.post(places, {"volunteers": [newcomer.pk]}).status_code == 302
    assert "Nell Newcomer" in desk.get(reverse("volunteers:course-run", args=[course.runs.get().pk])).content.decode()
    first = course.runs.get().sessions.first()
    caught = {"volunteer": newcomer.pk, "session": first.pk, "on": TODAY.isoformat(), "how": "By phone."}
    assert desk.post(reverse("volunteers:run-catch-up", args=[first.run_id]), caught).status_code == 302
    moved = {"day": "5/8/2026", "starts": "", "about": "Naps"}
    assert desk.post(reverse("volunteers:session-edit", args=[first.pk]), moved).status_code == 302
    assert newcomer.attendances.get().caught_up_on == TODAY


@pytest.mark.parametrize("name", ["course-run", "course-list"])
def test_page_asks_as_many_questions_for_many_as_for_one(cast, as_user, run, name):
    desk = as_user(cast.coordinator)
    page = reverse(f"volunteers:{name}", args=[run.pk] if name == "course-run" else [])
    desk.get(page)
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert desk.get(page).status_code == 200
        counts.append(len(asked))
        more = [factories.volunteer(None, cast.here, name=f"V{n}", state="preparing") for n in range(5)]
        give_places(by=cast.coordinator, run=run, volunteers=more)
        for number in range(3):
            of = {"kind": "extra", "sessions_needed": 1, "name": f"Extra {_round}{number}"}
            create_course(by=cast.coordinator, organisation=cast.here, **of)

    assert counts[0] == counts[1]

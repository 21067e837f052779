from __future__ import annotations

import datetime as dt
import uuid
from itertools import pairwise

import pytest
import time_machine
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import LONDON, london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.visit import log_not_delivered, mark_not_delivered, reopen_visit
from families.actions.visit_plan import move_visit, plan_series, plan_visit
from families.actions.visit_rules import StaleVisit, VisitNeedsAnswer, VisitRefused
from families.models import Support, Visit, VisitState
from tests import factories
from tests.families.test_visit_log_action import codes


def plan(cast, **changes):
    return {
        "by": cast.coordinator,
        "support": cast.family.supports.get(),
        "worker": cast.volunteer,
        "planned_start": timezone.now() + dt.timedelta(days=2),
        "minutes": 120,
    } | changes


def series(cast, **changes):
    fields = plan(cast, first_day=london_today() + dt.timedelta(days=2), time=dt.time(10), weeks=6)
    del fields["planned_start"]
    return fields | changes


def test_planned_visit_is_there_for_its_worker(cast):
    visit = plan_visit(**plan(cast, mode="out", purpose="review"))

    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert list(Visit.objects.planned()) == [visit]
    assert visit.planned_end - visit.planned_start == dt.timedelta(hours=2)
    assert AuditEvent.objects.filter(verb="visit.planned", target_id=visit.pk).exists()


def test_same_plan_sent_twice_gives_one_visit(cast):
    form_id = uuid.uuid4()
    assert plan_visit(**plan(cast, uuid=form_id)) == plan_visit(**plan(cast, uuid=form_id))
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    ("when", "expected"), [(dt.timedelta(minutes=-1), "past"), (dt.timedelta(days=400), "too_far")]
)
def test_plan_outside_the_coming_year_is_refused(cast, when, expected):
    with pytest.raises(VisitRefused) as refusal:
        plan_visit(**plan(cast, planned_start=timezone.now() + when))
    assert codes(refusal.value) == {("planned_start", expected)}


def test_weekly_series_makes_one_visit_each_week(cast):
    visits = plan_series(**series(cast, purpose="introduction"))

    days = [visit.planned_start.astimezone(LONDON).date() for visit in visits]
    assert [later - earlier for earlier, later in pairwise(days)] == [dt.timedelta(weeks=1)] * 5
    assert len({visit.series for visit in visits}) == 1
    assert [visit.purpose for visit in visits] == ["introduction"] + ["ordinary"] * 5


def test_series_until_a_day_includes_that_day(cast):
    first = london_today() + dt.timedelta(days=2)

    assert len(plan_series(**series(cast, weeks=None, until=first + dt.timedelta(weeks=3)))) == 4
    assert len(plan_series(**series(cast, weeks=None, until=first + dt.timedelta(days=20), time=dt.time(15)))) == 3


def test_series_sent_twice_gives_the_same_visits(cast):
    form_id = uuid.uuid4()

    assert plan_series(**series(cast, uuid=form_id)) == plan_series(**series(cast, uuid=form_id))
    assert Visit.objects.count() == 6


@pytest.mark.parametrize("first_day", [dt.date(2025, 3, 23), dt.date(2025, 10, 19)])
def test_series_keeps_its_clock_time_when_the_clocks_change(db, request, first_day):
    with time_machine.travel(dt.datetime(2025, first_day.month, 1, tzinfo=LONDON), tick=False):
        cast = request.getfixturevalue("cast")
        visits = plan_series(**series(cast, first_day=first_day, weeks=3, time=dt.time(10)))

    assert {visit.planned_start.astimezone(LONDON).time() for visit in visits} == {dt.time(10)}
    assert len({visit.planned_start.astimezone(LONDON).utcoffset() for visit in visits}) == 2


def test_series_over_the_hour_that_spring_skips_is_refused_and_names_the_day(db, request):
    with time_machine.travel(dt.datetime(2025, 3, 1, tzinfo=LONDON), tick=False):
        cast = request.getfixturevalue("cast")
        with pytest.raises(VisitRefused) as refusal:
            plan_series(**series(cast, first_day=dt.date(2025, 3, 23), weeks=3, time=dt.time(1, 30)))

    assert codes(refusal.value) == {("planned_start", "no_such_hour")}
    assert "01:30 on Sunday 30 March" in str(refusal.value)
    assert not Visit.objects.exists()


def test_series_beyond_the_workers_time_with_the_family_names_the_days_and_saves_nothing(cast):
    cast.match.assignment.ends_on = london_today() + dt.timedelta(days=10)
    cast.match.assignment.save()

    with pytest.raises(VisitRefused) as refusal:
        plan_series(**series(cast))

    assert codes(refusal.value) == {("worker", "worker_not_with_family")}
    assert "1 more day" in str(refusal.value)
    assert not Visit.objects.exists()


def test_series_without_an_end_or_without_measure_is_refused(cast):
    for changes in ({"weeks": 0}, {"weeks": 53}, {"weeks": None, "until": london_today()}):
        with pytest.raises(VisitRefused):
            plan_series(**series(cast, **changes))


def test_series_meeting_another_visit_of_the_worker_is_asked_about(cast):
    factories.assign(cast.volunteer, cast.other_family)
    second_week = series(cast)["first_day"] + dt.timedelta(weeks=1)
    start = dt.datetime.combine(second_week, dt.time(11), tzinfo=LONDON)
    plan_visit(**plan(cast, support=cast.other_family.supports.get(), planned_start=start))

    with pytest.raises(VisitNeedsAnswer) as asked:
        plan_series(**series(cast))
    assert "Berta" in asked.value.questions["overlap"]

    assert len(plan_series(**series(cast, confirmed=["overlap"]))) == 6


def test_number_of_queries_does_not_grow_with_the_checks_of_a_series(cast, django_assert_max_num_queries):
    with django_assert_max_num_queries(12 + 26):  # one history row for each visit
        plan_series(**series(cast, weeks=26))


def test_visit_after_the_agreed_last_day_is_asked_about(cast):
    Support.objects.filter(family=cast.family).update(state="ending", ending_on=london_today() + dt.timedelta(days=1))

    with pytest.raises(VisitNeedsAnswer) as asked:
        plan_visit(**plan(cast))

    assert set(asked.value.questions) == {"late"}


def test_planning_inside_a_pause_is_refused_and_after_it_allowed(cast):
    until = london_today() + dt.timedelta(days=10)
    Support.objects.filter(family=cast.family).update(state="paused", paused_until=until)

    with pytest.raises(VisitRefused) as refusal:
        plan_visit(**plan(cast))
    assert codes(refusal.value) == {("planned_start", "support_paused")}

    assert plan_visit(**plan(cast, planned_start=timezone.now() + dt.timedelta(days=11)))


def test_moved_visit_points_at_the_new_one_and_only_one_is_planned(cast):
    old = plan_visit(**plan(cast))
    later = old.planned_start + dt.timedelta(days=1)

    new = move_visit(by=cast.coordinator, visit=old, planned_start=later, minutes=60, version=1)

    old.refresh_from_db()
    assert (old.state, old.moved_to) == (VisitState.MOVED, new)
    assert list(Visit.objects.planned()) == [new]
    assert new.planned_start == later


def test_move_to_the_same_time_changes_the_plan_in_place(cast):
    old = plan_visit(**plan(cast))

    same = move_visit(
        by=cast.coordinator,
        visit=old,
        planned_start=old.planned_start,
        minutes=60,
        worker=cast.coordinator,
        mode="phone",
    )

    assert same.pk == old.pk
    assert (same.worker, same.mode, same.version) == (cast.coordinator, "phone", 2)
    assert Visit.objects.count() == 1


def test_move_sent_twice_moves_once(cast):
    old, form_id = plan_visit(**plan(cast)), uuid.uuid4()
    move = {"by": cast.coordinator, "visit": old, "minutes": 60, "uuid": form_id, "version": 1}
    move["planned_start"] = old.planned_start + dt.timedelta(days=1)

    assert move_visit(**move) == move_visit(**move)
    assert Visit.objects.count() == 2


def test_visit_moved_by_somebody_else_meanwhile_is_stale(cast):
    old = plan_visit(**plan(cast))
    move = {"by": cast.coordinator, "visit": old, "minutes": 60, "version": 1}
    move_visit(**move, planned_start=old.planned_start + dt.timedelta(days=1))

    with pytest.raises(StaleVisit):
        move_visit(**move, planned_start=old.planned_start + dt.timedelta(days=2))
    with pytest.raises(MoveRefused):
        move_visit(**move | {"version": 2}, planned_start=old.planned_start + dt.timedelta(days=2))


def test_visit_that_did_not_happen_keeps_its_reason(cast):
    planned = factories.visit(cast.family, cast.volunteer, state="planned")

    mark_not_delivered(
        by=cast.volunteer, visit=planned, reason="family_not_available", note="Knocked twice", rebooked=False
    )

    planned.refresh_from_db()
    assert planned.state == VisitState.NOT_DELIVERED
    assert (planned.not_delivered_reason, planned.what_happened, planned.rebooked) == (
        "family_not_available",
        "Knocked twice",
        False,
    )
    assert AuditEvent.objects.get(verb="visit.not_delivered").details["reason"] == "family_not_available"


def test_family_cannot_be_unavailable_before_the_time_came(cast):
    planned = plan_visit(**plan(cast))

    with pytest.raises(VisitRefused) as refusal:
        mark_not_delivered(by=cast.coordinator, visit=planned, reason="family_not_available")
    assert codes(refusal.value) == {("reason", "not_yet")}

    assert mark_not_delivered(by=cast.coordinator, visit=planned, reason="cancelled_by_family")


def test_rest_of_a_series_is_cancelled_together_and_its_past_stays(cast):
    visits = plan_series(**series(cast))

    gone = mark_not_delivered(by=cast.coordinator, visit=visits[2], reason="holiday", and_later=True)

    assert [visit.pk for visit in gone] == [visit.pk for visit in visits[2:]]
    assert list(Visit.objects.planned().order_by("planned_start")) == visits[:2]


def test_volunteer_cannot_cancel_the_visit_of_another(cast):
    planned = plan_visit(**plan(cast, worker=cast.coordinator))

    with pytest.raises(VisitRefused) as refusal:
        mark_not_delivered(by=cast.volunteer, visit=planned, reason="holiday")

    assert codes(refusal.value) == {("worker", "not_yours")}


def test_unplanned_try_counts_as_a_try(cast):
    form_id = uuid.uuid4()
    fields = {
        "by": cast.coordinator,
        "support": cast.family.supports.get(),
        "worker": cast.coordinator,
        "planned_start": timezone.now() - dt.timedelta(hours=1),
        "minutes": 30,
        "reason": "family_not_available",
        "uuid": form_id,
    }

    assert log_not_delivered(**fields) == log_not_delivered(**fields)

    visit = Visit.objects.get()
    assert (visit.state, visit.not_delivered_reason) == (VisitState.NOT_DELIVERED, "family_not_available")


def test_coordinator_takes_back_what_was_recorded_by_mistake(cast):
    planned = factories.visit(cast.family, cast.volunteer, state="planned")
    mark_not_delivered(by=cast.coordinator, visit=planned, reason="holiday", rebooked=True)

    with pytest.raises(VisitRefused):
        reopen_visit(by=cast.volunteer, visit=planned)
    reopen_visit(by=cast.coordinator, visit=planned, version=2)

    planned.refresh_from_db()
    assert (planned.state, planned.not_delivered_reason, planned.rebooked) == (VisitState.PLANNED, "", None)

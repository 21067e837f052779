"""A plan on its way: one at a time, worked out by one worker, stopped at any moment, kept whole or not at all."""

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent
from betterstart.transitions.models import Transition
from tests import factories
from tests.joint_plan.waiting import proposed, ready, waits, worked_out
from volunteers.actions.joint_plan import (
    Outcome,
    PlanRefused,
    PlanTakenAway,
    ask_plan,
    cancel_plan,
    claim_next,
    fail_plan,
    keep_plan,
)
from volunteers.models import PLAN_MACHINE, JointPlan, JointPlanPair, PlanState

pytestmark = pytest.mark.django_db


def outcome(cast):
    support = cast.other_family.supports.get()
    pair = JointPlanPair(support=support, volunteer=cast.other_volunteer_row, since=support.accepted_on)
    return Outcome(facts_at=timezone.now(), volunteers=1, places=1, possible=1, pairs=[pair])


@pytest.mark.parametrize("source", PlanState.values)
@pytest.mark.parametrize("to", PlanState.values)
def test_a_plan_moves_only_forwards(source, to):
    allowed = {
        ("asked", "running"), ("running", "done"), ("asked", "cancelled"), ("running", "cancelled"),
        ("asked", "failed"), ("running", "failed"),
    }  # fmt: skip
    assert (PLAN_MACHINE.find(source, to) is not None) == ((source, to) in allowed)


def test_asking_while_one_is_under_way_gives_that_one_also_to_a_colleague(cast):
    colleague = factories.user("Cleo Colleague", Role.COORDINATOR, cast.home)

    first = ask_plan(by=cast.coordinator, service=cast.home)

    assert ask_plan(by=colleague, service=cast.home) == first
    assert JointPlan.objects.count() == 1
    assert AuditEvent.objects.filter(verb="joint_plan.asked").count() == 1


@pytest.mark.parametrize(
    ("who", "service", "words"),
    [
        ("other_coordinator", "home", "do not coordinate"),
        ("manager", "home", "do not coordinate"),
        ("volunteer", "home", "do not coordinate"),
        ("coordinator", "stay_and_play", "do not coordinate"),
    ],
)
def test_only_who_coordinates_the_service_asks(cast, who, service, words):
    with pytest.raises(PlanRefused, match=words):
        ask_plan(by=getattr(cast, who), service=getattr(cast, service))


def test_a_service_without_volunteers_gets_no_plan(cast):
    cast.home.kind = "group"
    cast.home.save()

    with pytest.raises(PlanRefused, match="without volunteers"):
        ask_plan(by=cast.coordinator, service=cast.home)


def test_one_worker_takes_a_plan_and_the_next_finds_none(cast):
    asked = ask_plan(by=cast.coordinator, service=cast.home)

    assert claim_next() == asked
    assert claim_next() is None


def test_the_plan_of_a_worker_that_fell_silent_is_taken_up_again_and_the_silent_one_keeps_nothing(cast):
    ask_plan(by=cast.coordinator, service=cast.home)
    silent = claim_next()
    JointPlan.objects.update(claimed_at=timezone.now() - dt.timedelta(minutes=3))

    second = claim_next()

    assert second == silent
    with pytest.raises(PlanTakenAway):
        keep_plan(plan=silent, outcome=outcome(cast))
    assert keep_plan(plan=second, outcome=outcome(cast)).state == "done"
    with pytest.raises(PlanTakenAway):
        keep_plan(plan=second, outcome=outcome(cast))
    assert JointPlanPair.objects.count() == 1


def test_a_plan_that_was_stopped_keeps_nothing_and_the_one_before_keeps_its_pairs(cast):
    waits(cast, "Dara")
    before = worked_out(cast)
    ask_plan(by=cast.coordinator, service=cast.home)
    running = claim_next()

    stopped = cancel_plan(by=cast.coordinator, plan=JointPlan.objects.get(pk=running.pk))

    with pytest.raises(PlanTakenAway):
        keep_plan(plan=running, outcome=outcome(cast))
    fail_plan(plan=running)
    stopped.refresh_from_db()
    assert (stopped.state, stopped.claim) == ("cancelled", None)
    assert stopped.finished_at
    assert list(proposed(before)) == ["Dara"]
    assert AuditEvent.objects.filter(verb="joint_plan.cancelled").count() == 1


def test_a_plan_that_waits_for_its_turn_can_be_stopped_and_is_then_not_taken(cast):
    plan = ask_plan(by=cast.coordinator, service=cast.home)

    cancel_plan(by=cast.coordinator, plan=plan)

    assert claim_next() is None


def test_a_finished_plan_cannot_be_stopped(cast):
    plan = worked_out(cast)

    with pytest.raises(PlanRefused, match="not being worked out any more"):
        cancel_plan(by=cast.coordinator, plan=plan)


def test_a_newer_plan_takes_the_place_of_the_older_one(cast):
    waits(cast, "Dara")
    older = worked_out(cast)

    newer = worked_out(cast)

    assert not older.pairs.exists()
    assert newer.pairs.count() == 1
    moves = Transition.objects.of("joint_plan", newer.pk).values_list("from_state", "to_state")
    assert list(moves) == [("", "asked"), ("asked", "running"), ("running", "done")]


def test_what_did_not_work_says_so_and_can_be_asked_again(cast):
    ask_plan(by=cast.coordinator, service=cast.home)
    fail_plan(plan=claim_next())

    assert JointPlan.objects.get().state == "failed"
    assert ask_plan(by=cast.coordinator, service=cast.home).state == "asked"


@pytest.mark.parametrize("who", ["coordinator", "colleague", "other_coordinator", "manager", "lead", "volunteer"])
def test_the_database_shows_a_plan_to_coordinators_of_its_service_alone(cast, who):
    cast.colleague = factories.user("Cleo Colleague", Role.COORDINATOR, cast.home)
    waits(cast, "Dara")
    ready(cast, "Rosa")
    worked_out(cast)
    person = getattr(cast, who)
    allowed = {row.pk for row in JointPlan.objects.visible_to(person)}

    with acting_as(Scope.SCOPED, person.pk):
        plans, pairs = {row.pk for row in JointPlan.objects.all()}, JointPlanPair.objects.count()

    assert plans == allowed
    assert (bool(plans), pairs) == ((True, 1) if who in ("coordinator", "colleague") else (False, 0))


def test_who_does_not_coordinate_the_service_stops_nothing(cast):
    plan = ask_plan(by=cast.coordinator, service=cast.home)

    with pytest.raises(PlanRefused, match="do not coordinate"):
        cancel_plan(by=cast.other_coordinator, plan=plan)

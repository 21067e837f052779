"""A joint plan is asked for, worked out by one worker, stopped at any time, and kept whole or not at all."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, ServiceKind, User
from betterstart.audit.record import record
from betterstart.transitions.machine import MoveRefused
from volunteers.models import PLAN_MACHINE, JointPlan, JointPlanPair, PlanPhase, PlanState

logger = logging.getLogger(__name__)
AT_ONCE = 2000


class PlanRefused(ValidationError):
    """No plan can be asked for, or stopped, like this. The message is a sentence for the person."""


class PlanTakenAway(Exception):
    """It was stopped, or another worker has it: nothing of it may be kept."""


Tell = Callable[[PlanPhase, int], None]


@dataclass(frozen=True)
class Outcome:
    """What a worker found, ready to be kept."""

    facts_at: Any
    volunteers: int
    places: int
    possible: int
    """How many pairs no rule bars."""
    pairs: Sequence[JointPlanPair]
    """In the order of the waits, without their plan."""
    helps: list[Any] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def ask_plan(*, by: User, service: Service) -> JointPlan:
    """Have a plan worked out for everyone who waits in this service. Writes "joint_plan.asked".

    While one is under way, asking again gives that one. Raises PlanRefused when the asker does not coordinate the
    service, or it works without volunteers.
    """
    if not Service.objects.coordinated_by(by).filter(pk=service.pk).exists():
        raise PlanRefused(_("You do not coordinate this service."))
    if service.kind != ServiceKind.HOME_VISITING:
        raise PlanRefused(_("This service works without volunteers."))
    try:
        with transaction.atomic():
            plan = JointPlan.objects.create(service=service, asked_by=by)
    except IntegrityError as error:
        if "joint_plan_one_under_way" not in str(error):
            raise
        return JointPlan.objects.filter(service=service).latest("pk")
    with acting_as(Scope.ALL, by.pk):  # what has no family, nobody reads the moves of
        PLAN_MACHINE.note_start(plan, by=by)
    record(by=by, verb="joint_plan.asked", target=plan, label=str(service))
    transaction.on_commit(_wake)
    return plan


def _wake() -> None:
    """Have the sweep look now. Without the queue the plan waits for the next round; nothing is lost."""
    try:
        current_app.send_task("volunteers.tasks.sweep_joint_plans", retry=False)
    except OperationalError:
        logger.warning("the queue does not answer; the plan waits for the next sweep")


@transaction.atomic
def cancel_plan(*, by: User, plan: JointPlan) -> JointPlan:
    """Stop a plan at whatever it is. Its worker notices within a second and keeps nothing. Writes
    "joint_plan.cancelled". Raises PlanRefused once it is over, or when the asker does not coordinate the service.
    """
    if not JointPlan.objects.visible_to(by).filter(pk=plan.pk).exists():
        raise PlanRefused(_("You do not coordinate this service."))
    try:
        with acting_as(Scope.ALL, by.pk):
            PLAN_MACHINE.move(plan, to=PlanState.CANCELLED, by=by, claim=None, finished_at=timezone.now())
    except MoveRefused as refusal:
        raise PlanRefused(str(refusal)) from refusal
    record(by=by, verb="joint_plan.cancelled", target=plan, label=str(plan.service))
    return plan


def claim_next() -> JointPlan | None:
    """Take one plan that waits for a worker, or whose worker has fallen silent; None when there is none.

    The row is locked while it is taken and rows locked by others are passed over: no two workers have the same plan.
    """
    with acting_as(Scope.ALL, None):
        due = JointPlan.objects.due().select_for_update(skip_locked=True, of=("self",))
        plan = due.select_related("service", "asked_by").order_by("pk").first()
        if plan is None:
            return None
        changes: dict[str, Any] = {
            "claim": uuid.uuid4(),
            "claimed_at": timezone.now(),
            "phase": PlanPhase.READING,
            "percent": 0,
        }
        if plan.state == PlanState.ASKED:
            PLAN_MACHINE.move(plan, to=PlanState.RUNNING, by=None, **changes)
        else:
            JointPlan.objects.filter(pk=plan.pk).update(**changes)
            plan.refresh_from_db()
        return plan


@contextmanager
def telling(plan: JointPlan) -> Iterator[Tell]:
    """A way to write how far a plan has come, outside the transaction of the work, so that its page can show it.

    It keeps the claim alive, and raises PlanTakenAway once the plan is no longer this worker's.
    """
    line = connections.create_connection("default")

    def tell(phase: PlanPhase, percent: int) -> None:
        with line.cursor() as cursor:
            cursor.execute("select set_config('role', 'app_all', false)")
            cursor.execute(
                "update volunteers_jointplan set phase = %s, percent = %s, claimed_at = now()"
                " where id = %s and claim = %s and state = 'running'",
                [phase, percent, plan.pk, plan.claim],
            )
            if not cursor.rowcount:
                raise PlanTakenAway

    try:
        yield tell
    finally:
        line.close()


def keep_plan(*, plan: JointPlan, outcome: Outcome) -> JointPlan:
    """Write down what a worker found, all of it or nothing; whom earlier plans of the service proposed goes.

    Writes "joint_plan.made". Raises PlanTakenAway when the plan was stopped or taken over meanwhile.
    """
    with acting_as(Scope.ALL, plan.asked_by_id):
        JointPlanPair.objects.filter(plan__service=plan.service_id).delete()
        for pair in outcome.pairs:
            pair.plan = plan
        JointPlanPair.objects.bulk_create(outcome.pairs, batch_size=AT_ONCE)
        could_start = sum(pair.volunteer_id is not None for pair in outcome.pairs)
        _settle(
            plan,
            PlanState.DONE,
            percent=100,
            facts_at=outcome.facts_at,
            waiting=len(outcome.pairs),
            could_start=could_start,
            volunteers=outcome.volunteers,
            places=outcome.places,
            helps=outcome.helps,
            left_out=outcome.left_out,
        )
        counts = {"waiting": len(outcome.pairs), "could_start": could_start}
        record(by=plan.asked_by, verb="joint_plan.made", target=plan, label=str(plan.service), details=counts)
    return plan


def fail_plan(*, plan: JointPlan) -> None:
    """Something went wrong on our side: the page says so. Nothing happens to a plan that is no longer this worker's."""
    try:
        with acting_as(Scope.ALL, plan.asked_by_id):
            _settle(plan, PlanState.FAILED)
    except PlanTakenAway:
        logger.warning("joint plan %s was stopped or taken over", plan.uuid)


def _settle(plan: JointPlan, state: PlanState, **changes: Any) -> None:
    """Move the plan while it is still this worker's."""
    mine = JointPlan.objects.select_for_update().filter(pk=plan.pk, claim=plan.claim, state=PlanState.RUNNING)
    if not mine.exists():
        raise PlanTakenAway
    PLAN_MACHINE.move(plan, to=state, by=None, claim=None, finished_at=timezone.now(), **changes)

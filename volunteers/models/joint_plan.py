"""A plan for everyone who waits in one service: a proposal that was worked out once, and is asked again when opened."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.transitions.machine import Move, StateMachine
from families.models import Support
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

CLAIM_LASTS = dt.timedelta(minutes=2)
HOLDS_FOR = dt.timedelta(days=7)
"""After that too much has changed: a plan says what it found, and proposes nobody any more."""


class PlanState(models.TextChoices):
    ASKED = "asked", _("Waiting for its turn")
    RUNNING = "running", _("Being worked out")
    DONE = "done", _("Worked out")
    CANCELLED = "cancelled", _("Stopped")
    FAILED = "failed", _("Did not work")


S = PlanState
UNDER_WAY = (S.ASKED, S.RUNNING)


class PlanPhase(models.TextChoices):
    """What the worker is at. The number of each is the percent at which it begins."""

    READING = "reading", _("Reading what is known of everyone")
    COMPARING = "comparing", _("Looking at who could visit whom")
    SOLVING = "solving", _("Finding the plan that lets most families start")
    KEEPING = "keeping", _("Writing the plan down")


BEGINS_AT = {PlanPhase.READING: 0, PlanPhase.COMPARING: 25, PlanPhase.SOLVING: 60, PlanPhase.KEEPING: 80}


class JointPlanQuerySet(models.QuerySet["JointPlan"]):
    def visible_to(self, user: User) -> JointPlanQuerySet:
        """Coordinators of the service, nobody else."""
        return self.filter(service__in=Service.objects.coordinated_by(user)) if user.is_active else self.none()

    def under_way(self) -> JointPlanQuerySet:
        return self.filter(state__in=UNDER_WAY)

    def due(self) -> JointPlanQuerySet:
        """Waiting for a worker, or claimed by one that has not been heard of for a while."""
        silent = models.Q(state=S.RUNNING, claimed_at__lt=Now() - CLAIM_LASTS)
        return self.filter(models.Q(state=S.ASKED) | silent)


class JointPlan(models.Model):
    """One run for one service. What it counted stays; whom it proposed goes when there is a newer plan."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=PlanState, default=S.ASKED, editable=False)
    phase = models.CharField(max_length=10, choices=PlanPhase, default=PlanPhase.READING, editable=False)
    percent = models.PositiveSmallIntegerField(default=0, editable=False)
    facts_at = models.DateTimeField(null=True, editable=False)
    """When the facts were read; what changed later is not in the plan."""
    waiting = models.PositiveIntegerField(default=0, editable=False)
    could_start = models.PositiveIntegerField(default=0, editable=False)
    volunteers = models.PositiveIntegerField(default=0, editable=False)
    """How many people had room, and for how many families: `places`."""
    places = models.PositiveIntegerField(default=0, editable=False)
    helps = models.JSONField(default=list, editable=False)
    """What would help most: [key, families, of] (`volunteers.reports.joint_plan.explaining.Help`)."""
    left_out = models.JSONField(default=dict, editable=False)
    """How many of whom or of what the plan did not look at, by key."""
    claim = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, editable=False)

    objects = JointPlanQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["state", "claimed_at"], name="joint_plan_state")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=S.values), name="joint_plan_state_known"),
            models.UniqueConstraint(
                fields=["service"], condition=models.Q(state__in=UNDER_WAY), name="joint_plan_one_under_way"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service}: {self.get_state_display()}"

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def holds(self) -> bool:
        """Its proposals are young enough to be looked at."""
        return self.state == S.DONE and self.facts_at is not None and timezone.now() - self.facts_at < HOLDS_FOR


class JointPlanPairQuerySet(models.QuerySet["JointPlanPair"]):
    def visible_to(self, user: User) -> JointPlanPairQuerySet:
        """Those of the plans this person may see."""
        return self.filter(plan__in=JointPlan.objects.visible_to(user))


class JointPlanPair(models.Model):
    """One family of a plan, in the order of their waits: whom it proposes, or what stands in the way of anybody."""

    plan = models.ForeignKey(JointPlan, on_delete=models.CASCADE, related_name="pairs")
    support = models.ForeignKey(Support, on_delete=models.CASCADE, related_name="+")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, null=True, related_name="+")
    since = models.DateField()
    """The day the wait is counted from."""
    barrier = models.CharField(max_length=20, blank=True)
    """Without a volunteer: the key of a rule, or `taken`, or `several`."""

    objects = JointPlanPairQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "support"], name="joint_plan_each_family_once"),
            models.CheckConstraint(
                condition=models.Q(volunteer__isnull=False, barrier="")
                | (models.Q(volunteer=None) & ~models.Q(barrier="")),
                name="joint_plan_somebody_or_why_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.support_id} ↔ {self.volunteer_id}"


PLAN_MACHINE = StateMachine(
    name="joint_plan",
    refusal=_("This plan is not being worked out any more."),
    moves=(
        Move((S.ASKED,), S.RUNNING),
        Move((S.RUNNING,), S.DONE),
        Move(UNDER_WAY, S.CANCELLED),
        Move(UNDER_WAY, S.FAILED),
    ),
)

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from betterstart.transitions.machine import Move, StateMachine
from families.models.family import Family
from families.models.member import FamilyMember
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class VisitState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DELIVERED = "delivered", _("Happened")
    NOT_DELIVERED = "not_delivered", _("Did not happen")
    MOVED = "moved", _("Moved to another time")
    CHECKED_IN = "checked_in", _("Check-in received")
    SEEN = "seen", _("Check-in read")
    WITHDRAWN = "withdrawn", _("Entered by mistake")


V = VisitState
DELIVERED_STATES = (V.DELIVERED, V.CHECKED_IN, V.SEEN)
# Kept for the record only: the same visit stands elsewhere, or never was.
SET_ASIDE_STATES = (V.MOVED, V.WITHDRAWN)


class VisitMode(models.TextChoices):
    HOME = "home", _("At home")
    OUT = "out", _("Out and about")
    PHONE = "phone", _("Phone")
    VIDEO = "video", _("Video")
    MESSAGES = "messages", _("Messages")
    OTHER_PLACE = "other_place", _("Another place")


class VisitPurpose(models.TextChoices):
    ORDINARY = "ordinary", _("A visit")
    INITIAL = "initial", _("Initial visit")
    INTRODUCTION = "introduction", _("Introduction visit")
    REVIEW = "review", _("Review")
    LAST = "last", _("Last visit")


class NotDeliveredReason(models.TextChoices):
    CANCELLED_BY_FAMILY = "cancelled_by_family", _("Cancelled by the family")
    CANCELLED_BY_VOLUNTEER = "cancelled_by_volunteer", _("Cancelled by the volunteer")
    CANCELLED_BY_COORDINATOR = "cancelled_by_coordinator", _("Cancelled by the coordinator")
    FAMILY_NOT_AVAILABLE = "family_not_available", _("Family not available")
    HOLIDAY = "holiday", _("Holiday")
    WEATHER_TRAVEL = "weather_travel", _("Weather or travel")
    UNSAFE = "unsafe", _("Not safe to go")


class SupportKind(models.TextChoices):
    LISTENING = "listening", _("Listening")
    PLAY = "play", _("Play")
    GETTING_OUT = "getting_out", _("Getting out")
    PRACTICAL = "practical", _("Practical help")
    FEEDING = "feeding", _("Feeding")
    APPOINTMENTS = "appointments", _("Appointments")
    FORMS = "forms", _("Forms and benefits")
    SIGNPOSTING = "signposting", _("Signposting")
    LANGUAGE = "language", _("Language practice")
    OTHER = "other", _("Something else")


SHORTEST_VISIT_MINUTES = 5
MAX_WORDS = 2000


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: User) -> VisitQuerySet:
        """Every visit of the supports this person answers for; of those they are in now, their own visits."""
        supports = Support.objects
        own = models.Q(worker_id=user.pk, support__in=supports.worked_by(user))
        every = models.Q(support__in=supports.responsible_to(user))
        return self.filter(own | every) if user.is_active else self.none()

    def standing(self) -> VisitQuerySet:
        """Without those moved to another time, and those entered by mistake."""
        return self.exclude(state__in=SET_ASIDE_STATES)

    def delivered(self) -> VisitQuerySet:
        return self.filter(state__in=DELIVERED_STATES)

    def planned(self) -> VisitQuerySet:
        return self.filter(state=V.PLANNED)

    def with_happened_at(self) -> VisitQuerySet:
        """`happened_at`: when it took place, or (not yet, or never) when it was meant to."""
        return self.annotate(happened_at=Coalesce("actual_start", "planned_start"))


@pghistory.track(append_only=True)
class Visit(models.Model):
    """A planned or actual contact under a support."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="visits")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="visits")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="visits")
    state = models.CharField(_("state"), max_length=20, choices=VisitState, default=VisitState.PLANNED)
    purpose = models.CharField(_("what kind"), max_length=20, choices=VisitPurpose, default=VisitPurpose.ORDINARY)
    mode = models.CharField(_("where"), max_length=20, choices=VisitMode, default=VisitMode.HOME)
    planned_start = models.DateTimeField(_("planned for"), null=True, blank=True)
    planned_end = models.DateTimeField(_("until"), null=True, blank=True)
    series = models.UUIDField(null=True, editable=False)
    moved_to = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_from", editable=False
    )
    actual_start = models.DateTimeField(_("began"), null=True, blank=True)
    duration_minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    travel_minutes = models.PositiveSmallIntegerField(_("travel (minutes)"), null=True, blank=True)
    present = models.ManyToManyField(FamilyMember, through="VisitPresence", related_name="+", blank=True)
    someone_else = models.CharField(_("someone else who was there"), max_length=200, blank=True)
    what_happened = models.TextField(_("what you did together, what went well"), blank=True, max_length=MAX_WORDS)
    kinds_of_support = ArrayField(models.CharField(max_length=20, choices=SupportKind), default=list, blank=True)
    not_delivered_reason = models.CharField(_("why not"), max_length=30, choices=NotDeliveredReason, blank=True)
    rebooked = models.BooleanField(_("a new time is agreed"), null=True, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(null=True, editable=False)
    external_reference = models.CharField(max_length=100, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["family", "-actual_start"], name="visit_family_actual"),
            models.Index(fields=["family", "planned_start"], name="visit_family_planned"),
            models.Index(fields=["worker", "planned_start"], name="visit_worker_planned"),
            models.Index(fields=["support", "state"], name="visit_support_state"),
            models.Index(fields=["support", "-actual_start"], name="visit_support_last"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=VisitState.values), name="visit_state_known"),
            models.CheckConstraint(
                condition=~models.Q(state__in=DELIVERED_STATES)
                | models.Q(actual_start__isnull=False, duration_minutes__isnull=False),
                name="visit_happened_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=DELIVERED_STATES)
                | models.Q(planned_start__isnull=False, actual_start=None, duration_minutes=None)
                | models.Q(state=V.WITHDRAWN, actual_start__isnull=False, duration_minutes__isnull=False),
                name="visit_not_happened_has_plan",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=V.NOT_DELIVERED) | ~models.Q(not_delivered_reason=""),
                name="visit_not_delivered_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(planned_start=None, planned_end=None)
                | models.Q(planned_end__gt=models.F("planned_start")),
                name="visit_plan_in_order",
            ),
            models.CheckConstraint(
                condition=models.Q(duration_minutes=None)
                | models.Q(duration_minutes__gte=SHORTEST_VISIT_MINUTES, duration_minutes__lte=720),
                name="visit_duration_possible",
            ),
            models.UniqueConstraint(
                fields=["family", "external_reference"],
                condition=~models.Q(external_reference=""),
                name="visit_external_reference_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.when:%Y-%m-%d}" if self.when else self.get_purpose_display()

    @property
    def when(self) -> dt.datetime | None:
        return self.actual_start or self.planned_start

    @property
    def was_delivered(self) -> bool:
        return self.state in DELIVERED_STATES


VISIT_MACHINE = StateMachine(
    name="visit",
    refusal=_("This visit has moved on. Open it again to see where it stands now."),
    moves=(
        Move((V.PLANNED,), V.DELIVERED),
        Move((V.PLANNED,), V.NOT_DELIVERED, None, NotDeliveredReason.values),
        Move((V.PLANNED,), V.MOVED),
        Move((V.NOT_DELIVERED,), V.PLANNED, None, ("reopened",)),
        Move((V.DELIVERED,), V.CHECKED_IN),
        Move((V.CHECKED_IN,), V.SEEN),
        Move((*DELIVERED_STATES, V.NOT_DELIVERED), V.WITHDRAWN, None, ("entered_by_mistake",)),
    ),
)


class VisitPresence(models.Model):
    """Who of the family was there."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="presences")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "member"], name="presence_once")]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.visit_id}"

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership
from betterstart.access.roles import Role
from betterstart.clock import london_today
from families.models.support import DateRange

if TYPE_CHECKING:
    from betterstart.access.models import User

SETTERS = (Role.MANAGER, Role.SAFEGUARDING_LEAD)


class CoverQuerySet(models.QuerySet["Cover"]):
    def visible_to(self, user: User) -> CoverQuerySet:
        """One's own, either way; managers and safeguarding leads those of the coordinators of their organisations."""
        return self.filter(
            models.Q(away=user) | models.Q(held_by=user) | models.Q(pk__in=self.model.objects.set_by(user))
        )

    def set_by(self, user: User) -> CoverQuerySet:
        """Those of the people whose cover this person may set."""
        here = [held.organisation_id for held in user.active_memberships if held.role in SETTERS]
        coordinators = Membership.objects.active().filter(role=Role.COORDINATOR, organisation__in=here)
        return self.filter(away__in=coordinators.values("user"))

    def standing(self) -> CoverQuerySet:
        """Neither declined nor ended early; perhaps not answered yet, perhaps over."""
        return self.filter(declined_at=None, ended_at=None)

    def not_over(self, today: dt.date | None = None) -> CoverQuerySet:
        return self.standing().filter(ends_on__gte=today or london_today())

    def in_force(self, today: dt.date | None = None) -> CoverQuerySet:
        """Agreed, or told, and today is one of its days: it begins and ends by itself."""
        return self.not_over(today).filter(starts_on__lte=today or london_today(), agreed_at__isnull=False)

    def meets(self, starts_on: dt.date, ends_on: dt.date) -> CoverQuerySet:
        return self.standing().filter(starts_on__lte=ends_on, ends_on__gte=starts_on)


@pghistory.track(append_only=True)
class Cover(models.Model):
    """Somebody holds the Today of a colleague who is away, from one day to another, both included. It opens no door."""

    away = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    note = models.CharField(_("what they should know"), max_length=300, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CoverQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "id"]
        indexes = [models.Index(fields=["held_by", "ends_on"], name="cover_held_by")]
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="cover_days_in_order"),
            models.CheckConstraint(condition=~models.Q(away=models.F("held_by")), name="cover_by_somebody_else"),
            models.CheckConstraint(
                condition=models.Q(agreed_at=None) | models.Q(declined_at=None), name="cover_one_answer"
            ),
            ExclusionConstraint(
                name="cover_one_at_a_time",
                expressions=[
                    ("away", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(declined_at=None, ended_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.held_by} for {self.away}"

    @property
    def is_in_force(self) -> bool:
        return self.agreed_at is not None and self.starts_on <= london_today() <= self.ends_on and not self.ended_at

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.family import Family
from families.models.support import DateRange, Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def in_force(self, on: dt.date | None = None) -> AssignmentQuerySet:
        """Assignments that hold on that day (today by default)."""
        on = on or london_today()
        return self.filter(models.Q(ends_on=None) | models.Q(ends_on__gt=on), starts_on__lte=on)

    def visible_to(self, user: User) -> AssignmentQuerySet:
        """Who is with a family in the supports this person may see."""
        return self.filter(support__in=Support.objects.visible_to(user))


@pghistory.track(append_only=True)
class Assignment(models.Model):
    """Who is with whom, from a day up to (not including) another. Access, continuity and reminders all read this."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="assignments")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="assignments")
    worker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    starts_on = models.DateField(_("from"), default=london_today)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["worker"], include=["family", "starts_on", "ends_on"], name="assignment_worker")
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on=None) | models.Q(ends_on__gte=models.F("starts_on")),
                name="assignment_dates_in_order",
            ),
            ExclusionConstraint(
                name="assignment_no_overlap",
                expressions=[
                    ("worker", RangeOperators.EQUAL),
                    ("support", RangeOperators.EQUAL),
                    (
                        DateRange("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=False)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person is already with this family in those days."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.worker} → {self.family_id}"

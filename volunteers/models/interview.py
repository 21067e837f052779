from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class InterviewOutcome(models.TextChoices):
    GO_ON = "go_on", _("Go on together")
    NOT_NOW = "not_now", _("Not now")


class InterviewQuerySet(models.QuerySet["Interview"]):
    def visible_to(self, user: User) -> InterviewQuerySet:
        """Those with the volunteers whom this person keeps as a coordinator."""
        return self.filter(volunteer__in=Volunteer.objects.kept_by(user))


@pghistory.track(append_only=True)
class Interview(models.Model):
    """An informal talk with somebody who applied, before anything is checked."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="interviews")
    held_on = models.DateField(_("day"), default=london_today)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    notes = models.TextField(_("what you talked about"), max_length=8000)
    outcome = models.CharField(_("and then"), max_length=10, choices=InterviewOutcome)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=InterviewOutcome.values), name="interview_outcome_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.held_on}"

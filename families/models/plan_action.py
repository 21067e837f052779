"""Who does what next, and by when: the family, the volunteer or the coordinator."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.goal import Goal
from families.models.own_words import Voiced
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class Doer(models.TextChoices):
    FAMILY = "family", _("The family")
    VOLUNTEER = "volunteer", _("The volunteer")
    COORDINATOR = "coordinator", _("The coordinator")


class PlanActionQuerySet(models.QuerySet["PlanAction"]):
    def visible_to(self, user: User) -> PlanActionQuerySet:
        return self.filter(support__in=Support.objects.visible_to(user)) if user.is_active else self.none()

    def standing(self) -> PlanActionQuerySet:
        """Without what was dropped."""
        return self.filter(dropped_on=None)

    def open(self) -> PlanActionQuerySet:
        return self.standing().filter(done_on=None)


@pghistory.track(append_only=True)
class PlanAction(Voiced):
    """One thing that was agreed with an adult of the family."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, related_name="actions")
    is_ours = models.BooleanField(_("ours together"), default=False)
    doer = models.CharField(_("who does it"), max_length=12, choices=Doer)
    what = models.CharField(_("what"), max_length=300)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    dropped_on = models.DateField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PlanActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(doer__in=Doer.values), name="plan_action_doer_known"),
            models.CheckConstraint(
                condition=models.Q(done_on=None) | models.Q(dropped_on=None), name="plan_action_done_or_dropped"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_open(self) -> bool:
        return self.done_on is None and self.dropped_on is None

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < london_today()

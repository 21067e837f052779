"""What is kept of an ending: the steps that were taken, whom the family can turn to, and how it was weeks later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.family import Family
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class StepKind(models.TextChoices):
    """The steps somebody takes; the day, the visits and the last visit are read from the support itself."""

    SCORES = "scores", _("The family's final scores")
    TURN_TO = "turn_to", _("Whom the family can turn to")
    CELEBRATION = "celebration", _("A celebration")
    LETTER = "letter", _("A letter to the family")
    REFERRER = "referrer", _("A word to whoever referred them")
    KEEPSAKE = "keepsake", _("What we did together, to keep")


class StepOutcome(models.TextChoices):
    BEGUN = "begun", _("Begun")
    DONE = "done", _("Done")
    NOT_NEEDED = "not_needed", _("Not needed")


class Way(models.TextChoices):
    BY_HAND = "by_hand", _("Given by hand")
    POST = "post", _("By post")
    EMAIL = "email", _("By email")
    SPOKEN = "spoken", _("Told by phone or in person")


class OfSupport(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Of the supports this person answers for: an ending is the coordinator's to prepare."""
        supports = Support.objects.responsible_to(user)
        return self.filter(support__in=supports) if user.is_active else self.none()


class EndingStepQuerySet(OfSupport):
    def standing(self) -> EndingStepQuerySet:
        """Without the steps of an ending that was taken back."""
        return self.filter(taken_back_at=None)


@pghistory.track(append_only=True)
class EndingStep(models.Model):
    """One step of a planned ending: what became of it, in which words, on which day, by whom."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="ending_steps")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("step"), max_length=20, choices=StepKind)
    outcome = models.CharField(_("what became of it"), max_length=12, choices=StepOutcome)
    words = models.TextField(_("words"), blank=True, max_length=2000)
    way = models.CharField(_("how"), max_length=10, choices=Way, blank=True)
    happened_on = models.DateField(_("on"), default=london_today)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EndingStepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["support", "kind"], condition=models.Q(taken_back_at=None), name="ending_step_once"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome__in=StepOutcome.values), name="ending_step_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.get_outcome_display()}"


class TurnToQuerySet(OfSupport):
    def standing(self) -> TurnToQuerySet:
        return self.filter(removed_at=None)


@pghistory.track(append_only=True)
class TurnTo(models.Model):
    """A person, place or group the family can turn to once we no longer come."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="turn_to")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("who or what"), max_length=200)
    about = models.CharField(_("what for, when, how to reach them"), max_length=300, blank=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TurnToQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class FollowUpOutcome(models.TextChoices):
    MADE = "made", _("We spoke")
    COULD_NOT_REACH = "could_not_reach", _("We could not reach them")
    NOT_WANTED = "not_wanted", _("They would rather not be asked")


class FollowUpQuerySet(OfSupport):
    pass


@pghistory.track(append_only=True)
class FollowUp(models.Model):
    """How a family was six to eight weeks after its support ended. Asked once."""

    support = models.OneToOneField(Support, on_delete=models.PROTECT, related_name="follow_up")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(_("how did it go"), max_length=20, choices=FollowUpOutcome)
    words = models.TextField(_("what they said"), blank=True, max_length=2000)
    happened_on = models.DateField(_("on"), default=london_today)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FollowUpQuerySet.as_manager()

    def __str__(self) -> str:
        return self.get_outcome_display()

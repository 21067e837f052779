"""What an adult of a family would like, in their own words, and how near they feel to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.transitions.machine import Move, StateMachine
from families.models.own_words import OwnWords, Voiced
from families.models.score import Number, NumbersQuerySet, Stage, number_or_reason
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User

NEAREST = 10


class GoalState(models.TextChoices):
    WORKING_ON = "working_on", _("Working on it")
    REACHED = "reached", _("Reached")
    CHANGED = "changed", _("Changed")
    LET_GO = "let_go", _("Let go")


G = GoalState


class GoalQuerySet(models.QuerySet["Goal"]):
    def visible_to(self, user: User) -> GoalQuerySet:
        """Of supports this person may see: goals are for whoever is with the family."""
        return self.filter(support__in=Support.objects.visible_to(user)) if user.is_active else self.none()

    def standing(self) -> GoalQuerySet:
        """Without what was put in other words since."""
        return self.exclude(state=G.CHANGED)

    def in_words(self) -> GoalQuerySet:
        return self.select_related("said__member", "why", "easier", "member")


@pghistory.track(append_only=True)
class Goal(Voiced):
    said = models.ForeignKey(OwnWords, on_delete=models.PROTECT, related_name="+")
    why = models.ForeignKey(OwnWords, on_delete=models.PROTECT, null=True, related_name="+")
    easier = models.ForeignKey(OwnWords, on_delete=models.PROTECT, null=True, related_name="+")
    is_ours = models.BooleanField(_("ours together"), default=False)
    state = models.CharField(max_length=10, choices=GoalState, default=GoalState.WORKING_ON)
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    """The goal that this one says in other words."""
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=GoalState.values), name="goal_state_known")]

    def __str__(self) -> str:
        return str(self.said)

    @property
    def is_open(self) -> bool:
        return self.state == G.WORKING_ON


GOAL_MACHINE = StateMachine(
    name="goal",
    refusal=_("This goal has moved on. Look at it again."),
    moves=(
        Move((G.WORKING_ON,), G.REACHED),
        Move((G.WORKING_ON,), G.LET_GO),
        Move((G.WORKING_ON, G.REACHED, G.LET_GO), G.CHANGED),
        Move((G.REACHED, G.LET_GO), G.WORKING_ON),
    ),
)


class GoalRating(Number):
    """From 0, not at all there, to 10, fully there; when it was set and at each look."""

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")

    objects = NumbersQuerySet.as_manager()
    ABOUT = "goal"

    class Meta:
        indexes = [models.Index(fields=["support", "goal", "member", "-happened_on"], name="goal_rating_newest")]
        constraints = [
            models.CheckConstraint(condition=number_or_reason(NEAREST), name="goal_rating_from_0_to_10"),
            models.CheckConstraint(condition=models.Q(stage__in=Stage.values), name="goal_rating_stage_known"),
        ]

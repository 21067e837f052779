"""One adult's copy of a review: theirs and what is ours together, in their language, nothing of any other adult's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.charts.looks import Look
from betterstart.clock import day_in_words, london_today
from families.actions.review_part import STILL_ASKED
from families.models import FamilyMember, Goal, GoalRating, Need, PlanAction, Review, Score
from families.reports.review_page import three_looks


@dataclass(frozen=True)
class Said:
    """A need or a goal, with the numbers this adult gave, in words: "first 2, now 4"."""

    words: str
    numbers: str


@dataclass(frozen=True)
class ReviewCopy:
    held_on: dt.date
    needs: list[Said]
    goals: list[Said]
    to_do: list[tuple[str, str]]
    """What somebody does next: who and by when, and what."""
    agreed_change: str
    next_on: dt.date | None


def review_copy(user: User, review: Review, adult: FamilyMember) -> ReviewCopy:
    """The copy, in the language that is active; four questions to the database, and one for the next day."""
    theirs = Q(member=adult) | Q(is_ours=True)
    held_on = review.held_on or london_today()
    until = held_on + STILL_ASKED
    before = Review.objects.filter(support=review.support, held_on__lt=held_on).order_by("-held_on").first()
    since = before.held_on if before else None
    of: dict[str, Any] = {"support": review.support_id, "member": adult, "happened_on__lte": until}
    needs = Need.objects.visible_to(user).standing().filter(theirs, support=review.support).in_order()
    goals = Goal.objects.visible_to(user).standing().filter(theirs, support=review.support).in_words()
    actions = PlanAction.objects.visible_to(user).open().filter(theirs, support=review.support)
    ahead = Review.objects.visible_to(user).open().filter(support=review.support).first()
    return ReviewCopy(
        held_on=held_on,
        needs=_said(needs, list(Score.objects.visible_to(user).filter(**of)), "need_id", since),
        goals=_said(goals, list(GoalRating.objects.visible_to(user).filter(**of)), "goal_id", since),
        to_do=[(_who(action), action.what) for action in actions],
        agreed_change=review.agreed_change,
        next_on=ahead.due_on if ahead else None,
    )


def _said(things: Any, numbers: Sequence[Any], about: str, since: dt.date | None) -> list[Said]:
    return [
        Said(str(thing), _in_words(three_looks([row for row in numbers if getattr(row, about) == thing.pk], since)))
        for thing in things
    ]


def _in_words(found: Sequence[Look]) -> str:
    told = [f"{look.label}: {_('not said') if look.value is None else look.value}" for look in found]
    return " · ".join(told)


def _who(action: PlanAction) -> str:
    if not action.due_on:
        return str(action.get_doer_display())
    return _("{who}, by {day}").format(who=action.get_doer_display(), day=day_in_words(action.due_on))

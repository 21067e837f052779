"""One adult's own copy of the plan, in their language where there is a translation: theirs, and ours together."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from families.models import (
    Doer,
    FamilyMember,
    Goal,
    GoalRating,
    GoalState,
    Need,
    OwnWords,
    PlanAction,
    Sayable,
    Score,
    Support,
)
from families.models.score import looks_of
from families.reports.plan import likely_language


@dataclass(frozen=True)
class CopyLine:
    """A need or a goal, what this adult answered first and now, and why it matters to them."""

    words: str
    now: str
    first: str
    why: str = ""
    easier: str = ""
    state: str = ""
    own: bool = True


@dataclass(frozen=True)
class PlanCopy:
    needs: list[CopyLine]
    goals: list[CopyLine]
    actions: list[tuple[str, PlanAction]]
    know: list[OwnWords]


def plan_copy(support: Support, adult: FamilyMember) -> PlanCopy:
    """Never another adult's entries, nor anything staff wrote for themselves."""
    theirs = Q(member=adult) | Q(is_ours=True, member__left_on=None)
    scores = looks_of(Score.objects.filter(support=support, member=adult))
    ratings = looks_of(GoalRating.objects.filter(support=support, member=adult), "goal_id")
    needs = Need.objects.filter(theirs, support=support).standing().in_order()
    goals = Goal.objects.filter(theirs, support=support).standing().in_words()
    actions = PlanAction.objects.filter(theirs, support=support).open()
    know = OwnWords.objects.filter(support=support, member=adult, kind=Sayable.KNOW).standing().order_by("id")
    return PlanCopy(
        needs=[CopyLine(str(need), *_answers(scores, need.pk, adult)) for need in needs],
        goals=[
            CopyLine(
                str(goal),
                *_answers(ratings, goal.pk, adult),
                why=str(goal.why or ""),
                easier=str(goal.easier or ""),
                state="" if goal.is_open else str(GoalState(goal.state).label),
                own=goal.member_id == adult.pk,
            )
            for goal in goals
        ],
        actions=[(str(Doer(action.doer).label), action) for action in actions],
        know=list(know),
    )


def _answers(looks: dict, about: int, adult: FamilyMember) -> tuple[str, str]:  # type: ignore[type-arg]
    """What they say now, and what they said first where that was on another day."""
    found = looks.get((about, adult.pk))
    if found is None:
        return "", ""
    return str(found.now), str(found.first) if found.last else ""


def copy_language(adult: FamilyMember) -> tuple[str, bool]:
    """The adult's language where the product is translated into it, else ours; and whether it is theirs."""
    wanted = likely_language(adult).lower()
    known = {code.lower(): code for code, _name in settings.LANGUAGES}
    found = known.get(wanted) or known.get(f"{wanted}-gb")
    return found or settings.LANGUAGE_CODE, bool(found) or not wanted

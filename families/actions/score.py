"""Numbers that an adult of the family gives: how they cope, and how near they feel to a goal. Staff give none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import day_in_words
from families.actions.ending import take_step
from families.actions.own_words import PlanRefused, listen, note, write_words
from families.models import (
    EndingStep,
    FamilyMember,
    Given,
    Goal,
    GoalRating,
    Need,
    Sayable,
    Score,
    Stage,
    StepKind,
    StepOutcome,
    Support,
    SupportState,
)
from families.models.goal import NEAREST
from families.models.score import HIGHEST


@dataclass(frozen=True)
class Reply:
    """What an adult answered about one thing: a number, or why there is none; and what they said to it."""

    given: str
    value: int | None = None
    words: str = ""


@transaction.atomic
def give_scores(
    *,
    by: User | None,
    support: Support,
    adult: FamilyMember,
    stage: str,
    replies: Mapping[Need, Reply],
    language: str = "",
    interpreter: str = "",
    happened_on: dt.date | None = None,
) -> list[Score]:
    """Write down what an adult answered about the needs they picked, each from 0 to 5, and give the rows.

    What was answered before stays; the last answer counts. At the end it is the step "final scores" of the ending too.
    Writes "scores.given". Raises NotYourService, PlanRefused, EndingRefused.
    """
    day = listen(by=by, support=support, adult=adult, on=happened_on)
    rows = []
    for need, reply in replies.items():
        if need.support_id != support.pk or not (need.member_id == adult.pk or need.is_ours):
            raise PlanRefused(_("This is not one of the needs they picked."))
        same_day = Score.objects.filter(need=need, member=adult)
        rows.append(Score(need=need, **_number(by, support, adult, stage, reply, HIGHEST, day, same_day)))
    _add_words(rows, replies.values(), by=by, language=language, interpreter=interpreter)
    Score.objects.bulk_create(rows)
    if rows:
        note(by, rows[0], "scores.given", stage=stage, answers=len(rows))
    if by is not None and stage == Stage.END and support.state == SupportState.ENDING:
        _note_final(by, support, rows)
    return rows


@transaction.atomic
def rate_goal(
    *,
    by: User | None,
    goal: Goal,
    adult: FamilyMember,
    stage: str,
    reply: Reply,
    language: str = "",
    interpreter: str = "",
    happened_on: dt.date | None = None,
) -> GoalRating:
    """Write down how near an adult feels to a goal, from 0 to 10. Writes "goal.rated".

    Raises NotYourService, PlanRefused.
    """
    support = goal.support
    day = listen(by=by, support=support, adult=adult, on=happened_on)
    if not (goal.member_id == adult.pk or goal.is_ours):
        raise PlanRefused(_("This is not one of their goals."))
    same_day = GoalRating.objects.filter(goal=goal, member=adult)
    row = GoalRating(goal=goal, **_number(by, support, adult, stage, reply, NEAREST, day, same_day))
    _add_words([row], [reply], by=by, language=language, interpreter=interpreter)
    row.save()
    note(by, row, "goal.rated", stage=stage)
    return row


def _number(
    by: User | None, support: Support, adult: FamilyMember, stage: str, reply: Reply, most: int, day: dt.date, rows: Any
) -> dict[str, Any]:
    """The fields of one answer. Raises PlanRefused for a number that is none, and where it would stand over what the
    adult wrote themselves on that day.
    """
    is_number = reply.given == Given.NUMBER
    if stage not in Stage.values or reply.given not in Given.values:
        raise PlanRefused({"given": _("Choose an answer.")})
    if is_number and (reply.value is None or not 0 <= reply.value <= most):
        raise PlanRefused({"value": _("Choose a number from 0 to {most}, or “rather not say”.").format(most=most)})
    if not is_number and reply.value is not None:
        raise PlanRefused({"value": _("Choose a number, or say why there is none.")})
    if by is not None and rows.filter(happened_on=day, recorded_by=None).exists():
        sentence = _("{name} answered this on their own page on {day}. It stays as they said it.")
        raise PlanRefused(sentence.format(name=adult, day=day_in_words(day)))
    return {
        "support": support,
        "family_id": support.family_id,
        "member": adult,
        "stage": stage,
        "given": reply.given,
        "value": reply.value,
        "happened_on": day,
        "recorded_by": by,
    }


def _add_words(rows: Any, replies: Any, *, by: User | None, language: str, interpreter: str) -> None:
    for row, reply in zip(rows, replies, strict=True):
        if reply.words.strip():
            row.said = write_words(
                by=by, support=row.support, adult=row.member, kind=Sayable.SCORE, words=reply.words, language=language,
                day=row.happened_on, interpreter=interpreter,
            )  # fmt: skip


def _note_final(by: User, support: Support, rows: list[Score]) -> None:
    """The step of the ending: given, or all of it left unsaid."""
    answered = [row.given for row in rows if row.given != Given.NOT_ASKED]
    if not answered:
        return
    step = EndingStep.objects.standing().filter(support=support, kind=StepKind.SCORES).first()
    take_step(
        by=by,
        support=support,
        kind=StepKind.SCORES,
        outcome=StepOutcome.DONE if Given.NUMBER in answered else StepOutcome.NOT_NEEDED,
        version=step.version if step else None,
        happened_on=rows[0].happened_on,
    )

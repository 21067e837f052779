"""Goals of a family: said, rated, reached, put in other words, or let go. Always by the adult whose they are."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from families.actions.editing import save_edit
from families.actions.own_words import PlanRefused, listen, note, write_words
from families.actions.score import Reply, rate_goal
from families.models import FamilyMember, Goal, GoalState, Need, OwnWords, PlanAction, Sayable, Stage, Support
from families.models.goal import GOAL_MACHINE

MOST_OPEN = 6


@transaction.atomic
def set_goal(
    *,
    by: User | None,
    support: Support,
    adult: FamilyMember,
    words: str,
    language: str,
    why: str = "",
    easier: str = "",
    is_ours: bool = False,
    rating: Reply | None = None,
    interpreter: str = "",
    happened_on: dt.date | None = None,
    follows: Goal | None = None,
) -> Goal:
    """Write down a goal in an adult's own words, why it matters to them, what would make it easier, and how near they
    feel to it. Writes "goal.set". Raises NotYourService, PlanRefused.
    """
    day = listen(by=by, support=support, adult=adult, on=happened_on)
    if follows is None and support.goals.filter(member=adult, state=GoalState.WORKING_ON).count() >= MOST_OPEN:
        sentence = _("{name} works on {n} goals already. About three at a time goes well: let one go, or reach it.")
        raise PlanRefused(sentence.format(name=adult, n=MOST_OPEN))
    said = {
        kind: write_words(
            by=by, support=support, adult=adult, kind=kind, words=text, language=language, day=day, is_ours=is_ours,
            interpreter=interpreter,
        )
        for kind, text in ((Sayable.GOAL, words), (Sayable.WHY, why), (Sayable.EASIER, easier))
        if kind == Sayable.GOAL or text.strip()
    }  # fmt: skip
    goal = Goal.objects.create(
        support=support,
        family_id=support.family_id,
        member=adult,
        said=said[Sayable.GOAL],
        why=said.get(Sayable.WHY),
        easier=said.get(Sayable.EASIER),
        is_ours=is_ours,
        follows=follows,
        happened_on=day,
        recorded_by=by,
    )
    GOAL_MACHINE.note_start(goal, by=by)
    note(by, goal, "goal.set")
    if rating:
        rate_goal(by=by, goal=goal, adult=adult, stage=Stage.START, reply=rating, language=language, happened_on=day)
    return goal


@transaction.atomic
def move_goal(*, by: User, goal: Goal, version: int, to: str, note_words: str = "") -> Goal:
    """It is reached, let go, or taken up again, as the adult whose goal it is says. Writes "goal.moved".

    Raises NotYourService, PlanRefused, MoveRefused, StaleEdit.
    """
    listen(by=by, support=goal.support, adult=goal.member, on=None)
    if to == GoalState.CHANGED:
        raise PlanRefused({"to": _("Write down how they say it now.")})
    _move(by, goal, version, to, note_words)
    return goal


@transaction.atomic
def reword_goal(
    *, by: User, goal: Goal, version: int, words: str, language: str, rating: Reply | None = None, **more: Any
) -> Goal:
    """They say it differently now: what they said first stays, and the new goal stands in its place.

    What was agreed to do about it goes along. Writes "goal.moved" and "goal.set". Raises as `set_goal`, StaleEdit.
    """
    _move(by, goal, version, GoalState.CHANGED, "")
    new = set_goal(
        by=by,
        support=goal.support,
        adult=goal.member,
        words=words,
        language=language,
        rating=rating,
        is_ours=goal.is_ours,
        follows=goal,
        **more,
    )
    goal.actions.open().update(goal=new)
    return new


def _move(by: User, goal: Goal, version: int, to: str, words: str) -> None:
    save_edit(goal, version=version)  # refuses where somebody else has moved it since
    GOAL_MACHINE.move(goal, to=to, by=by, note=words, version=version + 1)
    note(by, goal, "goal.moved", to=to)


@transaction.atomic
def share_entry(*, by: User, row: Need | Goal | PlanAction | OwnWords, is_ours: bool) -> None:
    """The adult whose entry it is makes it ours together, or takes that back; the words of a goal go with it.

    Writes "entry.shared" or "entry.kept". Raises NotYourService, PlanRefused.
    """
    listen(by=by, support=row.support, adult=row.member, on=None)
    words = [row.said, row.why, row.easier] if isinstance(row, Goal) else [row.said] if isinstance(row, Need) else []
    for each in [row, *filter(None, words)]:
        save_edit(each, version=each.version, is_ours=is_ours)
    note(by, row, "entry.shared" if is_ours else "entry.kept", kind=row._meta.model_name)

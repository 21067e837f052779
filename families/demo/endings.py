"""Endings of the demonstration: one in each step, a word some weeks later that is due, a handover with its lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from betterstart.access.demo import World
from families.models import (
    EndingStep,
    FollowUp,
    HandoverLine,
    StepKind,
    StepOutcome,
    Support,
    SupportState,
    TurnTo,
    Way,
)

# Families whose home visits are ending, by number; and one of them that has had its last visit.
PREPARED = (11, 13, 17, 19, 22, 26, 28)
SAID_GOODBYE = (28,)
# Two whose support ended as planned a good six weeks ago, one for each coordinator: nobody has asked them yet.
TO_BE_ASKED = (7, 32)
PLACES = [
    ("Stay and play at the library", "Tuesdays at 10, no need to book"),
    ("Nasreen next door", "She has offered to come along to the park"),
    ("The health visitor’s phone line", "Weekdays, for anything about sleep or feeding"),
]
LETTER = (
    "Dear {name},\n\nThank you for letting us be part of your days. You told us what you would like, and you did the"
    " work of it.\n\nIf you would like to come back to us one day, you are welcome.\n\nWith warm wishes"
)
CELEBRATION = "We had tea in the park and {name} brought the photographs of the first months."
STEPS = [StepKind.SCORES, StepKind.TURN_TO, StepKind.CELEBRATION, StepKind.LETTER, StepKind.REFERRER, StepKind.KEEPSAKE]
LINES = [
    "They like to be rung in the morning, before the school run.",
    "The grandmother speaks Punjabi and is glad of a greeting in it.",
]


def build(world: World, supports: list[Support]) -> None:
    """Rows that hang on supports which have their ids already."""
    preparing = [support for support in supports if support.state == SupportState.ENDING]
    ended = [support for support in supports if support.state == SupportState.ENDED_PLANNED]
    active = [support for support in supports if support.state == SupportState.ACTIVE]
    taken = [(support, number % (len(STEPS) + 1)) for number, support in enumerate(preparing)]
    taken += [(support, len(STEPS)) for support in ended]
    EndingStep.objects.bulk_create([step for support, steps in taken for step in _steps(world, support, steps)])
    TurnTo.objects.bulk_create(
        TurnTo(support=support, family=support.family, name=name, about=about, added_by=_coordinator(support))
        for support, steps in taken
        if steps > STEPS.index(StepKind.TURN_TO)
        for name, about in PLACES
    )
    with_scores = [support.pk for support, steps in taken if steps and support.state == SupportState.ENDING]
    final = world.today - dt.timedelta(days=3)
    Support.objects.filter(pk__in=with_scores).update(final_scores_on=final)
    for support in supports:
        if support.pk in with_scores:
            support.final_scores_on = final
    FollowUp.objects.bulk_create(_follow_ups(world, ended))
    HandoverLine.objects.bulk_create(
        HandoverLine(support=support, family=support.family, words=words, by=_coordinator(support))
        for support in active[:2]
        for words in LINES
    )


def _follow_ups(world: World, ended: list[Support]) -> list[FollowUp]:
    """Of those who ended long ago all were asked; of the others every third."""
    outcomes = ["made", "could_not_reach", "not_wanted"]
    rows = []
    for number, support in enumerate(ended):
        weeks = (world.today - support.ended_on).days // 7 if support.ended_on else 0
        if support.ended_on and (weeks >= 11 or (weeks >= 7 and number % 3 == 2)):
            rows.append(
                FollowUp(
                    support=support,
                    family=support.family,
                    outcome=outcomes[number % 3],
                    words="“We go to the library on our own now.”" if number % 3 == 0 else "",
                    happened_on=support.ended_on + dt.timedelta(weeks=6),
                    by=_coordinator(support),
                )
            )
    return rows


def _steps(world: World, support: Support, steps: int) -> list[EndingStep]:
    """The first so many steps of an ending. A letter that is the last of them is written and not given yet."""
    by, name = _coordinator(support), support.family.name
    day = min(world.today, support.ended_on or world.today) - dt.timedelta(days=3)
    rows = []
    for number, kind in enumerate(STEPS[:steps]):
        fields: dict[str, Any] = {"outcome": StepOutcome.DONE}
        if kind == StepKind.SCORES and support.final_scores_declined:
            fields["outcome"] = StepOutcome.NOT_NEEDED
        elif kind == StepKind.CELEBRATION:
            fields["words"] = CELEBRATION.format(name=name)
        elif kind == StepKind.LETTER and number == steps - 1:
            fields |= {"outcome": StepOutcome.BEGUN, "words": LETTER.format(name=name)}
        elif kind == StepKind.LETTER:
            fields |= {"words": LETTER.format(name=name), "way": Way.BY_HAND}
        elif kind == StepKind.REFERRER:
            fields |= {"outcome": StepOutcome.NOT_NEEDED} if number % 2 else {"way": Way.SPOKEN}
        rows.append(EndingStep(support=support, family=support.family, kind=kind, happened_on=day, by=by, **fields))
    return rows


def _coordinator(support: Support) -> Any:
    return support.family.created_by

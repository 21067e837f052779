"""Whom coordinators chose for families, nobody yet included, and what came of looking again."""

from __future__ import annotations

import datetime as dt

from betterstart.access.demo import World
from families.models import Support, SupportState
from volunteers.models import LookedAgain, Match, MatchDecision, MatchState

WHY = [
    "Both like to be outside, and Thursdays work for everybody.",
    "She asked for somebody older, who does not mind noise. That is him all over.",
    "They speak Urdu with each other, and the bus stops at the door.",
]
SAID = [
    "Somebody who does not mind the mess.",
    "“Not too cheerful in the morning, please.”",
    "A woman, and not from our street.",
]
IF = ["The visits keep moving.", "She goes quiet, or he does.", "Her new job changes her days."]
NOBODY = ("Nobody who speaks Pashto has a place.", "She would rather wait than talk through an interpreter.")


def build(world: World) -> None:
    home = world.services["home"]
    by = world.coordinators["home"][0]
    chosen = Match.objects.filter(support__service=home, state=MatchState.ACTIVE).order_by("pk")[: len(WHY)]
    rows = []
    for match, why, said, look in zip(chosen, WHY, SAID, IF, strict=False):
        at = world.moment(match.started_on - dt.timedelta(days=12), 11)
        rows.append(
            MatchDecision(
                support_id=match.support_id,
                service=home,
                volunteer_id=match.volunteer_id,
                match=match,
                why=why,
                family_said=said,
                look_again_if=look,
                look_again_on=at.date() + dt.timedelta(weeks=4),
                shown={"order": "", "considered": 1, "could": 1, "cards": [_card(match.volunteer_id)], "barred": {}},
                by=by,
                decided_at=at,
            )
        )
    waiting = Support.objects.filter(service=home, state=SupportState.WAITING).order_by("pk").first()
    if waiting:
        why, said = NOBODY
        facts = {"order": "", "considered": 0, "could": 0, "cards": [], "barred": {}}
        on = world.today - dt.timedelta(days=1)
        of = {"support": waiting, "service": home, "by": by, "shown": facts, "decided_at": world.moment(on, 10)}
        rows.append(
            MatchDecision(why=why, family_said=said, look_again_if="Somebody new.", look_again_on=world.today, **of)
        )
    MatchDecision.objects.bulk_create(rows)
    LookedAgain.objects.bulk_create(
        LookedAgain(
            decision=row,
            service=home,
            found="They have found their rhythm. She talks of nothing else.",
            by=by,
            looked_at=world.moment(row.look_again_on, 15),
        )
        for row in rows
        if row.match_id and row.look_again_on <= world.today
    )


def _card(volunteer: int) -> dict[str, object]:
    words = ["Speaks English, as the family does.", "Both can on Thursday morning."]
    return {
        "volunteer": volunteer,
        "for": words,
        "think_about": [],
        "missing": ["how far they travel"],
        "told_on": None,
    }

"""Where the demonstration's families were pointed to: each way, each answer, and some to be asked today."""

from __future__ import annotations

import datetime as dt

from betterstart.access.demo import World
from betterstart.directory.models import Entry
from families.models import Pointing, Signpost, SignpostResult, Support, SupportState
from families.models.signpost import ASK_AFTER

WORDS = {
    SignpostResult.TOOK_UP: "“They knew my name the second time. We go every week now.”",
    SignpostResult.WAITING: "They are on the list, fourth from the top.",
    SignpostResult.DID_NOT: "“Two buses with the pram. Maybe in summer.”",
    SignpostResult.UNKNOWN: "",
}
# Days ago, and what came of it; nothing yet for the first two, of which the second is to be asked now.
LIVES: list[tuple[int, str]] = [(6, ""), (30, ""), *((45 + 11 * number, str(r)) for number, r in enumerate(WORDS))]


def build(world: World, supports: list[Support]) -> None:
    entries = list(Entry.objects.order_by("pk"))
    if not entries:
        return
    known = (SupportState.ACTIVE, SupportState.ENDING, SupportState.WAITING)
    with_us = [support for support in supports if support.state in known][::2]
    coordinators = {world.services[key].pk: people[0] for key, people in world.coordinators.items()}
    rows = []
    for number, support in enumerate(with_us):
        days, result = LIVES[number % len(LIVES)]
        entry, by = entries[number * 5 % len(entries)], coordinators[support.service_id]
        day = world.today - dt.timedelta(days=days)
        answered = day + ASK_AFTER + dt.timedelta(days=2) if result else None
        again = result == SignpostResult.WAITING and answered
        rows.append(
            Signpost(
                support=support,
                family=support.family,
                entry=entry,
                entry_name=entry.name,
                how=Pointing.values[number % len(Pointing.values)],
                note="Ask for whoever is at the door; they know about you." if number % 4 == 1 else "",
                happened_on=day,
                ask_on=again + ASK_AFTER if again else day + ASK_AFTER,
                by=by,
                result=result,
                helped=WORDS[SignpostResult(result)] if result else "",
                answered_on=answered,
                answered_by=by if result else None,
            )
        )
    Signpost.objects.bulk_create(rows)

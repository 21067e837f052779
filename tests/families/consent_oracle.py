"""What may be shared, said a second time from the specification (reference/domain.md 4.7, 5.4, 13), the slow way.

Nothing here is taken from the product's own rule. Answers are read one after the other in the order in which they were
said; for each adult, for themselves and for each child, a small machine goes through its states:

    not asked -> given / refused -> withdrawn -> given        (a given permission is expired from its end on)

Of two things said at the very same moment the no is the last word: nothing is shared on a doubt.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Event:
    """What an adult said; written down as the `written`-th."""

    adult: str
    child: str | None
    word: str
    said: dt.datetime
    written: int
    end: dt.datetime | None


@dataclass(frozen=True)
class Person:
    name: str
    is_adult: bool
    left: bool = False


def anniversary(said: dt.datetime) -> dt.datetime:
    """Twelve months: the midnight that begins the same date of the next year, on the clocks of London."""
    local = said.astimezone(LONDON)
    year, month, day = local.year + 1, local.month, local.day
    while True:
        try:
            return dt.datetime(year, month, day, tzinfo=LONDON).astimezone(dt.UTC)
        except ValueError:  # 29 February of a year that has none
            day -= 1


def state(events: list[Event], adult: str, child: str | None, at: dt.datetime) -> str:
    """Where the machine of this adult stands, for themselves (`child` is none) or for a child."""
    mine = [event for event in events if event.adult == adult and event.child == child]
    now, end = "not asked", None
    for moment in sorted({event.said for event in mine}):
        if moment > at:
            break
        together = sorted((event for event in mine if event.said == moment), key=lambda event: event.written)
        noes = [event for event in together if event.word != "given"]
        last = noes[-1] if noes else together[-1]
        now, end = last.word, last.end
    if now == "given" and end is not None and at >= end:
        return "expired"
    return now


def may_be_shared(events: list[Event], people: list[Person], about: list[str], at: dt.datetime) -> bool:
    """`about` names whom it is about; nobody named: the family as a whole."""
    adults = [person.name for person in people if person.is_adult and not person.left]
    children = [person.name for person in people if not person.is_adult and not person.left]
    if not about:
        one_yes = any(state(events, adult, None, at) == "given" for adult in adults)
        for adult in adults:
            for child in [None, *{event.child for event in events if event.adult == adult}]:
                if state(events, adult, child, at) in ("refused", "withdrawn"):
                    return False
        return one_yes
    for name in about:
        if name in adults:
            if state(events, name, None, at) != "given":
                return False
        elif name in children:
            said = [state(events, adult, name, at) for adult in adults]
            if "given" not in said or "refused" in said or "withdrawn" in said:
                return False
        else:
            return False
    return True

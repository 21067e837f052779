"""What waits for a coordinator: one list, filled by every app that knows of something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from betterstart.access.models import User
from families.models import Family


class Urgency(IntEnum):
    """A worry comes first, then whoever asked for a person, then a promise that has run out, whatever the dates."""

    WORRY = -1
    ASKED = 0
    PROMISE = 1


@dataclass(frozen=True, kw_only=True)
class Need:
    """One reason why a family, or somebody who visits families, needs the reader, and the link that does something."""

    reason: str
    """What is so, in a few words: "Not sure, talk to me: Vera, yesterday 16:10"."""
    family: Family | None
    """None where a volunteer asks for something that is about no family."""
    since: dt.datetime
    """The moment the promise ran out, or somebody asked."""
    url: str
    action: str
    """What the link does: "Call", "Plan a visit"."""
    urgency: Urgency = Urgency.PROMISE
    icon: str = "clock"
    detail: str = ""
    """What was promised, or what is planned: "promised every week"."""


@dataclass(frozen=True)
class Found:
    needs: Sequence[Need]
    total: int
    """How many there are altogether; `needs` holds the oldest of them."""


# (user, today, limit) -> at most `limit` needs among the families this person coordinates, the oldest first.
Provider = Callable[[User, dt.date, int], Found]

_providers: list[Provider] = []


def register_needs(provider: Provider) -> None:
    """Called in `AppConfig.ready`. A provider asks the database a fixed number of questions, whatever it finds."""
    if provider not in _providers:
        _providers.append(provider)


def needs_of(user: User, today: dt.date, limit: int) -> Found:
    """The most pressing needs from everywhere: those who asked first, then the oldest promise."""
    found = [provider(user, today, limit) for provider in _providers]
    needs = [need for part in found for need in part.needs]
    needs.sort(key=lambda need: (need.urgency, need.since, need.family.pk if need.family else 0))
    return Found(needs[:limit], sum(part.total for part in found))

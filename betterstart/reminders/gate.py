"""One gate before everything that is sent. Each app may close it for a reason; a closed gate is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from betterstart.reminders.models import Message


@dataclass(frozen=True)
class KeptBack:
    """Why a message must not be sent now; and where only the hour is wrong, when it may be asked again."""

    why: str
    until: dt.datetime | None = None


Keeper = Callable[[Message, dt.datetime], KeptBack | None]
_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """`keeper(message, now)` says whether it must be kept back, or nothing. Asked at the moment of sending."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def kept_back(message: Message, now: dt.datetime) -> KeptBack | None:
    """What keeps it here for good, if any keeper has that; else until when it waits; or nothing."""
    found = [kept for keeper in _keepers if (kept := keeper(message, now))]
    for_good = next((kept for kept in found if kept.until is None), None)
    return for_good or max(found, key=lambda kept: kept.until, default=None)  # type: ignore[arg-type,return-value]

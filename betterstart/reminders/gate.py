"""One gate before everything that is sent. Each app may close it for a reason; a closed gate is recorded."""

from __future__ import annotations

from collections.abc import Callable

from betterstart.reminders.models import Message

Keeper = Callable[[Message], str]
_keepers: list[Keeper] = []


def register_keeper(keeper: Keeper) -> None:
    """`keeper(message)` gives a reason why it must not be sent now, or nothing. Asked at the moment of sending."""
    _keepers.append(keeper)


def reason_to_keep_back(message: Message) -> str:
    """The first reason any keeper has, or nothing."""
    return next((reason for keeper in _keepers if (reason := keeper(message))), "")

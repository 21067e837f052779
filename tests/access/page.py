"""What one row of the matrix says, and the people it speaks of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

EVERYBODY = frozenset(
    {
        "coordinator",
        "other_coordinator",
        "volunteer",
        "other_volunteer",
        "manager",
        "lead",
        "administrator",
        "nobody",
    }
)
OPEN = EVERYBODY | {"anonymous"}
Args = Callable[[SimpleNamespace], dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """Who gets this page. `args` makes the address of a record here, `far` of one in another organisation."""

    allowed: frozenset[str] | set[str]
    args: Args = lambda cast: {}
    far: Args | None = None
    far_allowed: set[str] = field(default_factory=set)
    by_link: bool = False
    """Behind a link from a letter: without one it is nothing to anybody, signed in or not."""


COORDINATORS = {"coordinator", "other_coordinator"}
VOLUNTEERS = {"volunteer", "other_volunteer"}
FAMILY_READERS = COORDINATORS | VOLUNTEERS | {"manager", "lead"}
ADMINISTRATORS = {"administrator"}
WITH_FAMILY = {"coordinator", "volunteer"}
FAR = {"other_coordinator"}

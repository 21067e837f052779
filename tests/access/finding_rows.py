"""The pages on which a coordinator looks for a volunteer for one family, here and far away."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any


def here(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.family.supports.get(state="active").pk}


def far(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.far_family.supports.get(state="active").pk}


def _person(cast: SimpleNamespace) -> dict[str, Any]:
    return {"volunteer_id": cast.other_volunteer_row.pk}


OF_A_SUPPORT = ("find", "find-not-now", "find-nobody", "find-decisions", "find-sheet")
PAGES = [
    *[(f"volunteers:{name}", here, far, {"other_coordinator"}) for name in OF_A_SUPPORT],
    # A volunteer of another organisation is not there to be chosen, not even for one's own family.
    (
        "volunteers:find-person",
        lambda cast: here(cast) | _person(cast),
        lambda cast: far(cast) | _person(cast),
        set[str](),
    ),
]

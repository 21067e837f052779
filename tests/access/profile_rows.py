"""Who is never with whom, here and far away, and the addresses of what volunteers told of themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.volunteers.matching_rows import never


def add_nevers(cast: SimpleNamespace) -> None:
    for name, family, by in (("", cast.family, cast.coordinator), ("far_", cast.far_family, cast.other_coordinator)):
        setattr(cast, f"{name}never", never(family, cast.other_volunteer_row, by))


def nothing(cast: SimpleNamespace) -> dict[str, Any]:
    return {}


def volunteer(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.volunteer_row.pk}


def section(cast: SimpleNamespace) -> dict[str, Any]:
    return {"section": "times"}


def volunteers_section(cast: SimpleNamespace) -> dict[str, Any]:
    return {"pk": cast.volunteer_row.pk, "section": "times"}


def never_row(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.family.uuid, "pk": cast.never.pk}


MINE = {"volunteers:my-profile": nothing, "volunteers:my-profile-section": section}
KEPT = {
    "volunteers:volunteer-profile": volunteer,
    "volunteers:volunteer-profile-section": volunteers_section,
    "volunteers:volunteer-insurance": volunteer,
    "volunteers:never-take-back": never_row,
}

"""A circle of support here and one far away, each with two who know each other, and the addresses made from them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests import factories


def add_circles(cast: SimpleNamespace) -> None:
    for name, family, by in (("", cast.family, cast.coordinator), ("far_", cast.far_family, cast.other_coordinator)):
        row = factories.circle(family.members.get(role="parent"), by)
        setattr(cast, f"{name}circle", row)
        setattr(cast, f"{name}tie", factories.circle_link(row).one)


def circle(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "uuid": cast.circle.uuid}


def far_circle(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "uuid": cast.far_circle.uuid}


def adult(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "uuid": cast.circle.member.uuid}


def far_adult(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "uuid": cast.far_circle.member.uuid}


def tie(cast: SimpleNamespace) -> dict[str, Any]:
    return circle(cast) | {"pk": cast.tie.pk}


def far_tie(cast: SimpleNamespace) -> dict[str, Any]:
    return far_circle(cast) | {"pk": cast.far_tie.pk}


def figures(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.circle.uuid}


def far_figures(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.far_circle.uuid}

"""Talks of a coordinator with a volunteer, here and far away, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests import factories
from tests.supervising import a_talk

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_talks(cast: SimpleNamespace) -> None:
    """One planned, one held with words about a family and words of the volunteer's own, and a group."""
    person = factories.user("Tess Talkedwith", "volunteer", cast.far)
    cast.far_volunteer_row = factories.volunteer(person, cast.elsewhere)
    far_match = factories.match(cast.far_volunteer_row, cast.far_family)
    here = (cast.coordinator, cast.volunteer_row, cast.match)
    there = (cast.other_coordinator, cast.far_volunteer_row, far_match)
    for name, (by, volunteer, match) in (("", here), ("far_", there)):
        setattr(cast, f"{name}planned_talk", a_talk(by, volunteer, state="planned"))
        setattr(cast, f"{name}talk", a_talk(by, volunteer, match=match, strengths="She listens."))
        setattr(cast, f"{name}agreed", getattr(cast, f"{name}talk").agreed.get())
    cast.group_talk = a_talk(cast.coordinator, cast.volunteer_row, cast.other_volunteer_row, kind="group")
    cast.managers_talk = a_talk(cast.manager, cast.coordinator)


def mine(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).pk}


def of_coordinator(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.coordinator.pk}


def of_far_coordinator(cast: SimpleNamespace) -> dict[str, Any]:
    return {"person_id": cast.other_coordinator.pk}

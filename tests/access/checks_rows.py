"""Checks and training here and far away, and the addresses of their pages."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from tests import factories

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_checks(cast: SimpleNamespace) -> None:
    far = factories.volunteer(factories.user("Fay Farvolunteer"), cast.elsewhere)
    for name, row, by in (("", cast.volunteer_row, cast.coordinator), ("far_", far, cast.other_coordinator)):
        session = row.attendances.first().session
        found = {"checked": row, "reference": factories.reference(row, by), "dbs": row.dbs_checks.get()}
        found |= {"course": session.run.course, "held": session.run, "session": session}
        for key, value in found.items():
            setattr(cast, f"{name}{key}", value)


def of(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).pk}


def wording(name: str) -> Args:
    return lambda cast: {"organisation_id": getattr(cast, name).pk, "kind": "conduct"}


KEPT = {
    "checked": ("checks", "reference-add", "dbs-add", "agreement-paper"),
    "reference": ("reference", "reference-ask", "reference-phone"),
    "dbs": ("dbs-certificate", "dbs-update-service"),
    "course": ("course-edit", "run-add"),
    "held": ("course-run", "run-places", "run-catch-up"),
    "session": ("session-edit",),
}
COORDINATED = [(f"volunteers:{page}", of(row), of(f"far_{row}")) for row, pages in KEPT.items() for page in pages]

"""People on their way here and far away, one of whom has left and one of whom is suspended, and their pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from betterstart.clock import london_today
from volunteers.models import Application, ApplicationDraft, Break, Interview, Leaving, Suspension, Volunteer

Args = Callable[[SimpleNamespace], dict[str, Any]]


def add_people(cast: SimpleNamespace) -> None:
    for name, service, by in (("", cast.home, cast.coordinator), ("far_", cast.far, cast.other_coordinator)):
        of = {"organisation": service.organisation, "service": service, "phone": "07700 900201"}
        asker = Volunteer.objects.create(name="Hafsa Mirza", state="applied", **of)
        left = Volunteer.objects.create(name="Winifred Shaw", state="left", left_on=london_today(), **of)
        stopped = Volunteer.objects.create(name="Gareth Tate", state="suspended", **of)
        Application.objects.create(volunteer=asker)
        add_facts(asker, by, left, stopped)
        setattr(cast, f"{name}asker", asker)
        setattr(cast, f"{name}left", left)
        setattr(cast, f"{name}stopped", stopped)


def add_facts(row: Volunteer, by: Any, left: Volunteer, stopped: Volunteer) -> None:
    today = london_today()
    ApplicationDraft.objects.create(volunteer=row, kept_until=timezone.now() + dt.timedelta(days=1))
    Interview.objects.create(volunteer=row, held_by=by, notes="Warm.", outcome="go_on")
    Break.objects.create(volunteer=row, starts_on=today, back_on=today + dt.timedelta(days=9), created_by=by)
    Leaving.objects.create(volunteer=left, reason="time", created_by=by)
    why = {"kind": "other", "words": "To look into.", "came_from": "applied", "suspended_by": by}
    Suspension.objects.create(volunteer=stopped, **why)


def of(name: str) -> Args:
    return lambda cast: {"pk": getattr(cast, name).pk}


def step(cast: SimpleNamespace) -> dict[str, Any]:
    return {"slug": "you"}


KEPT = [
    (f"volunteers:{page}", of(row), of(f"far_{row}"))
    for page, row in (
        *((page, "asker") for page in ("told", "send-link", "answered", "together", "reach", "interview", "invite")),
        *((page, "asker") for page in ("looked", "break", "back", "leave")),
        ("goodbye", "left"),
    )
]
OVERSEEN = [
    ("volunteers:suspend", of("asker"), of("far_asker")),
    ("volunteers:suspension", of("stopped"), of("far_stopped")),
]

"""How tests bring somebody to a step of the way to us."""

from __future__ import annotations

import datetime as dt
import uuid
from types import SimpleNamespace
from typing import Any

from django.utils import timezone

from betterstart.clock import london_today
from volunteers.models import Application, Break, Interview, Leaving, Suspension, Volunteer, VolunteerState
from volunteers.models.volunteer import OVER

REFEREES = [
    {"name": "Jean", "email": "jean@example.org", "relation": "We worked together"},
    {"name": "Bilal", "email": "bilal@example.org", "relation": "He runs the reading group"},
]


def asker(cast: SimpleNamespace, state: str = VolunteerState.ENQUIRY, **fields: Any) -> Volunteer:
    """Somebody without an account who asked yesterday; from "applied" on with a whole application."""
    fields = {"name": "Hafsa Mirza", "email": "hafsa@example.org", "phone": "07700 900201"} | fields
    told = fields.pop("told", {})
    if state in OVER:
        fields.setdefault("left_on", london_today())
    row = Volunteer.objects.create(organisation=cast.here, service=cast.home, state=state, **fields)
    yesterday = timezone.now() - dt.timedelta(days=1)
    if state != VolunteerState.ENQUIRY:
        told = {"applied_at": yesterday, "dbs_agreed_at": yesterday, "privacy_told_at": yesterday} | told
        told.setdefault("referees", REFEREES)
    Application.objects.create(volunteer=row, uuid=uuid.uuid4(), enquired_at=yesterday, **told)
    return row


def fact(kind: str, volunteer: Volunteer, by: Any, **fields: Any) -> Any:
    """One dated fact about somebody: what the guards of the moves look at."""
    today = london_today()
    if kind == "interview":
        usual = {"held_by": by, "notes": "Warm.", "outcome": "go_on"}
        return Interview.objects.create(volunteer=volunteer, **usual | fields)
    if kind == "break":
        usual = {"starts_on": today, "back_on": today + dt.timedelta(days=14), "created_by": by}
        return Break.objects.create(volunteer=volunteer, **usual | fields)
    if kind == "suspension":
        usual = {"kind": "other", "words": "To look into.", "came_from": volunteer.state, "suspended_by": by}
        return Suspension.objects.create(volunteer=volunteer, **usual | fields)
    usual = {"reason": "time", "left_on": today, "created_by": by}
    return Leaving.objects.create(volunteer=volunteer, **usual | fields)

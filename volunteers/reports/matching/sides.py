"""What the rules of matching may know: one waiting support, and one volunteer. Nothing else enters a suggestion."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

Point = tuple[float, float]
"""Latitude and longitude of the middle of a postcode."""
Slots = frozenset[str]
"""Weekday and part of the day: "mon-morning", "fri-evening"."""


@dataclass(frozen=True, slots=True)
class FamilySide:
    """One support that waits. A fact nobody knows is None (or empty), never guessed."""

    support_id: int
    family_id: int
    service_id: int
    organisation_id: int
    waiting_since: dt.date
    languages: frozenset[str] = frozenset()
    """ISO 639-3 codes any adult of the family speaks; empty where nobody asked."""
    interpreter: bool = False
    """An interpreter comes to the visits, so the volunteer need not share a language."""
    position: Point | None = None
    """None also where the address is hidden."""
    slots: Slots = frozenset()
    """When visits suit them; empty where nobody asked."""
    has_pets: bool | None = None
    somebody_smokes: bool | None = None
    has_stairs: bool | None = None
    worker_led: bool = False
    """Two people, or a paid worker, must come: no volunteer alone."""
    wishes_gender: str = ""
    """"woman" or "man", only where an adult said so."""
    needs: frozenset[str] = frozenset()
    """Keys of the needs they picked."""
    interests: frozenset[str] = frozenset()
    never: frozenset[int] = frozenset()
    """Volunteers who must not come, whoever said so."""
    matched_before: frozenset[int] = frozenset()
    """Volunteers already offered to, or matched with, this family in this service."""
    knew: frozenset[int] = frozenset()
    """Volunteers who were with this family in an earlier support."""
    told_on: dt.date | None = None
    """The day the newest of these facts was told."""


@dataclass(frozen=True, slots=True)
class VolunteerSide:
    """One volunteer. A fact nobody knows is None (or empty), never guessed."""

    volunteer_id: int
    organisation_id: int
    is_ready: bool = False
    not_ready_because: str = ""
    """A sentence, where they are not ready."""
    places_left: int = 0
    languages: frozenset[str] = frozenset()
    position: Point | None = None
    travels_km: float | None = None
    slots: Slots = frozenset()
    hours_a_week: float | None = None
    hours_left: float | None = None
    accepts_pets: bool | None = None
    accepts_smoke: bool | None = None
    manages_stairs: bool | None = None
    gender: str = ""
    """"woman", "man" or their own word; empty where they did not say."""
    skills: frozenset[str] = frozenset()
    experience: frozenset[str] = frozenset()
    """What they chose to share for matching, and nothing else."""
    interests: frozenset[str] = frozenset()
    last_match_ended_on: dt.date | None = None
    services: frozenset[int] = frozenset()
    """Services they volunteer with."""
    told_on: dt.date | None = None

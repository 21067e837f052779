"""What the rules of matching may know: one waiting support, and one volunteer. Nothing else enters a suggestion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """Codes (`LANGUAGE_NAMES`) of the language visits have to be in, where that was stated; else of what the main carer
    speaks. Empty where nobody asked."""
    interpreter: bool = False
    """With an interpreter it can go too, so the volunteer need not share a language."""
    position: Point | None = None
    """None also where the address is hidden."""
    address_is_hidden: bool = False
    slots: Slots = frozenset()
    """When visits suit them, every slot where any time does; empty where nobody asked."""
    has_pets: bool | None = None
    animals: frozenset[str] = frozenset()
    """Which (`HomeFact`)."""
    no_pets: bool = False
    """Somebody who has animals at home cannot come: a child is allergic, say."""
    somebody_smokes: bool | None = None
    has_stairs: bool | None = None
    worker_led: bool = False
    """Two people, or a paid worker, must come: no volunteer alone."""
    wishes_gender: str = ""
    """"woman" or "man", only where an adult said so."""
    needs: frozenset[str] = frozenset()
    """Keys of the needs they picked (`USUAL_NEEDS`)."""
    circumstances: frozenset[str] = frozenset()
    """What the family itself says is so (`Flag`), where this asker may know it."""
    interests: frozenset[str] = frozenset()
    """What they like to do (`Enjoyed`)."""
    never: frozenset[int] = frozenset()
    """Volunteers who must not come, whoever said so."""
    matched_before: frozenset[int] = frozenset()
    """Volunteers asked for, or matched in, this support, unless that was taken back; and those this family parted from
    because it did not feel right, or for safety."""
    knew: frozenset[int] = frozenset()
    """Volunteers who were with this family before, and parted well."""
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
    """Those they speak."""
    reads: frozenset[str] = frozenset()
    position: Point | None = None
    travels_km: float | None = None
    means: frozenset[str] = frozenset()
    """How they get there (`Means`)."""
    slots: Slots = frozenset()
    hours_a_week: float | None = None
    hours_left: float | None = None
    """What is left of them for one more family: each they are with, or about to meet, takes about three."""
    accepts_pets: bool | None = None
    """False where they can be with no animal at all."""
    cannot_animals: frozenset[str] = frozenset()
    """Which they cannot be with (`HomeFact`)."""
    accepts_smoke: bool | None = None
    manages_stairs: bool | None = None
    rather_not: frozenset[str] = frozenset()
    """What of a home (`HomeFact`) they would rather not be with, and still can."""
    keeps_pets: bool | None = None
    """They have animals at home."""
    gender: str = ""
    """"woman" or "man", told for a family that asks; empty where they did not say."""
    skills: frozenset[str] = frozenset()
    experience: frozenset[str] = frozenset()
    """What they chose to share for matching, and nothing else."""
    interests: frozenset[str] = frozenset()
    is_new: bool = False
    """No match of theirs ever began."""
    last_match_ended_on: dt.date | None = None
    services: frozenset[int] = frozenset()
    """Services they volunteer with."""
    told: Mapping[str, dt.date] = field(default_factory=dict, hash=False)
    """The day each section of their profile (`Section`) was told."""
    told_on: dt.date | None = None

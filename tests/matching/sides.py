"""Two sides that fit, to be changed fact by fact; and any two sides at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import strategies as st

from volunteers.reports.matching.sides import FamilySide, VolunteerSide

BRADFORD = (53.795, -1.759)
FAMILY = FamilySide(
    support_id=1,
    family_id=1,
    service_id=1,
    organisation_id=1,
    waiting_since=dt.date(2026, 9, 1),
    languages=frozenset({"ur"}),
    position=BRADFORD,
    slots=frozenset({"tue-morning"}),
    has_pets=False,
    somebody_smokes=False,
    has_stairs=False,
    needs=frozenset({"company"}),
    told_on=dt.date(2026, 11, 3),
)
VOLUNTEER = VolunteerSide(
    volunteer_id=7,
    organisation_id=1,
    is_ready=True,
    places_left=1,
    languages=frozenset({"ur", "en"}),
    position=BRADFORD,
    travels_km=5.0,
    slots=frozenset({"tue-morning"}),
    hours_left=3.0,
    accepts_pets=True,
    accepts_smoke=True,
    manages_stairs=True,
    gender="woman",
    told_on=dt.date(2026, 10, 20),
)


def family(**facts: object) -> FamilySide:
    return replace(FAMILY, **facts)  # type: ignore[arg-type]


def volunteer(**facts: object) -> VolunteerSide:
    return replace(VOLUNTEER, **facts)  # type: ignore[arg-type]


maybe = st.none() | st.booleans()
languages = st.frozensets(st.sampled_from(["en", "ur", "pl"]), max_size=2)
slots = st.frozensets(st.sampled_from(["mon-morning", "tue-morning", "fri-evening"]), max_size=2)
places = st.none() | st.tuples(st.floats(53.7, 53.9), st.floats(-1.9, -1.6))
genders = st.sampled_from(["", "woman", "man"])
ids = st.frozensets(st.integers(1, 6), max_size=2)
animals = st.frozensets(st.sampled_from(["dog", "cat"]), max_size=2)
needs = st.frozensets(st.sampled_from(["company", "play"]), max_size=2)
lived = st.frozensets(st.sampled_from(["loss", "multiple_birth"]), max_size=2)
interests = st.frozensets(st.sampled_from(["baking", "music"]), max_size=2)
one_or_two = st.integers(1, 2)

families = st.builds(
    family,
    support_id=st.integers(1, 50),
    organisation_id=one_or_two,
    languages=languages,
    interpreter=st.booleans(),
    position=places,
    slots=slots,
    has_pets=maybe,
    animals=animals,
    no_pets=st.booleans(),
    circumstances=lived,
    needs=needs,
    interests=interests,
    somebody_smokes=maybe,
    has_stairs=maybe,
    worker_led=st.sampled_from([False, False, True]),
    wishes_gender=genders,
    never=ids,
    matched_before=ids,
    knew=ids,
)
volunteers = st.builds(
    volunteer,
    volunteer_id=st.integers(1, 6),
    organisation_id=one_or_two,
    is_ready=st.booleans(),
    places_left=st.integers(-1, 2),
    languages=languages,
    position=places,
    travels_km=st.none() | st.floats(0.5, 20),
    slots=slots,
    hours_left=st.none() | st.floats(0, 5),
    accepts_pets=maybe,
    cannot_animals=animals,
    keeps_pets=maybe,
    rather_not=st.frozensets(st.sampled_from(["dog", "smoke", "stairs"]), max_size=2),
    skills=needs,
    experience=lived,
    interests=interests,
    is_new=st.booleans(),
    accepts_smoke=maybe,
    manages_stairs=maybe,
    gender=st.sampled_from(["", "woman", "man", "neither"]),
    last_match_ended_on=st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2026, 11, 1)),
)
teams = st.lists(volunteers, max_size=6, unique_by=lambda each: each.volunteer_id)

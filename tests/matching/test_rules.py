from __future__ import annotations

import datetime as dt
import timeit

import pytest

from tests.matching.sides import BRADFORD, FAMILY, VOLUNTEER, family, volunteer
from volunteers.reports.matching.rules import RULES, km_between, may_meet, why_not

TEN_KM_AWAY = (BRADFORD[0] + 0.09, BRADFORD[1])

BARRED = {
    "ready": ({}, {"is_ready": False, "not_ready_because": "One reference is missing."}, "One reference is missing."),
    "places": ({}, {"places_left": 0}, "as many families as agreed"),
    "organisation": ({}, {"organisation_id": 2}, "another organisation"),
    "alone": ({"worker_led": True}, {}, "two people, or by a paid worker"),
    "never": ({"never": frozenset({7})}, {}, "do not meet"),
    "together": ({"matched_before": frozenset({7})}, {}, "Already asked"),
    "pets": ({"has_pets": True}, {"accepts_pets": False}, "cannot be near"),
    "animals": ({"no_pets": True}, {"keeps_pets": True}, "has some at home"),
    "smoke": ({"somebody_smokes": True}, {"accepts_smoke": False}, "cannot be in smoke"),
    "stairs": ({"has_stairs": True}, {"manages_stairs": False}, "cannot climb"),
    "wish": ({"wishes_gender": "man"}, {}, "asked for a man"),
    "language": ({}, {"languages": frozenset({"pl"})}, "the family speaks Urdu, the volunteer Polish"),
    "travel": ({}, {"position": TEN_KM_AWAY}, "about 6 miles away, and travels 3 at most"),
}


def test_two_who_fit_are_barred_by_nothing():
    assert why_not(FAMILY, VOLUNTEER) == []
    assert may_meet(FAMILY, VOLUNTEER)


def test_every_rule_has_a_case_of_its_own():
    assert set(BARRED) == {rule.key for rule in RULES}


@pytest.mark.parametrize("key", BARRED)
def test_rule_bars_its_case_and_no_other_rule_does(key):
    of_family, of_volunteer, words = BARRED[key]

    barriers = why_not(family(**of_family), volunteer(**of_volunteer))

    assert [barrier.key for barrier in barriers] == [key]
    assert words in barriers[0].sentence
    assert not may_meet(family(**of_family), volunteer(**of_volunteer))


@pytest.mark.parametrize(
    ("of_family", "of_volunteer"),
    [
        ({"has_pets": True}, {"accepts_pets": None}),
        ({"has_pets": True, "animals": frozenset({"dog"})}, {"cannot_animals": frozenset({"cat"})}),
        ({"no_pets": True}, {"keeps_pets": None}),
        ({"has_pets": None}, {"accepts_pets": False}),
        ({"somebody_smokes": True}, {"accepts_smoke": None}),
        ({"has_stairs": None}, {"manages_stairs": False}),
        ({"wishes_gender": "man"}, {"gender": ""}),
        ({"languages": frozenset()}, {"languages": frozenset({"pl"})}),
        ({}, {"languages": frozenset()}),
        ({"position": None}, {"travels_km": 1.0}),
        ({}, {"position": TEN_KM_AWAY, "travels_km": None}),
        ({"interpreter": True}, {"languages": frozenset({"pl"})}),
        ({"has_pets": True, "somebody_smokes": True, "has_stairs": True}, {}),
        ({"slots": frozenset({"fri-evening"})}, {}),
    ],
)
def test_what_nobody_knows_and_what_both_accept_bars_nobody(of_family, of_volunteer):
    assert why_not(family(**of_family), volunteer(**of_volunteer)) == []


def test_without_evidence_nobody_is_ready():
    barriers = why_not(FAMILY, volunteer(is_ready=False))

    assert [barrier.key for barrier in barriers] == ["ready"]


def test_who_is_neither_is_barred_by_a_wish_for_a_woman():
    assert [each.key for each in why_not(family(wishes_gender="woman"), volunteer(gender="neither"))] == ["wish"]


def test_barrier_tells_the_day_of_the_newest_fact_it_rests_on():
    of_both, of_volunteer, of_family = (
        why_not(family(has_pets=True), volunteer(accepts_pets=False))[0],
        why_not(FAMILY, volunteer(is_ready=False))[0],
        why_not(family(worker_led=True), VOLUNTEER)[0],
    )

    assert of_both.told_on == of_family.told_on == dt.date(2026, 11, 3)
    assert of_volunteer.told_on == dt.date(2026, 10, 20)


def test_exactly_as_far_as_they_travel_is_near_enough():
    far = km_between(BRADFORD, TEN_KM_AWAY)

    assert why_not(FAMILY, volunteer(position=TEN_KM_AWAY, travels_km=far)) == []
    assert far == pytest.approx(10.0, abs=0.05)


def test_distance_agrees_with_the_great_circle():
    """Bradford to Leeds, 13.8 km on the globe by the haversine formula."""
    assert km_between((53.7938, -1.7524), (53.7997, -1.5492)) == pytest.approx(13.37, abs=0.1)


def test_a_pair_is_judged_in_a_few_millionths_of_a_second():
    rounds = 2000

    best = min(timeit.repeat(lambda: why_not(FAMILY, VOLUNTEER), number=rounds, repeat=5)) / rounds

    assert best < 20e-6


def test_animal_that_the_volunteer_cannot_be_near_bars_though_others_are_fine():
    with_a_cat = family(has_pets=True, animals=frozenset({"cat"}))

    assert not may_meet(with_a_cat, volunteer(accepts_pets=True, cannot_animals=frozenset({"cat"})))

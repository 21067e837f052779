import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from volunteers.reports.joint_plan import possible
from volunteers.reports.joint_plan.possible import Tables, possible_pairs
from volunteers.reports.matching.rules import km_between, may_meet
from volunteers.reports.matching.sides import FamilySide, VolunteerSide

known = st.none() | st.booleans()
spoken = st.frozensets(st.sampled_from(["eng", "urd", "pan", "bfi"]), max_size=2)
points = st.none() | st.tuples(st.floats(53.7, 53.9), st.floats(-1.9, -1.6))
family_facts = st.fixed_dictionaries(
    {
        "languages": spoken,
        "interpreter": st.booleans(),
        "position": points,
        "has_pets": known,
        "somebody_smokes": known,
        "has_stairs": known,
        "worker_led": st.sampled_from([False, False, False, True]),
        "wishes_gender": st.sampled_from(["", "woman", "man"]),
        "never": st.frozensets(st.integers(0, 5), max_size=1),
        "matched_before": st.frozensets(st.integers(0, 5), max_size=1),
        "organisation_id": st.sampled_from([1, 1, 1, 2]),
    }
)
volunteer_facts = st.fixed_dictionaries(
    {
        "languages": spoken,
        "position": points,
        "travels_km": st.none() | st.floats(0, 25),
        "accepts_pets": known,
        "accepts_smoke": known,
        "manages_stairs": known,
        "gender": st.sampled_from(["", "woman", "man", "neither"]),
        "is_ready": st.sampled_from([True, True, True, False]),
        "places_left": st.integers(0, 2),
    }
)


def family(at=0, **facts):
    facts = {"organisation_id": 1, "service_id": 1, "waiting_since": dt.date(2026, 9, 1)} | facts
    return FamilySide(support_id=at, family_id=at, **facts)


def volunteer(at=0, **facts):
    return VolunteerSide(**{"volunteer_id": at, "organisation_id": 1, "is_ready": True, "places_left": 1} | facts)


def pairs_of(families, volunteers):
    found = possible_pairs(families, volunteers, Tables(families, volunteers))
    return set(zip(found.families.tolist(), found.volunteers.tolist(), strict=True)), found


@settings(max_examples=150, deadline=None)
@given(st.lists(family_facts, max_size=6), st.lists(volunteer_facts, max_size=6))
def test_a_pair_is_possible_exactly_where_no_rule_bars_it(of_families, of_volunteers):
    families = [family(at, **facts) for at, facts in enumerate(of_families)]
    volunteers = [volunteer(at, **facts) for at, facts in enumerate(of_volunteers)]

    found, _ = pairs_of(families, volunteers)

    assert found == {
        (row, column)
        for row, one in enumerate(families)
        for column, other in enumerate(volunteers)
        if may_meet(one, other)
    }


def test_languages_beyond_the_sixty_fourth_count_too():
    codes = [f"x{number:02}" for number in range(70)]
    families = [family(at, languages=frozenset([code])) for at, code in enumerate(codes)]
    volunteers = [volunteer(at, languages=frozenset([code])) for at, code in enumerate(codes)]

    assert pairs_of(families, volunteers)[0] == {(at, at) for at in range(70)}


def test_the_way_is_counted_in_steps_of_a_hundred_metres_and_where_unknown_as_the_usual_one():
    home, near, far = (53.80, -1.75), (53.82, -1.75), (53.84, -1.75)
    volunteers = [volunteer(0, position=near), volunteer(1, position=far), volunteer(2)]

    found = pairs_of([family(position=home)], volunteers)[1]

    steps = [round(km_between(home, place) * 10) for place in (near, far)]
    assert found.travel.tolist() == [*steps, round(sum(km_between(home, each) for each in (near, far)) * 10 / 2)]


@pytest.mark.parametrize("places_known", [True, False])
def test_with_too_many_pairs_each_family_keeps_the_nearest_and_those_without_a_place_keep_different_people(
    monkeypatch, places_known
):
    monkeypatch.setattr(possible, "MOST_PAIRS", 12)
    monkeypatch.setattr(possible, "AT_ONCE", 20)
    spots = [(53.8 + at / 100, -1.75) if places_known else None for at in range(8)]
    families = [family(at, position=spots[0]) for at in range(4)]
    volunteers = [volunteer(at, position=spot) for at, spot in enumerate(spots)]

    pairs, found = pairs_of(families, volunteers)

    assert found.cut == 4
    assert len(pairs) == 12
    kept = {column for _, column in pairs}
    assert kept == ({0, 1, 2} if places_known else set(range(8)))


def test_whoever_listens_can_stop_the_search_between_two_blocks(monkeypatch):
    monkeypatch.setattr(possible, "AT_ONCE", 3)
    heard = []

    def stop_after_two(done, of):
        heard.append((done, of))
        if done == 2:
            raise InterruptedError

    families, volunteers = [family(at) for at in range(5)], [volunteer(at) for at in range(3)]
    with pytest.raises(InterruptedError):
        possible_pairs(families, volunteers, Tables(families, volunteers), stop_after_two)
    assert heard == [(1, 5), (2, 5)]


def test_nothing_is_lost_between_blocks(monkeypatch):
    families, volunteers = [family(at) for at in range(7)], [volunteer(at) for at in range(3)]
    monkeypatch.setattr(possible, "AT_ONCE", 6)

    found = pairs_of(families, volunteers)[1]

    assert np.bincount(found.families).tolist() == [3] * 7

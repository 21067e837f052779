import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.joint_plan.weighing import best_by_linear_programs, best_of_all, is_allowed, made_up, question, worth
from volunteers.reports.joint_plan.solving import solve


@st.composite
def questions(draw, families=5, volunteers=4, least=0):
    waits = draw(st.lists(st.integers(0, 4), min_size=least, max_size=families))
    places = draw(st.lists(st.integers(0, 3), min_size=least, max_size=volunteers))
    everyone = [(family, volunteer) for family in range(len(waits)) for volunteer in range(len(places))]
    pairs = draw(st.lists(st.sampled_from(everyone), unique=True, max_size=12)) if everyone else []
    return question(waits, places, [(*pair, draw(st.integers(0, 9))) for pair in pairs])


@settings(max_examples=300, deadline=None)
@given(questions())
def test_no_plan_of_all_there_are_is_better(asked):
    chosen = solve(asked)

    assert is_allowed(asked, chosen)
    assert worth(asked, chosen) == best_of_all(asked)


@settings(max_examples=100, deadline=None)
@given(questions(families=9, volunteers=6, least=2), st.randoms(use_true_random=False))
def test_plans_made_at_random_are_never_better(asked, random):
    best = worth(asked, solve(asked))

    for _ in range(20):
        plan, taken, left = [], set(), asked.places.tolist()
        for pair in random.sample(range(len(asked.families)), len(asked.families)):
            family, volunteer = asked.families[pair], asked.volunteers[pair]
            if family not in taken and left[volunteer]:
                plan.append(pair)
                taken.add(family)
                left[volunteer] -= 1
        assert worth(asked, np.array(plan, dtype=int)) <= best


@pytest.mark.parametrize(("families", "volunteers"), [(600, 250), (1000, 1000)])
def test_with_many_families_an_independent_solver_finds_nothing_better(families, volunteers):
    asked = made_up(families, volunteers, each=12, seed=families)

    chosen = solve(asked)

    started, waits, travel = worth(asked, chosen)
    assert is_allowed(asked, chosen)
    assert 0 < started < families, "somebody goes without, or nothing is chosen"
    assert (started, sum(waits), -travel) == best_by_linear_programs(asked)


def test_the_longest_wait_starts_and_not_the_shortest_way():
    asked = question([30, 90], [1], [(0, 0, 0), (1, 0, 99)])

    assert solve(asked).tolist() == [1]


def test_two_families_start_before_one_that_has_waited_longer_than_both():
    long_wait, others = 0, (1, 2)
    asked = question([900, 10, 10], [1, 1], [(long_wait, 0, 0), (1, 0, 0), (2, 0, 0), (1, 1, 0), (2, 1, 0)])

    started = asked.families[solve(asked)]

    assert long_wait in started
    assert len(set(others) & set(started.tolist())) == 1
    only_one_place_suits_the_longest = question([900, 10, 10], [2], [(0, 0, 0), (1, 0, 0), (2, 0, 0)])
    assert len(solve(only_one_place_suits_the_longest)) == 2


def test_families_that_wait_equally_long_are_told_apart_by_the_way_only():
    asked = question([50, 50, 50], [1, 1], [(0, 0, 7), (1, 0, 3), (1, 1, 9), (2, 1, 2)])

    assert solve(asked).tolist() == [1, 3]


def test_the_order_in_which_pairs_are_listed_changes_nothing():
    asked = made_up(60, 50, each=6, seed=5)
    pairs = np.stack([asked.families, asked.volunteers, asked.travel * 0], axis=1)
    shuffled = pairs[np.random.default_rng(1).permutation(len(pairs))]
    plain, other = (question(asked.waits, asked.places, each) for each in (pairs, shuffled))

    def plan(each):
        chosen = solve(each)
        return {(int(each.families[pair]), int(each.volunteers[pair])) for pair in chosen}

    assert plan(plain) == plan(other)


@pytest.mark.parametrize(
    ("waits", "places", "pairs"),
    [([], [], []), ([5], [], []), ([], [2], []), ([5], [0], [(0, 0, 1)]), ([5, 6], [1], [])],
    ids=["nobody", "no volunteers", "no families", "no place left", "no possible pair"],
)
def test_where_nothing_is_possible_the_plan_is_empty(waits, places, pairs):
    assert solve(question(waits, places, pairs)).tolist() == []


@pytest.mark.parametrize(
    "pairs", [[(0, 0, -1)], [(3, 0, 1)], [(0, 3, 1)]], ids=["less than no way", "no such family", "no such volunteer"]
)
def test_numbers_that_make_no_sense_are_refused(pairs):
    with pytest.raises(ValueError, match=r"negative|not there"):
        question([5], [1], pairs)

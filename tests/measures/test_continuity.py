from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindness_metrics.measures.continuity import (
    coc,
    continuity,
    handovers,
    known_face,
    mmci,
    roll_up,
    secon,
    spread,
    upc,
)
from tests.measures.golden import GOLDEN, cases, close, name

ALONE = cases("continuity")
JOINT = cases("continuity_joint_visits")


def alone(workers):
    return [(worker,) for worker in workers]


@pytest.mark.parametrize("case", ALONE, ids=name)
def test_continuity_of_golden_case_equals_file(case):
    found = continuity(alone(case["visits"]))

    assert {
        "n": found.visits,
        "workers": found.workers,
        "upc": found.upc,
        "coc": found.coc,
        "secon": found.secon,
        "mmci": found.mmci,
        "handovers": found.handovers,
    } == {key: close(value) for key, value in case["expect"].items()}


@pytest.mark.parametrize("case", JOINT, ids=name)
def test_continuity_of_golden_joint_visits_equals_file(case):
    found = continuity(case["visits"])

    assert {"upc": found.upc, "secon": found.secon} == {key: close(value) for key, value in case["expect"].items()}


def test_continuity_cases_run_are_all_in_the_file():
    assert (len(ALONE), len(JOINT)) == (8, 2)
    assert len(GOLDEN["continuity"]) + len(GOLDEN["continuity_joint_visits"]) == len(ALONE) + len(JOINT)


@pytest.mark.parametrize(
    ("visits", "expected"),
    [
        ("AAAAAA", (1.0, 1.0, 1.0, 1.0)),
        ("AAABBB", (0.5, 0.4, 0.8, 0.8039)),
        ("AAABBC", (0.5, 0.2667, 0.6, 0.6078)),
        ("ABCABC", (0.3333, 0.2, 0.0, 0.6078)),
        ("AAAABAAAA", (0.8889, 0.7778, 0.75, 0.8765)),
    ],
)
def test_continuity_of_printed_table_row_equals_table(visits, expected):
    found = continuity(alone(visits))

    assert (found.upc, found.coc, found.secon, found.mmci) == tuple(close(figure) for figure in expected)


def test_coc_and_mmci_of_joint_visits_use_the_lead_worker():
    joint = [("A", "B"), ("A", "C"), ("B", "A")]

    assert coc(joint) == coc(alone("AAB"))
    assert mmci(joint) == mmci(alone("AAB"))
    assert continuity(joint).workers == 3


def test_known_face_counts_visits_where_the_matched_volunteer_was_present():
    visits = [("A",), ("A", "B"), ("B",), ("C",)]

    assert known_face(visits, "B") == 0.5
    assert known_face(visits, "Z") == 0.0


def test_known_face_without_match_or_visits_cannot_be_worked_out():
    assert known_face(alone("AAB"), None) is None
    assert known_face([], "A") is None


def test_continuity_below_three_visits_may_not_be_shown():
    assert [continuity(alone(visits)).may_be_shown for visits in ("", "A", "AB", "ABC")] == [False, False, False, True]


def test_roll_up_counts_each_family_once_and_leaves_out_short_ones():
    families = [alone("A" * 40), alone("ABCDEF"), alone("AAABBB"), alone("AA"), []]

    found = roll_up(families, coc)

    assert (found.families, found.left_out) == (3, 2)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (close(0.2), close(0.4), close(0.7))


def test_roll_up_without_any_family_cannot_be_worked_out():
    found = roll_up([alone("AB"), []], secon)

    assert (found.families, found.left_out) == (0, 2)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (None, None, None)


workers = st.sampled_from("ABCDE")
visit_lists = st.lists(st.lists(workers, min_size=1, max_size=3, unique=True).map(tuple), max_size=25)


@given(visit_lists)
def test_indices_lie_between_0_and_1_and_are_none_exactly_when_undefined(visits):
    found = continuity(visits)

    assert (found.upc is None, found.mmci is None) == (len(visits) < 1, len(visits) < 1)
    assert (found.coc is None, found.secon is None) == (len(visits) < 2, len(visits) < 2)
    for figure in (found.upc, found.coc, found.secon, found.mmci, known_face(visits, "A")):
        assert figure is None or -1e-12 <= figure <= 1 + 1e-12


@given(st.lists(workers, min_size=2, max_size=25), st.randoms(use_true_random=False))
def test_order_of_visits_changes_secon_only(order, random):
    shuffled = random.sample(order, len(order))

    assert [index(alone(shuffled)) for index in (upc, coc, mmci)] == [index(alone(order)) for index in (upc, coc, mmci)]
    assert secon(alone(reversed(order))) == secon(alone(order))


@given(st.lists(workers, min_size=2, max_size=25), st.permutations("ABCDE"))
def test_names_of_workers_change_nothing(order, names):
    renamed = [names["ABCDE".index(worker)] for worker in order]

    assert continuity(alone(renamed)) == continuity(alone(order))


@given(st.lists(workers, min_size=2, max_size=6))
def test_coc_is_the_share_of_ordered_pairs_of_different_visits_with_the_same_worker(order):
    pairs = list(permutations(range(len(order)), 2))

    assert coc(alone(order)) == pytest.approx(sum(order[a] == order[b] for a, b in pairs) / len(pairs))


@given(visit_lists, workers)
def test_an_accompanied_handover_never_lowers_secon(visits, newcomer):
    accompanied = [*visits, (*dict.fromkeys((*(visits[-1] if visits else ()), newcomer)),), (newcomer,)]

    assert handovers(accompanied) == handovers(visits)


@given(st.lists(st.none() | st.floats(0, 1), max_size=40))
def test_spread_is_ordered_within_the_figures_and_accounts_for_every_family(figures):
    found = spread(figures)
    known = [figure for figure in figures if figure is not None]

    assert found.families + found.left_out == len(figures)
    if known:
        assert min(known) <= found.lower_quartile <= found.median <= found.upper_quartile <= max(known)

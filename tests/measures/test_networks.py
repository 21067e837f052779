"""The figures of an ecomap: the golden cases, what must hold for every circle, and where nothing can be worked out."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kindness_metrics.measures.networks import Alter, change, leans_on_programme, network, without_programme
from tests.measures.golden import cases, close

WHOLE, WITHOUT = cases("network")
ALTERS = [Alter(**facts) for facts in WHOLE["alters"]]
KNOWING = [tuple(pair) for pair in WHOLE["alter_ties"]]


def agrees(found, expected):
    assert {name: getattr(found, name) for name in expected} == {name: close(each) for name, each in expected.items()}


def test_network_of_golden_case_equals_file():
    agrees(network(ALTERS, KNOWING), WHOLE["expect"])


def test_network_without_the_programme_equals_file():
    assert [alter.id for alter in ALTERS if not alter.programme] == WITHOUT["alters"]
    agrees(without_programme(ALTERS, KNOWING), WITHOUT["expect"])


@pytest.mark.parametrize("case", cases("network_change"))
def test_change_of_golden_case_equals_file(case):
    found = change([Alter(each) for each in case["before"]], [Alter(each) for each in case["after"]])

    assert {name: sorted(getattr(found, name)) for name in ("kept", "gained", "lost")} == {
        name: case["expect"][name] for name in ("kept", "gained", "lost")
    }
    assert found.overlap == close(case["expect"]["jaccard"])


def test_empty_circle_has_a_size_and_nothing_else_can_be_worked_out():
    assert vars(network([])) == dict.fromkeys(vars(network([])), None) | {"size": 0}


def test_circle_of_one_has_no_density_and_is_its_own_effective_size():
    found = network([Alter("mum", strength=3, strained=True)])

    assert (found.density, found.effective_size, found.efficiency) == (None, 1, 1)
    assert (found.informal_share, found.strained_share, found.reciprocal_share) == (1, 1, 0)


def test_circle_that_is_only_us_leaves_nothing_to_work_out_without_us():
    assert without_programme([Alter("vol", programme=True, strength=3)]).mean_strength is None


def test_strength_that_was_not_said_is_left_out_of_the_mean_and_not_counted_as_none():
    assert network([Alter("mum", strength=3), Alter("sis"), Alter("nbr", strength=1)]).mean_strength == 2
    assert network([Alter("mum"), Alter("sis")]).mean_strength is None


def test_pair_told_from_both_sides_counts_once_and_one_with_somebody_absent_not_at_all():
    told = [("mum", "sis"), ("sis", "mum"), ("mum", "mum"), ("mum", "gone")]

    assert network([Alter("mum"), Alter("sis"), Alter("nbr")], told).density == pytest.approx(1 / 3)


def test_somebody_twice_in_one_circle_is_refused():
    with pytest.raises(ValueError, match="twice"):
        network([Alter("mum"), Alter("mum")])


@pytest.mark.parametrize(
    ("before", "after", "stronger"), [(1, 3, True), (3, 1, False), (2, 2, False), (None, 3, False), (1, None, False)]
)
def test_stronger_needs_both_strengths(before, after, stronger):
    found = change([Alter("mum", strength=before)], [Alter("mum", strength=after)])

    assert (found.kept, found.strengthened) == (("mum",), ("mum",) if stronger else ())


def test_two_empty_circles_have_no_overlap_to_work_out():
    assert change([], []).overlap is None


@pytest.mark.parametrize(
    ("everyone", "without", "warns"),
    [
        ([4, 6], [4, 3], True),
        ([4, 6], [3, 4], False),
        ([4, 6], [4, 4], False),
        ([6, 4], [4, 3], False),
        ([2, 4, 6], [5, 3, 4], False),
        ([4, None], [4, 3], False),
        ([6], [3], False),
        ([], [], False),
    ],
)
def test_dependency_is_warned_of_where_one_line_rises_and_the_other_falls(everyone, without, warns):
    assert leans_on_programme(everyone, without) is warns


alters = st.lists(
    st.builds(
        Alter,
        id=st.integers(0, 30),
        formal=st.booleans(),
        strength=st.none() | st.integers(0, 3),
        gives=st.booleans(),
        receives=st.booleans(),
        strained=st.booleans(),
        programme=st.booleans(),
    ),
    max_size=20,
    unique_by=lambda alter: alter.id,
)
pairs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60)


@settings(max_examples=60, deadline=None)
@given(alters, pairs, st.integers())
def test_figures_keep_to_their_bounds_and_do_not_depend_on_the_order(circle, knowing, seed):
    found = network(circle, knowing)
    shuffled, turned = list(circle), [pair[::-1] for pair in knowing]
    random.Random(seed).shuffle(shuffled)
    random.Random(seed).shuffle(turned)

    assert network(shuffled, turned) == found
    for share in (found.density, found.efficiency, found.informal_share, found.reciprocal_share, found.strained_share):
        assert share is None or 0 <= share <= 1
    assert found.effective_size is None or 1 <= found.effective_size + 1e-9 <= found.size + 1e-8
    assert found.mean_strength is None or 0 <= found.mean_strength <= 3
    assert without_programme(circle, knowing).size == sum(not alter.programme for alter in circle)


@settings(max_examples=60, deadline=None)
@given(alters, alters)
def test_everybody_of_two_circles_is_kept_gained_or_lost_and_back_again(before, after):
    there, back = change(before, after), change(after, before)

    assert {*there.kept, *there.gained} == {alter.id for alter in after}
    assert {*there.kept, *there.lost} == {alter.id for alter in before}
    assert (set(there.gained), set(there.lost), set(there.kept)) == (set(back.lost), set(back.gained), set(back.kept))
    assert there.overlap == back.overlap
    assert not set(there.strengthened) & set(back.strengthened)

"""How long matches and waits last: the golden cases, and what must hold for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindness_metrics.measures.proportions import newcombe_difference
from kindness_metrics.measures.survival import kaplan_meier, log_rank
from tests.measures.golden import cases, close, name

spells = st.lists(st.tuples(st.integers(0, 90), st.booleans()), min_size=1, max_size=40)


def golden_spells(group):
    return list(zip(group["days"], map(bool, group["matched"]), strict=True))


@pytest.mark.parametrize("case", cases("match_survival"), ids=name)
def test_curve_of_golden_case_equals_file(case):
    curve = kaplan_meier(zip(case["months"], map(bool, case["ended"]), strict=True))

    expected = case["expect"]
    assert [[step.time, step.going_on, step.ended, step.survival] for step in curve.steps] == [
        [time, n, d, close(survival)] for time, n, d, survival in expected["steps_t_n_d_S"]
    ]
    assert [curve.at(months) for months in (3, 6, 12)] == [close(expected[f"S_{months}"]) for months in (3, 6, 12)]
    assert curve.median == expected["median"]


@pytest.mark.parametrize("case", cases("waiting_equity"), ids=name)
def test_waits_of_two_groups_equal_file(case):
    a, b = golden_spells(case["group_a"]), golden_spells(case["group_b"])
    expected = case["expect"]
    found = log_rank(a, b)
    over = [(sum(days > 28 for days, _matched in group), len(group)) for group in (a, b)]
    gap = newcombe_difference(*over[1], *over[0])

    assert (kaplan_meier(a).median, kaplan_meier(b).median) == (expected["median_a"], expected["median_b"])
    assert (found.chi_square, found.p) == (
        close(expected["logrank_chi2"]),
        pytest.approx(expected["logrank_p"], abs=6e-5),
    )
    assert [list(each) for each in over] == [expected["over_28_a"], expected["over_28_b"]]
    assert [gap.value, gap.low, gap.high] == [close(expected["diff_b_minus_a"]), *map(close, expected["diff_ci"])]


def test_curve_of_nothing_cannot_be_worked_out():
    assert kaplan_meier([]) is None
    assert log_rank([], [(3, False)]) is None


def test_median_is_unknown_while_more_than_half_go_on():
    assert kaplan_meier([(5, True), (9, False), (9, False)]).median is None


def test_curve_refuses_less_than_no_time():
    with pytest.raises(ValueError, match="no time"):
        kaplan_meier([(-1, True)])


@given(spells)
def test_curve_only_falls_and_stays_between_one_and_nought(rows):
    heights = [step.survival for step in kaplan_meier(rows).steps]

    assert heights == sorted(heights, reverse=True)
    assert all(-1e-9 <= height <= 1 for height in heights)


@given(spells)
def test_curve_without_anything_going_on_is_the_plain_share(rows):
    ended = [(time, True) for time, _ended in rows]
    curve = kaplan_meier(ended)

    for time in range(0, 91, 7):
        assert curve.at(time) == pytest.approx(sum(other > time for other, _e in ended) / len(ended))


@given(spells)
def test_group_against_itself_shows_no_difference(rows):
    found = log_rank(rows, rows)

    assert found is None or found.p == pytest.approx(1)

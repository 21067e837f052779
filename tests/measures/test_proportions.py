"""Shares and their differences: the golden cases, and what must hold for all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindness_metrics.measures.proportions import newcombe_difference, wilson
from tests.measures.golden import cases, close

parts = st.integers(1, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize("case", cases("wilson"))
def test_wilson_of_golden_case_equals_file(case):
    found = wilson(case["x"], case["n"])

    if case["expect"] is None:
        assert found is None
    else:
        assert {key: getattr(found, key) for key in case["expect"]} == {
            key: close(each, "wilson") for key, each in case["expect"].items()
        }


@pytest.mark.parametrize("case", cases("newcombe_difference"))
def test_difference_of_golden_case_equals_file(case):
    found = newcombe_difference(case["x1"], case["n1"], case["x2"], case["n2"])

    expected = case["expect"]
    assert (found.value, found.low, found.high) == tuple(close(expected[key]) for key in ("diff", "low", "high"))


def test_difference_with_a_share_of_nobody_cannot_be_worked_out():
    assert newcombe_difference(1, 2, 0, 0) is None


def test_wilson_refuses_a_part_larger_than_its_whole():
    with pytest.raises(ValueError, match="part"):
        wilson(3, 2)


@given(parts)
def test_interval_holds_the_share_and_stays_between_nought_and_one(part):
    found = wilson(*part)

    assert 0 <= found.low <= found.p <= found.high <= 1


@given(parts, parts)
def test_difference_told_the_other_way_round_is_its_mirror(one, other):
    there, back = newcombe_difference(*one, *other), newcombe_difference(*other, *one)

    assert (there.value, there.low, there.high) == pytest.approx((-back.value, -back.high, -back.low))

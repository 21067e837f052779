"""How evenly something is spread: the golden cases, what must hold for every spread, and where there is no figure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kindness_metrics.measures.distribution import gini, gini_small_sample, lorenz, may_be_shown, top_fifth
from tests.measures.golden import cases, close

SPREADS = st.lists(st.integers(0, 60), min_size=1, max_size=12)


@pytest.mark.parametrize("case", cases("gini"))
def test_spread_of_golden_case_equals_file(case):
    found = {
        "gini": gini(case["x"]),
        "gini_small_sample": gini_small_sample(case["x"]),
        "top20_share": top_fifth(case["x"]),
    }

    assert found == {name: close(expected) for name, expected in case["expect"].items()}
    if case["lorenz"]:
        flat = [part for point in lorenz(case["x"]) for part in point]
        assert flat == pytest.approx([part for point in case["lorenz"] for part in point], abs=5e-5)


@pytest.mark.parametrize(
    ("x", "plain", "small", "top"),
    [([0, 0, 0, 0, 50], 0.8, 1.0, 1.0), ([1, 2, 2, 3, 12, 4, 6, 2], 0.40625, 0.464286, 0.5625)],
)
def test_spread_of_the_table_in_the_notes(x, plain, small, top):
    assert (gini(x), gini_small_sample(x), top_fifth(x)) == (close(plain), close(small), close(top))


@pytest.mark.parametrize("measure", [gini, gini_small_sample, lorenz, top_fifth])
def test_nobody_and_nothing_to_share_have_no_figure_and_a_debt_is_refused(measure):
    assert measure([]) is None
    assert measure([0, 0, 0]) is None
    with pytest.raises(ValueError, match="negative"):
        measure([3, -1])


@settings(max_examples=60)
@given(SPREADS)
def test_gini_is_half_the_mean_difference_over_the_mean_and_between_nought_and_one(x):
    if not sum(x):
        return
    n = len(x)
    difference = sum(abs(a - b) for a in x for b in x) / n**2
    assert gini(x) == pytest.approx(difference / (2 * sum(x) / n), abs=1e-9)
    assert -1e-9 <= gini(x) < 1
    points = lorenz(x)
    assert points[0] == (0, 0)
    assert points[-1] == pytest.approx((1, 1))
    assert all(share <= people + 1e-9 for people, share in points)


@pytest.mark.parametrize(("people", "inside", "outside"), [(4, False, False), (5, True, False), (10, True, True)])
def test_spread_is_shown_from_five_people_inside_and_ten_outside(people, inside, outside):
    assert (may_be_shown(people), may_be_shown(people, outside=True)) == (inside, outside)

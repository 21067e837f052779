import pytest
from hypothesis import given
from hypothesis import strategies as st

from kindness_metrics.measures.disclosure import THRESHOLD, one_way, percent_display, shown_count
from tests.measures.golden import cases


@pytest.mark.parametrize("case", cases("percent_display"))
def test_percent_of_golden_case_equals_file(case):
    assert percent_display(case["x"], case["n"]) == case["expect"]


@pytest.mark.parametrize(("n", "shown"), [(0, 0), (1, None), (4, None), (5, 5), (118, 118)])
def test_count_hides_one_to_four_and_nothing_else(n, shown):
    assert shown_count(n) == shown


@pytest.mark.parametrize(("x", "n"), [(-1, 20), (21, 20)])
def test_percent_refuses_a_part_larger_than_its_whole(x, n):
    with pytest.raises(ValueError, match="part"):
        percent_display(x, n)


def test_count_refuses_a_negative_number():
    with pytest.raises(ValueError, match="negative"):
        shown_count(-1)


@given(st.integers(0, 500), st.integers(0, 500))
def test_shown_numbers_never_come_from_fewer_than_the_threshold(x, n):
    count = shown_count(n)
    assert count is None or count == 0 or count >= THRESHOLD
    if x <= n:
        percent = percent_display(x, n)
        assert (percent is None) == (n < 20)
        assert percent is None or 0 <= percent <= 100


@pytest.mark.parametrize("case", cases("sdc_one_way"))
def test_one_way_table_of_golden_case_equals_file(case):
    shown = one_way(case["counts"], threshold=case["threshold"])

    assert shown == [None if cell == "c" else cell for cell in case["expect"]["shown"]]


def test_one_way_table_that_is_too_small_hides_its_total():
    assert one_way([2, 1, 1, 0]) is None


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8))
def test_one_way_table_never_tells_a_hidden_cell(counts):
    shown = one_way(counts)

    if shown is None:
        return
    hidden = [n for n, cell in zip(counts, shown, strict=True) if cell is None]
    assert not hidden or (len(hidden) > 1 and sum(hidden) >= THRESHOLD)
    assert all(cell == n for n, cell in zip(counts, shown, strict=True) if cell is not None)
    assert all(not 0 < cell < THRESHOLD for cell in shown if cell is not None)

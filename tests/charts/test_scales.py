from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from betterstart.charts.scales import month_starts, runs, spread_apart, ticks

figures = st.integers(-(10**8), 10**8).map(lambda hundredths: hundredths / 100)


@given(figures, figures, st.integers(1, 8))
def test_ticks_rise_evenly_and_cover_the_figures(one, other, about):
    low, high = sorted((one, other))
    marks = ticks(low, high, about)

    assert marks == sorted(set(marks))
    assert len(marks) <= about + 3
    assert marks[0] <= low + 1e-6 * abs(low)
    assert marks[-1] >= high - 1e-6 * abs(high)


@given(
    st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 800), st.sampled_from([1, 7]), st.integers(100, 700)
)
def test_month_names_never_stand_closer_than_asked(start, count, step, width):
    dates = [start + timedelta(days=step * n) for n in range(count)]
    places = [width * n / count for n in range(count)]
    found = [place for place, _month, _year in month_starts(dates, places, apart=40)]

    assert found
    assert all(after - before >= 40 for before, after in pairwise(found))


def test_year_is_written_where_it_begins():
    dates = [date(2024, 11, 4) + timedelta(weeks=n) for n in range(12)]

    assert [(month, year) for _place, month, year in month_starts(dates, [n * 20 for n in range(12)], apart=30)] == [
        ("Nov", "2024"),
        ("Dec", ""),
        ("Jan", "2025"),
    ]


def test_runs_end_where_there_is_nothing_and_at_a_start():
    assert runs([(0, 0), (1, 1), None, (3, 3), (4, 4)], {4}) == [[(0, 0), (1, 1)], [(3, 3)], [(4, 4)]]


@given(st.lists(figures, min_size=3, max_size=3).map(sorted))
def test_labels_are_spread_around_the_middle_one(places):
    moved = spread_apart(places, 15)

    assert moved[1] == places[1]
    assert moved[1] - moved[0] >= 14.99
    assert moved[2] - moved[1] >= 14.99

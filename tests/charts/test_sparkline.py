from datetime import date, timedelta

import pytest

from betterstart.charts.measure import Measure
from betterstart.charts.sparkline import sparkline
from tests.charts.reading import of_class

VISITS = Measure("Visits", "Visits each week")


def chart(values):
    return sparkline(VISITS, [date(2025, 1, 6) + timedelta(weeks=n) for n in range(len(values))], values)


def test_line_tells_where_it_came_from():
    drawn = chart([12, 9, 15, 23])

    assert drawn.title == "Visits: from 12 to 23"
    assert drawn.caption == "6 January to 27 January; lowest 9, highest 23."
    assert drawn.rows[1] == ("13 January", "9")


def test_missing_week_is_a_gap_and_a_lone_figure_a_dot():
    drawn = chart([12, 13, None, 14, None, 15, 16])

    assert len(of_class(drawn.svg, "chart-line")) == 2
    assert len(of_class(drawn.svg, "chart-point")) == 2
    assert drawn.rows[2][1] == "no figure"


@pytest.mark.parametrize("values", [[7], [7, 7, 7], [None, 7, None]])
def test_figures_without_spread_are_drawn_in_the_middle(values):
    assert [part.get("cy") for part in of_class(chart(values).svg, "chart-point")][-1] == "18"


def test_nothing_known_draws_nothing():
    assert (chart([None]).svg, chart([]).svg) == ("", "")
    assert chart([None]).title == "Visits: nothing to show yet"


def test_dates_that_do_not_match_the_figures_are_refused():
    with pytest.raises(ValueError, match="one date"):
        sparkline(VISITS, [date(2025, 1, 6)], [1, 2])

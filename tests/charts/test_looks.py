"""First, last time and now, as a small picture: what was not said is no nought, and less is not painted as worse."""

import datetime as dt

import pytest

from betterstart.charts.looks import Look, looks

DAY = dt.date(2026, 8, 4)


def drawn(*values: int | None, most: int = 5) -> str:
    labels = ("First", "Last time", "Now")
    return str(looks("Company", most, [Look(label, value) for label, value in zip(labels, values, strict=False)]).svg)


def heights(svg: str) -> list[float]:
    return [float(part.split('"')[1]) for part in svg.split("<circle")[1:] for part in [part[part.index(" cy=") :]]]


def test_picture_tells_each_look_in_words_and_as_figures():
    chart = looks("Company", 5, [Look("First", 2, DAY), Look("Now", None)])

    assert chart.title == "Company: first 2, now not said"
    assert chart.rows == (("First", "2", "4 August 2026"), ("Now", "not said", ""))


def test_more_is_higher_and_nothing_else_differs():
    up, down = drawn(1, 4), drawn(4, 1)

    assert heights(up) == list(reversed(heights(down)))
    assert {part.split('"')[0] for part in up.split('class="')[1:]} == {
        part.split('"')[0] for part in down.split('class="')[1:]
    }


def test_nought_is_drawn_and_nothing_said_is_not():
    assert drawn(0).count("<circle") == 1
    assert drawn(None).count("<circle") == 0


@pytest.mark.parametrize(("values", "lines"), [((1, 2, 3), 1), ((1, None, 3), 0), ((1, 2, None), 1), ((None, None), 0)])
def test_no_line_runs_across_what_was_not_said(values, lines):
    assert drawn(*values).count('class="chart-line"') == lines


def test_everything_stays_inside_the_picture():
    svg = drawn(0, 10, 5, most=10)
    assert all(0 < height < 78 for height in heights(svg))


@pytest.mark.parametrize("value", [-1, 6])
def test_number_beyond_the_scale_is_refused(value):
    with pytest.raises(ValueError, match="scale"):
        drawn(value)


def test_words_of_a_family_are_escaped():
    assert "<b>" not in str(looks("<b>", 5, [Look("First", 2)]).svg)

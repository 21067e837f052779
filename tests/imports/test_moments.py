import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families.imports.moments import DAY_FIRST, HOURS, MINUTES, MONTH_FIRST, DayReader, Moment, clock_time, minutes
from families.imports.values import ValueRefused

AUGUST = dt.date(2026, 8, 4)
NOON = dt.datetime(2026, 8, 4, 14, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    "cell",
    [
        "04/08/2026",
        "4/8/2026",
        "4-8-2026",
        "4.8.2026",
        "2026-08-04",
        "2026/8/4",
        "20260804",
        "4 August 2026",
        "4th Aug 2026",
        "04-Aug-2026",
        "Tuesday 4 August 2026",
        "Tue, 4 Aug 2026",
        "٤/٨/٢٠٢٦",
        46238,
        46238.0,
        "46238",
        dt.date(2026, 8, 4),
        dt.datetime(2026, 8, 4),  # noqa: DTZ001
    ],
)
def test_one_day_is_read_in_all_its_forms(cell):
    assert DayReader().read(cell) == Moment(AUGUST)


@pytest.mark.parametrize(
    "cell",
    [
        NOON,
        "04/08/2026 14:30",
        "2026-08-04T14:30:00",
        "2026-08-04 14:30",
        "2026-08-04T13:30:00Z",
        "2026-08-04T15:30:00+02:00",
        "4 Aug 2026 2:30pm",
        46238.604166667,
    ],
)
def test_a_clock_time_beside_the_day_is_kept(cell):
    assert DayReader().read(cell) == Moment(AUGUST, dt.time(14, 30))


def test_excel_days_counted_from_1904_are_read_so():
    assert DayReader(starts_1904=True).read(46238 - 1462) == Moment(AUGUST)


@pytest.mark.parametrize("cell", [None, "", "  "])
def test_empty_cell_is_no_day(cell):
    assert DayReader().read(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "30/02/2026",
        "29/02/2027",
        "31/12/24",
        "00/00/0000",
        "0000-00-00",
        "9999-12-31",
        "13/13/2026",
        "1850-01-01",
        "4 Brumaire 2026",
        "soon",
        "04/08-2026",
        "2026",
        60,
        -3,
        1e309,
        float("nan"),
        9_999_999,
        True,
        dt.time(14, 30),
        dt.datetime(1899, 12, 31),  # noqa: DTZ001
        "04/08/2026 25:00",
    ],
)
def test_what_is_no_day_is_refused(cell):
    with pytest.raises(ValueRefused):
        DayReader().read(cell)


def read_all(reader, cells):
    for row, cell in enumerate(cells, start=2):
        try:
            reader.read(cell, row)
        except ValueRefused:
            continue


@pytest.mark.parametrize(
    ("cells", "doubt"),
    [
        (["13/02/2026", "02/01/2026"], ""),
        (["01/02/2026", "02/01/2026"], ""),
        (["2026-02-13", "4 August 2026", 46238], ""),
        (["13/02/2026", "01/02/2026", "02/13/2026"], r"day first \(row 2\) and with the month first \(row 4\)"),
        (["01/02/2026", "02/13/2026"], "row 3 the month comes first"),
        (["13/02/2026", dt.date(2026, 2, 1)], r"text with the day first \(row 2\) and some are Excel dates \(row 3\)"),
        (["13/02/2026", dt.date(2026, 2, 1), dt.date(2026, 2, 20)], ""),
    ],
)
def test_a_column_that_can_be_read_two_ways_is_asked_about(cells, doubt):
    reader = DayReader()

    read_all(reader, cells)

    assert (reader.doubt() == "") == (doubt == "")
    assert re.search(doubt, reader.doubt())


@pytest.mark.parametrize("order", [DAY_FIRST, MONTH_FIRST])
def test_a_column_somebody_chose_for_is_not_asked_about_again(order):
    reader = DayReader(order)

    read_all(reader, ["13/02/2026", "02/13/2026", dt.date(2026, 2, 1)])

    assert reader.doubt() == ""


def test_month_first_is_read_so_when_chosen():
    assert DayReader(MONTH_FIRST).read("08/04/2026") == Moment(AUGUST)
    with pytest.raises(ValueRefused):
        DayReader(MONTH_FIRST).read("13/02/2026")


@given(st.dates(dt.date(1901, 1, 1), dt.date(2100, 12, 31)), st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y"]))
def test_every_day_comes_back_from_how_it_is_written(day, form):
    assert DayReader().read(day.strftime(form)) == Moment(day)


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("14:30", dt.time(14, 30)),
        ("14.30", dt.time(14, 30)),
        ("1430", dt.time(14, 30)),
        ("2.30pm", dt.time(14, 30)),
        ("2:30 p.m.", dt.time(14, 30)),
        ("12am", dt.time(0, 0)),
        ("12pm", dt.time(12, 0)),
        ("9:05:59", dt.time(9, 5)),
        (dt.time(14, 30), dt.time(14, 30)),
        (NOON, dt.time(14, 30)),
        (0.604166667, dt.time(14, 30)),
        ("", None),
    ],
)
def test_a_time_of_day_is_read_in_all_its_forms(cell, time):
    assert clock_time(cell) == time


@pytest.mark.parametrize("cell", ["24:00", "9", "14:60", "13pm", "noon", "-1:00", 9, 1.5])
def test_what_is_no_time_of_day_is_refused(cell):
    with pytest.raises(ValueRefused):
        clock_time(cell)


@pytest.mark.parametrize(
    ("cell", "length"),
    [
        ("80", 80),
        (80, 80),
        (80.0, 80),
        ("1h20", 80),
        ("1h 20m", 80),
        ("1 hr 20 mins", 80),
        ("1 hour and 20 minutes", 80),
        ("1:20", 80),
        ("1:20:00", 80),
        ("80 min", 80),
        ("80mins", 80),
        ("1.5h", 90),
        ("1,5 hours", 90),
        ("2 hours", 120),
        (dt.time(1, 20), 80),
        (dt.timedelta(hours=1, minutes=20), 80),
        ("", None),
    ],
)
def test_a_length_of_time_is_read_in_all_its_forms(cell, length):
    assert minutes(cell) == length


@pytest.mark.parametrize(("cell", "unit", "length"), [("2", HOURS, 120), ("1.5", HOURS, 90), ("4", MINUTES, 4)])
def test_a_bare_number_is_read_in_the_unit_that_was_chosen(cell, unit, length):
    assert minutes(cell, unit) == length


@pytest.mark.parametrize("cell", ["2", 1.5, "4", "0.5", "80.5"])
def test_a_bare_number_that_could_be_hours_is_asked_about(cell):
    with pytest.raises(ValueRefused, match="hours or minutes"):
        minutes(cell)


@pytest.mark.parametrize("cell", ["long", "1h99x", "h", "-20", "half an hour", "1e309", float("nan")])
def test_what_is_no_length_of_time_is_refused(cell):
    with pytest.raises(ValueRefused):
        minutes(cell)


@given(st.one_of(st.text(max_size=70), st.integers(), st.floats(), st.dates(), st.datetimes(), st.times()))
def test_every_cell_gives_a_value_or_is_refused(cell):
    for read in (DayReader().read, DayReader(MONTH_FIRST, starts_1904=True).read, clock_time, minutes):
        try:
            read(cell)
        except ValueRefused:
            continue

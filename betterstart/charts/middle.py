"""One person's own line beside what is usual in their team: the middle half as a band, nobody else's line."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from betterstart.charts.chart import Chart
from betterstart.charts.measure import Measure
from betterstart.charts.scales import Scale, month_starts, runs, ticks
from betterstart.charts.svg import Point, drawing, element, mark, path

Band = tuple[float, float]
Size = tuple[int, int, float]
WIDE, NARROW = (640, 200, 7.9), (320, 190, 8.9)
TOP, FOOT = 14, 44


def beside_the_middle(
    measure: Measure, dates: Sequence[date], own: Sequence[float | None], middle: Sequence[Band | None]
) -> Chart:
    """A figure of one's own for each period that starts on `dates`, and the lower and upper end of the middle half.

    A period without a figure is a gap; one without a band has too few people in it. Raises ValueError when there is not
    one figure and one band for each date.
    """
    if not len(dates) == len(own) == len(middle):
        raise ValueError("one figure and one band for each date")
    title, caption = _words(measure, own, middle)
    shown = any(value is not None for value in own)
    pictures = [
        drawing(size[0], size[1], title, caption, _parts(measure, dates, own, middle, size), kind="middle")
        if shown
        else ""
        for size in (WIDE, NARROW)
    ]
    return Chart(
        title=title,
        subtitle=measure.unit,
        caption=caption,
        svg=pictures[0],
        svg_narrow=pictures[1],
        columns=(_("Week of"), _("Yours"), _("The middle half of the team")),
        rows=tuple(
            (measure.day(dates, i), _("no figure") if value is None else measure.figure(value), _told(measure, band))
            for i, (value, band) in enumerate(zip(own, middle, strict=True))
        ),
    )


def _told(measure: Measure, band: Band | None) -> str:
    if band is None:
        return _("too few people")
    return _("%(low)s to %(high)s") % {"low": measure.average(band[0]), "high": measure.average(band[1])}


def _words(measure: Measure, own: Sequence[float | None], middle: Sequence[Band | None]) -> tuple[str, str]:
    known = [(value, band) for value, band in zip(own, middle, strict=True) if value is not None]
    if not known:
        return _("%(name)s: nothing to show yet") % {"name": measure.name}, _("There are no figures for this time yet.")
    beside = [(value, band) for value, band in known if band]
    if not beside:
        caption = _("Your own weeks. The team is too small to show what is usual in it.")
        return _("%(name)s: your own weeks") % {"name": measure.name}, caption
    value, band = beside[-1]
    if value > band[1]:
        title = _("%(name)s: lately more than usual in the team")
    elif value < band[0]:
        title = _("%(name)s: lately less than usual in the team")
    else:
        title = _("%(name)s: lately as is usual in the team")
    caption = _("The line is yours. The band is the middle half of the team: a quarter lies above it, a quarter below.")
    return title % {"name": measure.name}, caption


def _parts(
    measure: Measure,
    dates: Sequence[date],
    own: Sequence[float | None],
    middle: Sequence[Band | None],
    size: Size,
) -> Iterator[SafeString]:
    width, height, letter = size
    ends = [value for value in own if value is not None] + [end for band in middle if band for end in band]
    heights = ticks(0, max(*ends, 1), 3)
    left = 12 + letter * max(len(measure.figure(at)) for at in heights)
    x = Scale(0, max(len(dates) - 1, 1), left + 6, width - 10)
    y = Scale(heights[0], heights[-1], height - FOOT, TOP)
    foot = height - FOOT
    for at in heights:
        yield element("text", measure.figure(at), x=left - 8, y=y(at) + 4, text_anchor="end", class_="chart-tick")
    yield element("path", d=path([(left, foot), (width - 4, foot)]), class_="chart-axis")
    for place, month, _year in month_starts(dates, [x(i) for i in range(len(dates))], apart=5 * letter):
        yield element("path", d=path([(place, foot), (place, foot + 5)]), class_="chart-axis")
        yield element("text", month, x=place, y=foot + 19, text_anchor="middle", class_="chart-tick")
    yield from _bands(middle, x, y)
    places: list[Point | None] = [None if value is None else (x(i), y(value)) for i, value in enumerate(own)]
    for run in runs(places):
        if len(run) > 1:
            yield element("path", d=path(run), class_="chart-line")
    for place_ in places:
        if place_:
            yield mark("dot", *place_, 3.5, class_="chart-point")


def _bands(middle: Sequence[Band | None], x: Scale, y: Scale) -> Iterator[SafeString]:
    """The middle half, one shape for weeks that follow each other; a single week is as wide as half of its step."""
    half = (x(1) - x(0)) / 4
    lows = runs([None if band is None else (x(i), y(band[0])) for i, band in enumerate(middle)])
    highs = runs([None if band is None else (x(i), y(band[1])) for i, band in enumerate(middle)])
    for low, high in zip(lows, highs, strict=True):
        if len(low) == 1:
            (at, bottom), (_at, top) = low[0], high[0]
            low, high = [(at - half, bottom), (at + half, bottom)], [(at - half, top), (at + half, top)]
        yield element("path", d=path([*high, *reversed(low)], closed=True), class_="chart-band")

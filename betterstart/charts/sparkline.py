"""A small line beside a number: where it came from."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from betterstart.charts.chart import Chart
from betterstart.charts.measure import Measure
from betterstart.charts.scales import Scale, runs
from betterstart.charts.svg import drawing, element, mark, path

WIDTH, HEIGHT, EDGE = 132, 36, 5


def sparkline(
    measure: Measure,
    dates: Sequence[date],
    values: Sequence[float | None],
    *,
    within: tuple[float, float] | None = None,
) -> Chart:
    """The figures of the periods that start on `dates`, the last one as a dot; a period without a figure is a gap.

    Without `within` the line fills its room; with it, it stands where its figures lie between these two, so that lines
    beside each other can be read alike.
    The picture has one size, to stand in a tile or in a line of text: write `{{ chart.svg }}`.
    Raises ValueError when there is not one date for each figure.
    """
    if len(dates) != len(values):
        raise ValueError("one date for each figure")
    known = [(i, value) for i, value in enumerate(values) if value is not None]
    title, caption = _words(measure, dates, known)
    parts: list[str] = []
    if known:
        x = Scale(0, max(len(values) - 1, 1), EDGE, WIDTH - EDGE)
        shown = [*(value for _i, value in known), *(within or ())]
        low, high = min(shown), max(shown)
        y = Scale(low, high, HEIGHT - EDGE, EDGE)
        lines = runs([None if value is None else (x(i), y(value)) for i, value in enumerate(values)])
        parts = [
            element("path", d=path(run), class_="chart-line")
            if len(run) > 1
            else mark("dot", *run[0], 1.5, class_="chart-point")
            for run in lines
        ]
        parts.append(mark("dot", *lines[-1][-1], 3.5, class_="chart-point"))
    svg = drawing(WIDTH, HEIGHT, title, caption, parts, kind="sparkline") if known else ""
    return Chart(
        title=title,
        subtitle=measure.unit,
        caption=caption,
        svg=svg,
        svg_narrow=svg,
        columns=(_("Month") if measure.period == "month" else _("Week of"), measure.unit),
        rows=tuple(
            (measure.day(dates, i), _("no figure") if value is None else measure.figure(value))
            for i, value in enumerate(values)
        ),
    )


def _words(measure: Measure, dates: Sequence[date], known: Sequence[tuple[int, float]]) -> tuple[str, str]:
    if not known:
        return _("%(name)s: nothing to show yet") % {"name": measure.name}, _("There are no figures for this time yet.")
    (first, before), (last, after) = known[0], known[-1]
    title = _("%(name)s: from %(before)s to %(after)s") % {
        "name": measure.name,
        "before": measure.figure(before),
        "after": measure.figure(after),
    }
    caption = _("%(first)s to %(last)s; lowest %(low)s, highest %(high)s.") % {
        "first": measure.day(dates, first),
        "last": measure.day(dates, last),
        "low": measure.figure(min(value for _i, value in known)),
        "high": measure.figure(max(value for _i, value in known)),
    }
    return title, caption

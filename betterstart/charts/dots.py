"""Shares side by side: a dot for each group, and the line of what its numbers bear."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from betterstart.charts.chart import Chart
from betterstart.charts.scales import Scale
from betterstart.charts.svg import drawing, element, mark, path

ROW = 40
NARROW_ROW = 58
FOOT = 26


@dataclass(frozen=True)
class Dot:
    """A group's share with its interval, each from 0 to 1; None where it is hidden; `shown` is what is written."""

    label: str
    shown: str
    value: float | None = None
    low: float = 0.0
    high: float = 1.0


def dot_plot(dots: Sequence[Dot], *, title: str, subtitle: str, caption: str, unit: str, heading: str) -> Chart:
    """Groups in the order given, on a scale from none to all. `unit` names the shares, `heading` the groups."""
    drawn = any(dot.value is not None for dot in dots)
    return Chart(
        title=title,
        subtitle=subtitle,
        caption=caption,
        svg=_drawn(dots, 640, title, caption) if drawn else "",
        svg_narrow=_drawn(dots, 320, title, caption) if drawn else "",
        columns=(heading, unit),
        rows=tuple((dot.label, dot.shown) for dot in dots),
    )


def _drawn(dots: Sequence[Dot], width: int, title: str, caption: str) -> SafeString:
    is_wide = width > 400
    row = ROW if is_wide else NARROW_ROW
    height = len(dots) * row + FOOT
    scale = Scale(0, 1, width * 0.4, width - 24) if is_wide else Scale(0, 1, 10, width - 12)
    rows = (part for at, dot in enumerate(dots) for part in _row(dot, scale, at * row, is_wide))
    return drawing(width, height, title, caption, [*_axis(scale, height), *rows], kind="dots")


def _axis(scale: Scale, height: int) -> Iterator[SafeString]:
    for share, words, anchor in ((0, _("none"), "start"), (0.5, _("half"), "middle"), (1, _("all"), "end")):
        x = scale(share)
        yield element("path", d=path([(x, height - FOOT - 4), (x, height - FOOT + 2)]), class_="chart-axis")
        yield element("text", words, x=x, y=height - 6, text_anchor=anchor, class_="chart-tick")


def _row(dot: Dot, scale: Scale, top: float, is_wide: bool) -> Iterator[SafeString]:
    """The group's name beside its line at a desk, above it on a phone."""
    middle = top + (ROW / 2 if is_wide else NARROW_ROW - 18)
    from_right = get_language_bidi() and not is_wide
    yield element(
        "text",
        dot.label,
        x=scale.start - 16 if is_wide else (scale.end if from_right else scale.start),
        y=middle + 5 if is_wide else middle - 16,
        text_anchor="end" if is_wide or from_right else "start",
        class_="chart-group",
    )
    if dot.value is None:
        yield element("text", dot.shown, x=scale.start, y=middle + 5, text_anchor="start", class_="chart-tick")
        return
    yield element("path", d=path([(scale.start, middle), (scale.end, middle)]), class_="chart-axis")
    yield element("path", d=path([(scale(dot.low), middle), (scale(dot.high), middle)]), class_="chart-span")
    yield mark("dot", scale(dot.value), middle, 5.5, class_="chart-knot")

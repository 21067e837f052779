"""A family's strip: its width is weeks, its knots are visits, and the gaps between them show at a glance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Literal

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.charts.chart import Chart
from betterstart.charts.scales import Scale, month_starts
from betterstart.charts.svg import drawing, element, mark, path


@dataclass(frozen=True)
class Knot:
    """A visit on a day: it took place, it did not happen, or it is planned."""

    on: date
    kind: Literal["visit", "missed", "planned"] = "visit"


@dataclass(frozen=True)
class Window:
    """The days a strip is drawn for; the same for every strip of a list, so that they can be compared."""

    start: date
    end: date
    today: date

    def __post_init__(self) -> None:
        if not self.start < self.end:
            raise ValueError("a window has at least two days")


THREAD = 26


def family_strip(
    name: str,
    knots: Sequence[Knot],
    *,
    window: Window,
    since: date,
    until: date | None = None,
    gap_after_days: int = 21,
    months: bool = False,
) -> Chart:
    """The thread of one family's visits.

    `since` and `until` are the first and last day of the support. A stretch of more than `gap_after_days` without a
    visit is drawn as a gap, the one that lasts until today in coral. Knots outside the window are not drawn, yet a gap
    that began before it is one. `months` adds the names of the months.
    """
    strip = _Strip(tuple(sorted(knots, key=lambda knot: knot.on)), window, since, until, gap_after_days)
    title, caption = strip.finding(_isolated(name)), strip.caption()
    return Chart(
        title=title,
        subtitle=_("Visits, week by week"),
        caption=caption,
        svg=strip.drawn(640, title, caption, months),
        svg_narrow=strip.drawn(320, title, caption, months),
        columns=(_("Day"), _("What happened")),
        rows=tuple(strip.told),
    )


def _days(days: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": apnumber(days)}


def _weeks(days: int) -> str:
    return ngettext("%(n)s week", "%(n)s weeks", days // 7) % {"n": apnumber(days // 7)}


def _isolated(name: str) -> str:
    """A name in a script of the other direction must not turn the sentence around it."""
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


@dataclass(frozen=True)
class _Strip:
    knots: tuple[Knot, ...]
    window: Window
    since: date
    until: date | None
    gap_after_days: int

    @cached_property
    def now(self) -> date:
        """The day up to which somebody could have come: today, or the end of the support."""
        return min(self.window.today, self.until or self.window.today)

    @cached_property
    def visits(self) -> list[date]:
        return [knot.on for knot in self.knots if knot.kind == "visit" and knot.on <= self.now]

    @cached_property
    def shown(self) -> list[Knot]:
        return [knot for knot in self.knots if self.window.start <= knot.on <= self.window.end]

    @cached_property
    def told(self) -> list[tuple[str, str]]:
        """Each knot shown, in words: the day and what happened."""
        kinds = {"visit": _("Visit"), "missed": _("Did not happen"), "planned": _("Planned")}
        return [(date_format(knot.on, "j F Y"), kinds[knot.kind]) for knot in self.shown]

    @cached_property
    def stretches(self) -> list[tuple[date, date]]:
        """From one visit to the next, beginning with the start of the support and ending now."""
        stops = sorted({min(self.since, *self.visits) if self.visits else self.since, *self.visits, self.now})
        return [(first, last) for first, last in pairwise(stops) if last > self.window.start]

    def finding(self, name: str) -> str:
        if not self.visits:
            return _("%(name)s: not seen yet") % {"name": name}
        if self.until and self.until <= self.window.today:
            return _("%(name)s: last seen %(day)s") % {"name": name, "day": date_format(self.visits[-1], "j F Y")}
        ago = (self.window.today - self.visits[-1]).days
        if ago == 0:
            return _("%(name)s: seen today") % {"name": name}
        return ngettext("%(name)s: seen %(n)s day ago", "%(name)s: seen %(n)s days ago", ago) % {
            "name": name,
            "n": ago,
        }

    def caption(self) -> str:
        if not self.visits:
            return _("No visit yet; the support began on %(day)s.") % {"day": date_format(self.since, "j F Y")}
        count = sum(day >= self.window.start for day in self.visits)
        weeks = max((self.now - max(self.window.start, self.since)).days, 7)
        words = {
            "visits": capfirst(ngettext("%(n)s visit", "%(n)s visits", count) % {"n": apnumber(count) or _("no")}),
            "weeks": _weeks(weeks),
            "gap": _weeks(max((last - first).days for first, last in self.stretches) if self.stretches else 0),
        }
        if any(self._is_gap(*stretch) for stretch in self.stretches):
            return _("%(visits)s in %(weeks)s; the longest gap is %(gap)s.") % words
        return _("%(visits)s in %(weeks)s, with no long gap.") % words

    def drawn(self, width: int, title: str, caption: str, months: bool) -> SafeString:
        x = Scale(self.window.start.toordinal(), self.window.end.toordinal(), 8, width - 8)
        parts = [
            *self._months(x, months),
            *self._thread(x),
            *self._knots(x, width > 400),
            *self._gap_words(x, 7.2 if width > 400 else 8.3),
        ]
        return drawing(width, 64 if months else 44, title, caption, parts, kind="strip")

    def _months(self, x: Scale, named: bool) -> Iterator[SafeString]:
        months = range(
            12 * self.window.start.year + self.window.start.month, 12 * self.window.end.year + self.window.end.month
        )
        firsts = [date(month // 12, month % 12 + 1, 1) for month in months]
        places = [x(day.toordinal()) for day in firsts]
        ticks = "".join(path([(place, THREAD + 10), (place, THREAD + 14)]) for place in places)
        if ticks:
            yield element("path", d=ticks, class_="chart-axis")
        if self.window.end > self.window.today >= self.window.start:
            today = x(self.window.today.toordinal())
            yield element("path", d=path([(today, THREAD - 12), (today, THREAD + 14)]), class_="chart-break")
        for place, month, _year in month_starts(firsts, places, apart=44) if named and firsts else ():
            yield element("text", month, x=max(place, 18), y=THREAD + 31, text_anchor="middle", class_="chart-tick")

    def _thread(self, x: Scale) -> Iterator[SafeString]:
        kept = ""
        for first, last in self.stretches:
            left, right = x(max(first, self.window.start).toordinal()), x(min(last, self.window.end).toordinal())
            drawn = path([(left, THREAD), (right, THREAD)])
            if self._is_gap(first, last):
                yield element("path", d=drawn, class_=f"chart-thread gap{' open' if self._open(last) else ''}")
            else:
                kept += drawn
        if kept:
            yield element("path", d=kept, class_="chart-thread")
        if self.since >= self.window.start and self.since not in self.visits:
            start = x(self.since.toordinal())
            yield element("path", d=path([(start, THREAD - 6), (start, THREAD + 6)]), class_="chart-thread chart-stop")
        if self.until and self.window.start <= self.until <= self.window.today:
            end = x(self.until.toordinal())
            yield element("path", d=path([(end, THREAD - 6), (end, THREAD + 6)]), class_="chart-thread chart-stop")

    def _is_gap(self, first: date, last: date) -> bool:
        return (last - first).days > self.gap_after_days

    def _open(self, last: date) -> bool:
        """Whether the stretch lasts until today, with the support going on."""
        return last == self.now == self.window.today and last not in self.visits

    def _knots(self, x: Scale, hovers: bool) -> Iterator[SafeString]:
        for knot, told in zip(self.shown, self.told, strict=True):
            place, hover = x(knot.on.toordinal()), element("title", ": ".join(told)) if hovers else ""
            if knot.kind == "missed":
                yield mark("cross", place, THREAD, 3.5, hover, class_="chart-missing")
            else:
                hollow = " hollow" if knot.kind == "planned" else ""
                yield mark("dot", place, THREAD, 4.5, hover, class_=f"chart-knot{hollow}")

    def _gap_words(self, x: Scale, letter: float) -> Iterator[SafeString]:
        """How long each gap is, written above it from the latest back, as far as there is room."""
        free_until = x.end + 8
        for first, last in reversed(self.stretches):
            if not self._is_gap(first, last):
                continue
            is_open = self._open(last)
            words = _days((last - first).days) if is_open else _weeks((last - first).days)
            left, right = x(max(first, self.window.start).toordinal()), x(min(last, self.window.end).toordinal())
            room = len(words) * letter
            middle = min((left + right) / 2, free_until - room / 2)
            if right - left < room * 0.7 or middle - room / 2 < 0:
                continue
            class_ = "chart-figure" if is_open else "chart-tick"
            yield element("text", words, x=middle, y=THREAD - 13, text_anchor="middle", class_=class_)
            free_until = middle - room / 2 - 6

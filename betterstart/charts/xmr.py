"""The XmR chart: a series over time with what is usual as a band, and what is not by shape and sentence."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.charts.chart import Chart, Note
from betterstart.charts.measure import Measure
from betterstart.charts.scales import Scale, month_starts, runs, spread_apart, ticks
from betterstart.charts.svg import drawing, element, key_mark, mark, path
from betterstart.charts.xmr_words import NOTES_SHOWN, Fact, Phase, Telling, XmR

SHAPE = {"outside": "diamond", "two_in_three": "ring", "shift": "square"}
SIZE = {"outside": 6.0, "two_in_three": 4.2, "trend": 4.5, "shift": 3.2}
# More points than this are told by the line alone, with its signals.
DOTS_UP_TO = 110


@dataclass(frozen=True)
class _Room:
    """One size of the picture: its margins above and below, and the width of a letter in it."""

    width: int
    height: int
    top: int
    bottom: int
    letter: float
    roomy: bool


WIDE = _Room(width=640, height=280, top=22, bottom=42, letter=7.4, roomy=True)
NARROW = _Room(width=320, height=250, top=22, bottom=46, letter=8.6, roomy=False)


def xmr_chart(
    measure: Measure,
    dates: Sequence[date],
    result: XmR,
    *,
    reasons: Mapping[int, str] | None = None,
    title: str = "",
) -> Chart:
    """An XmR chart of `result`, whose figures belong to the periods that start on `dates`.

    `reasons` says in a sentence why a person started a new phase at a position. `title` replaces the finding worked out
    from the result. Raises ValueError when there is not one date for each figure.
    """
    if len(dates) != len(result.values):
        raise ValueError("one date for each figure")
    telling = Telling(measure, dates, result)
    finding, caption = title or telling.finding(), telling.caption()
    pictures = (
        [_Picture(telling, room).drawn(finding, caption) for room in (WIDE, NARROW)] if telling.known else ["", ""]
    )
    return Chart(
        title=finding,
        subtitle=measure.unit,
        caption=caption,
        svg=pictures[0],
        svg_narrow=pictures[1],
        columns=telling.columns(),
        rows=telling.rows,
        notes=tuple(_notes(telling, reasons or {})),
    )


def _notes(telling: Telling, reasons: Mapping[int, str]) -> Iterator[Note]:
    shown = telling.episodes[-NOTES_SHOWN:]
    for episode in reversed(shown):
        yield Note(telling.sentence(episode), key_mark(_shape(episode.rule, episode.direction), _class(episode.rule)))
    earlier = len(telling.episodes) - len(shown)
    if earlier:
        yield Note(
            ngettext("%(n)s earlier signal is in the figures.", "%(n)s earlier signals are in the figures.", earlier)
            % {"n": earlier}
        )
    yield from (Note(remark) for remark in telling.remarks(reasons))


def _shape(rule: str, direction: str) -> str:
    return direction if rule == "trend" else SHAPE[rule]


def _class(rule: str) -> str:
    return "chart-signal hollow" if rule == "two_in_three" else "chart-signal"


@dataclass(frozen=True)
class _Picture:
    telling: Telling
    room: _Room

    @cached_property
    def _left(self) -> float:
        return 12 + self.room.letter * max(len(self.telling.measure.figure(value)) for value in self._heights)

    @cached_property
    def _right(self) -> float:
        """Where the picture ends and the names of its lines begin."""
        return self.room.width - 12 - self.room.letter * max((len(words) for words, _y in self._names), default=0)

    @cached_property
    def _x(self) -> Scale:
        return Scale(0, max(len(self.telling.dates) - 1, 1), self._left + 6, self._right - 6)

    @cached_property
    def _reach(self) -> tuple[float, float]:
        """The lowest and highest thing to draw."""
        measure, result = self.telling.measure, self.telling.result
        shown = [value for value in result.values if value is not None]
        for phase in result.phases:
            shown.extend(measure.clipped(line) for line in (phase.lpl, phase.upl) if line is not None)
        low, high = min(shown), max(shown)
        # A chart of counts stands on its floor, unless that would squeeze the picture into less than half of its room.
        if measure.floor is not None and low - measure.floor <= high - low:
            low = measure.floor
        return low, high

    @cached_property
    def _heights(self) -> list[float]:
        low, high = self._reach
        return [at for at in ticks(low, high, 4 if self.room.roomy else 3) if at <= high or at == low]

    @cached_property
    def _y(self) -> Scale:
        high = max(self._reach[1], self._heights[-1], self._heights[0] + 10**-self.telling.measure.decimals)
        return Scale(self._heights[0], high, self.room.height - self.room.bottom, self.room.top)

    def drawn(self, title: str, caption: str) -> SafeString:
        parts = [
            *self._ground(),
            *(part for phase in self.telling.result.phases for part in self._usual(phase)),
            *self._line(),
            *self._points(),
            *self._ends(),
        ]
        return drawing(self.room.width, self.room.height, title, caption, parts, kind="xmr")

    def _ground(self) -> Iterator[SafeString]:
        """The two scales: quiet figures at the side, months at the foot."""
        foot = self.room.height - self.room.bottom
        for value in self._heights:
            yield element(
                "text",
                self.telling.measure.figure(value),
                x=self._left - 8,
                y=self._y(value) + 4,
                text_anchor="end",
                class_="chart-tick",
            )
        yield element("path", d=path([(self._left, foot), (self._right, foot)]), class_="chart-axis")
        places = [self._x(i) for i in range(len(self.telling.dates))]
        for x, month, year in month_starts(self.telling.dates, places, apart=5 * self.room.letter):
            yield element("path", d=path([(x, foot), (x, foot + 5)]), class_="chart-axis")
            yield element("text", month, x=x, y=foot + 19, text_anchor="middle", class_="chart-tick")
            if year:
                yield element("text", year, x=x, y=foot + 35, text_anchor="middle", class_="chart-tick")
        for i, figure in enumerate(self.telling.result.values):
            if figure is None:
                yield mark("cross", places[i], foot, 3.5, class_="chart-missing")

    def _usual(self, phase: Phase) -> Iterator[SafeString]:
        """The band of what is usual and the average, for one phase."""
        if phase.lpl is None or phase.upl is None or phase.mean is None:
            return
        clipped = self.telling.measure.clipped
        half = (self._x(1) - self._x(0)) / 2 if len(self.telling.dates) > 1 else 6
        left, right = self._x(phase.start) - min(half, 6), self._x(phase.end - 1) + min(half, 6)
        top, bottom, middle = (self._y(clipped(line)) for line in (phase.upl, phase.lpl, phase.mean))
        yield element(
            "rect",
            x=left,
            y=top,
            width=right - left,
            height=max(bottom - top, 1),
            class_="chart-band trial" if phase.trial else "chart-band",
        )
        for edge in (top, bottom):
            yield element("path", d=path([(left, edge), (right, edge)]), class_="chart-limit")
        yield element("path", d=path([(left, middle), (right, middle)]), class_="chart-mean")
        if phase.start:
            yield element(
                "path",
                d=path([(left, self.room.top - 6), (left, self.room.height - self.room.bottom)]),
                class_="chart-break",
            )

    def _line(self) -> Iterator[SafeString]:
        """The figures, joined where neighbours both have one; a new phase starts a new line."""
        starts = {phase.start for phase in self.telling.result.phases}
        values = self.telling.result.values
        places = [None if value is None else (self._x(i), self._y(value)) for i, value in enumerate(values)]
        for run in runs(places, starts):
            if len(run) > 1:
                yield element("path", d=path(run), class_="chart-line")

    def _points(self) -> Iterator[SafeString]:
        telling, values = self.telling, self.telling.result.values
        signals = {signal.i: signal.facts[0] for signal in telling.result.signals}
        rows, crowded = telling.rows, len(telling.known) > DOTS_UP_TO
        for i in telling.known:
            value, fact = values[i], signals.get(i)
            alone = {*values[max(i - 1, 0) : i], *values[i + 1 : i + 2]} <= {None}
            if value is None or (fact is None and crowded and not alone):
                continue
            x, y = self._x(i), self._y(value)
            hover = element("title", f"{rows[i][0]}: {rows[i][1]}") if self.room.roomy else ""
            if fact is None:
                yield element("circle", hover, cx=x, cy=y, r=2.6, class_="chart-point")
                continue
            yield mark(_shape(fact.rule, fact.direction), x, y, SIZE[fact.rule], hover, class_=_class(fact.rule))
        yield from self._outside_figures(signals)

    def _outside_figures(self, signals: Mapping[int, Fact]) -> Iterator[SafeString]:
        """The figure itself beside a point that lies outside, while there are few of them."""
        values = self.telling.result.values
        outside = [i for i, fact in signals.items() if fact.rule == "outside"]
        for i in outside if len(outside) <= 3 else ():
            value = values[i]
            if value is None:
                continue
            at = self._y(value)
            above = signals[i].direction == "up" or at + 22 > self.room.height - self.room.bottom
            yield element(
                "text",
                self.telling.measure.figure(value),
                x=self._x(i),
                y=at + (-10 if above else 19),
                text_anchor="middle",
                class_="chart-figure",
            )

    @cached_property
    def _names(self) -> list[tuple[str, float]]:
        """What the lines of the last phase are called, and where they stand; on a phone their figures alone."""
        phase, measure = self.telling.phase, self.telling.measure
        usual = measure.usual(phase.lpl, phase.upl)
        if usual is None or phase.mean is None or phase.upl is None or phase.lpl is None:
            return []
        low, high = (measure.figure(end) for end in usual)
        figures = (high, measure.average(phase.mean), low)
        words = (
            (_("usual up to %(n)s"), _("average %(n)s"), _("usual from %(n)s")) if self.room.roomy else ("%(n)s",) * 3
        )
        places = spread_apart([self._y(measure.clipped(line)) for line in (phase.upl, phase.mean, phase.lpl)], 16)
        return [(word % {"n": figure}, y) for word, figure, y in zip(words, figures, places, strict=True)]

    def _ends(self) -> Iterator[SafeString]:
        for at, (words, y) in enumerate(self._names):
            class_ = "chart-end strong" if at == 1 else "chart-end"
            yield element("text", words, x=self._right + 8, y=y + 4.5, class_=class_)

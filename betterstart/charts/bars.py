"""Words with the number of people who chose them, as a list of bars."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.text import get_text_list
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from betterstart.charts.chart import Chart
from betterstart.charts.svg import drawing, element

ROW = 32
THICK = 11


@dataclass(frozen=True)
class Bar:
    """A word and how many people chose it. `count` is None where the number is hidden or not known; then `shown`
    says what to write for it ("fewer than five")."""

    label: str
    count: int | None
    shown: str = ""

    def figure(self) -> str:
        return self.shown or ("–" if self.count is None else number_format(self.count, 0, force_grouping=True))


def bar_list(
    bars: Sequence[Bar], *, subtitle: str, caption: str, unit: str, title: str = "", heading: str = ""
) -> Chart:
    """Bars in falling order (equal ones in the order given, hidden ones last).

    `unit` names the numbers in the table ("people"), `heading` the words ("feeling"). Without `title` the finding names
    the word chosen most.
    """
    ordered = sorted(bars, key=lambda bar: -1 if bar.count is None else bar.count, reverse=True)
    finding = title or _finding(ordered)
    return Chart(
        title=finding,
        subtitle=subtitle,
        caption=caption,
        svg=_drawn(ordered, 640, finding, caption) if ordered else "",
        svg_narrow=_drawn(ordered, 320, finding, caption) if ordered else "",
        columns=(heading or _("Word"), unit),
        rows=tuple((bar.label, bar.figure()) for bar in ordered),
    )


def _finding(ordered: Sequence[Bar]) -> str:
    most = ordered[0].count if ordered else None
    if not most:
        return _("No words have been chosen yet")
    top = [bar.label for bar in ordered if bar.count == most]
    return _("Chosen most: %(words)s") % {"words": get_text_list(top[:3], _("and"))}


def _drawn(bars: Sequence[Bar], width: int, title: str, caption: str) -> SafeString:
    parts = [part for at, bar in enumerate(bars) for part in _row(bars, bar, width, at * ROW + ROW / 2)]
    return drawing(width, len(bars) * ROW, title, caption, parts, kind="bars")


def _row(bars: Sequence[Bar], bar: Bar, width: int, middle: float) -> Iterator[SafeString]:
    """One word, its bar and its number; from right to left in languages that are read so."""
    letter = 7.9 if width > 400 else 8.9
    words = min(max(len(one.label) for one in bars) * letter, width * 0.42)
    figures = max((len(one.figure()) for one in bars if one.count is not None), default=0) * letter + 12
    most = max((one.count or 0 for one in bars), default=0)
    reach = width - words - 12 - figures
    length = reach * bar.count / most if bar.count and most else 0
    if bar.count is None:
        length = reach * 0.12
    rtl = get_language_bidi()

    def place(x: float) -> float:
        return width - x if rtl else x

    before, after = ("end", "start") if not rtl else ("start", "end")
    yield element(
        "text",
        _shortened(bar.label, int(words / letter)),
        x=place(words),
        y=middle + 5,
        text_anchor=before,
        class_="chart-word",
    )
    start = words + 12
    if length:
        yield element(
            "rect",
            x=place(start + length) if rtl else start,
            y=middle - THICK / 2,
            width=max(length, 2),
            height=THICK,
            rx=2,
            class_="chart-bar hidden" if bar.count is None else "chart-bar",
        )
    yield element(
        "text", bar.figure(), x=place(start + length + 8), y=middle + 5, text_anchor=after, class_="chart-count"
    )


def _shortened(label: str, letters: int) -> str:
    return label if len(label) <= letters else f"{label[: letters - 1].rstrip()}…"

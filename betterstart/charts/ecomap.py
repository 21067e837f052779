"""An ecomap: somebody in the middle, the people and places around them, and how it is between them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from django.contrib.humanize.templatetags.humanize import apnumber
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst, get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from betterstart.charts.chart import Chart, Note
from betterstart.charts.ecomap_layout import NARROW, WIDE, Layout, Sheet, arrow_head, bow, jagged, place, shape
from betterstart.charts.svg import drawing, element, path

Kind = Literal["kin", "friend", "neighbour", "community", "service", "programme"]
KINDS: tuple[Kind, ...] = ("kin", "friend", "neighbour", "community", "service", "programme")
"""In the order in which they stand around the circle, clockwise from the top."""
LINE_WIDTHS = {None: 1.5, 0: 1.5, 1: 3.0, 2: 4.75, 3: 7.0}


@dataclass(frozen=True)
class Tie:
    """One person or place. `gives`: the one in the middle gives to them; `receives`: from them.

    `strength` is 0 (hardly close) to 3 (very close), or None where it was not said. `helps` in words.
    """

    key: str
    name: str
    kind: Kind
    kind_label: str
    strength: int | None = None
    strained: bool = False
    gives: bool = False
    receives: bool = False
    helps: tuple[str, ...] = ()
    since: str = ""
    news: Literal["", "new", "closer"] = ""
    """What is different from the circle before."""


@dataclass(frozen=True)
class Line:
    """The same tie for those who read: its name and what there is to say of it."""

    key: str
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Ecomap:
    chart: Chart
    lines: tuple[Line, ...]
    """What the picture shows, tie by tie, in the order in which they stand around it."""


def ecomap(name: str, ties: Sequence[Tie], knowing: Collection[tuple[str, str]] = (), *, subtitle: str) -> Ecomap:
    """The circle around `name` as a picture and as lines that say the same. `knowing`: keys of two who know each other.

    The same ties give the same picture, in whatever order they come. Raises ValueError for a key that comes twice.
    """
    if len({tie.key for tie in ties}) < len(ties):
        raise ValueError("a tie comes twice")
    ordered = sorted(ties, key=lambda tie: (KINDS.index(tie.kind), tie.name.casefold(), tie.key))
    keys = {tie.key for tie in ties}
    pairs = {tuple(sorted(pair)) for pair in knowing if pair[0] != pair[1] and keys.issuperset(pair)}
    drawn = _Ecomap(name, tuple(ordered), tuple(sorted(pairs)))
    title, caption = drawn.finding(), drawn.caption()
    lines = tuple(Line(tie.key, tie.name, tuple(filter(None, drawn.told(tie)))) for tie in ordered)
    chart = Chart(
        title=title,
        subtitle=subtitle,
        caption=caption,
        svg=drawn.picture(WIDE, title, caption),
        svg_narrow=drawn.picture(NARROW, title, caption),
        columns=(
            _("Who"), _("Who they are"), _("How close"), _("Who gives"), _("Strained"), _("Help"), _("Since"),
            _("Knows"), _("Since last time"),
        ),
        rows=tuple((isolated(tie.name), *(words or "–" for words in drawn.told(tie))) for tie in ordered),
        notes=tuple(drawn.notes()),
    )  # fmt: skip
    return Ecomap(chart, lines)


def isolated(name: str) -> str:
    """A name in a script of the other direction must not turn what stands around it."""
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"


def strength_words(strength: int | None) -> str:
    words = {3: _("very close"), 2: _("close"), 1: _("a little close"), 0: _("hardly close")}
    return words[strength] if strength is not None else _("how close is not said")


@dataclass(frozen=True)
class _Ecomap:
    name: str
    ties: tuple[Tie, ...]
    pairs: tuple[tuple[str, ...], ...]

    @cached_property
    def names(self) -> dict[str, str]:
        return {tie.key: isolated(tie.name) for tie in self.ties}

    def told(self, tie: Tie) -> tuple[str, ...]:
        """What there is to say of a tie, one place for each column of the table; nothing is an empty word."""
        known = [self.names[other] for other in self._knows(tie.key)]
        news = {"": "", "new": _("new"), "closer": _("closer than before")}
        return (
            tie.kind_label,
            strength_words(tie.strength),
            self._who_gives(tie),
            _("strained") if tie.strained else "",
            ", ".join(tie.helps),
            _("since %(when)s") % {"when": isolated(tie.since)} if tie.since else "",
            _("knows %(names)s") % {"names": get_text_list(known, _("and"))} if known else "",
            news[tie.news],
        )

    def _knows(self, key: str) -> list[str]:
        others = {other for pair in self.pairs if key in pair for other in pair if other != key}
        return [tie.key for tie in self.ties if tie.key in others]

    def _who_gives(self, tie: Tie) -> str:
        if tie.gives and tie.receives:
            return _("both give")
        if tie.gives or tie.receives:
            return _("%(name)s gives") % {"name": isolated(self.name if tie.gives else tie.name)}
        return ""

    def finding(self) -> str:
        n = len(self.ties)
        close = sum((tie.strength or 0) >= 2 for tie in self.ties)
        words = {"name": isolated(self.name), "n": apnumber(n), "close": apnumber(close)}
        if n == 0:
            return _("Around %(name)s: nobody yet") % words
        if close == 0:
            return ngettext(
                "Around %(name)s: %(n)s person or place, not close",
                "Around %(name)s: %(n)s people and places, none of them close",
                n,
            ) % words  # fmt: skip
        return ngettext(
            "Around %(name)s: %(n)s person or place, and it is close",
            "Around %(name)s: %(n)s people and places, %(close)s of them close",
            n,
        ) % words  # fmt: skip

    def caption(self) -> str:
        both = sum(tie.gives and tie.receives for tie in self.ties)
        strained = [self.names[tie.key] for tie in self.ties if tie.strained]
        new = [self.names[tie.key] for tie in self.ties if tie.news == "new"]
        told = [
            ngettext("With one, both give.", "With %(n)s, both give.", both) % {"n": apnumber(both)} if both else "",
            _("It is strained with %(names)s.") % {"names": get_text_list(strained, _("and"))} if strained else "",
            ngettext("Two of them know each other.", "%(n)s pairs know each other.", len(self.pairs))
            % {"n": capfirst(str(apnumber(len(self.pairs))))}
            if self.pairs
            else "",
            _("New: %(names)s.") % {"names": get_text_list(new, _("and"))} if new else "",
        ]
        return " ".join(filter(None, told))

    def notes(self) -> Iterator[Note]:
        """What the signs mean, as far as they are there."""
        labels = {tie.kind: tie.kind_label for tie in self.ties}
        for kind in KINDS:
            if kind in labels:
                yield Note(labels[kind], _key(shape(kind, 14, 8, 6.5, class_=f"eco-node {kind}")))
        strengths = {tie.strength for tie in self.ties} - {None}
        if strengths:
            thick = [
                element("path", d=path([(1, y), (27, y)]), class_="eco-line", stroke_width=w) for y, w in KEY_LINES
            ]
            yield Note(_("the thicker, the closer"), _key(*thick))
        if any(tie.strained for tie in self.ties):
            line = element("path", d=jagged((1, 8), (27, 8), 4), class_="eco-line strained", stroke_width=2)
            yield Note(_("strained"), _key(line))
        if any(tie.gives or tie.receives for tie in self.ties):
            line = element("path", d=path([(1, 8), (20, 8)]), class_="eco-line", stroke_width=2)
            yield Note(_("points to whoever receives"), _key(line, arrow_head((27, 8), (1, 8), 9, class_="eco-arrow")))
        if self.pairs:
            line = element("path", d=path([(1, 8), (27, 8)]), class_="eco-link")
            yield Note(_("know each other"), _key(line))

    def picture(self, sheet: Sheet, title: str, caption: str) -> SafeString:
        lay = place(sheet, self.name, [(tie.name, self._under(sheet, tie)) for tie in self.ties])
        spots = {tie.key: spot.at for tie, spot in zip(self.ties, lay.spots, strict=True)}
        parts = [
            element("path", d=bow(lay, spots[one], spots[other]), class_="eco-link", data_pair=f"{one} {other}")
            for one, other in self.pairs
        ]
        parts += [self._tie(lay, number, tie) for number, tie in enumerate(self.ties)]
        parts.append(element("circle", cx=lay.centre[0], cy=lay.centre[1], r=sheet.middle, class_="eco-middle"))
        name_class = "eco-name long" if lay.name_is_long else "eco-name"
        parts += [
            element("text", isolated(words), x=lay.centre[0], y=y, text_anchor="middle", class_=name_class)
            for words, y in lay.name_lines
        ]
        return drawing(sheet.width, lay.height, title, caption, parts, kind="ecomap")

    def _under(self, sheet: Sheet, tie: Tie) -> str:
        """The quiet line under a nickname: what is new of it, and on a desk who they are."""
        news = {"": "", "new": pgettext("somebody in a circle", "new"), "closer": _("closer")}[tie.news]
        return " · ".join(filter(None, [tie.kind_label if sheet is WIDE else "", news]))

    def _tie(self, lay: Layout, number: int, tie: Tie) -> SafeString:
        """The line, its arrows, the sign and the words of one tie."""
        spot, sheet = lay.spots[number], lay.sheet
        width = LINE_WIDTHS[tie.strength] * sheet.thickness
        head = 7 + width * 1.1
        inner, outer = lay.ends(number, crowded=len(self.ties) > 12 and number % 2 == 1 and tie.receives)
        start = lay.towards(inner, outer, head - 1) if tie.receives else inner
        stop = lay.towards(outer, inner, head - 1) if tie.gives else outer
        drawn = jagged(start, stop, 3.5 + width / 2) if tie.strained else path([start, stop])
        unsaid = " unsaid" if tie.strength is None else ""
        line = f"eco-line{' strained' if tie.strained else ''}{unsaid}"
        said = f"{tie.name}: {', '.join(filter(None, self.told(tie)))}"
        parts = [
            element("title", said) if sheet is WIDE else "",
            element("path", d=drawn, class_=line, stroke_width=width),
        ]
        arrow = f"eco-arrow{' strained' if tie.strained else ''}"
        if tie.receives:
            parts.append(arrow_head(inner, outer, head, class_=f"{arrow} receives"))
        if tie.gives:
            parts.append(arrow_head(outer, inner, head, class_=f"{arrow} gives"))
        parts.append(shape(tie.kind, *spot.at, sheet.node, class_=f"eco-node {tie.kind}"))
        parts += [
            element(
                "text",
                isolated(words),
                x=spot.text_x,
                y=y,
                text_anchor=spot.anchor,
                class_="eco-under" if is_under else "eco-who",
            )
            for words, y, is_under in spot.lines
        ]
        return element("g", *parts, class_="eco-tie", data_tie=tie.key)


KEY_LINES = ((3.5, LINE_WIDTHS[0]), (8.5, LINE_WIDTHS[1]), (13, LINE_WIDTHS[2] - 1))


def _key(*parts: SafeString) -> SafeString:
    """A sign, small enough to stand before the words that explain it."""
    return format_html(
        '<svg class="chart-key eco-key" viewBox="0 0 28 16" aria-hidden="true" focusable="false">{}</svg>',
        SafeString("".join(parts)),
    )

"""The thread itself: every source in one query, a page at a time, month by month."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Q, Value
from django.utils.formats import date_format
from django.utils.translation import get_language

from betterstart.access.models import User
from betterstart.clock import at_london, london_date
from betterstart.lexicon.feelings import words_by_key
from families.models import Family, Support
from families.reports.timeline.source import SOURCES, Asker, Entry, Source, Teller
from families.reports.timeline.visits import coming, tell_coming

PAGE = 20
COMING = 5


@dataclass(frozen=True)
class Key:
    """Where a page of the timeline begins: behind this entry."""

    at: dt.datetime
    kind: str
    pk: int

    def __str__(self) -> str:
        return f"{int(self.at.timestamp() * 1_000_000)}-{self.kind}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Key | None:
        """From an address; what is not a key gives None, and the page begins at the top."""
        parts = text.split("-")
        if len(text) > 80 or len(parts) != 3 or not all(_is_number(part) for part in (parts[0], parts[2])):
            return None
        try:
            at = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=int(parts[0]))
        except OverflowError:
            return None
        return cls(at, parts[1], min(int(parts[2]), 2**63 - 1))

    @classmethod
    def end_of_month(cls, year: int, month: int) -> Key:
        """Behind everything that came after this month."""
        first = dt.date(year + month // 12, month % 12 + 1, 1)
        return cls(at_london(first, dt.time()) - dt.timedelta(microseconds=1), "", 0)

    def behind(self, kind: str) -> Q:
        """The entries of this kind that come after the key."""
        order = list(SOURCES)
        place = order.index(self.kind) if self.kind in SOURCES else -1
        if order.index(kind) > place:
            return Q(at__lte=self.at)
        return Q(at__lt=self.at) | Q(at=self.at, pk__lt=self.pk) if kind == self.kind else Q(at__lt=self.at)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


@dataclass(frozen=True)
class Month:
    label: str
    entries: list[Entry]


@dataclass(frozen=True)
class Timeline:
    coming: list[Entry]
    months: list[Month]
    earlier: Key | None


def timeline(
    user: User,
    family: Family,
    supports: Sequence[Support],
    *,
    now: dt.datetime,
    before: Key | None = None,
    reads_reasons: bool = True,
    groups: Container[str] = (),
    page: int = 0,
) -> Timeline:
    """One page of what happened under these supports, in one query, and (on the first page) what is planned next.

    `reads_reasons`: whether the person reads why a support moved, or only that it did. `groups`: keys of `GROUPS`,
    everything where none is named. `page`: how many entries, 20 where nothing is said.
    """
    asker, size = Asker(user, family, supports, now), page or PAGE
    sources = [source for source in SOURCES.values() if not groups or source.group in groups]
    pieces = [_piece(source, asker, before).order_by("-at", "-pk")[: size + 1] for source in sources]
    if not before:
        pieces.append(_told_as(coming(asker), -1).order_by("at")[:COMING])
    rows = _together(pieces, size + 1 + COMING)
    names = list(SOURCES)
    past = [row for row in rows if row[0] >= 0]
    more, past = len(past) > size, past[:size]
    words = words_by_key(get_language()) if past else {}
    teller = Teller({support.pk: support.service.name for support in supports}, words, reads_reasons)
    return Timeline(
        coming=[tell_coming(at, detail, teller) for kind, _pk, at, detail in reversed(rows) if kind < 0],
        months=_by_month([SOURCES[names[kind]].tell(at, detail, teller) for kind, _pk, at, detail in past]),
        earlier=Key(past[-1][2], names[past[-1][0]], past[-1][1]) if more else None,
    )


def _piece(source: Source, asker: Asker, before: Key | None) -> models.QuerySet[Any]:
    rows = source.rows(asker)
    return _told_as(rows.filter(before.behind(source.name)) if before else rows, list(SOURCES).index(source.name))


def _told_as(rows: models.QuerySet[Any], kind: int) -> models.QuerySet[Any]:
    return rows.annotate(told_as=Value(kind, output_field=models.IntegerField()))


def _together(pieces: list[models.QuerySet[Any]], most: int) -> list[Any]:
    first, *others = [piece.values_list("told_as", "pk", "at", "detail") for piece in pieces]
    return list(first.union(*others, all=True).order_by("-at", "told_as", "-pk")[:most] if others else first)


def _by_month(entries: list[Entry]) -> list[Month]:
    def month(entry: Entry) -> str:
        return date_format(london_date(entry.at), "F Y")

    return [Month(label, list(group)) for label, group in groupby(entries, month)]

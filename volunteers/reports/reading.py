"""What waits to be read by a coordinator, and what was read."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import get_language

from betterstart.access.models import User
from betterstart.lexicon.feelings import words_by_key
from volunteers.models import CheckIn
from volunteers.models.check_in import CheckInQuerySet
from volunteers.reports.check_in import feeling_words

PAGE = 25
MOST_COUNTED = 500


@dataclass(frozen=True)
class Row:
    check_in: CheckIn
    feelings: list[str]
    has_more: bool
    """Read before, and written to since."""


@dataclass(frozen=True)
class CheckInList:
    rows: list[Row]
    to_read: int
    """How many wait, up to MOST_COUNTED."""
    older: str
    """The key of the next page, for those read already."""


def check_in_list(user: User, *, read: bool = False, before: str = "") -> CheckInList:
    """The check-ins of the services this person coordinates: to read (worrying first), or read (latest first)."""
    mine = CheckIn.objects.visible_to(user).coordinated_by(user)
    waiting = mine.to_read().order_by().values("pk")[:MOST_COUNTED].count()
    if not read:
        return CheckInList(_rows(mine.to_read()[:PAGE]), waiting, "")
    rows = mine.standing().exclude(seen_at=None).annotate(has_more=models.Value(False)).with_urgency().order_by("-pk")
    if before.isascii() and before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    page = list(rows.select_related(*_WITH)[: PAGE + 1])
    return CheckInList(_rows(page[:PAGE]), waiting, str(page[PAGE - 1].pk) if len(page) > PAGE else "")


_WITH = ("visit__family", "author")


def _rows(check_ins: CheckInQuerySet | list[CheckIn]) -> list[Row]:
    words = words_by_key(get_language())
    if isinstance(check_ins, models.QuerySet):
        check_ins = list(check_ins.select_related(*_WITH))
    return [
        Row(
            row,
            [word for part in feeling_words(row, words) for word in part],
            bool(row.seen_at and row.has_more),  # type: ignore[attr-defined]
        )
        for row in check_ins
    ]

"""The whole story of a family on a page of its own: what to see of it, from which month, and on paper."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3

from betterstart.access.models import User
from betterstart.clock import london_today
from families.models import Assignment, BreakGlass, Family, Support
from families.reports.timeline.source import GROUPS
from families.reports.timeline.thread import Key, Timeline, timeline

ON_PAPER = 400
"""So many entries fit a printed story; what came before is printed from a month on."""


@dataclass(frozen=True)
class Year:
    year: int
    months: list[dict[str, Any]]


@dataclass(frozen=True)
class Story:
    family: Family
    timeline: Timeline
    group: str
    """What is shown alone, or nothing for everything."""
    month: str
    """ "2026-03" where the story was opened at a month."""
    groups: list[dict[str, Any]]
    years: list[Year]
    reason: str
    """Why the reader opened this record, if not through their own work."""

    @property
    def month_words(self) -> str:
        """ "March 2026", or nothing."""
        year, _dash, month = self.month.partition("-")
        return f"{MONTHS[int(month)]} {year}" if month else ""

    @property
    def today(self) -> dt.date:
        return london_today()


def story(user: User, reference: str, *, group: str, month: str, before: Key | None, on_paper: bool) -> Story:
    """One stretch of the story for this person. What is no group shows everything, what is no month begins at the top.
    Raises Http404 for a family they may not see.
    """
    opening = BreakGlass.objects.open().filter(user=user, family=OuterRef("pk"))
    family: Any = (
        Family.objects.visible_to(user)
        .filter(reference=reference)
        .annotate(
            coordinates=Exists(Support.objects.coordinated_by(user).filter(family=OuterRef("pk"))),
            together=Exists(Assignment.objects.in_force().filter(worker=user, family=OuterRef("pk"))),
            reason=opening.values("reason")[:1],
        )
        .first()
    )
    if family is None:
        raise Http404
    supports = list(Support.objects.visible_to(user).filter(family=family).select_related("service"))
    group = group if group in GROUPS else ""
    chosen = _month(month)
    return Story(
        family=family,
        timeline=timeline(
            user,
            family,
            supports,
            now=timezone.now(),
            before=before or (Key.end_of_month(*chosen) if chosen else None),
            reads_reasons=not family.together or family.coordinates,
            groups=[group] if group else (),
            page=ON_PAPER if on_paper else 0,
        ),
        group=group,
        month=month if chosen else "",
        groups=[{"key": key, "label": label, "current": key == group} for key, label in GROUPS.items()],
        years=_years(min((support.accepted_on for support in supports), default=london_today()), chosen),
        reason=(family.reason or "") if not (family.together or family.coordinates) else "",
    )


def _month(text: str) -> tuple[int, int] | None:
    found = re.fullmatch(r"(2\d{3})-(0[1-9]|1[0-2])", text, re.ASCII)
    return (int(found[1]), int(found[2])) if found else None


def _years(first: dt.date, chosen: tuple[int, int] | None) -> list[Year]:
    """Every month since the family came, newest year first."""
    today = london_today()
    first = min(first, today)
    years = []
    for year in range(today.year, first.year - 1, -1):
        begins = first.month if year == first.year else 1
        ends = today.month if year == today.year else 12
        months = [
            {
                "key": f"{year}-{month:02}",
                "short": MONTHS_3[month],
                "name": MONTHS[month],
                "current": (year, month) == chosen,
            }
            for month in range(begins, ends + 1)
        ]
        years.append(Year(year, months))
    return years

"""What was decided about who visits a family, as it was seen at that moment. For coordinators of the service."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from betterstart.access.models import User
from families.models import Support
from volunteers.models import LookedAgain, MatchDecision, Volunteer
from volunteers.reports.matching.cards import KEYS
from volunteers.reports.matching.rules import BY_KEY

MOST = 10


@dataclass(frozen=True)
class ShownCard:
    name: str
    chosen: bool
    speaks_for: list[str]
    think_about: list[str]
    missing: list[str]
    told_on: dt.date | None


@dataclass(frozen=True)
class Decided:
    """One decision, with what lay on the table."""

    decision: MatchDecision
    chosen: str
    order: str
    cards: list[ShownCard]
    barred: list[tuple[str, list[str]]]
    """The title of each rule, and whom it left out."""


def decisions_of(user: User, support: Support) -> list[Decided]:
    """The newest first, in three queries. People the reader may not see any more have no name here."""
    rows = MatchDecision.objects.visible_to(user).filter(support=support).select_related("by").order_by("-pk")
    rows = rows.prefetch_related(models.Prefetch("looks", LookedAgain.objects.select_related("by")))
    return _with_names(user, list(rows[:MOST]))


def decision_of_match(user: User, match_id: int) -> Decided | None:
    """Why these two were brought together, for a coordinator of the service."""
    rows = MatchDecision.objects.visible_to(user).filter(match=match_id).select_related("by")
    return next(iter(_with_names(user, list(rows))), None)


def _with_names(user: User, rows: Sequence[MatchDecision]) -> list[Decided]:
    wanted = {pk for row in rows for pk in _people(row)}
    people = Volunteer.objects.visible_to(user).filter(pk__in=wanted).select_related("user")
    names = {each.pk: each.display_name for each in people}
    return [_decided(row, names) for row in rows]


def _people(row: MatchDecision) -> set[int]:
    cards = {each["volunteer"] for each in row.shown.get("cards", [])}
    barred = {pk for ids in row.shown.get("barred", {}).values() for pk in ids}
    return cards | barred | ({row.volunteer_id} if row.volunteer_id else set())


def _decided(row: MatchDecision, names: dict[int, str]) -> Decided:
    shown: dict[str, Any] = row.shown
    return Decided(
        row,
        names.get(row.volunteer_id or 0, ""),
        str(KEYS.get(shown.get("order", ""), "")),
        [_card(each, row, names) for each in shown.get("cards", [])],
        [
            (str(BY_KEY[key].title) if key in BY_KEY else key, sorted(filter(None, map(names.get, ids))))
            for key, ids in shown.get("barred", {}).items()
        ],
    )


def _card(each: dict[str, Any], row: MatchDecision, names: dict[int, str]) -> ShownCard:
    told = each.get("told_on")
    return ShownCard(
        names.get(each["volunteer"], ""),
        each["volunteer"] == row.volunteer_id,
        each["for"],
        each["think_about"],
        each["missing"],
        dt.date.fromisoformat(told) if told else None,
    )

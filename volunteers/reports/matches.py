"""One match, and what belongs to a family by way of its volunteers."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models
from django.urls import reverse
from django.utils.translation import get_language

from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.lexicon.feelings import words_by_key
from families.models import Family, Support
from volunteers.actions.pairing import MATCHED_STATES
from volunteers.models import CheckIn, Match, Worry
from volunteers.models.match import NEVER_BEGAN
from volunteers.reports.check_in import feeling_words

MOST_VISITS = 20
MOST_CHECK_INS = 8


@dataclass(frozen=True)
class CheckInSummary:
    check_in: CheckIn
    said: list[str]
    seemed: list[str]
    url: str
    """Where this reader may read the whole of it, if anywhere."""
    shows_worry: bool


@dataclass(frozen=True)
class FamilyPanel:
    family: Family
    matches: list[Match]
    check_ins: list[CheckInSummary]
    may_match: bool
    """This person may start and end matches here."""
    led: set[int] = field(default_factory=set)
    """Supports whose matches this person manages."""
    looking: list[Support] = field(default_factory=list)
    """Of those the ones for which somebody may be found."""


def family_panel(user: User, family: Family) -> FamilyPanel:
    """The volunteers of a family and how the visits were, as far as this person may know.

    How it was for a volunteer is not here for anyone: it stands on the page of the check-in, for its author and the
    coordinator of the service.
    """
    mine = list(Support.objects.coordinated_by(user).filter(family=family).select_related("service").order_by("pk"))
    led = {support.pk for support in mine}
    may_match = user.may(Permission.MATCH_MANAGE)
    matches = Match.objects.visible_to(user).filter(family=family).exclude(state__in=NEVER_BEGAN)
    rows = CheckIn.objects.visible_to(user).standing().filter(family=family).select_related("visit", "author")
    words = words_by_key(get_language())
    return FamilyPanel(
        family,
        list(
            matches.select_related("volunteer__user", "support__service").order_by(
                models.F("ended_on").desc(nulls_first=True), "-pk"
            )[:MOST_VISITS]
        ),
        [_summary(user, row, led, words) for row in rows.order_by("-recorded_at", "-pk")[:MOST_CHECK_INS]],
        bool(led) and may_match,
        led,
        [support for support in mine if may_match and support.state in MATCHED_STATES],
    )


def _summary(user: User, row: CheckIn, led: set[int], words: dict[str, str]) -> CheckInSummary:
    mine, leads = row.author_id == user.pk, row.visit.support_id in led
    page = "volunteers:my-check-in" if mine else "volunteers:check-in" if leads else ""
    hears = mine or leads or user.may(Permission.CONCERNS_VIEW)
    return CheckInSummary(
        row,
        *feeling_words(row, words),
        url=reverse(page, args=[row.pk]) if page else "",
        shows_worry=hears and row.worry != Worry.NO,
    )

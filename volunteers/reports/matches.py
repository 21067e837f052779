"""One match, and what belongs to a family by way of its volunteers."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.lexicon.feelings import words_by_key
from families.models import Family, Support, Visit
from volunteers.actions.pairing import MATCHED_STATES
from volunteers.models import CheckIn, Match, MatchState, Worry
from volunteers.reports.check_in import feeling_words

MOST_VISITS = 20
MOST_CHECK_INS = 8


@dataclass(frozen=True)
class MatchPage:
    match: Match
    ahead: list[Visit]
    """Visits planned with this volunteer: to move or call off once the match has ended."""
    unwritten: list[Visit]
    """Past visits nobody has recorded yet; the volunteer can do so until the day is over on which the match ends."""
    has_role: bool
    """Whether the volunteer still has access: if not, a person decides what becomes of the match."""

    @property
    def is_active(self) -> bool:
        return self.match.state == MatchState.ACTIVE


def match_page(match: Match) -> MatchPage:
    planned = Visit.objects.planned().filter(support=match.support_id, worker=match.volunteer.user_id)
    now = timezone.now()
    return MatchPage(
        match,
        list(planned.filter(planned_start__gt=now).order_by("planned_start")[:MOST_VISITS]),
        list(planned.filter(planned_start__lte=now).order_by("planned_start")[:MOST_VISITS]),
        Match.objects.with_role().filter(pk=match.pk, has_role=True).exists(),
    )


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
    matches = Match.objects.visible_to(user).filter(family=family)
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

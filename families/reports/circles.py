"""Circles of support: one as a picture and a list that say the same, what changed, and when to ask again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef, Q
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.charts.ecomap import Ecomap, Line, Tie, ecomap
from betterstart.clock import at_london, day_in_words, london_today
from families.models import (
    AlterKind,
    Assignment,
    Circle,
    CircleLink,
    CircleTie,
    Family,
    FamilyMember,
    HelpKind,
    OwnPage,
    Support,
)
from families.models.circle import MOST_TIES
from families.models.member import ADULT_ROLES, MemberRole
from families.models.support import OPEN_STATES
from families.reports.needs import Found, Need


@dataclass(frozen=True)
class Change:
    """What became of the circle since the one before, by names."""

    since: dt.date
    kept: list[str]
    gained: list[str]
    lost: list[str]
    closer: list[str]
    """Among those kept."""


@dataclass(frozen=True)
class Drawn:
    """One circle, drawn."""

    circle: Circle
    ties: list[CircleTie]
    links: list[CircleLink]
    ecomap: Ecomap
    change: Change | None

    @property
    def rows(self) -> list[tuple[Line, CircleTie]]:
        """The lines of the list, each with its row."""
        by_key = {str(tie.who): tie for tie in self.ties}
        return [(line, by_key[line.key]) for line in self.ecomap.lines]

    def known_by(self, tie: CircleTie) -> list[str]:
        """`who` of those in the circle whom this one knows."""
        whos = {each.pk: str(each.who) for each in self.ties}
        pairs = [(link.one_id, link.other_id) for link in self.links if tie.pk in (link.one_id, link.other_id)]
        others = [other for pair in pairs for other in pair if other != tie.pk]
        return [whos[other] for other in others if other in whos]


@dataclass(frozen=True)
class CirclePage:
    drawn: Drawn
    earlier: list[Circle]
    """The other circles of this adult, the latest first."""
    is_latest: bool
    taken_out: list[CircleTie]
    offers: list[str]
    """First names of those who are with the family through us, and not in the circle."""

    @property
    def is_full(self) -> bool:
        return len(self.drawn.ties) >= MOST_TIES

    @property
    def began_as(self) -> Circle | None:
        """The one this began as, while it is not finished."""
        return next((circle for circle in self.earlier if circle.is_finished), None)


def circle_page(user: User, circle: Circle, *, offers: bool) -> CirclePage:
    """One circle for this reader. `offers`: look who is with the family, to be put in with one tap."""
    every = list(
        Circle.objects.visible_to(user)
        .standing()
        .filter(member=circle.member_id, organisation=circle.organisation_id)
        .latest_first()
    )
    older = every[every.index(circle) + 1 :] if circle in every else []
    before = next((each for each in older if each.is_finished), None)
    rows = _rows([circle, *([before] if before else [])])
    drawn = _drawn(circle, before, *rows)
    named = {tie.nickname.casefold() for tie in drawn.ties}
    with_them = _with_them(user, circle) if offers else []
    return CirclePage(
        drawn=drawn,
        earlier=[each for each in every if each != circle],
        is_latest=bool(every) and every[0] == circle,
        taken_out=[tie for tie in rows[0] if tie.circle_id == circle.pk and tie.taken_out_at],
        offers=[name for name in with_them if name.casefold() not in named],
    )


def own_circle(page: OwnPage, *, whole: bool) -> Drawn | None:
    """The last circle this adult finished with those who gave them their page, and what changed; None before the first.

    Ask as the adult (`Scope.FAMILY`). Not `whole`: without what is strained, since somebody may look over a shoulder.
    """
    rows = Circle.objects.standing().filter(member=page.adult_id, organisation=page.organisation_id)
    found = list(rows.filter(finished_at__isnull=False).latest_first()[:2])
    if not found:
        return None
    circle, before = found[0], found[1] if len(found) > 1 else None
    circle.member = page.adult
    ties, links = _rows(found)
    for tie in ties if not whole else ():
        tie.strained = False
    return _drawn(circle, before, ties, links)


def _rows(circles: Sequence[Circle]) -> tuple[list[CircleTie], list[CircleLink]]:
    ties = CircleTie.objects.filter(circle__in=circles).order_by("pk")
    return list(ties), list(CircleLink.objects.filter(circle__in=circles[:1]))


def _drawn(circle: Circle, before: Circle | None, ties: list[CircleTie], links: list[CircleLink]) -> Drawn:
    now = [tie for tie in ties if tie.circle_id == circle.pk and not tie.taken_out_at]
    then = {tie.who: tie for tie in ties if before and tie.circle_id == before.pk and not tie.taken_out_at}
    whos = {tie.pk: str(tie.who) for tie in now}
    knowing = [(whos[link.one_id], whos[link.other_id]) for link in links if {link.one_id, link.other_id} <= set(whos)]
    subtitle = _("drawn with {name} on {day}").format(
        name=f"\N{FIRST STRONG ISOLATE}{circle.member}\N{POP DIRECTIONAL ISOLATE}", day=day_in_words(circle.drawn_on)
    )
    shown = [_tie(tie, then.get(tie.who), before) for tie in now]
    change = _change(before.drawn_on, now, then) if before else None
    return Drawn(circle, now, links, ecomap(str(circle.member), shown, knowing, subtitle=subtitle), change)


def _tie(tie: CircleTie, before: CircleTie | None, since: Circle | None) -> Tie:
    return Tie(
        key=str(tie.who),
        name=tie.nickname,
        kind=tie.kind,  # type: ignore[arg-type]
        kind_label=str(AlterKind(tie.kind).label),
        strength=tie.strength,
        strained=tie.strained,
        gives=tie.gives,
        receives=tie.receives,
        helps=tuple(str(HelpKind(each).label) for each in tie.helps),
        since=tie.since,
        news="new" if since and not before else "closer" if before and _is_closer(before, tie) else "",
    )


def _is_closer(before: CircleTie, tie: CircleTie) -> bool:
    return before.strength is not None and tie.strength is not None and tie.strength > before.strength


def _change(since: dt.date, now: Sequence[CircleTie], then: dict[uuid.UUID, CircleTie]) -> Change:
    here = {tie.who for tie in now}
    return Change(
        since=since,
        kept=[tie.nickname for tie in now if tie.who in then],
        gained=[tie.nickname for tie in now if tie.who not in then],
        lost=[tie.nickname for who, tie in then.items() if who not in here],
        closer=[tie.nickname for tie in now if tie.who in then and _is_closer(then[tie.who], tie)],
    )


def _with_them(user: User, circle: Circle) -> list[str]:
    """First names only: no surnames stand in a circle."""
    workers = Assignment.objects.visible_to(user).in_force().filter(family=circle.family_id)
    names = workers.order_by("starts_on", "pk").values_list("worker__display_name", flat=True)
    return list(dict.fromkeys(name.split()[0] for name in names if name.split()))


@dataclass(frozen=True)
class Adult:
    """One adult with the latest circle each organisation drew with them. Whose it is, only they are shown it."""

    member: FamilyMember
    circles: list[Any]
    is_here: bool
    """Part of the family now."""

    @property
    def latest(self) -> Any:
        return self.circles[0] if self.circles else None


def adults_of(user: User, family: Family) -> list[Adult]:
    """The adults of a family who drew a circle or may draw one, each with theirs."""
    people: Any = FamilyMember.objects.visible_to(user).of_family(family).filter(role__in=ADULT_ROLES)
    circles = Circle.objects.visible_to(user).standing().filter(family=family).latest_first()
    circles = circles.annotate(size=Count("ties", filter=Q(ties__taken_out_at=None)))
    by_member: dict[int, list[Circle]] = {}
    for circle in circles:
        by_member.setdefault(circle.member_id, []).append(circle)
    adults = [Adult(each, by_member.get(each.pk, []), _may_draw(each)) for each in people]
    return [adult for adult in adults if adult.is_here or adult.circles]


def _may_draw(member: FamilyMember) -> bool:
    return member.gone_on is None and member.role != MemberRole.HELPER


def on_the_page(user: User) -> Any:
    """For the page of one family: whose circles there are and when they were drawn, as an expression over families."""
    rows = Circle.objects.visible_to(user).standing().filter(family=OuterRef("pk"))
    facts = JSONObject(member="member_id", day="drawn_on", uuid="uuid", ask_on="ask_on")
    return rows.latest_first().values_list(facts)


@dataclass(frozen=True)
class CircleLine:
    """Whose circle there is, on the family's page. What stands in it is not told there."""

    member: FamilyMember
    uuid: str
    day: dt.date
    is_due: bool


def circle_lines(found: Sequence[dict[str, Any]], members: Sequence[FamilyMember]) -> list[CircleLine]:
    """The latest of each adult among these people, in their order."""
    latest = {facts["member"]: facts for facts in reversed(found)}
    return [
        CircleLine(
            member,
            facts["uuid"],
            dt.date.fromisoformat(facts["day"]),
            facts["ask_on"] is not None and dt.date.fromisoformat(facts["ask_on"]) <= london_today(),
        )
        for member in members
        if (facts := latest.get(member.pk))
    ]


def to_ask(user: User, today: dt.date, limit: int) -> Found:
    """Adults in families of this person whose circle is to be gone through again, or to be finished, in one query."""
    supports = Support.objects.coordinated_by(user).filter(state__in=OPEN_STATES)
    rows: Any = Circle.objects.standing().filter(
        ask_on__lte=today, family__in=supports.values("family"), family__silent_since=None, member__left_on=None
    )
    rows = rows.filter(organisation__in=supports.values("service__organisation")).select_related("family", "member")
    found = list(rows.annotate(total=models.Window(models.Count("*"))).order_by("ask_on", "pk")[:limit])
    return Found([_need(row) for row in found], found[0].total if found else 0)


def _need(circle: Circle) -> Need:
    reason = _("look at {name}’s circle again") if circle.is_finished else _("{name}’s circle is not finished")
    return Need(
        reason=reason.format(name=circle.member),
        detail=_("drawn on {day}").format(day=day_in_words(circle.drawn_on)),
        family=circle.family,
        since=at_london(circle.ask_on, dt.time()),  # type: ignore[arg-type]
        url=reverse("families:circle", args=[circle.family.reference, circle.uuid]),
        action=_("Look at it"),
        icon="group",
    )


def is_due(circle: Circle) -> bool:
    return circle.ask_on is not None and circle.ask_on <= london_today()

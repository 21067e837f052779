"""What an adult reads on their own page. Ask as them (`Scope.FAMILY`): the database shows nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.roles import Role
from families.models import Family, FamilyReply, Goal, GoalRating, Need, OwnPage, Score, Support, Visit
from families.models.goal import NEAREST
from families.models.score import HIGHEST, Looks, looks_of
from families.models.support import OPEN_STATES
from families.reports.replies import own_replies, own_words_by_visit

VISITS_AT_ONCE = 10
ASKED_AT_ONCE = 3
MOST_READERS = 60
# What the database shows of a visit, and no more.
VISIT_COLUMNS = (
    "uuid", "family_id", "state", "purpose", "mode", "planned_start", "planned_end", "actual_start",
    "duration_minutes", "what_happened", "kinds_of_support", "recorded_at", "version", "worker__display_name",
    "support__service__name",
)  # fmt: skip
SUPPORT_COLUMNS = (
    "state", "accepted_on", "started_on", "ended_on", "service__name", "service__organisation_id", "family__reference",
)  # fmt: skip


def visits_of(page: OwnPage) -> Any:
    """The visits this adult may read about, with who came."""
    rows = Visit.objects.filter(family=page.family_id).select_related("worker", "support__service")
    return rows.only(*VISIT_COLUMNS)


@dataclass(frozen=True)
class OwnThing:
    """A goal or a need of theirs, and how near they felt to it: at first and now."""

    thing: Any
    looks: Looks[Any] | None
    most: int

    @property
    def numbers(self) -> str:
        """ "At first 2, now 4, of 5", or nothing where nothing was said."""
        if self.looks is None:
            return ""
        first, now = (
            look.value if look.value is not None else _("not said") for look in (self.looks.first, self.looks.now)
        )
        if self.looks.last is None:
            return _("{now} of {most}").format(now=now, most=self.most)
        return _("At first {first}, now {now}, of {most}").format(first=first, now=now, most=self.most)


@dataclass(frozen=True)
class OwnPlan:
    goals: list[OwnThing]
    needs: list[OwnThing]


def own_plan(page: OwnPage) -> OwnPlan:
    """What they are working on: theirs, and what is ours together; the numbers are those they gave themselves."""
    mine = {"member": page.adult_id, "family": page.family_id}
    goals = Goal.objects.standing().filter(_theirs(page)).select_related("said", "why", "easier").order_by("pk")
    needs = Need.objects.standing().filter(_theirs(page)).select_related("item", "said").order_by("item__order", "pk")
    ratings = looks_of(GoalRating.objects.filter(**mine), "goal_id")
    scores = looks_of(Score.objects.filter(**mine), "need_id")
    return OwnPlan(_with_looks(page, goals, ratings, NEAREST), _with_looks(page, needs, scores, HIGHEST))


def _theirs(page: OwnPage) -> Q:
    return Q(member=page.adult_id) | Q(family=page.family_id, is_ours=True)


def _with_looks(page: OwnPage, things: Any, looks: Any, most: int) -> list[OwnThing]:
    return [OwnThing(thing, looks.get((thing.pk, page.adult_id)), most) for thing in things]


@dataclass(frozen=True)
class OwnVisit:
    visit: Visit
    replies: Sequence[FamilyReply]
    """What they said back about it, in the order in which they said it."""


@dataclass(frozen=True)
class OwnHome:
    is_silent: bool
    """The family is left in peace: nothing is asked, nothing has a day."""
    services: list[str]
    """Who is with them now, by name."""
    plan: OwnPlan
    last_visit: OwnVisit | None
    next_visit: Visit | None
    answer: FamilyReply | None
    """The last answer to something they said."""


def own_home(page: OwnPage) -> OwnHome:
    """The first page in a fixed number of questions."""
    silent_since = Family.objects.values_list("silent_since", flat=True).get(pk=page.family_id)
    visits, replies = visits_of(page), own_replies(page.adult)
    planned = visits.planned().filter(planned_start__gte=timezone.now()).order_by("planned_start")
    last = visits.delivered().order_by("-actual_start", "-pk").first()
    answered = [(reply.answered_at, reply.pk, reply) for reply in replies if reply.answered_at]
    return OwnHome(
        is_silent=silent_since is not None,
        services=[support.service.name for support in supports_of(page)],
        plan=own_plan(page),
        last_visit=OwnVisit(last, own_words_by_visit(replies).get(last.pk, ())) if last else None,
        next_visit=None if silent_since else planned.first(),
        answer=max(answered)[2] if answered else None,
    )


def supports_of(page: OwnPage) -> list[Support]:
    """The supports that go on now and that this adult knows of."""
    rows = Support.objects.filter(family=page.family_id, state__in=OPEN_STATES).select_related("service", "family")
    return list(rows.only(*SUPPORT_COLUMNS).order_by("accepted_on", "pk"))


@dataclass(frozen=True)
class OwnVisits:
    visits: list[OwnVisit]
    older: str
    """Where the page before begins, for its address."""


def own_visits(page: OwnPage, before: dt.datetime | None = None) -> OwnVisits:
    """Visits that happened, the latest first, a page at a time."""
    rows = visits_of(page).delivered().order_by("-actual_start", "-pk")
    if before:
        rows = rows.filter(actual_start__lt=before)
    found = list(rows[: VISITS_AT_ONCE + 1])
    shown = found[:VISITS_AT_ONCE]
    said = own_words_by_visit(own_replies(page.adult))
    older = shown[-1].actual_start.isoformat() if len(found) > len(shown) else ""
    return OwnVisits([OwnVisit(visit, said.get(visit.pk, ())) for visit in shown], older)


def own_visit(page: OwnPage, visit: Visit) -> OwnVisit:
    return OwnVisit(visit, own_words_by_visit(own_replies(page.adult)).get(visit.pk, ()))


def needs_to_ask(page: OwnPage) -> list[tuple[Support, Need]]:
    """Up to three of their open needs, with the support each is under: those they said nothing about for longest."""
    known = {support.pk: support for support in supports_of(page)}
    needs = Need.objects.standing().filter(_theirs(page), support__in=known).select_related("item", "said")
    said = looks_of(Score.objects.filter(member=page.adult_id), "need_id")

    def last_said(need: Need) -> tuple[dt.date, int]:
        looks = said.get((need.pk, page.adult_id))
        return looks.now.happened_on if looks else dt.date.min, need.pk

    return [(known[need.support_id], need) for need in sorted(needs, key=last_said)[:ASKED_AT_ONCE]]


@dataclass(frozen=True)
class Looked:
    on: dt.date
    name: str
    who: str


def who_looked(page: OwnPage) -> list[Looked]:
    """Who opened the record on which day, as far as this adult may know; the latest first."""
    with connection.cursor() as cursor:
        cursor.execute("select * from families_page_readers(%s)", [MOST_READERS])
        rows = cursor.fetchall()
    return [Looked(on, name, _who(role, gave_reason=gave_reason)) for on, name, role, gave_reason in rows]


def _who(role: str, *, gave_reason: bool) -> str:
    """Who they are to the family, and nothing about why: a record that somebody looked at for safety may be read by the
    person they looked at it for.
    """
    if gave_reason:
        return _("does not usually work with you, and wrote down why they looked")
    if role == Role.VOLUNTEER:
        return _("visits you")
    if role == Role.COORDINATOR:
        return _("works with you, or stands in for somebody who does")
    return _("is in charge of the service")

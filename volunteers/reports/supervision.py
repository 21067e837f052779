"""When to talk, and with whom: worked out from what happened, never typed. Nobody is set against anybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import Membership, ServiceQuerySet
from betterstart.access.roles import Role
from betterstart.clock import day_in_words, london_date
from families.models import NotDeliveredReason, SupportState, Visit, VisitState
from families.reports.replies import working_days
from volunteers.models import (
    CallRequest,
    CheckIn,
    Match,
    MatchEndReason,
    MatchState,
    SupervisionKind,
    SupervisionPart,
    SupervisionState,
    Worry,
)
from volunteers.models.volunteer import VolunteerQuerySet

OVERDUE_AFTER = dt.timedelta(days=7)
MANAGER_AFTER = dt.timedelta(days=14)
USUAL_WEEKS = 6
EXTRA_FOR = dt.timedelta(days=28)
"""How long something hard asks for a talk of its own; after that the talk that is due anyway comes."""
EXTRA_WITHIN = 1
"""Working days within which somebody rings after something hard."""
HARD_ENDINGS = (MatchEndReason.NOT_RIGHT, MatchEndReason.SAFETY)


class Hard(Enum):
    """Something after which somebody rings."""

    THREAT = "threat"
    WORRY = "worry"
    LOSS = "loss"
    ENDING = "ending"


@dataclass(frozen=True)
class Facts:
    """What is known of one volunteer, in dates."""

    name: str = ""
    weeks: int = USUAL_WEEKS
    since: dt.date | None = None
    """From when on they are with families without a break; None: with none now, and no talk is due."""
    talked_on: dt.date | None = None
    """The last talk that counts as supervision."""
    planned_at: dt.datetime | None = None
    """The first talk that is planned, also when its day has gone by."""
    hard: tuple[tuple[Hard, dt.datetime], ...] = ()
    """The newest of each kind since somebody last talked with them between two."""

    @property
    def due_on(self) -> dt.date | None:
        """So many weeks after the last talk, or after they began with a family again."""
        if self.since is None:
            return None
        return max(self.since, self.talked_on or self.since) + dt.timedelta(weeks=self.weeks)

    @property
    def longest_hard(self) -> tuple[Hard, dt.datetime] | None:
        """What has waited longest for a call."""
        return min(self.hard, key=lambda event: event[1]) if self.hard else None

    def was_missed(self, now: dt.datetime) -> bool:
        """Planned, and the moment came and went without a word about it."""
        return self.planned_at is not None and self.planned_at < now

    def is_due(self, today: dt.date, now: dt.datetime) -> bool:
        """Due, and no talk is planned for the coming week."""
        is_near = self.planned_at is not None and now <= self.planned_at < now + OVERDUE_AFTER
        return self.due_on is not None and self.due_on <= today and not is_near

    def asks_for_somebody(self, today: dt.date, now: dt.datetime) -> bool:
        """To ring after something hard, to write down what was planned, or to talk with."""
        return bool(self.hard) or self.was_missed(now) or self.is_due(today, now)

    def is_overdue(self, today: dt.date) -> bool:
        return self.due_on is not None and self.due_on + OVERDUE_AFTER <= today


def gap_in_words(facts: Facts, today: dt.date) -> str:
    """ "last talked 38 days ago; due 3 days ago"."""
    days = (today - facts.talked_on).days if facts.talked_on else None
    if days is None:
        talked = _("no supervision on record yet") if facts.since else ""
    elif days <= 0:
        talked = _("talked today")
    else:
        talked = ngettext("last talked {n} day ago", "last talked {n} days ago", days).format(n=days)
    return "; ".join(filter(None, [talked, due_in_words(facts, today)]))


def due_in_words(facts: Facts, today: dt.date) -> str:
    if facts.planned_at and london_date(facts.planned_at) >= today:
        return _("planned for {day}").format(day=day_in_words(facts.planned_at))
    if facts.due_on is None:
        return ""
    late = (today - facts.due_on).days
    if late > 0:
        return ngettext("due {n} day ago", "due {n} days ago", late).format(n=late)
    return _("due today") if late == 0 else ngettext("due in {n} day", "due in {n} days", -late).format(n=-late)


def hard_in_words(event: Hard, at: dt.datetime) -> str:
    """ "was worried on Tuesday 4 August"."""
    sentences = {
        Hard.THREAT: _("it was not safe to go on {day}"),
        Hard.WORRY: _("was worried on {day}"),
        Hard.LOSS: _("a loss in a family they visit, {day}"),
        Hard.ENDING: _("visits ended without a plan on {day}"),
    }
    return sentences[event].format(day=day_in_words(at))


def call_in_words(at: dt.datetime, today: dt.date) -> str:
    """By when somebody rings: one working day after it."""
    waited = working_days(london_date(at), today)
    if waited <= EXTRA_WITHIN:
        return _("call within one working day")
    return ngettext("no call for {n} working day", "no call for {n} working days", waited).format(n=waited)


def facts_of_each(services: ServiceQuerySet, volunteers: VolunteerQuerySet) -> dict[int, Facts]:
    """The dates of each of these volunteers, by number, in the order of their names, from what happened in these
    services.

    Two questions: who they are, and one of many parts, each worked out once for everybody.
    """
    names = dict(volunteers.order_by("user__display_name", "pk").values_list("pk", "user__display_name"))
    if not names:
        return {}
    told: dict[int, dict[str, Any]] = {number: {} for number in names}
    first, *others = _parts(services, list(names))
    for number, what, at, n in first.union(*others, all=True):
        told[number][what] = at or n
    return {number: _facts(name, told[number]) for number, name in names.items()}


def _facts(name: str, told: dict[str, Any]) -> Facts:
    counted = [told.get("talked"), told.get("grouped") if told.get("group_counts") else None]
    talked = max((moment for moment in counted if moment), default=None)
    heard = [told.get("talked"), told.get("called"), timezone.now() - EXTRA_FOR]
    heard_at = max(moment for moment in heard if moment)
    hard = [(event, told[event.value]) for event in Hard if told.get(event.value)]
    together = told.get("together")
    return Facts(
        name=name,
        weeks=told.get("weeks") or USUAL_WEEKS,
        since=together.date() if together else None,
        talked_on=london_date(talked) if talked else None,
        planned_at=told.get("planned"),
        hard=tuple((event, at) for event, at in hard if _came_after(event, at, heard_at, told.get("debriefed"))),
    )


def _came_after(event: Hard, at: dt.datetime, heard_at: dt.datetime, debriefed_at: dt.datetime | None) -> bool:
    """Of an ending only the day is known: one on the day of a talk may have come after it, unless that was for it."""
    if event != Hard.ENDING:
        return at > heard_at
    is_told = debriefed_at is not None and london_date(debriefed_at) == at.date()
    return at.date() >= london_date(heard_at) and not is_told


def _part(rows: Any, volunteer: str, what: str, **said: Any) -> Any:
    """One part: of each volunteer a moment (`at`) or a number (`n`)."""
    nothing: dict[str, models.Field] = {"at": models.DateTimeField(), "n": models.IntegerField()}
    columns = {name: said.get(name) or Cast(models.Value(None), field) for name, field in nothing.items()}
    grouped = rows.order_by().values(number=models.F(volunteer))
    named = grouped.annotate(what=models.Value(what, models.CharField()), **columns)
    return named.values_list("number", "what", "at", "n")


def _parts(services: ServiceQuerySet, whose: list[int]) -> list[Any]:
    talks = SupervisionPart.objects.held().filter(volunteer__in=whose)
    in_group = models.Q(supervision__kind=SupervisionKind.GROUP)
    debrief = models.Q(supervision__kind=SupervisionKind.DEBRIEF)
    planned = SupervisionPart.objects.filter(volunteer__in=whose, supervision__state=SupervisionState.PLANNED)
    called = CallRequest.objects.filter(volunteer__in=whose, closed_at__gte=timezone.now() - EXTRA_FOR)
    held_at = models.Max("supervision__held_at")
    began_on = Cast(models.Max("started_on"), models.DateTimeField())
    return [
        _part(talks.exclude(in_group), "volunteer", "talked", at=held_at),
        _part(talks.filter(in_group), "volunteer", "grouped", at=held_at),
        _part(talks.filter(debrief), "volunteer", "debriefed", at=held_at),
        _part(planned, "volunteer", "planned", at=models.Min("supervision__planned_at")),
        _part(called.exclude(closed_by=models.F("volunteer__user")), "volunteer", "called", at=models.Max("closed_at")),
        _part(_beginnings(services, whose), "volunteer", "together", at=began_on),
        *_terms(whose),
        *_events(services, whose),
    ]


def _beginnings(services: ServiceQuerySet, whose: list[int]) -> Any:
    """Of those who are with a family now, the matches before which they were with none: the newest began their run.

    A second family, or one right after another, begins no new run, so that it does not put off a talk that is due.
    """
    began = Match.objects.filter(support__service__in=services, started_on__isnull=False)
    before = began.filter(volunteer=models.OuterRef("volunteer"), started_on__lt=models.OuterRef("started_on"))
    day_before = models.OuterRef("started_on") - dt.timedelta(days=1)
    before = before.filter(models.Q(ended_on=None) | models.Q(ended_on__gte=day_before))
    with_one = began.holding().filter(volunteer__in=whose).values("volunteer")
    return began.filter(~models.Exists(before), volunteer__in=with_one)


def _terms(whose: list[int]) -> list[Any]:
    """Of the services somebody volunteers in, the most frequent talk that is asked for; and whether a group counts."""
    roles = Membership.objects.active().filter(
        role=Role.VOLUNTEER, user__volunteer__in=whose, organisation=models.F("user__volunteer__organisation")
    )
    found = []
    for rows, service in (
        (roles.exclude(service=None), "service"),
        (roles.filter(service=None), "organisation__services"),
    ):
        weeks = models.Min(f"{service}__supervision_every_weeks")
        found.append(_part(rows, "user__volunteer", "weeks", n=weeks))
        says_so = rows.filter(**{f"{service}__group_counts_as_supervision": True})
        found.append(_part(says_so, "user__volunteer", "group_counts", n=models.Count("pk")))
    return found


def _events(services: ServiceQuerySet, whose: list[int]) -> list[Any]:
    """Of each kind of hard event, the moment of the newest in the last weeks."""
    since = timezone.now() - EXTRA_FOR
    unsafe = Visit.objects.filter(
        support__service__in=services,
        worker__volunteer__in=whose,
        state=VisitState.NOT_DELIVERED,
        not_delivered_reason=NotDeliveredReason.UNSAFE,
        planned_start__gte=since,
    )
    worried = CheckIn.objects.filter(
        support__service__in=services, author__volunteer__in=whose, worry=Worry.YES, recorded_at__gte=since
    )
    matches = Match.objects.filter(support__service__in=services, volunteer__in=whose)
    grieving = matches.holding().filter(
        family__silent_since__gte=since, family__silent_since__date__gte=models.F("started_on")
    )
    unplanned = models.Q(end_reason__in=HARD_ENDINGS) | models.Q(was_planned=False)
    unplanned |= models.Q(support__state=SupportState.ENDED_UNPLANNED)
    ended = matches.filter(unplanned, state=MatchState.ENDED, after_call_on=None, ended_on__gte=london_date(since))
    newest = models.Max(Coalesce("recorded_at", "planned_start"))
    return [
        _part(unsafe, "worker__volunteer", Hard.THREAT.value, at=newest),
        _part(worried, "author__volunteer", Hard.WORRY.value, at=models.Max("recorded_at")),
        _part(grieving, "volunteer", Hard.LOSS.value, at=models.Max("family__silent_since")),
        _part(ended, "volunteer", Hard.ENDING.value, at=Cast(models.Max("ended_on"), models.DateTimeField())),
    ]

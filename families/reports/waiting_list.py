"""Families that wait for their support to start: how long, why, and when somebody is in touch again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db import models
from django.db.models import Count, F, Max, Q, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.clock import day_in_words, london_today, moment_in_words
from families.models import Goal, Need, Support, SupportState, Visit, VisitPurpose, WaitsBecause
from families.models.support import BEFORE_START, SupportQuerySet
from families.models.visit import DELIVERED_STATES
from families.models.wait import AGE_MARKS, FIRST_MARK, waits_since
from families.reports.promise import Promise

S = SupportState
PAGE = 30
WEEK = 7


class Median(models.Aggregate):
    function = "PERCENTILE_CONT"
    name = "Median"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = models.DurationField()


@dataclass(frozen=True)
class Key:
    """Where a page begins: behind this row."""

    since: dt.date
    pk: int

    def __str__(self) -> str:
        return f"{self.since:%Y%m%d}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Key | None:
        """From an address; what is not a key gives None, and the list begins at the top."""
        day, dash, pk = text.partition("-")
        if not (dash and len(day) == 8 and day.isascii() and day.isdecimal()):
            return None
        if not (pk.isascii() and pk.isdecimal() and len(pk) < 19):
            return None
        try:
            return cls(dt.date(int(day[:4]), int(day[4:6]), int(day[6:])), int(pk))
        except ValueError:
            return None


@dataclass(frozen=True)
class Row:
    """One support that waits, with what the list says of it."""

    support: Any
    promise: Promise
    planned: dt.datetime | None
    had_initial: bool
    has_said: bool
    """What they would like help with, or reach."""

    @property
    def days(self) -> int:
        return max(0, (london_today() - self.support.since).days)

    @property
    def mark(self) -> int:
        """The last mark this wait has passed, in weeks; 0 for none."""
        return max((mark for mark in AGE_MARKS if self.days >= mark * WEEK), default=0)

    @property
    def mark_tone(self) -> str:
        """Of the tag that names the mark."""
        return "stop" if self.mark == AGE_MARKS[-1] else "warn"

    @property
    def age(self) -> str:
        return age_in_words(self.days)

    @property
    def filled(self) -> int:
        """Of the strip that shows twelve weeks, in days."""
        return min(self.days, AGE_MARKS[-1] * WEEK)

    @property
    def why(self) -> str:
        """Why it still waits, the steps that are open first."""
        because = self.support.waits_because
        chosen = str(WaitsBecause(because).label) if because else ""
        return " · ".join(filter(None, [self._open_steps(bool(because)), chosen]))

    def _open_steps(self, told: bool) -> str:
        support = self.support
        if support.state == S.OFFERED:
            return _("seen already, and not moved on") if self.promise.last_contact_on else _("no first contact yet")
        if support.state == S.WAITING:
            words = _("for another volunteer") if support.started_on else _("for a volunteer")
            return "" if told and not support.started_on else words
        steps = [
            (self.had_initial, _("the initial visit")),
            (support.agreed_on, _("their agreement")),
            (self.has_said, _("what they would like help with")),
            (support.home_safety_on, _("home safety")),
        ]
        missing = [str(words) for done, words in steps if not done]
        return _("still to do: {steps}").format(steps=", ".join(missing)) if missing else _("ready for the next step")

    @property
    def last(self) -> str:
        """When the family last heard from us."""
        day = self.promise.last_contact_on
        return _("last heard from us on {day}").format(day=day_in_words(day)) if day else _("has not heard from us yet")

    @property
    def is_due(self) -> bool:
        """Today or earlier is the day to be in touch."""
        if self.support.state == S.OFFERED and not (self.is_agreed or self.planned or self.promise.last_contact_on):
            return True
        return (self.promise.due_on or dt.date.max) <= london_today()

    @property
    def is_agreed(self) -> bool:
        return self.support.touch_on is not None

    @property
    def next_touch(self) -> str:
        if self.planned:
            return _("next visit {when}").format(when=moment_in_words(self.planned))
        due, today = self.promise.due_on, london_today()
        if due is None:
            return ""
        if due == today:
            return _("be in touch today")
        if due < today:
            late = (today - due).days
            return ngettext("contact is {n} day late", "contact is {n} days late", late).format(n=late)
        if self.is_due:
            return _("be in touch now")
        if self.is_agreed:
            return _("in touch again on {day}").format(day=day_in_words(due))
        return _("hears from us until {day}").format(day=day_in_words(due))


def age_in_words(days: int) -> str:
    """ "5 days", "3 weeks"."""
    if days < 2 * WEEK:
        return ngettext("{n} day", "{n} days", days).format(n=days)
    weeks = days // WEEK
    return ngettext("{n} week", "{n} weeks", weeks).format(n=weeks)


@dataclass(frozen=True)
class Total:
    """How many wait for one service, and how long."""

    service: Service
    waiting: int
    by_age: tuple[int, ...]
    """How many have waited less than the first mark, and from each mark on to the next."""
    median: int
    longest: int

    @property
    def median_words(self) -> str:
        return age_in_words(self.median)

    @property
    def longest_words(self) -> str:
        return age_in_words(self.longest)


@dataclass(frozen=True)
class WaitingList:
    rows: list[Row]
    totals: list[Total]
    next_after: Key | None

    @property
    def count(self) -> int:
        return sum(total.waiting for total in self.totals)


def waiting(supports: SupportQuerySet) -> Any:
    """Of these, those accepted and not begun, or not with anybody yet. `since`: the day the wait is counted from."""
    return supports.filter(state__in=BEFORE_START).annotate(since=waits_since())


def waiting_list(user: User, services: Sequence[Service], *, after: Key | None = None) -> WaitingList:
    """Who waits for these services (chosen from those this person coordinates), the longest first, PAGE at a time."""
    mine = Support.objects.coordinated_by(user).filter(service__in=[service.pk for service in services])
    return _listed(waiting(mine), services, after)


def long_waits(user: User, services: Sequence[Service], *, after: Key | None = None) -> WaitingList:
    """Of the services this person manages, those who have waited six weeks or more. No names or words are shown."""
    allowed = set(Service.objects.managed_by(user).values_list("pk", flat=True))
    ids = [service.pk for service in services if service.pk in allowed]
    with acting_as(Scope.ALL, user.pk):
        waits = waiting(Support.objects.filter(service__in=ids))
        return _listed(waits.filter(since__lte=london_today() - FIRST_MARK), services, after)


def _listed(waits: Any, services: Sequence[Service], after: Key | None) -> WaitingList:
    rows = waits.with_promise().select_related("family", "service").order_by("since", "pk")
    if after:
        rows = rows.filter(Q(since__gt=after.since) | Q(since=after.since, pk__gt=after.pk))
    found = list(rows[: PAGE + 1])
    page, last = found[:PAGE], found[PAGE - 1] if len(found) > PAGE else None
    return WaitingList(rows_of(page), _totals(waits, services), Key(last.since, last.pk) if last else None)


def rows_of(supports: Sequence[Any]) -> list[Row]:
    """The next visit of each, whether the initial one has been, and whether they said what they would like.

    Two questions for the page.
    """
    ahead = Q(state="planned", planned_start__gt=timezone.now())
    been = Q(state__in=DELIVERED_STATES, purpose=VisitPurpose.INITIAL)
    found = Visit.objects.filter(ahead | been, support__in=supports).order_by()
    facts = found.values("support").annotate(
        planned=models.Min("planned_start", filter=ahead), initial=Count("pk", filter=been)
    )
    by_support: dict[int, Any] = {each["support"]: each for each in facts}
    nothing: dict[str, Any] = {"planned": None, "initial": 0}
    needs = Need.objects.standing().filter(support__in=supports).order_by().values_list("support_id")
    said = {pk for (pk,) in needs.union(Goal.objects.filter(support__in=supports).order_by().values_list("support_id"))}
    return [
        Row(support, Promise.of(support), each["planned"], bool(each["initial"]), support.pk in said)
        for support in supports
        for each in [by_support.get(support.pk, nothing)]
    ]


def _totals(waits: Any, services: Sequence[Service]) -> list[Total]:
    today = london_today()
    length = Value(today, models.DateField()) - F("since")
    marks = {f"mark_{mark}": Count("pk", filter=Q(since__lte=today - dt.timedelta(weeks=mark))) for mark in AGE_MARKS}
    grouped = (
        waits.order_by()
        .values("service")
        .annotate(waiting=Count("pk"), median=Median(length), longest=Max(length), **marks)
    )
    by_service = {each["service"]: each for each in grouped}
    return [_total(service, by_service[service.pk]) for service in services if service.pk in by_service]


def _total(service: Service, facts: dict[str, Any]) -> Total:
    from_each = [facts["waiting"], *(facts[f"mark_{mark}"] for mark in AGE_MARKS), 0]
    ages = tuple(here - later for here, later in pairwise(from_each))
    return Total(service, facts["waiting"], ages, round(facts["median"].total_seconds() / 86400), facts["longest"].days)

"""What a coordinator's day begins with: who waits, what is planned, and how the families are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db import models
from django.db.models.functions import TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.charts.chart import Chart
from betterstart.charts.strip import Knot, Window, family_strip
from betterstart.clock import LONDON, at_london, london_date
from families.models import Cover, Family, GroupAttendance, Support, Visit, VisitPurpose, VisitState
from families.models.visit import DELIVERED_STATES, VisitQuerySet
from families.reports.promise import Promise

WEEK = 7
NAMED_THIS_WEEK = 20
STRIPS = 20
KNOTS: dict[str, Literal["visit", "missed", "planned"]] = {
    **dict.fromkeys(DELIVERED_STATES, "visit"),
    VisitState.NOT_DELIVERED: "missed",
    VisitState.PLANNED: "planned",
}
STRIP_BEFORE = dt.timedelta(weeks=12)
STRIP_AFTER = dt.timedelta(weeks=2)
DAY_ROWS = 100


def greeting(user: User, now: dt.datetime) -> str:
    name = user.display_name.split()[0]
    hour = timezone.localtime(now, LONDON).hour
    if hour < 12:
        return _("Good morning, {name}.").format(name=name)
    return (_("Good afternoon, {name}.") if hour < 18 else _("Good evening, {name}.")).format(name=name)


def planned_for(user: User, first: dt.date, last: dt.date) -> VisitQuerySet:
    """Visits planned for these days in the services this person coordinates, and their own."""
    start, end = at_london(first, dt.time()), at_london(last + dt.timedelta(days=1), dt.time())
    supports = Support.objects.looked_after_by(user)
    return Visit.objects.planned().filter(support__in=supports, planned_start__gte=start, planned_start__lt=end)


@dataclass
class Day:
    day: dt.date
    count: int
    named: list[Visit] = field(default_factory=list)

    @property
    def others(self) -> int:
        return self.count - len(self.named)


def this_week(user: User, today: dt.date) -> list[Day]:
    """The coming seven days: how many visits, and by name one's own, a covered colleague's, and the special ones."""
    visits = planned_for(user, today, today + dt.timedelta(days=WEEK - 1))
    by_day = visits.annotate(day=TruncDate("planned_start", tzinfo=LONDON)).values("day").order_by("day")
    counts = {row["day"]: row["n"] for row in by_day.annotate(n=models.Count("pk"))}
    days = [today + dt.timedelta(days=number) for number in range(WEEK)]
    week = {day: Day(day, counts.get(day, 0)) for day in days}
    covered = Cover.objects.in_force(today).filter(held_by=user).values("away")
    special = visits.filter(
        models.Q(worker=user) | models.Q(worker__in=covered) | ~models.Q(purpose=VisitPurpose.ORDINARY)
    )
    for visit in special.select_related("family", "worker").order_by("planned_start")[:NAMED_THIS_WEEK]:
        week[london_date(visit.planned_start)].named.append(visit)  # type: ignore[arg-type]
    return list(week.values())


def planned_on(user: User, day: dt.date) -> tuple[list[Visit], int]:
    """The visits of one day in order, up to DAY_ROWS, and how many there are."""
    visits = planned_for(user, day, day).select_related("family", "worker").order_by("planned_start", "pk")
    rows = list(visits[: DAY_ROWS + 1])
    return rows[:DAY_ROWS], len(rows) if len(rows) <= DAY_ROWS else visits.count()


@dataclass(frozen=True)
class Strip:
    family: Family
    promise: Promise
    chart: Chart


@dataclass(frozen=True)
class Strips:
    rows: list[Strip]
    others: int
    """Families that have no strip here for want of room."""


def family_strips(user: User, today: dt.date) -> Strips:
    """The families somebody should look at soonest, each with its thread of visits."""
    supports = Support.objects.looked_after_by(user)
    pressing: dict[int, Support] = {}
    for support in supports.with_promise().select_related("family", "service").most_pressing_first()[: 2 * STRIPS]:
        pressing.setdefault(support.family_id, support)
    shown = list(pressing.values())[:STRIPS]
    window = Window(today - STRIP_BEFORE, today + STRIP_AFTER, today)
    knots = _knots(shown, window)
    rows = [_strip(support, knots[support.pk], window) for support in shown]
    total = supports.values("family_id").distinct().count()
    return Strips(rows, total - len(rows))


def _knots(supports: list[Support], window: Window) -> dict[int, list[Knot]]:
    start = at_london(window.start, dt.time())
    visits: Any = Visit.objects.standing().filter(support__in=supports)
    happened = visits.with_happened_at().filter(happened_at__gte=start)
    knots: defaultdict[int, list[Knot]] = defaultdict(list)
    came = GroupAttendance.objects.standing().filter(support__in=supports, arrived_at__gte=start)
    at_a_group = came.values_list("support_id", models.Value(str(VisitState.DELIVERED)), "session__starts_at")
    found = happened.values_list("support_id", "state", "happened_at").union(at_a_group)
    for support, state, at in found.order_by("happened_at"):
        knots[support].append(Knot(london_date(at), KNOTS[state]))
    return knots


def _strip(support: Support, knots: list[Knot], window: Window) -> Strip:
    promise = Promise.of(support)
    if promise.last_contact_on and promise.last_contact_on < window.start:
        knots = [Knot(promise.last_contact_on), *knots]
    chart = family_strip(
        support.family.name,
        knots,
        window=window,
        since=promise.started_on or promise.accepted_on,
        gap_after_days=max(support.service.no_contact_days, promise.promised_every),
    )
    return Strip(support.family, promise, chart)

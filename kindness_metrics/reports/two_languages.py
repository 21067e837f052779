"""What a manager's page needs, read in a few statements for the services that person manages; and one circle's figures.

Managers may count families they may not open, so the reading acts with the whole-partnership scope; every query
starts from the managed services, and nothing that names a family leaves this module.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import models
from django.db.models import Count, F, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest, TruncWeek
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.clock import LONDON, at_london, london_date, london_today
from families.models import (
    GroupAttendance,
    NotDeliveredReason,
    Support,
    SupportState,
    Visit,
    VisitMode,
)
from families.models.visit import DELIVERED_STATES, SET_ASIDE_STATES
from kindness_metrics.measures import continuity
from kindness_metrics.measures.continuity import SHOWN_FROM, Spread
from kindness_metrics.measures.disclosure import THRESHOLD, shown_count
from volunteers.models import CheckIn

WEEKS_CHARTED = 26
LINES_OFFERED = 8
SHORTEST_CALL_MINUTES = 10
PERIODS = [
    ("quarter", _("the last three months")),
    ("this-quarter", _("this quarter")),
    ("last-quarter", _("the quarter before")),
    ("year", _("the last twelve months")),
]


@dataclass(frozen=True)
class Period:
    """Half-open: from the first day up to, not including, `end`."""

    start: dt.date
    end: dt.date

    @classmethod
    def named(cls, name: str, today: dt.date) -> Period:
        """One of PERIODS as days; an unknown name gives the last three months. Today is inside, tomorrow is not."""
        tomorrow = today + dt.timedelta(days=1)
        quarter = dt.date(today.year, today.month - (today.month - 1) % 3, 1)
        if name == "this-quarter":
            return cls(quarter, tomorrow)
        if name == "last-quarter":
            before = quarter - dt.timedelta(days=1)
            return cls(dt.date(before.year, before.month - 2, 1), quarter)
        return cls(tomorrow - dt.timedelta(days=364 if name == "year" else 91), tomorrow)

    @property
    def last_day(self) -> dt.date:
        return self.end - dt.timedelta(days=1)

    def moments(self) -> tuple[dt.datetime, dt.datetime]:
        return at_london(self.start, dt.time()), at_london(self.end, dt.time())


@dataclass(frozen=True)
class Line:
    """Somebody's shared words. No name, no date finer than the month."""

    words: str
    month: dt.date


@dataclass
class TwoLanguages:
    """Figures already made safe to show: None is hidden or cannot be worked out, and is written as a dash."""

    period: Period
    families: int | None = None
    happened: int | None = None
    planned: int | None = None
    unplanned: int | None = None
    active_supports: int = 0
    median_days: float | None = None
    past_promise: int | None = None
    coc: Spread | None = None
    secon: Spread | None = None
    weeks: list[dt.date] = field(default_factory=list)
    weekly_visits: list[int] = field(default_factory=list)
    feelings: list[tuple[str, int]] = field(default_factory=list)
    rarer_feelings: int = 0
    asked: int | None = None
    check_ins: int | None = None
    lines: list[Line] = field(default_factory=list)


def two_languages(user: User, services: Sequence[Service], period: Period) -> TwoLanguages:
    """Numbers and words side by side for services this person manages (the caller chose them from `managed_by`)."""
    allowed = set(Service.objects.managed_by(user).values_list("pk", flat=True))
    ids = [service.pk for service in services if service.pk in allowed]
    report = TwoLanguages(period)
    with acting_as(Scope.ALL, user.pk):
        _count_visits(report, ids)
        _days_since_contact(report, ids)
        _continuity(report, ids)
        _weekly(report, ids)
        _words(report, ids)
    return report


def contacts() -> Q:
    """Visits that count as a contact: what happened, calls only from ten minutes, never messages alone."""
    calls = Q(mode__in=[VisitMode.PHONE, VisitMode.VIDEO])
    return (
        Q(state__in=DELIVERED_STATES)
        & ~Q(mode=VisitMode.MESSAGES)
        & (~calls | Q(duration_minutes__gte=SHORTEST_CALL_MINUTES))
    )


def _count_visits(report: TwoLanguages, services: list[int]) -> None:
    start, end = report.period.moments()
    due_by = min(end, timezone.now())
    due = (
        Q(planned_start__gte=start, planned_start__lt=due_by)
        & ~Q(state__in=SET_ASIDE_STATES)
        & ~Q(not_delivered_reason__in=[NotDeliveredReason.CANCELLED_BY_COORDINATOR, NotDeliveredReason.HOLIDAY])
    )
    took_place = Q(state__in=DELIVERED_STATES, actual_start__gte=start, actual_start__lt=end)
    found = Visit.objects.filter(Q(support__service__in=services) & (due | took_place)).aggregate(
        planned=Count("pk", filter=due),
        happened=Count("pk", filter=due & Q(state__in=DELIVERED_STATES)),
        unplanned=Count("pk", filter=took_place & Q(planned_start=None)),
    )
    met = Visit.objects.filter(contacts(), took_place, support__service__in=services)
    came = GroupAttendance.objects.standing().filter(support__service__in=services)
    came = came.filter(arrived_at__gte=start, arrived_at__lt=end)
    report.families = shown_count(met.values("family").union(came.values("family")).count())
    report.planned = shown_count(found["planned"])
    report.happened = shown_count(found["happened"])
    report.unplanned = shown_count(found["unplanned"])
    # What did not happen could be read off by subtraction.
    if 0 < found["planned"] - found["happened"] < THRESHOLD:
        report.happened = None


def _days_since_contact(report: TwoLanguages, services: list[int]) -> None:
    visited = Max("family__visits__actual_start", filter=Q(family__visits__state__in=DELIVERED_STATES))
    came = GroupAttendance.objects.standing().filter(family=OuterRef("family")).order_by("-arrived_at")
    last = Greatest(visited, Subquery(came.values("arrived_at")[:1]))
    active = (
        Support.objects.filter(service__in=services, state=SupportState.ACTIVE)
        .annotate(last=last, promised=Coalesce("contact_every_days", "service__contact_every_days"))
        .values_list("last", "started_on", "accepted_on", "promised")
    )
    today = london_today()
    days = [
        ((today - (london_date(last) if last else started or accepted)).days, promised)
        for last, started, accepted, promised in active
    ]
    report.active_supports = len(days)
    if len(days) >= THRESHOLD:
        report.median_days = median(waited for waited, _promised in days)
        report.past_promise = shown_count(sum(waited > promised for waited, promised in days))


def _continuity(report: TwoLanguages, services: list[int]) -> None:
    end = report.period.moments()[1]
    chains = (
        Visit.objects.filter(
            contacts(),
            support__service__in=services,
            actual_start__gte=end - dt.timedelta(days=365),
            actual_start__lt=end,
        )
        .values("support")
        .annotate(visits=Count("pk"), workers=ArrayAgg("worker", order_by=["actual_start", "pk"]))
        .filter(visits__gte=SHOWN_FROM)
        .values_list("workers", flat=True)
    )
    families = [[(worker,) for worker in workers] for workers in chains]
    if len(families) >= THRESHOLD:
        report.coc = continuity.roll_up(families, continuity.coc)
        report.secon = continuity.roll_up(families, continuity.secon)


def _weekly(report: TwoLanguages, services: list[int]) -> None:
    """Whole weeks only: the one under way would always look like a fall."""
    last_monday = report.period.end - dt.timedelta(days=report.period.end.weekday())
    first = last_monday - dt.timedelta(weeks=WEEKS_CHARTED)
    found = dict(
        Visit.objects.filter(
            support__service__in=services,
            state__in=DELIVERED_STATES,
            actual_start__gte=at_london(first, dt.time()),
            actual_start__lt=at_london(last_monday, dt.time()),
        )
        .annotate(week=TruncWeek("actual_start", tzinfo=LONDON))
        .values("week")
        .annotate(visits=Count("pk"))
        .values_list("week", "visits")
    )
    counts = {london_date(week): visits for week, visits in found.items()}
    report.weeks = [first + dt.timedelta(weeks=number) for number in range(WEEKS_CHARTED)]
    report.weekly_visits = [counts.get(week, 0) for week in report.weeks]


def _words(report: TwoLanguages, services: list[int]) -> None:
    start, end = report.period.moments()
    check_ins = CheckIn.objects.standing().filter(
        support__service__in=services, visit__actual_start__gte=start, visit__actual_start__lt=end
    )
    chosen: Counter[str] = Counter()
    asked = total = 0
    grouped = check_ins.values("family_said").annotate(times=Count("pk")).values_list("family_said", "times")
    for words, times in grouped:
        total += times
        asked += times if words else 0
        chosen.update(dict.fromkeys(words, times))
    report.check_ins, report.asked = shown_count(total), shown_count(asked)
    report.feelings = [(word, times) for word, times in chosen.most_common() if times >= THRESHOLD]
    report.rarer_feelings = len(chosen) - len(report.feelings)
    shared = (
        check_ins.filter(may_share_line=True, family__silent_since=None)
        .exclude(line_to_share="")
        .order_by("-visit__actual_start", "-pk")
        .values_list("line_to_share", "visit__actual_start")
    )
    seen: dict[str, Line] = {}
    for words, moment in shared[: LINES_OFFERED * 4]:
        seen.setdefault(words, Line(words, london_date(moment).replace(day=1)))  # type: ignore[arg-type]
    report.lines = list(seen.values())[:LINES_OFFERED]


def managed_services(user: User) -> models.QuerySet[Service]:
    return Service.objects.managed_by(user).select_related("organisation").order_by(F("organisation__name"), "name")

"""What volunteers carry: how heavy their visits were, and the hours they gave, week by week. Never added together,
never a score, never one person beside another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce, TruncWeek
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, Service, ServiceQuerySet, User
from betterstart.access.roles import Role
from betterstart.charts.chart import Chart
from betterstart.charts.measure import Measure
from betterstart.charts.middle import beside_the_middle
from betterstart.charts.sparkline import sparkline
from betterstart.clock import LONDON, at_london, london_today
from families.models import Visit
from volunteers.models import CheckIn, Volunteer, VolunteerState
from volunteers.models.volunteer import VolunteerQuerySet

WEEKS = 9
"""This one, which is not over, and eight before it."""
FOUR_WEEKS = 4
FEWEST = 5
"""A team of fewer shows nobody what is usual in it: they would read each other's weeks off it."""

TWO_VERY_HEAVY = 8
"""The height of the small picture: two visits in a week, both very heavy."""

Weeks = Sequence[float | None]


def last_weeks(today: dt.date) -> list[dt.date]:
    """The Mondays of the last weeks, this one included."""
    monday = today - dt.timedelta(days=today.weekday())
    return [monday - dt.timedelta(weeks=back) for back in reversed(range(WEEKS))]


def heaviness(services: ServiceQuerySet, people: Collection[int]) -> dict[int, list[float | None]]:
    """Of each person, the sum of how heavy their visits were in each of the last weeks.

    None where nobody said how heavy it was, which is not a light week. From check-ins of these services.
    """
    weeks = last_weeks(london_today())
    rows = CheckIn.objects.standing().filter(
        support__service__in=services,
        author__in=people,
        heaviness__isnull=False,
        recorded_at__gte=at_london(weeks[0], dt.time()),
    )
    by_week = rows.annotate(week=TruncWeek("recorded_at", tzinfo=LONDON)).order_by()
    return _in_weeks(weeks, by_week.values_list("author", "week").annotate(sum=models.Sum("heaviness")))


def hours(services: ServiceQuerySet, people: Collection[int]) -> dict[int, list[float | None]]:
    """Of each person, the hours of visits and travel in each of the last weeks; None where there was no visit."""
    weeks = last_weeks(london_today())
    rows = Visit.objects.delivered().filter(
        support__service__in=services, worker__in=people, actual_start__gte=at_london(weeks[0], dt.time())
    )
    minutes = models.F("duration_minutes") + Coalesce("travel_minutes", 0)
    by_week = rows.annotate(week=TruncWeek("actual_start", tzinfo=LONDON)).order_by()
    found = _in_weeks(weeks, by_week.values_list("worker", "week").annotate(sum=models.Sum(minutes)))
    return {
        person: [None if value is None else round(value / 60, 1) for value in line] for person, line in found.items()
    }


def _in_weeks(weeks: list[dt.date], rows: Any) -> dict[int, list[float | None]]:
    place = {week: at for at, week in enumerate(weeks)}
    found: dict[int, list[float | None]] = {}
    for person, week, value in rows:
        if (at := place.get(week.date())) is not None:
            found.setdefault(person, [None] * len(weeks))[at] = value
    return found


def _heavy() -> Measure:
    return Measure(name=_("How heavy it was"), unit=_("all visits of a week together, each from 0 to 4"))


def _given() -> Measure:
    return Measure(name=_("Hours given"), unit=_("visits and travel, in hours each week"), decimals=1)


def heaviness_picture(line: Weeks) -> Chart | None:
    """A small picture for a row of a list; nothing where nothing was said."""
    if all(value is None for value in line):
        return None
    return sparkline(_heavy(), last_weeks(london_today()), line, within=(0, TWO_VERY_HEAVY))


def given_in_words(line: Weeks, agreed: float | None) -> str:
    """ "gave 14 hours in four weeks; offered about 12"."""
    given = sum(value or 0 for value in line[-FOUR_WEEKS:])
    n = round(given)
    words = ngettext("gave {n} hour in four weeks", "gave {n} hours in four weeks", n).format(n=n)
    if agreed is None:
        return _("{given}; what they offer is not known yet").format(given=words)
    return _("{given}; offered about {offered}").format(given=words, offered=round(agreed * FOUR_WEEKS))


def is_more_than_offered(line: Weeks, agreed: float | None) -> bool:
    """More hours in the last four weeks than they said they would give."""
    return agreed is not None and sum(value or 0 for value in line[-FOUR_WEEKS:]) > agreed * FOUR_WEEKS


def middle_half(lines: Collection[Weeks]) -> list[tuple[float, float] | None]:
    """Week by week, between which two figures the middle half of these people lies; None with too few of them."""
    found: list[tuple[float, float] | None] = []
    for week in zip(*lines, strict=True):
        known = [value for value in week if value is not None]
        if len(known) < FEWEST:
            found.append(None)
            continue
        low, _median, high = quantiles(known, n=4, method="inclusive")
        found.append((low, high))
    return found or [None] * WEEKS


@dataclass(frozen=True)
class MyLoad:
    heavy: Chart
    given: Chart
    team: bool
    """There are enough people to say what is usual."""


def my_load(user: User) -> MyLoad:
    """One's own weeks, beside the middle half of the team where it has at least FEWEST people.

    The figures of the others are read with the whole partnership's scope, and nothing but the ends of the middle half
    leaves this function.
    """
    services = services_of(user)
    with acting_as(Scope.ALL, user.pk):
        team = set(team_of(services).values_list("user_id", flat=True)) | {user.pk}
        heavy, given = heaviness(services, team), hours(services, team)
    is_team = len(team) >= FEWEST
    over, blank = last_weeks(london_today())[:-1], [None] * WEEKS
    heavy_middle = middle_half(list(heavy.values())) if is_team else blank
    given_middle = middle_half(_counting_free_weeks(given)) if is_team else blank
    lines = ((_heavy(), heavy, heavy_middle), (_given(), given, given_middle))
    pictures = [
        beside_the_middle(measure, over, line.get(user.pk, blank)[:-1], middle[:-1]) for measure, line, middle in lines
    ]
    return MyLoad(heavy=pictures[0], given=pictures[1], team=is_team)


def _counting_free_weeks(given: Mapping[int, Weeks]) -> list[Weeks]:
    """Somebody who visits gave no hours in a week without a visit; somebody who visits nobody is not counted."""
    return [[value or 0 for value in line] for line in given.values()]


def services_of(user: User) -> ServiceQuerySet:
    """The services somebody volunteers in."""
    held = [row for row in user.active_memberships if row.role == Role.VOLUNTEER]
    one = [row.service_id for row in held if row.service_id]
    whole = [row.organisation_id for row in held if not row.service_id]
    return Service.objects.filter(models.Q(pk__in=one) | models.Q(organisation__in=whole))


def team_of(services: ServiceQuerySet) -> VolunteerQuerySet:
    """Volunteers who are with us in these services now."""
    roles = Membership.objects.active().filter(role=Role.VOLUNTEER)
    here = roles.filter(
        models.Q(service__in=services) | models.Q(service=None, organisation__in=services.values("organisation_id"))
    )
    with_us = [VolunteerState.READY, VolunteerState.ON_BREAK]
    return Volunteer.objects.here().filter(user__in=here.values("user"), state__in=with_us)

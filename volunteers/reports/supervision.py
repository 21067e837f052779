"""When to talk, and with whom: worked out from what happened, never typed. Nobody is set against anybody."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.db import models
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject, TruncDate
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import Membership, Service, ServiceQuerySet
from betterstart.access.roles import Role
from betterstart.clock import LONDON, day_in_words, london_date
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
    """Something after which somebody rings. The value is the name of its column."""

    THREAT = "threat_at"
    WORRY = "worry_at"
    LOSS = "loss_at"
    ENDING = "ending_at"


@dataclass(frozen=True)
class Facts:
    """What is known of one volunteer, in dates."""

    weeks: int = USUAL_WEEKS
    since: dt.date | None = None
    """From when on they are with a family now; None: with none, and no talk is due."""
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


def with_facts(services: ServiceQuerySet, volunteers: VolunteerQuerySet) -> Any:
    """The dates of each volunteer, from what happened in these services, in the one query; `facts_of` reads them."""
    talks = SupervisionPart.objects.held().filter(volunteer=models.OuterRef("pk")).order_by("-supervision__held_at")
    in_group = models.Q(supervision__kind=SupervisionKind.GROUP)
    planned = SupervisionPart.objects.filter(
        volunteer=models.OuterRef("pk"), supervision__state=SupervisionState.PLANNED
    ).order_by("supervision__planned_at")
    called = CallRequest.objects.filter(volunteer=models.OuterRef("pk"), closed_at__isnull=False)
    called = called.exclude(closed_by=models.OuterRef("user")).order_by("-closed_at")
    together = Match.objects.holding().filter(support__service__in=services, volunteer=models.OuterRef("pk"))
    rows: Any = volunteers.annotate(
        terms=models.Subquery(_terms()),
        talked_at=models.Subquery(talks.exclude(in_group).values("supervision__held_at")[:1]),
        grouped_at=models.Subquery(talks.filter(in_group).values("supervision__held_at")[:1]),
        planned_at=models.Subquery(planned.values("supervision__planned_at")[:1]),
        called_at=models.Subquery(called.values("closed_at")[:1]),
        together_since=models.Subquery(together.order_by("started_on").values("started_on")[:1]),
    )
    return rows.annotate(
        heard_since=Greatest("talked_at", "called_at", models.Value(timezone.now() - EXTRA_FOR)),
        **{event.value: models.Subquery(query) for event, query in _events(services).items()},
    )


def _terms() -> Any:
    """Of the services somebody volunteers in, the one that asks for the most frequent talks."""
    role = Membership.objects.active().filter(
        models.Q(service=models.OuterRef("pk")) | models.Q(service=None),
        organisation=models.OuterRef("organisation"),
        role=Role.VOLUNTEER,
        user=models.OuterRef(models.OuterRef("user")),
    )
    services = Service.objects.filter(models.Exists(role), organisation=models.OuterRef("organisation"))
    told = JSONObject(weeks="supervision_every_weeks", group="group_counts_as_supervision")
    return services.order_by("supervision_every_weeks", "pk").values_list(told)[:1]


def _events(services: ServiceQuerySet) -> dict[Hard, Any]:
    """Of each kind, the moment of the newest."""
    unsafe = Visit.objects.filter(
        support__service__in=services,
        worker=models.OuterRef("user"),
        state=VisitState.NOT_DELIVERED,
        not_delivered_reason=NotDeliveredReason.UNSAFE,
    ).annotate(at=Coalesce("recorded_at", "planned_start"))
    worried = CheckIn.objects.filter(support__service__in=services, author=models.OuterRef("user"), worry=Worry.YES)
    matches = Match.objects.filter(support__service__in=services, volunteer=models.OuterRef("pk"))
    grieving = matches.holding().filter(
        family__silent_since__isnull=False, family__silent_since__date__gte=models.F("started_on")
    )
    unplanned = models.Q(end_reason__in=HARD_ENDINGS) | models.Q(was_planned=False)
    unplanned |= models.Q(support__state=SupportState.ENDED_UNPLANNED)
    ended = matches.filter(unplanned, state=MatchState.ENDED, after_call_on=None).annotate(
        at=Cast("ended_on", models.DateTimeField())
    )
    return {
        Hard.THREAT: unsafe.order_by("-at").values("at")[:1],
        Hard.WORRY: worried.order_by("-recorded_at").values("recorded_at")[:1],
        Hard.LOSS: grieving.order_by("-family__silent_since").values("family__silent_since")[:1],
        Hard.ENDING: ended.order_by("-at").values("at")[:1],
    }


def something_hard() -> models.Q:
    """Of rows of `with_facts`: something hard happened, and nobody has talked with them since."""
    found = models.Q()
    for event in Hard:
        found |= models.Q(**{f"{event.value}__gt": models.F("heard_since")})
    return found


def due_by(today: dt.date, now: dt.datetime) -> models.Q:
    """Of rows of `with_due_day`: a talk is due, or was planned and not written down. As `Facts` says of one row."""
    near = models.Q(planned_at__gte=now, planned_at__lt=now + OVERDUE_AFTER)
    return models.Q(planned_at__lt=now) | models.Q(models.Q(due_on__lte=today) & (models.Q(planned_at=None) | ~near))


def with_due_day(rows: Any) -> Any:
    """`due_on`, worked out in the database as `Facts.due_on` does."""
    group = models.Case(models.When(terms__group=True, then="grouped_at"))
    talked = TruncDate(Greatest("talked_at", group), tzinfo=LONDON)
    weeks = Coalesce(Cast("terms__weeks", models.IntegerField()), USUAL_WEEKS)
    begins = models.Case(models.When(together_since__isnull=False, then=Greatest("together_since", talked)))
    return rows.annotate(begins=begins).annotate(
        due_on=models.ExpressionWrapper(models.F("begins") + weeks * 7, output_field=models.DateField())
    )


def facts_of(row: Any) -> Facts:
    """The dates of one row of `with_facts`."""
    terms = row.terms or {"weeks": USUAL_WEEKS, "group": False}
    counted = [row.talked_at, row.grouped_at if terms["group"] else None]
    talked = max((moment for moment in counted if moment), default=None)
    hard = [(event, getattr(row, event.value)) for event in Hard]
    return Facts(
        weeks=terms["weeks"],
        since=row.together_since,
        talked_on=london_date(talked) if talked else None,
        planned_at=row.planned_at,
        hard=tuple((event, at) for event, at in hard if at and at > row.heard_since),
    )

"""What endings ask of a coordinator: a last visit to plan, a word some weeks later."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Case, Exists, ExpressionWrapper, F, OuterRef, Q, Value, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.models import User
from betterstart.clock import LONDON, at_london, day_in_words
from families.actions.ending import FOLLOW_UP_BY, FOLLOW_UP_FROM, FOLLOW_UP_GONE, NOT_FOLLOWED_UP
from families.models import FollowUp, Support, SupportState, Visit, VisitPurpose
from families.models.visit import DELIVERED_STATES, VisitState
from families.reports.needs import Found, Need

S = SupportState
ENDED = (S.ENDED_PLANNED, S.ENDED_UNPLANNED)
LAST_VISIT_NOTICE = dt.timedelta(weeks=1)
TOTAL = models.Window(models.Count("*"))


def endings(user: User, today: dt.date, limit: int) -> Found:
    """Of the supports this person coordinates, in one question: families to ask how they are, and last visits of the
    coming week that nobody planned.
    """
    supports = Support.objects.coordinated_by(user).filter(_to_be_asked(today) | _without_last_visit(today))
    best_asked_by = ExpressionWrapper(F("ended_on") + Value(FOLLOW_UP_BY), output_field=models.DateField())
    day = Case(
        When(state__in=ENDED, then=best_asked_by),
        default=F("ending_on"),
        output_field=models.DateField(),
    )
    rows: Any = supports.annotate(total=TOTAL, due_day=day).select_related("family").order_by("due_day", "pk")
    found = list(rows[:limit])
    return Found([_need(row, today) for row in found], found[0].total if found else 0)


def _to_be_asked(today: dt.date) -> Any:
    """Ended six to twelve weeks ago, and nobody has asked since; never a silent family, nor one that is back."""
    asked = FollowUp.objects.filter(support=OuterRef("pk"))
    back = Support.objects.open().filter(family=OuterRef("family"), service=OuterRef("service"))
    ended = Q(state__in=ENDED, ended_on__lte=today - FOLLOW_UP_FROM, ended_on__gt=today - FOLLOW_UP_GONE)
    return ended & Q(family__silent_since=None) & ~Q(ending_reason__in=NOT_FOLLOWED_UP) & ~Exists(asked) & ~Exists(back)


def _without_last_visit(today: dt.date) -> Any:
    visits = Visit.objects.filter(support=OuterRef("pk")).annotate(day=TruncDate("planned_start", tzinfo=LONDON))
    planned = Q(state=VisitState.PLANNED, day__gte=today)
    planned &= Q(purpose=VisitPurpose.LAST) | Q(day=OuterRef("ending_on"))
    goodbye = visits.filter(planned | Q(purpose=VisitPurpose.LAST, state__in=DELIVERED_STATES))
    return Q(state=S.ENDING, ending_on__gte=today, ending_on__lte=today + LAST_VISIT_NOTICE) & ~Exists(goodbye)


def _need(support: Support, today: dt.date) -> Need:
    return _follow_up(support, today) if support.state in ENDED else _last_visit(support)


def _follow_up(support: Support, today: dt.date) -> Need:
    ended_on = support.ended_on or today
    weeks = (today - ended_on).days // 7
    words = ngettext("ended {n} week ago: how are they?", "ended {n} weeks ago: how are they?", weeks)
    return Need(
        reason=words.format(n=weeks),
        detail=_("best asked until {day}, once").format(day=day_in_words(ended_on + FOLLOW_UP_BY)),
        family=support.family,
        since=at_london(ended_on + FOLLOW_UP_BY, dt.time()),
        url=reverse("families:follow-up", args=[support.family.reference, support.pk]),
        action=_("Ask them"),
        icon="phone",
    )


def _last_visit(support: Support) -> Need:
    day = support.ending_on or dt.date.max
    return Need(
        reason=_("the last visit is agreed for {day}, and is not planned yet").format(day=day_in_words(day)),
        family=support.family,
        since=at_london(day, dt.time()),
        url=reverse("families:ending", args=[support.family.reference, support.pk]),
        action=_("Plan it"),
        icon="end",
    )

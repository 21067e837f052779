"""Whom to ring after something hard, and whom to talk with because it is due: one provider of Today, one query."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Service, User
from betterstart.clock import at_london, day_in_words
from families.reports.needs import Found, Need, Urgency
from volunteers.models import Volunteer
from volunteers.reports.needs import IN_ALL
from volunteers.reports.supervision import (
    Facts,
    call_in_words,
    due_by,
    facts_of,
    gap_in_words,
    hard_in_words,
    something_hard,
    with_due_day,
    with_facts,
)


def to_talk_with(user: User, today: dt.date, limit: int) -> Found:
    """Volunteers of this coordinator's services to ring or to talk with; whoever had something hard first."""
    now = timezone.now()
    mine = Volunteer.objects.supervised_by(user).here().exclude(user=user.pk)
    rows = with_due_day(with_facts(Service.objects.coordinated_by(user), mine))
    hard = models.Case(models.When(something_hard(), then=0), default=1)
    rows = rows.filter(something_hard() | due_by(today, now)).annotate(total=IN_ALL, after=hard)
    shown = list(rows.select_related("user").order_by("after", "due_on", "pk")[:limit])
    return Found([_need(row, facts_of(row), today, now) for row in shown], shown[0].total if shown else 0)


def _need(row: Any, facts: Facts, today: dt.date, now: dt.datetime) -> Need:
    common: dict[str, Any] = {"family": None, "url": reverse("volunteers:supervision-list", args=[row.pk])}
    if facts.longest_hard:
        event, at = facts.longest_hard
        reason = _("Ring {name}: {what}").format(name=row.display_name, what=hard_in_words(event, at))
        detail = call_in_words(at, today)
        return Need(
            reason=reason, since=at, action=_("Ring"), urgency=Urgency.ASKED, icon="phone", detail=detail, **common
        )
    if facts.was_missed(now) and facts.planned_at:
        words = _("A talk with {name} was planned for {day}: was it held?")
        reason = words.format(name=row.display_name, day=day_in_words(facts.planned_at))
        return Need(reason=reason, since=facts.planned_at, action=_("Write it down"), icon="calendar", **common)
    due_on = facts.due_on or today
    words = _("Supervision with {name} is overdue") if facts.is_overdue(today) else _("Supervision with {name} is due")
    return Need(
        reason=words.format(name=row.display_name),
        since=at_london(due_on, dt.time()),
        action=_("Plan a talk"),
        icon="message",
        detail=gap_in_words(facts, today),
        **common,
    )

"""Whom to ring after something hard, and whom to talk with because it is due: one provider of Today, one query."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Service, User
from betterstart.clock import at_london, day_in_words
from families.reports.needs import Found, Need, Urgency
from volunteers.models import Volunteer
from volunteers.reports.supervision import Facts, call_in_words, facts_of_each, gap_in_words, hard_in_words


def to_talk_with(user: User, today: dt.date, limit: int) -> Found:
    """Volunteers of this coordinator's services to ring or to talk with; whoever had something hard first."""
    now = timezone.now()
    mine = Volunteer.objects.supervised_by(user).here().exclude(user=user.pk)
    known = facts_of_each(Service.objects.coordinated_by(user), mine)
    needs = [_need(pk, facts, today) for pk, facts in known.items() if facts.asks_for_somebody(today, now)]
    needs.sort(key=lambda need: (need.urgency, need.since))
    return Found(needs[:limit], len(needs))


def _need(pk: int, facts: Facts, today: dt.date) -> Need:
    common: dict[str, Any] = {"family": None, "url": reverse("volunteers:supervision-list", args=[pk])}
    if facts.longest_hard:
        event, at = facts.longest_hard
        reason = _("Ring {name}: {what}").format(name=facts.name, what=hard_in_words(event, at))
        detail = call_in_words(at, today)
        return Need(
            reason=reason, since=at, action=_("Ring"), urgency=Urgency.ASKED, icon="phone", detail=detail, **common
        )
    if facts.planned_at and facts.was_missed(timezone.now()):
        words = _("A talk with {name} was planned for {day}: was it held?")
        reason = words.format(name=facts.name, day=day_in_words(facts.planned_at))
        return Need(reason=reason, since=facts.planned_at, action=_("Write it down"), icon="calendar", **common)
    due_on = facts.due_on or today
    words = _("Supervision with {name} is overdue") if facts.is_overdue(today) else _("Supervision with {name} is due")
    return Need(
        reason=words.format(name=facts.name),
        since=at_london(due_on, dt.time()),
        action=_("Plan a talk"),
        icon="message",
        detail=gap_in_words(facts, today),
        **common,
    )

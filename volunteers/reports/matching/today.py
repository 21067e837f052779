"""Decisions about who visits whom that are to be looked at again. Registered with Today in `apps.py`."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words
from families.reports.needs import Found, Need
from volunteers.actions.pairing import MATCHED_STATES
from volunteers.models import MatchDecision
from volunteers.models.match import OPEN


def looks(user: User, today: dt.date, limit: int) -> Found:
    """The newest decision of each support whose day has come: somebody who may come or comes, or nobody so far."""
    rows = MatchDecision.objects.visible_to(user).newest().with_look().filter(look_on__lte=today)
    going_on = models.Q(match__state__in=OPEN) | models.Q(match=None, support__state__in=MATCHED_STATES)
    shown = rows.filter(going_on).annotate(total=models.Window(models.Count("pk"))).order_by("look_on", "pk")
    found: list[Any] = list(shown.select_related("support__family", "volunteer__user")[:limit])
    return Found([_need(row) for row in found], found[0].total if found else 0)


def _need(row: Any) -> Need:
    words = _("look again at the match with {name}") if row.volunteer_id else _("look again for a volunteer")
    name = row.volunteer.display_name if row.volunteer_id else ""
    if not row.volunteer_id:
        url = reverse("volunteers:find", args=[row.support_id])
    else:
        url = reverse("volunteers:find-decisions", args=[row.support_id])
    return Need(
        reason=words.format(name=name),
        family=row.support.family,
        since=at_london(row.look_on, dt.time()),
        url=url,
        action=_("Look"),
        icon="eye",
        detail=_("decided on {day}").format(day=day_in_words(row.decided_at)),
    )

"""A person's visits as iCalendar (RFC 5545): when, and nothing that says with whom or where."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from families.models import Visit, VisitState

BACK = dt.timedelta(days=30)
AHEAD = dt.timedelta(days=180)
MOST_VISITS = 500
USUAL_LENGTH = dt.timedelta(hours=1)


def calendar_of(user: User) -> bytes:
    """The visits of the last thirty days and the next half year that are planned with this person, or took place.

    Others may see a phone's calendar: every title is the same word, without a name, a place or a note. Times are in
    UTC, so that each device shows its own. Nothing once the person may not sign in any more, or is not in the support.
    """
    now = timezone.now()
    with acting_as(Scope.SCOPED, user.pk), translation.override(user.language):
        visits = Visit.objects.visible_to(user).standing().exclude(state=VisitState.NOT_DELIVERED)
        mine = visits.filter(worker=user, planned_start__gte=now - BACK, planned_start__lt=now + AHEAD)
        rows: Any = mine.order_by("planned_start", "pk").values_list(
            "uuid", "planned_start", "planned_end", "version", "updated_at"
        )[:MOST_VISITS]
        calendar = Calendar()
        calendar.add("prodid", "-//Better Start//EN")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", "Better Start")
        calendar.add("refresh-interval", dt.timedelta(hours=1), parameters={"VALUE": "DURATION"})
        for row in rows:
            calendar.add_component(_event(*row))
    return calendar.to_ical()


def _event(uuid: object, start: dt.datetime, end: dt.datetime | None, version: int, updated: dt.datetime) -> Event:
    event = Event()
    event.add("uid", str(uuid))
    event.add("dtstamp", updated.astimezone(dt.UTC))
    event.add("dtstart", start.astimezone(dt.UTC))
    event.add("dtend", (end or start + USUAL_LENGTH).astimezone(dt.UTC))
    event.add("summary", _("Visit"))
    event.add("sequence", version)
    event.add("class", "PRIVATE")
    return event

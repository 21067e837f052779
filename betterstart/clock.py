"""The working day of the partnership. Moments are stored in UTC; days are judged where the families live."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils import timezone

LONDON = zoneinfo.ZoneInfo("Europe/London")


def london_today() -> dt.date:
    return timezone.localdate(timezone=LONDON)


def london_date(moment: dt.datetime) -> dt.date:
    return timezone.localdate(moment, timezone=LONDON)


def at_london(day: dt.date, time: dt.time) -> dt.datetime:
    """A clock time on a day in London, as an aware moment. Raises ValueError for the hour that spring skips."""
    moment = dt.datetime.combine(day, time, tzinfo=LONDON)
    if moment.astimezone(dt.UTC).astimezone(LONDON).time() != time:
        raise ValueError("that hour does not exist on that day")
    return moment

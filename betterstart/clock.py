"""The working day of the partnership. Moments are stored in UTC; days are judged where the families live."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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


def comes_twice(day: dt.date, time: dt.time) -> bool:
    """Whether this clock time happens twice on that day: the hour that autumn gives back."""
    moments = [dt.datetime.combine(day, time.replace(fold=fold), tzinfo=LONDON) for fold in (0, 1)]
    return moments[0].utcoffset() > moments[1].utcoffset()  # type: ignore[operator]


def day_in_words(day: dt.date) -> str:
    """ "Tuesday 4 August", with the year where it is not this one's. A moment is told by its day in London."""
    day = london_date(day) if isinstance(day, dt.datetime) else day
    return date_format(day, "l j E" if day.year == london_today().year else "l j E Y")


def moment_in_words(moment: dt.datetime) -> str:
    """ "Tuesday 4 August at 14:30"."""
    return _("{day} at {time}").format(
        day=day_in_words(moment), time=date_format(timezone.localtime(moment, LONDON), "H:i")
    )


def duration_in_words(minutes: int) -> str:
    """ "45 minutes", "2 hours", "1 hour 20"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return ngettext("{n} minute", "{n} minutes", rest).format(n=rest)
    words = ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    return f"{words} {rest}" if rest else words

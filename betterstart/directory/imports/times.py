"""When a service is on: the calendar rules of a feed, as days of the week and as lines that people read."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from betterstart.clock import london_today
from betterstart.directory.imports.plain import plain_line
from betterstart.directory.models import DAYS

BYDAY = {"MO": 1, "TU": 2, "WE": 3, "TH": 4, "FR": 5, "SA": 6, "SU": 7}
_DAY = re.compile(r"([+-]?\d)?(MO|TU|WE|TH|FR|SA|SU)")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::[0-5]\d)?(?:Z|[+-]\d\d:?\d\d)?")
MOST_LINES = 14


def times_of(schedules: list[dict[str, Any]]) -> tuple[list[int], list[str]]:
    """The days on which there is something, and lines such as "Tuesday 10:00 to 11:30". What is over is left out."""
    days: set[int] = set()
    lines: list[str] = []
    for each in schedules:
        if _is_over(each.get("valid_to")):
            continue
        on = _days(each)
        days |= set(on)
        if line := _line(each, on):
            lines.append(line[:200])
    return sorted(days), list(dict.fromkeys(lines))[:MOST_LINES]


def _days(schedule: dict[str, Any]) -> list[int]:
    found = _DAY.findall(str(schedule.get("byday") or "").upper())
    if not found and str(schedule.get("freq")).upper() == "DAILY":
        return list(BYDAY.values())
    return sorted({BYDAY[day] for _which, day in found})


def _line(schedule: dict[str, Any], days: list[int]) -> str:
    words = ", ".join(str(dict(DAYS)[day]) for day in days)
    if len(days) == len(DAYS):
        words = _("every day")
    elif words and str(schedule.get("freq")).upper() == "MONTHLY":
        words = _which_week(schedule, days) or _("once a month on {day}").format(day=words)
    first, last = _time(schedule.get("opens_at")), _time(schedule.get("closes_at"))
    hours = _("{start} to {end}").format(start=first, end=last) if first and last else first
    note = plain_line(str(schedule.get("description") or ""))[:150]
    line = " ".join(filter(None, [words, hours]))
    return f"{line} ({note})" if line and note else line or note


def _which_week(schedule: dict[str, Any], days: list[int]) -> str:
    """ "first Tuesday of the month", where one is named."""
    found = _DAY.findall(str(schedule.get("byday") or "").upper())
    order = {"1": _("first"), "2": _("second"), "3": _("third"), "4": _("fourth"), "-1": _("last")}
    if len(found) != 1 or found[0][0].lstrip("+") not in order:
        return ""
    which, day = order[found[0][0].lstrip("+")], str(dict(DAYS)[days[0]])
    return _("{which} {day} of the month").format(which=which, day=day)


def _time(value: Any) -> str:
    found = _TIME.fullmatch(str(value or "").strip())
    return f"{int(found[1]):02}:{found[2]}" if found else ""


def _is_over(value: Any) -> bool:
    try:
        return dt.date.fromisoformat(str(value)[:10]) < london_today()
    except ValueError:
        return False

"""Days, clock times and lengths of time, in all the forms in which spreadsheets hold them."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from betterstart.clock import LONDON
from families.imports.reading import Cell
from families.imports.values import ValueRefused, line, plain_digits

DAY_FIRST, MONTH_FIRST = "day_first", "month_first"
MINUTES, HOURS = "minutes", "hours"
EARLIEST, LATEST = dt.date(1900, 1, 1), dt.date(2100, 12, 31)
_EXCEL_DAY_ZERO = dt.datetime(1899, 12, 30)  # noqa: DTZ001 a clock on the wall of the spreadsheet has no zone
_DAYS_FROM_1900_TO_1904 = 1462
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_CLOCK = r"(?:[ T,]+(?P<clock>[0-9].*))?"
_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})[-/.](?P<month>[0-9]{{1,2}})[-/.](?P<day>[0-9]{{1,2}}){_CLOCK}")
_YEAR_LAST = re.compile(rf"(?P<one>[0-9]{{1,2}})(?P<mark>[-/.])(?P<two>[0-9]{{1,2}})(?P=mark)(?P<year>[0-9]+){_CLOCK}")
_NAMED = re.compile(
    r"(?:[a-z]+,? )?(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?[- ]?(?P<month>[a-z]{3,9})\.?,?[- ]?(?P<year>[0-9]+)" + _CLOCK,
    re.IGNORECASE,
)
_WITH_ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+ ?(?:Z|[+-][0-9]{2}:?[0-9]{2})", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True)
class Moment:
    day: dt.date
    time: dt.time | None = None
    """Only where the cell tells one; midnight counts as not told."""


@dataclass
class DayReader:
    """Reads one column of dates and remembers what it saw, because the order of day and month shows only in the whole.

    `order` is what the person chose for the column; empty means that nobody has chosen, and days come first until the
    column gives reason to ask.
    """

    order: str = ""
    starts_1904: bool = False
    day_first_row: int = field(default=0, init=False)
    month_first_row: int = field(default=0, init=False)
    typed_early_row: int = field(default=0, init=False)
    typed_late_row: int = field(default=0, init=False)

    def read(self, cell: Cell, row: int = 0) -> Moment | None:
        """The day in the cell, with its clock time if it tells one; None for an empty cell. Raises ValueRefused."""
        if isinstance(cell, dt.datetime | dt.date):
            return self._typed(cell, row)
        if isinstance(cell, dt.time | dt.timedelta | bool):
            raise ValueRefused(_("This is not a date. Write it like 04/08/2026 or 2026-08-04."))
        text = plain_digits(line(cell, 60))
        if not text:
            return None
        if _NUMBER.fullmatch(text):
            return self._counted(text)
        return self._written(text, row)

    def doubt(self) -> str:
        """A question about the whole column, when it can be read in two ways and nobody has chosen; or nothing."""
        if self.order:
            return ""
        if self.month_first_row and self.day_first_row:
            return _(
                "This column has dates with the day first (row %(day)s) and with the month first (row %(month)s). "
                "Write all of them one way, then choose the file again."
            ) % {"day": self.day_first_row, "month": self.month_first_row}
        if self.month_first_row:
            return _(
                "In row %(row)s the month comes first. If that is so in the whole column, choose “month first” for it."
            ) % {"row": self.month_first_row}
        if self.day_first_row and self.typed_early_row and not self.typed_late_row:
            return _(
                "Some dates here are text with the day first (row %(text)s) and some are Excel dates (row %(typed)s). "
                "Excel may have swapped day and month in the second kind. Compare a few with your records; if they "
                "are right, choose “day first” for this column."
            ) % {"text": self.day_first_row, "typed": self.typed_early_row}
        return ""

    def _typed(self, cell: dt.date, row: int) -> Moment:
        if cell.day > 12:
            self.typed_late_row = self.typed_late_row or row
        else:
            self.typed_early_row = self.typed_early_row or row
        if isinstance(cell, dt.datetime):
            return Moment(_in_reach(cell.date()), _told(cell.time()))
        return Moment(_in_reach(cell))

    def _counted(self, text: str) -> Moment:
        """Days counted from 1900 or 1904, as Excel stores them, or a day written as 20260804."""
        number = float(text)
        if re.fullmatch(r"(19|20|21)[0-9]{6}", text):
            return Moment(_day(text[:4], text[4:6], text[6:]))
        if re.fullmatch(r"(19|20|21)[0-9]{2}", text):
            raise ValueRefused(_("This looks like a year alone. Write the whole date, or leave it empty."))
        if self.starts_1904:
            number += _DAYS_FROM_1900_TO_1904
        if not 61 <= number < 73_415:
            raise ValueRefused(_("This number is not a date. Write it like 04/08/2026 or 2026-08-04."))
        moment = _EXCEL_DAY_ZERO + dt.timedelta(minutes=round(number * 24 * 60))
        return Moment(_in_reach(moment.date()), _told(moment.time()))

    def _written(self, text: str, row: int) -> Moment:
        if _WITH_ZONE.fullmatch(text):
            return _zoned(text)
        if match := _YEAR_FIRST.fullmatch(text):
            return Moment(_day(match["year"], match["month"], match["day"]), _clock(match["clock"]))
        if match := _NAMED.fullmatch(text):
            return Moment(_day(match["year"], _month(match["month"]), match["day"]), _clock(match["clock"]))
        match = _YEAR_LAST.fullmatch(text)
        if match is None:
            raise ValueRefused(_("This is not a date we can read. Write it like 04/08/2026 or 2026-08-04."))
        one, two = int(match["one"]), int(match["two"])
        if one > 12 >= two:
            self.day_first_row = self.day_first_row or row
        elif two > 12 >= one:
            self.month_first_row = self.month_first_row or row
        day, month = (two, one) if self.order == MONTH_FIRST else (one, two)
        return Moment(_day(match["year"], month, day), _clock(match["clock"]))


def _day(year: str, month: str | int, day: str | int) -> dt.date:
    if len(str(year)) != 4:
        raise ValueRefused(_("Write the year with four digits, like 04/08/2026."))
    try:
        return _in_reach(dt.date(int(year), int(month), int(day)))
    except ValueError as error:
        if isinstance(error, ValueRefused):
            raise
        raise ValueRefused(_("This day does not exist. Dates are read as day, month, year.")) from error


def _month(name: str) -> int:
    for number, month in enumerate(_MONTHS, start=1):
        if month.startswith(name.lower()):
            return number
    raise ValueRefused(_("We do not know this month. Write the date like 4 August 2026."))


def _zoned(text: str) -> Moment:
    try:
        moment = dt.datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(" ", "")).astimezone(LONDON)
    except (ValueError, OverflowError) as error:
        raise ValueRefused(_("This is not a date we can read. Write it like 04/08/2026 or 2026-08-04.")) from error
    return Moment(_in_reach(moment.date()), _told(moment.time()))


def _in_reach(day: dt.date) -> dt.date:
    if not EARLIEST <= day <= LATEST:
        raise ValueRefused(_("The year of this date cannot be right."))
    return day


def _told(time: dt.time) -> dt.time | None:
    return time.replace(second=0, microsecond=0) if time != dt.time() else None


def _clock(text: str | None) -> dt.time | None:
    return _told(clock_time(text) or dt.time()) if text else None


_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?(?P<half>[ap])\.?m\.?)?"
)
_FOUR_DIGITS = re.compile(r"(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})")


def clock_time(cell: Cell) -> dt.time | None:
    """A time of day: 14:30, 2.30pm, 1430, or an Excel time. None for an empty cell. Raises ValueRefused."""
    if isinstance(cell, dt.datetime):
        cell = cell.time()
    if isinstance(cell, dt.time):
        return cell.replace(second=0, microsecond=0)
    if isinstance(cell, float) and 0 < cell < 1:
        return (_EXCEL_DAY_ZERO + dt.timedelta(minutes=round(cell * 24 * 60))).time()
    text = plain_digits(line(cell, 60)).lower()
    if not text:
        return None
    match = _FOUR_DIGITS.fullmatch(text) or _TIME.fullmatch(text)
    groups = match.groupdict() if match else {}
    if match is None or not (groups["minute"] or groups.get("half")):
        raise ValueRefused(_("This is not a time we can read. Write it like 14:30."))
    hour, minute, half = int(groups["hour"]), int(groups["minute"] or 0), groups.get("half")
    if hour > 23 or minute > 59 or (half and not 1 <= hour <= 12):
        raise ValueRefused(_("This time does not exist. The day goes from 00:00 to 23:59."))
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.time(hour, minute)


_HOURS_AND_MINUTES = re.compile(
    r"(?:(?P<hours>[0-9]+(?:[.,][0-9]+)?) ?(?:h|hr|hrs|hour|hours)\b\.?,?)?(?: ?(?:and )?)"
    r"(?:(?P<minutes>[0-9]+) ?(?:m|min|mins|minute|minutes)\b\.?)?"
)
_HOURS_THEN_DIGITS = re.compile(r"(?P<hours>[0-9]+) ?h(?:rs?)? ?(?P<minutes>[0-9]{1,2})")
_COLONS = re.compile(r"(?P<hours>[0-9]{1,2}):(?P<minutes>[0-5][0-9])(?::[0-5][0-9])?")


def minutes(cell: Cell, unit: str = "") -> int | None:
    """A length of time in minutes: 1h20, 1:20, 80, "80 min", or an Excel time. None for an empty cell.

    A bare number below 5, or with a fraction, could be hours or minutes: it is refused unless `unit` says which.
    """
    if isinstance(cell, dt.timedelta):
        return round(cell.total_seconds() / 60)
    if isinstance(cell, dt.datetime):
        cell = cell.time()
    if isinstance(cell, dt.time):
        return cell.hour * 60 + cell.minute
    text = plain_digits(line(cell, 60)).lower()
    if not text:
        return None
    if _NUMBER.fullmatch(text.replace(",", ".")):
        return _bare_number(float(text.replace(",", ".")), unit)
    for pattern in (_COLONS, _HOURS_THEN_DIGITS, _HOURS_AND_MINUTES):
        if match := pattern.fullmatch(text):
            hours = float((match["hours"] or "0").replace(",", "."))
            return round(hours * 60) + int(match["minutes"] or 0)
    raise ValueRefused(_("This is not a length of time we can read. Write it in minutes, or like 1h20."))


def _bare_number(number: float, unit: str) -> int:
    if unit == HOURS:
        return round(min(number, 1_000) * 60)
    if unit == MINUTES and number.is_integer():
        return int(min(number, 60_000))
    if number < 5 or not number.is_integer():
        raise ValueRefused(_("Are these hours or minutes? Choose it for this column, or write it like 1h20."))
    return int(min(number, 60_000))

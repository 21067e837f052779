"""What section 8 of the domain notes says about reaching somebody, said a second time, on plain dictionaries.

Written from the notes, not from the code, and in another way: the clock is worked out by hand, hours are looked up in a
week of half hours, and every rule is a line of a table. It answers "yes", "later" or "no".
"""

from __future__ import annotations

import datetime as dt
from functools import cache

HALF_HOUR = dt.timedelta(minutes=30)
WEEK = 7 * 48  # half hours
SPOKEN_OR_SEEN = {"phone", "visit"}
BY_PHONE = {"phone", "text"}


@cache
def last_sunday(year: int, month: int) -> dt.date:
    day = dt.date(year, month, 31)
    while day.isoweekday() != 7:
        day -= dt.timedelta(days=1)
    return day


def london(moment: dt.datetime) -> dt.datetime:
    """The clock on the wall in London, without a zone: an hour ahead of UTC between two Sundays at one."""
    utc = moment.astimezone(dt.UTC).replace(tzinfo=None)
    one = dt.time(1)
    summer = dt.datetime.combine(last_sunday(utc.year, 3), one), dt.datetime.combine(last_sunday(utc.year, 10), one)
    return utc + dt.timedelta(hours=1) if summer[0] <= utc < summer[1] else utc


def half_hour_of_week(wall: dt.datetime) -> int:
    return wall.weekday() * 48 + wall.hour * 2 + wall.minute // 30


def week_of(row: dict) -> set[int]:
    return half_hours(tuple(row["days"]), row["hours"])


@cache
def half_hours(days: tuple[int, ...], hours: tuple[int, int] | None) -> set[int]:
    """Every half hour of the week in which this person may be reached; hours over midnight run on into the next day."""
    if not hours:
        begin, length = 0, 48
    else:
        begin, end = hours
        length = end - begin if end > begin else end + 48 - begin
    return {((day - 1) * 48 + begin + step) % WEEK for day in days or range(1, 8) for step in range(length)}


def one_number(value: str) -> str:
    if "@" in value:
        return value.casefold()
    digits = "".join(each for each in value if each in "0123456789")
    for country in ("0044", "44"):
        if digits.startswith(country) and len(digits) >= 11:
            digits = "0" + digits[len(country) :].lstrip("0")
    return digits


def line(case: dict, way: dict) -> list[dict]:
    """All that is written down about the number or address of this way, by whomever."""
    everything = [row for row in case["ways"] + case["others"] if not row["ended"] and row["channel"] == way["channel"]]
    if way["channel"] in {"post", "visit"}:
        return [row for row in case["ways"] if not row["ended"] and row["channel"] == way["channel"]]
    return [row for row in everything if one_number(row["value"]) == one_number(way["value"])]


def watched(case: dict, way: dict) -> bool:
    channels = BY_PHONE if way["channel"] in BY_PHONE else {way["channel"]}
    if way["channel"] in {"post", "visit"}:
        return any(row["shared"] for row in line(case, way))
    return any(
        row["shared"]
        for row in case["ways"] + case["others"]
        if not row["ended"] and row["channel"] in channels and one_number(row["value"]) == one_number(way["value"])
    )


def still_counts(row: dict, today: dt.date) -> bool:
    """Asked, and not longer ago than was agreed, or than twelve weeks."""
    by = row["review_on"] or row["told_on"] + dt.timedelta(days=84)
    return row["safe"] != "unknown" and today <= by


def sent(case: dict) -> bool:
    """It goes out by itself, or it is a thing on paper or on a screen."""
    return case["automatic"] or case["channel"] in {"text", "email", "post"}


def is_them(case: dict, apart: dict) -> bool:
    return apart["about"] in {"link", "name"} or (apart["about"] == "number" and number_of_theirs(case, apart))


def number_of_theirs(case: dict, apart: dict) -> bool:
    return any(one_number(row["value"]) == one_number(apart["number"]) for row in case["ways"])


def kept_from(case: dict, what: str) -> bool:
    return any(row[what] and is_them(case, row) for row in case["apart"] if row["state"] != "lifted")


ABOUT_THEM = {
    "dead": lambda c: c["died"],
    "gone": lambda c: c["left"],
    "a child": lambda c: c["role"] in {"child", "unborn"},
    "never contact": lambda c: kept_from(c, "never_contact"),
    "never tell": lambda c: (sent(c) or c["access"]) and kept_from(c, "never_tell"),
    "lead must look": lambda c: (sent(c) or c["access"]) and any(row["state"] == "waiting" for row in c["apart"]),
    "silence": lambda c: sent(c) and c["silent"],
    "hidden home": lambda c: c["channel"] == "post" and c["hidden_home"],
}
ABOUT_THE_WAY = {
    "said no": lambda c, w, rows, today: any(row["safe"] == "no" for row in rows),
    "not asked": lambda c, w, rows, today: sent(c) and not all(still_counts(row, today) for row in rows),
    "phone only": lambda c, w, rows, today: watched(c, w) and w["channel"] not in SPOKEN_OR_SEEN,
    "no links": lambda c, w, rows, today: watched(c, w) and (c["link"] or c["invitation"]),
    "no message": lambda c, w, rows, today: c["voicemail"] and not all(row["leave"] for row in rows),
    "say nothing": lambda c, w, rows, today: (c["names_us"] or c["says_name"]) and not all(row["say"] for row in rows),
}


def hour_suits(case: dict, rows: list[dict], moment: dt.datetime) -> bool:
    wall = london(moment)
    rings = case["channel"] in {"phone", "text", "email"}
    if case["automatic"] and not case["asked_for"] and rings and not 8 <= wall.hour < 20:
        return False
    return all(half_hour_of_week(wall) in week_of(row) for row in rows)


def verdict(case: dict) -> tuple[str, list[list[dict]]]:
    """ "yes", "later" or "no"; with "later" the rows of each way for which only the hour is wrong."""
    if any(rule(case) for rule in ABOUT_THEM.values()):
        return "no", []
    if case["channel"] == "":
        return "yes", []
    today = london(case["now"]).date()
    waits = []
    for way in case["ways"]:
        fits = not case["to"] or one_number(case["to"]) == one_number(way["value"])
        if way["ended"] or way["channel"] != case["channel"] or not fits:
            continue
        rows = line(case, way)
        if any(rule(case, way, rows, today) for rule in ABOUT_THE_WAY.values()):
            continue
        if hour_suits(case, rows, case["now"]):
            return "yes", []
        waits.append(rows)
    return ("later" if waits else "no"), waits


def first_hour(case: dict, lines: list[list[dict]], days: int = 14) -> dt.datetime | None:
    """The first half hour at which one of these ways suits, looked for one by one."""
    moment = case["now"].replace(minute=case["now"].minute // 30 * 30, second=0, microsecond=0)
    for _step in range(days * 48):
        moment += HALF_HOUR
        if any(hour_suits(case, rows, moment) for rows in lines):
            return moment
    return None

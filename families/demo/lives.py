"""How far each demonstration family has come with its service, as dates; and the visits that follow from them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass

from families.models import SupportState as S

# Every state is there, also in a small partnership; shares follow an ordinary year.
STATES = [S.ACTIVE, S.WAITING, S.ENDED_PLANNED, S.ACTIVE, S.PAUSED, S.ACTIVE, S.GETTING_TO_KNOW, S.ENDED_PLANNED,
          S.ACTIVE, S.ENDING, S.WAITING, S.ACTIVE, S.ENDED_UNPLANNED, S.ACTIVE, S.OFFERED, S.ACTIVE, S.DECLINED,
          S.ACTIVE, S.ENDED_PLANNED, S.ACTIVE, S.WAITING, S.ENDED_PLANNED, S.ACTIVE, S.COULD_NOT_REACH, S.ACTIVE,
          S.ENDED_PLANNED, S.ACTIVE, S.TRANSFERRED, S.ACTIVE, S.ENDED_UNPLANNED]  # fmt: skip

DELIVERED_SHARE = 0.82
NOT_DELIVERED = [("cancelled_by_family", 40), ("family_not_available", 25), ("cancelled_by_volunteer", 20),
                 ("weather_travel", 6), ("cancelled_by_coordinator", 6), ("holiday", 3)]  # fmt: skip


@dataclass(frozen=True)
class Life:
    """One support's dates. `starts` is None before the introduction visit."""

    state: str
    accepted: dt.date
    initial: dt.date | None
    starts: dt.date | None
    last_visit: dt.date | None
    ends: dt.date | None


def life_of(rng: random.Random, state: str, today: dt.date) -> Life:
    def ago(low: int, high: int) -> dt.date:
        return today - dt.timedelta(days=rng.randint(low, high))

    def later(day: dt.date, low: int, high: int) -> dt.date:
        return day + dt.timedelta(days=rng.randint(low, high))

    if state == S.OFFERED:
        return Life(state, ago(1, 13), None, None, None, None)
    if state == S.GETTING_TO_KNOW:
        accepted = ago(9, 30)
        return Life(state, accepted, later(accepted, 4, 8), None, None, None)
    if state == S.WAITING:
        accepted = ago(25, 110)
        return Life(state, accepted, later(accepted, 5, 14), None, None, None)
    if state in {S.DECLINED, S.COULD_NOT_REACH, S.TRANSFERRED}:
        accepted = ago(60, 300)
        return Life(state, accepted, None, None, None, later(accepted, 16, 40))
    starts = ago(*_STARTED[state])
    accepted = starts - dt.timedelta(days=rng.randint(25, 80))
    initial = later(accepted, 5, 14)
    if state == S.ENDED_PLANNED:
        ends = min(later(starts, 130, 230), ago(8, 40))
    elif state == S.ENDED_UNPLANNED:
        ends = min(later(starts, 15, 90), ago(8, 40))
    else:
        ends = None
    last = ends or (ago(15, 25) if state == S.PAUSED else today)
    return Life(state, accepted, initial, starts, last, ends)


_STARTED = {
    S.ACTIVE: (12, 290),
    S.PAUSED: (60, 250),
    S.ENDING: (150, 260),
    S.ENDED_PLANNED: (200, 380),
    S.ENDED_UNPLANNED: (90, 350),
}


def weekly(first: dt.date, until: dt.date, every: int = 7) -> Iterator[dt.date]:
    day = first
    while day <= until:
        yield day
        day += dt.timedelta(days=every)


def outcome(rng: random.Random, day: dt.date) -> str:
    """Empty for a visit that happened, else why it did not. Late December and August are thin."""
    if (day.month, day.day) >= (12, 22) or (day.month == 8 and rng.random() < 0.3):
        return "holiday"
    if rng.random() < DELIVERED_SHARE:
        return ""
    return rng.choices([reason for reason, _weight in NOT_DELIVERED], weights=[w for _reason, w in NOT_DELIVERED])[0]


def minutes(rng: random.Random, usual: int) -> int:
    return max(20, min(240, round(rng.gauss(usual, usual / 6) / 5) * 5))

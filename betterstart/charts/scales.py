"""From figures and dates to places in a picture."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.formats import date_format


@dataclass(frozen=True)
class Scale:
    """A straight line from `low`..`high` (figures) to `start`..`end` (places in the picture)."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.start + share * (self.end - self.start)


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round figures (steps of 1, 2 or 5 times a power of ten) from at or below `low` to at or above `high`."""
    if high <= low:
        high = low + 1
    rough = (high - low) / max(about, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(at * step, 10) for at in range(first, last + 1)]


def month_starts(dates: Sequence[date], places: Sequence[float], apart: float) -> list[tuple[float, str, str]]:
    """Where the first date of a month stands, with the month's short name and, where a year begins, the year.

    Months are left out evenly until the names stand `apart` or more from one to the next.
    """
    months = [(day.year, day.month) for day in dates]
    firsts = [i for i, month in enumerate(months) if i == 0 or month != months[i - 1]]
    # A month of which only the end is there gives way to the next.
    if len(firsts) > 1 and places[firsts[1]] - places[firsts[0]] < apart:
        firsts = firsts[1:]
    for every in (1, 2, 3, 4, 6, 12, 24, 60):
        kept = [i for i in firsts if every == 1 or (12 * dates[i].year + dates[i].month - 1) % every == 0]
        if kept and all(places[after] - places[before] >= apart for before, after in pairwise(kept)):
            break
    else:
        kept = firsts[:1]
    years = [dates[i].year for i in kept]
    return [
        (places[i], date_format(dates[i], "M"), str(year) if at == 0 or year != years[at - 1] else "")
        for at, (i, year) in enumerate(zip(kept, years, strict=True))
    ]


def runs(places: Sequence[tuple[float, float] | None], starts: Collection[int] = ()) -> list[list[tuple[float, float]]]:
    """Neighbours that both have a place, together; a run ends where there is none and before each of `starts`."""
    found: list[list[tuple[float, float]]] = [[]]
    for i, place in enumerate(places):
        if place is None or i in starts:
            found.append([])
        if place is not None:
            found[-1].append(place)
    return [run for run in found if run]


def spread_apart(places: Sequence[float], apart: float) -> list[float]:
    """The same places from top to bottom, moved just enough to stand `apart`; the middle one moves least."""
    moved = list(places)
    middle = len(moved) // 2
    for i in range(middle - 1, -1, -1):
        moved[i] = min(moved[i], moved[i + 1] - apart)
    for i in range(middle + 1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + apart)
    return moved

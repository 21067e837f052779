"""What a chart over time is about, and how its figures and periods are written."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils.formats import date_format, number_format


@dataclass(frozen=True)
class Measure:
    """What is charted. `name` starts a sentence ("Visits"), `unit` says what one figure is ("visits each week").

    `floor` and `ceiling` are the ends the figures cannot pass (0, 100); lines beyond them are drawn at them.
    """

    name: str
    unit: str
    period: Literal["week", "month"] = "week"
    decimals: int = 0
    floor: float | None = 0
    ceiling: float | None = None

    def figure(self, value: float) -> str:
        return number_format(value, self.decimals, force_grouping=True)

    def average(self, value: float) -> str:
        """One place more where the figures are small, so that an average of 2.4 is not told as 2."""
        places = self.decimals + (1 if abs(value) < 10 else 0)
        return number_format(round(value, places), places, force_grouping=True)

    def clipped(self, value: float) -> float:
        low = -math.inf if self.floor is None else self.floor
        high = math.inf if self.ceiling is None else self.ceiling
        return min(max(value, low), high)

    def usual(self, lower: float | None, upper: float | None) -> tuple[float, float] | None:
        """The lowest and highest figure that could be written down and lies within the limits."""
        if lower is None or upper is None:
            return None
        scale = 10**self.decimals
        low = math.ceil(self.clipped(lower) * scale - 1e-9) / scale
        high = math.floor(self.clipped(upper) * scale + 1e-9) / scale
        return (low, high) if low <= high else (self.clipped(lower), self.clipped(upper))

    def day(self, dates: Sequence[date], i: int) -> str:
        """What the period that starts on `dates[i]` is called among its neighbours."""
        if self.period == "month":
            return date_format(dates[i], "F Y")
        return date_format(dates[i], "j F" if dates[0].year == dates[-1].year else "j F Y")

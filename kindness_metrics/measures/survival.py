"""How long something lasts when part of it still goes on: matches, and waits.

Kaplan and Meier: with n still going on just before a time and d that end at it,

    S(t) = product over the times up to t of (1 - d / n);  median = the first time at which S <= 0.5

What has not ended is counted for as long as it was seen (censored), never dropped. Log-rank compares two groups: at
each time the ends expected if there were no difference, with the hypergeometric variance.
Sources: Kaplan and Meier 1958; Mantel 1966; lifelines computes both alike. Worked cases: golden.json,
`match_survival` and `waiting_equity`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import erfc, sqrt

Spell = tuple[float, bool]
"""How long it lasted so far, and whether it ended then."""


@dataclass(frozen=True)
class Step:
    time: float
    going_on: int
    ended: int
    survival: float


@dataclass(frozen=True)
class Curve:
    """The steps of a survival curve, in the unit the spells were given in."""

    n: int
    steps: tuple[Step, ...]

    def at(self, time: float) -> float:
        """The share that goes on after this time, from 0 to 1."""
        return next((step.survival for step in reversed(self.steps) if step.time <= time), 1.0)

    @property
    def median(self) -> float | None:
        """The first time by which half have ended; None where more than half still go on at the last end."""
        # Halves come out of products: 0.5 may be a hair above itself.
        return next((step.time for step in self.steps if step.survival <= 0.5 + 1e-12), None)


def kaplan_meier(spells: Iterable[Spell]) -> Curve | None:
    """The curve of these spells; None of none. Raises ValueError for one shorter than nothing."""
    told = list(spells)
    if not told:
        return None
    if any(time < 0 for time, _ended in told):
        raise ValueError("nothing lasts less than no time")
    steps, survival = [], 1.0
    for time in sorted({time for time, ended in told if ended}):
        going_on = sum(1 for other, _ended in told if other >= time)
        ended = sum(1 for other, is_end in told if is_end and other == time)
        survival *= 1 - ended / going_on
        steps.append(Step(time, going_on, ended, survival))
    return Curve(len(told), tuple(steps))


@dataclass(frozen=True)
class LogRank:
    """`p` is how often a gap like this comes of chance alone, from 0 to 1."""

    chi_square: float
    p: float


def log_rank(first: Iterable[Spell], second: Iterable[Spell]) -> LogRank | None:
    """Whether two groups end at different speeds; None where nothing ended while both were there."""
    one, other = list(first), list(second)
    difference = variance = 0.0
    for time in sorted({time for time, ended in (*one, *other) if ended}):
        n1 = sum(1 for lasted, _ended in one if lasted >= time)
        n = n1 + sum(1 for lasted, _ended in other if lasted >= time)
        d1 = sum(1 for lasted, ended in one if ended and lasted == time)
        d = d1 + sum(1 for lasted, ended in other if ended and lasted == time)
        difference += d1 - d * n1 / n
        if n > 1:
            variance += d * (n1 / n) * (1 - n1 / n) * (n - d) / (n - 1)
    if variance == 0:
        return None
    chi_square = difference * difference / variance
    return LogRank(chi_square, erfc(sqrt(chi_square / 2)))

"""Charts over time: the XmR chart, its four rules, phases and assurance.

With x_1..x_n in time order, r_i = |x_i - x_(i-1)|, mean = average of x and R = average of the moving ranges:

    limits           mean -/+ 2.66 R          (2.66 = 3 / 1.128)
    two-sigma lines  mean -/+ 2/3 * 2.66 R
    moving ranges    upper limit 3.268 R      (the D4 constant)

Limits below 0 (or above 100 for a percentage) are kept as they are; a picture clips them.

A value of `None` is a period without a figure. It is not a zero: it enters no mean, has no moving range to either
side, and no run of the rules is carried across it, because nobody knows what happened there.

Below 6 points there are no limits; from 6 to 11 they are a trial; from 12 they are full.
Sources: NHS England Making Data Count (rules and their variants), NHSRplotthedots 0.2.2 (order of rules,
screening), NIST/SEMATECH e-Handbook 6.3.2.2 (constants). `None` in a result means "cannot be worked out".
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Literal, TypeAlias

LIMITS = 2.66
TWO_SIGMA = 2 / 3 * LIMITS
MOVING_RANGE_LIMIT = 3.268
SCREEN = 3.267
TRIAL_FROM = 6
FULL_FROM = 12
TOLERANCE = 1e-9

Good: TypeAlias = Literal["up", "down", "none"]
Side: TypeAlias = Literal["up", "down"]


class Rule(StrEnum):
    """The four rules, in the order in which one of them names a point that meets several."""

    OUTSIDE = "outside"
    TREND = "trend"
    TWO_IN_THREE = "two_in_three"
    SHIFT = "shift"


class Label(StrEnum):
    IMPROVEMENT = "improvement"
    CONCERN = "concern"
    NEUTRAL = "neutral"


class Assurance(StrEnum):
    """Whether a process can be expected to meet a target."""

    MEETS = "consistent_pass"
    MISSES = "consistent_fail"
    HIT_AND_MISS = "inconsistent"


@dataclass(frozen=True)
class Options:
    """How a chart is judged; stored with it.

    `phases` are the positions at which a person started afresh (the first is 0); rules never cross them.
    `baseline` fixes mean and R from the first k positions of each phase. `two_in_three` says whether points beyond the
    limits count as beyond two sigma ("mdc") or not ("nhsr").
    """

    phases: tuple[int, ...] = (0,)
    baseline: int | None = None
    screen_moving_ranges: bool = False
    shift_length: int = 7
    trend_length: int = 7
    two_in_three: Literal["mdc", "nhsr"] = "mdc"

    def __post_init__(self) -> None:
        if not self.phases or self.phases[0] != 0 or list(self.phases) != sorted(set(self.phases)):
            raise ValueError("phases start at 0 and rise")
        if self.baseline is not None and self.baseline < 1:
            raise ValueError("a baseline needs at least one position")
        if not {self.shift_length, self.trend_length} <= {6, 7}:
            raise ValueError("runs are 6 or 7 points long")


@dataclass(frozen=True)
class Phase:
    """Positions start..end-1 and what is usual in them, in the unit of the values.

    `n` counts the points that have a figure. Without limits (see `limits`) the four lines and `url_mr` are None;
    `mean` is None without any figure, `mr_bar` without any moving range.
    """

    start: int
    end: int
    n: int
    limits: Literal["none", "trial", "full"]
    mean: float | None
    mr_bar: float | None
    n_mr_used: int
    lpl: float | None
    upl: float | None
    lower_2s: float | None
    upper_2s: float | None
    url_mr: float | None

    @property
    def trial(self) -> bool:
        return self.limits == "trial"


@dataclass(frozen=True)
class Fact:
    """One rule met by one point, and to which side."""

    rule: Rule
    direction: Side
    label: Label


@dataclass(frozen=True)
class Signal:
    """A point that is not chance: everything it meets, the naming fact first."""

    i: int
    facts: tuple[Fact, ...]

    @property
    def rules(self) -> tuple[Rule, ...]:
        return tuple(dict.fromkeys(fact.rule for fact in self.facts))

    @property
    def primary(self) -> Rule:
        return self.facts[0].rule

    @property
    def direction(self) -> Side:
        return self.facts[0].direction

    @property
    def label(self) -> Label:
        return self.facts[0].label


@dataclass(frozen=True)
class XmR:
    values: tuple[float | None, ...]
    phases: tuple[Phase, ...]
    moving_ranges: tuple[float | None, ...]
    signals: tuple[Signal, ...]


def xmr(values: Sequence[float | None], *, options: Options | None = None, good: Good = "none") -> XmR:
    """Limits, moving ranges and signals of a series in time order.

    `good` is the hoped-for direction; with "none" every signal is neutral (always so for kindness and load).
    Raises ValueError for figures that are not finite and for a phase that starts behind the end.
    """
    options = options or Options()
    if any(value is not None and not math.isfinite(value) for value in values):
        raise ValueError("figures are finite, or None where there is none")
    if options.phases[-1] >= max(len(values), 1):
        raise ValueError("a phase starts inside the series")
    ends = (*options.phases[1:], len(values))
    phases: list[Phase] = []
    ranges: list[float | None] = []
    signals: list[Signal] = []
    for start, end in zip(options.phases, ends, strict=True):
        inside = values[start:end]
        phase_ranges = _moving_ranges(inside)
        phase = _phase(inside, phase_ranges, start, options)
        phases.append(phase)
        ranges.extend(phase_ranges)
        signals.extend(_signals(inside, phase, options, good))
    return XmR(tuple(values), tuple(phases), tuple(ranges), tuple(signals))


def assurance(target: float, lpl: float | None, upl: float | None, good: Good) -> Assurance | None:
    """Whether the process will meet `target` as it stands: t above the upper limit misses when up is good,
    t below the lower limit meets; the reverse when down is good; hit and miss in between.

    None without limits, and None when no direction is good.
    """
    if good == "none" or lpl is None or upl is None:
        return None
    if target > upl:
        return Assurance.MISSES if good == "up" else Assurance.MEETS
    if target < lpl:
        return Assurance.MEETS if good == "up" else Assurance.MISSES
    return Assurance.HIT_AND_MISS


def _moving_ranges(values: Sequence[float | None]) -> list[float | None]:
    befores = [None, *values[:-1]] if values else []
    return [
        None if before is None or value is None else abs(value - before)
        for before, value in zip(befores, values, strict=True)
    ]


def _phase(values: Sequence[float | None], ranges: Sequence[float | None], start: int, options: Options) -> Phase:
    judged = slice(0, options.baseline)
    base = [value for value in values[judged] if value is not None]
    base_ranges = [one for one in ranges[judged] if one is not None]
    mean = math.fsum(base) / len(base) if base else None
    mr_bar = _average(base_ranges)
    if options.screen_moving_ranges and mr_bar:
        base_ranges = [one for one in base_ranges if one < SCREEN * mr_bar]
        mr_bar = _average(base_ranges)
    limits: Literal["none", "trial", "full"] = "none"
    if mean is not None and mr_bar is not None and len(base) >= TRIAL_FROM:
        limits = "full" if len(base) >= FULL_FROM else "trial"

    def line(distance: float) -> float | None:
        return None if limits == "none" or mean is None or mr_bar is None else mean + distance * mr_bar

    return Phase(
        start=start,
        end=start + len(values),
        n=sum(value is not None for value in values),
        limits=limits,
        mean=mean,
        mr_bar=mr_bar,
        n_mr_used=len(base_ranges),
        lpl=line(-LIMITS),
        upl=line(LIMITS),
        lower_2s=line(-TWO_SIGMA),
        upper_2s=line(TWO_SIGMA),
        url_mr=None if limits == "none" or mr_bar is None else MOVING_RANGE_LIMIT * mr_bar,
    )


def _average(figures: Sequence[float]) -> float | None:
    return math.fsum(figures) / len(figures) if figures else None


def _signals(values: Sequence[float | None], phase: Phase, options: Options, good: Good) -> Iterator[Signal]:
    if phase.limits == "none":
        return
    found: list[list[tuple[Rule, Side]]] = [[] for _ in values]
    for rule, hits in (
        (Rule.OUTSIDE, _outside(values, phase)),
        (Rule.TREND, _trend(values, options.trend_length)),
        (Rule.TWO_IN_THREE, _two_in_three(values, phase, options.two_in_three)),
        (Rule.SHIFT, _shift(values, phase, options.shift_length)),
    ):
        for i, side in hits:
            if (rule, side) not in found[i]:
                found[i].append((rule, side))
    for i, met in enumerate(found):
        if met:
            yield Signal(phase.start + i, tuple(Fact(rule, side, _label(side, good)) for rule, side in met))


def _label(side: Side, good: Good) -> Label:
    if good == "none":
        return Label.NEUTRAL
    return Label.IMPROVEMENT if side == good else Label.CONCERN


def _slack(mean: float) -> float:
    """Rounding of the arithmetic: two figures nearer than this are equal."""
    return TOLERANCE * max(1.0, abs(mean))


def _side(value: float | None, mean: float | None) -> Side | None:
    if value is None or mean is None or abs(value - mean) <= _slack(mean):
        return None
    return "up" if value > mean else "down"


def _beyond(value: float | None, line: float | None, side: Side) -> bool:
    if value is None or line is None:
        return False
    return value > line + _slack(line) if side == "up" else value < line - _slack(line)


def _limit(phase: Phase, side: Side) -> float | None:
    return phase.upl if side == "up" else phase.lpl


def _outside(values: Sequence[float | None], phase: Phase) -> Iterator[tuple[int, Side]]:
    for i, value in enumerate(values):
        if (side := _side(value, phase.mean)) and _beyond(value, _limit(phase, side), side):
            yield i, side


def _shift(values: Sequence[float | None], phase: Phase, length: int) -> Iterator[tuple[int, Side]]:
    sides = [_side(value, phase.mean) for value in values]
    for start in range(len(sides) - length + 1):
        side = sides[start]
        if side and all(other == side for other in sides[start : start + length]):
            for i in range(start, start + length):
                yield i, side


def _trend(values: Sequence[float | None], length: int) -> Iterator[tuple[int, Side]]:
    steps = [_step(before, value) for before, value in pairwise(values)]
    for start in range(len(values) - length + 1):
        step = steps[start]
        if step and all(other == step for other in steps[start : start + length - 1]):
            for i in range(start, start + length):
                yield i, step


def _step(before: float | None, value: float | None) -> Side | None:
    if before is None or value is None or before == value:
        return None
    return "up" if value > before else "down"


def _two_in_three(
    values: Sequence[float | None], phase: Phase, variant: Literal["mdc", "nhsr"]
) -> Iterator[tuple[int, Side]]:
    for start in range(len(values) - 2):
        window = range(start, start + 3)
        side = _side(values[start], phase.mean)
        if not side or any(_side(values[i], phase.mean) != side for i in window):
            continue
        line = phase.upper_2s if side == "up" else phase.lower_2s
        far = [i for i in window if _beyond(values[i], line, side)]
        if variant == "nhsr":
            far = [i for i in far if not _beyond(values[i], _limit(phase, side), side)]
        if len(far) >= 2:
            for i in far:
                yield i, side

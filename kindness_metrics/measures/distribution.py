"""How evenly something is spread over people: hours, families, load. For a conversation about sharing it, and no more.

With x sorted from the smallest to the largest of n, and i counted from 1:

    Gini               2 sum(i x_i) / (n sum x) - (n + 1) / n
    small-sample Gini  Gini * n / (n - 1)
    Lorenz             the points (i / n, share of the whole that the first i have), from (0, 0) to (1, 1)
    top fifth          what the ceil(0.2 n) with the most have / the whole

`None` means "cannot be worked out" (nobody, or nothing to share; one person has no small-sample form): show a dash,
never 0. An uneven spread may be chosen: divide by the agreed hours first. Shown to managers only, from FEWEST people
inside the organisation and FEWEST_OUTSIDE beyond it.
Sources: Gini 1912, Lorenz 1905; the small-sample form of Deltas 2003. Worked cases: golden.json, `gini`.
"""

import math
from collections.abc import Sequence
from itertools import accumulate

FEWEST, FEWEST_OUTSIDE = 5, 10


def gini(values: Sequence[float]) -> float | None:
    """0: everybody has the same; towards 1: one person has it all. Raises ValueError for a negative figure."""
    ordered, whole = _sorted(values)
    if not whole:
        return None
    n = len(ordered)
    return 2 * math.fsum(i * x for i, x in enumerate(ordered, start=1)) / (n * whole) - (n + 1) / n


def gini_small_sample(values: Sequence[float]) -> float | None:
    """The same, reaching 1 also for a few people. None for one person. Raises ValueError for a negative figure."""
    plain, n = gini(values), len(values)
    return None if plain is None or n < 2 else plain * n / (n - 1)


def lorenz(values: Sequence[float]) -> list[tuple[float, float]] | None:
    """The points of the curve, from nobody to everybody. Raises ValueError for a negative figure."""
    ordered, whole = _sorted(values)
    if not whole:
        return None
    n = len(ordered)
    return [(i / n, so_far / whole) for i, so_far in enumerate(accumulate(ordered, initial=0.0))]


def top_fifth(values: Sequence[float]) -> float | None:
    """The share of the fifth who have the most. Raises ValueError for a negative figure."""
    ordered, whole = _sorted(values)
    if not whole:
        return None
    # In whole numbers: a fifth of five people is one, whatever 0.2 is in binary.
    most = -(-len(ordered) // 5)
    return math.fsum(ordered[-most:]) / whole


def may_be_shown(people: int, *, outside: bool = False) -> bool:
    """Whether there are enough people for a figure about how something is spread among them."""
    return people >= (FEWEST_OUTSIDE if outside else FEWEST)


def _sorted(values: Sequence[float]) -> tuple[list[float], float]:
    if any(value < 0 for value in values):
        raise ValueError("a share is not negative")
    return sorted(values), math.fsum(values)

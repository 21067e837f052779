"""Shares and the difference between two shares, each with the interval the numbers bear.

    Wilson        (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n)
    Newcombe      d = p1 - p2;  low  = d - √((p1 - l1)² + (u2 - p2)²),  high = d + √((u1 - p1)² + (p2 - l2)²)

with z = 1.959964 for 95 in 100, and l, u the Wilson limits of each share. `None` means "cannot be worked out".
Sources: Wilson 1927; Newcombe 1998 (method 10); statsmodels computes both alike. Worked cases: golden.json, `wilson`
and `newcombe_difference`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054


@dataclass(frozen=True)
class Share:
    """A share from 0 to 1 with its limits, and the count it comes from."""

    x: int
    n: int
    p: float
    low: float
    high: float


@dataclass(frozen=True)
class Difference:
    """The first share less the second, from -1 to 1, with its limits."""

    value: float
    low: float
    high: float


def wilson(x: int, n: int) -> Share | None:
    """`x` of `n` with Wilson's 95 % interval; None of nobody. Raises ValueError unless 0 <= x <= n."""
    if not 0 <= x <= n:
        raise ValueError("a part is not larger than its whole")
    if n == 0:
        return None
    p, z2 = x / n, Z * Z
    middle, reach = p + z2 / (2 * n), Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    whole = 1 + z2 / n
    # Rounding must not put a limit on the wrong side of the share itself.
    return Share(x, n, p, max(0.0, min(p, (middle - reach) / whole)), min(1.0, max(p, (middle + reach) / whole)))


def newcombe_difference(x1: int, n1: int, x2: int, n2: int) -> Difference | None:
    """The first share less the second, with Newcombe's 95 % interval; None where one of them is of nobody."""
    first, second = wilson(x1, n1), wilson(x2, n2)
    if first is None or second is None:
        return None
    value = first.p - second.p
    return Difference(
        value,
        value - sqrt((first.p - first.low) ** 2 + (second.high - second.p) ** 2),
        value + sqrt((first.high - first.p) ** 2 + (second.p - second.low) ** 2),
    )

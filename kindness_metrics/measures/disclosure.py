"""Keeping single families out of sight in figures (method notes, sections 4.1 and 12 of the domain notes).

Pages inside the partnership use profile B: nought is shown, one to four are hidden, five and more are exact.
"""

from __future__ import annotations

from collections.abc import Sequence

THRESHOLD = 5
"""The smallest number of families (or answers) that is shown."""


def shown_count(n: int) -> int | None:
    """A count as managers inside the partnership may see it: 0 exact, 1 to 4 hidden (None), 5 and more exact."""
    if n < 0:
        raise ValueError("a count is not negative")
    return None if 0 < n < THRESHOLD else n


def percent_display(x: int, n: int) -> int | None:
    """`x` of `n` as a percentage that does not say more than the numbers bear.

    None when n is under 20; the nearest ten from 20 to 49; whole percents from 50. Halves go to the even neighbour.
    Raises ValueError unless 0 <= x <= n.
    """
    if not 0 <= x <= n:
        raise ValueError("a part is not larger than its whole")
    if n < 20:
        return None
    share = 100 * x / n
    return round(share / 10) * 10 if n < 50 else round(share)


def one_way(counts: Sequence[int], *, threshold: int = THRESHOLD) -> list[int | None] | None:
    """The counts of a table whose total is shown, with what must be hidden as None; None: hide the total as well.

    Everything from 1 up to the threshold is hidden, then the smallest others, until what is hidden is at least two
    cells and at least the threshold together: nobody can be worked out from the total. Source: method notes, 4.2.
    """
    hidden = {at for at, n in enumerate(counts) if 0 < n < threshold}

    def is_unsafe() -> bool:
        return bool(hidden) and (len(hidden) == 1 or sum(counts[at] for at in hidden) < threshold)

    while is_unsafe():
        others = [at for at, n in enumerate(counts) if n > 0 and at not in hidden]
        if not others:
            return None
        hidden.add(min(others, key=lambda at: (counts[at], at)))
    return [None if at in hidden else n for at, n in enumerate(counts)]

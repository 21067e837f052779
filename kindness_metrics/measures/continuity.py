"""Relational continuity: how far a family meets the same face again.

Every function takes one family's completed visits in time order. A visit is the people who made it, the lead
worker first (`("A",)`, or `("A", "B")` for a joint visit). The caller chooses which visits count: home visits and
planned phone or video contacts of 10 minutes or more; never texts, never visits that did not happen.

With N visits, n_i visits by worker i, M distinct workers and c_j = 1 when visits j and j+1 share a worker:

    UPC    usual provider        max(n_i) / N
    COC    Bice-Boxerman         (sum n_i^2 - N) / (N (N - 1))
    SECON  sequential            sum c_j / (N - 1)
    MMCI   modified modified     (1 - M / (N + 0.1)) / (1 - 1 / (N + 0.1))

Joint visits: UPC and known face count everybody present; SECON and handovers ask whether two visits in a row share
anybody, so that an accompanied handover stays unbroken; COC and MMCI are defined for one worker a visit, the lead.

All figures are shares from 0 to 1. `None` means "cannot be worked out": show a dash, never 0.
Source: BMC Health Services Research 2022 review of continuity indices (Bice-Boxerman, UPC, SECON, MMCI), which
agrees with the JABFM table; known face is our own.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TypeAlias

Visit: TypeAlias = Sequence[Hashable]
Index: TypeAlias = Callable[[Sequence[Visit]], float | None]

# Below this many visits the indices jump about too much to be shown on a screen.
SHOWN_FROM = 3


@dataclass(frozen=True)
class Continuity:
    """One family's figures. `visits` and `workers` are counts (everybody the family met), the rest shares 0 to 1."""

    visits: int
    workers: int
    upc: float | None
    coc: float | None
    secon: float | None
    mmci: float | None
    handovers: int

    @property
    def may_be_shown(self) -> bool:
        """Whether there are enough visits (three) to put these figures on a screen."""
        return self.visits >= SHOWN_FROM


@dataclass(frozen=True)
class Spread:
    """A figure over many families: how many are behind it, how many are not, and the middle half of them.

    `families` have the figure, `left_out` have too few visits for it. The three quantiles are shares 0 to 1
    and `None` when no family has the figure.
    """

    families: int
    left_out: int
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None


def continuity(visits: Sequence[Visit]) -> Continuity:
    """Every index for one family's visits, in time order."""
    return Continuity(
        visits=len(visits),
        workers=len(set(chain.from_iterable(visits))),
        upc=upc(visits),
        coc=coc(visits),
        secon=secon(visits),
        mmci=mmci(visits),
        handovers=handovers(visits),
    )


def upc(visits: Sequence[Visit]) -> float | None:
    """Usual provider: max(n_i) / N, the share of visits at which the most frequent face was present.

    None without visits.
    """
    if not visits:
        return None
    present = Counter(chain.from_iterable(set(visit) for visit in visits))
    return max(present.values()) / len(visits)


def coc(visits: Sequence[Visit]) -> float | None:
    """Bice-Boxerman: (sum n_i^2 - N) / (N (N - 1)), the chance that two different visits had the same lead worker.

    None below two visits.
    """
    n = len(visits)
    if n < 2:
        return None
    led = Counter(visit[0] for visit in visits)
    return (sum(count * count for count in led.values()) - n) / (n * (n - 1))


def secon(visits: Sequence[Visit]) -> float | None:
    """Sequential continuity: sum c_j / (N - 1), the share of steps from one visit to the next that keep a face.

    None below two visits.
    """
    if len(visits) < 2:
        return None
    return 1 - handovers(visits) / (len(visits) - 1)


def mmci(visits: Sequence[Visit]) -> float | None:
    """Modified modified continuity index: (1 - M / (N + 0.1)) / (1 - 1 / (N + 0.1)), M distinct lead workers.

    None without visits.
    """
    if not visits:
        return None
    damped = len(visits) + 0.1
    leads = len({visit[0] for visit in visits})
    return (1 - leads / damped) / (1 - 1 / damped)


def known_face(visits: Sequence[Visit], matched: Hashable | None) -> float | None:
    """Visits at which the volunteer matched to the family now was present / N.

    None without visits, and None while nobody is matched.
    """
    if not visits or matched is None:
        return None
    return sum(matched in visit for visit in visits) / len(visits)


def handovers(visits: Sequence[Visit]) -> int:
    """N - 1 - sum c_j: how often the next visit had nobody from the one before. 0 below two visits."""
    return sum(set(before).isdisjoint(after) for before, after in pairwise(visits))


def roll_up(families: Iterable[Sequence[Visit]], index: Index) -> Spread:
    """Median and quartiles of `index` over families (never over pooled visits), each family counting once.

    Families with fewer than three visits are left out and counted.
    """
    return spread(index(visits) if len(visits) >= SHOWN_FROM else None for visits in families)


def spread(figures: Iterable[float | None]) -> Spread:
    """Median and quartiles of figures already worked out, one a family; `None` is left out and counted.

    Quantile at share q of n sorted figures: linear between the neighbours of position q (n - 1) (Hyndman and Fan
    type 7, the default of numpy and R).
    """
    listed = list(figures)
    known = sorted(figure for figure in listed if figure is not None)
    return Spread(
        families=len(known),
        left_out=len(listed) - len(known),
        lower_quartile=_quantile(known, 0.25),
        median=_quantile(known, 0.5),
        upper_quartile=_quantile(known, 0.75),
    )


def _quantile(ordered: Sequence[float], share: float) -> float | None:
    if not ordered:
        return None
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)

"""Which volunteers each waiting family could be brought together with: nobody whom a rule of `matching` bars.

Ten thousand families and as many volunteers make a hundred million pairs. Tables of numbers take out most of them,
block by block, by language and by distance, which bar most; every pair that is left is put to the rules themselves, so
that a new rule counts here from its first day. A test holds the tables to the rules: what they take out, a rule bars.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from volunteers.reports.matching.rules import KM_OF_A_DEGREE, may_meet
from volunteers.reports.matching.sides import FamilySide, VolunteerSide

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

STEPS_OF_A_KM = 10
AT_ONCE = 250_000
"""Pairs in one block: few enough to stay in the processor's cache."""
MOST_PAIRS = 2_000_000
"""Beyond this, each family keeps the nearest of the people possible for it."""
SLACK_KM = 0.01
"""The tables measure with fewer digits than the rule does; the rule has the last word."""
_FAR = 1e9
"""Further than any two places on the map, squared."""


@dataclass(frozen=True)
class Possible:
    """The possible pairs as three columns, families ascending; and how many families keep only their nearest."""

    families: Array
    volunteers: Array
    travel: Array
    """In steps of a hundred metres; where a place is not known, as far as is usual among the others."""
    cut: int


class Tables:
    """The facts of both sides as columns of numbers. A fact nobody knows is set so that it bars nobody."""

    def __init__(self, families: Sequence[FamilySide], volunteers: Sequence[VolunteerSide]) -> None:
        import numpy as np

        codes = sorted({code for sides in (families, volunteers) for side in sides for code in side.languages})
        words = max(1, -(-len(codes) // 64))
        place = {code: divmod(at, 64) for at, code in enumerate(codes)}
        self.spoken = _as_bits([frozenset() if side.interpreter else side.languages for side in families], place, words)
        self.speaks = _as_bits([side.languages for side in volunteers], place, words)
        self.alone = np.array([not side.worker_led for side in families], dtype=bool)
        self.homes, self.starts = _places(families), _places(volunteers)
        limits = [np.inf if side.travels_km is None else side.travels_km for side in volunteers]
        self.limits = np.array(limits, dtype=float)
        self._flatten()

    def _flatten(self) -> None:
        """Kilometres on a map whose east-west scale is the shortest of all: no distance comes out longer than it is."""
        import numpy as np

        every = np.concatenate([self.homes, self.starts])
        known = every[~np.isnan(every[:, 0])]
        middle = known.mean(axis=0) if len(known) else np.zeros(2)
        shortest = np.cos(np.radians(np.abs(known[:, 0]).max())) if len(known) else 1.0
        scale = np.array([KM_OF_A_DEGREE, KM_OF_A_DEGREE * shortest])
        self.flat_homes = ((self.homes - middle) * scale).astype(np.float32)
        self.flat_starts = ((self.starts - middle) * scale).astype(np.float32)
        self.flat_limits = ((self.limits + SLACK_KM) ** 2).astype(np.float32)

    def left(self, block: slice) -> tuple[Array, Array]:
        """Which pairs of these families and all volunteers the tables leave (a rule may still bar some of them), and
        about how far they live from each other, squared.
        """
        import numpy as np

        kept = self._share_a_language(block)
        north = self.flat_homes[block, None, 0] - self.flat_starts[None, :, 0]
        east = self.flat_homes[block, None, 1] - self.flat_starts[None, :, 1]
        np.multiply(north, north, out=north)
        np.multiply(east, east, out=east)
        np.add(north, east, out=north)
        kept &= ~(north > self.flat_limits[None, :])  # a place that is not known is no number, and compares as false
        kept &= self.alone[block, None]
        return kept, north

    def _share_a_language(self, block: slice) -> Array:
        shared: Array = (self.spoken[block, None, 0] & self.speaks[None, :, 0]) != 0
        for word in range(1, self.spoken.shape[1]):
            shared |= (self.spoken[block, None, word] & self.speaks[None, :, word]) != 0
        return shared

    def km(self, families: Any, volunteers: Any) -> Array:
        """As `rules.km_between`, of many pairs; not a number where a place is not known."""
        import numpy as np

        here, there = self.homes[families], self.starts[volunteers]
        north = there[..., 0] - here[..., 0]
        east = (there[..., 1] - here[..., 1]) * np.cos(np.radians((here[..., 0] + there[..., 0]) / 2))
        far: Array = KM_OF_A_DEGREE * np.hypot(north, east)
        return far


def _as_bits(spoken: Sequence[frozenset[str]], place: dict[str, tuple[int, int]], words: int) -> Array:
    """One bit for each language; all of them where nobody knows, since that bars nobody."""
    import numpy as np

    bits = np.zeros((len(spoken), words), dtype=np.uint64)
    for row, codes in enumerate(spoken):
        if not codes:
            bits[row] = np.uint64(2**64 - 1)
        for code in codes:
            word, bit = place[code]
            bits[row, word] |= np.uint64(1 << bit)
    return bits


def _places(sides: Sequence[FamilySide] | Sequence[VolunteerSide]) -> Array:
    import numpy as np

    nowhere = (np.nan, np.nan)
    return np.array([side.position or nowhere for side in sides], dtype=float).reshape(-1, 2)


def possible_pairs(
    families: Sequence[FamilySide],
    volunteers: Sequence[VolunteerSide],
    tables: Tables,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Possible:
    """Every pair that no rule bars. `tell` hears of the families gone over, several times a second; it may raise."""
    import numpy as np

    most = max(1, MOST_PAIRS // max(1, len(families)))
    found = [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
    cut = 0
    for block in _blocks(len(families), len(volunteers)):
        kept, far = tables.left(block)
        cut += _keep_nearest(kept, far, most, block.start)
        rows, columns = np.nonzero(kept)
        rows += block.start
        pairs = zip(rows.tolist(), columns.tolist(), strict=True)
        stand = np.fromiter((may_meet(families[row], volunteers[at]) for row, at in pairs), bool, len(rows))
        rows, columns = rows[stand], columns[stand]
        found.append((rows, columns, tables.km(rows, columns)))
        tell(block.stop, len(families))
    rows, columns, km = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Possible(rows, columns, _steps(km), cut)


def _blocks(families: int, volunteers: int) -> Iterator[slice]:
    size = max(1, AT_ONCE // max(1, volunteers))
    return (slice(start, min(start + size, families)) for start in range(0, families, size))


def _keep_nearest(kept: Array, far: Array, most: int, start: int) -> int:
    """Take out of `kept` all but the nearest of each family that has more than `most`; how many families that were.

    Of people whose place nobody knows, each family keeps others than the one before it.
    """
    import numpy as np

    many = np.flatnonzero(np.count_nonzero(kept, axis=1) > most)
    if len(many):
        behind = np.arange(far.shape[1])[None, :] - (many[:, None] + start) * most
        key = np.where(np.isnan(far[many]), _FAR + behind % far.shape[1], far[many])
        key[~kept[many]] = np.inf
        kept[many] = False
        kept[many[:, None], np.argpartition(key, most - 1, axis=1)[:, :most]] = True
    return len(many)


def _steps(km: Array) -> Array:
    import numpy as np

    known = km[~np.isnan(km)]
    usual = float(np.median(known)) if len(known) else 0.0
    steps: Array = np.rint(np.nan_to_num(km, nan=usual) * STEPS_OF_A_KM).astype(np.int64)
    return steps

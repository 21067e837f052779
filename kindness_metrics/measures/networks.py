"""Ecomaps: how one person's circle of support hangs together, what of it would be there without us, and how it changed.

With n ties and t ties among the people and places themselves (each two counted once):

    density          2 t / (n (n - 1))
    effective size   n - 2 t / n              (Burt's, in Borgatti's form)
    efficiency       effective size / n
    informal share   ties that are nobody's job / n
    mean strength    over the ties whose strength was said, 0 to 3
    reciprocal share ties that both give and receive / n
    strained share   strained ties / n
    overlap          kept / (kept + gained + lost)

`None` means "cannot be worked out": show a dash, never 0.
Sources: Hartman (ecomap); Burt 1992 and Borgatti 1997 (structural holes), which networkx computes alike; the shares
are our own. Worked cases: golden.json, `network` and `network_change`.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

Pair = tuple[Hashable, Hashable]


@dataclass(frozen=True)
class Alter:
    """One person or place in a circle. `gives`: the one in the middle gives to them; `receives`: from them.

    `programme`: the matched volunteer or our staff. `strength` is 0 to 3, or None where it was not said.
    """

    id: Hashable
    formal: bool = False
    strength: int | None = None
    gives: bool = False
    receives: bool = False
    strained: bool = False
    programme: bool = False


@dataclass(frozen=True)
class Network:
    """One circle's figures: `size` counts, `effective_size` is in people and places, `mean_strength` 0 to 3, the rest
    shares from 0 to 1.
    """

    size: int
    density: float | None
    effective_size: float | None
    efficiency: float | None
    informal_share: float | None
    mean_strength: float | None
    reciprocal_share: float | None
    strained_share: float | None


@dataclass(frozen=True)
class Change:
    """What became of a circle, by the ids of its people and places; `strengthened` are among the kept."""

    kept: tuple[Hashable, ...]
    gained: tuple[Hashable, ...]
    lost: tuple[Hashable, ...]
    strengthened: tuple[Hashable, ...]
    overlap: float | None


def network(alters: Sequence[Alter], knowing: Iterable[Pair] = ()) -> Network:
    """The figures of one circle. `knowing`: which of them know each other, in any order.

    A pair counts once, and only where both are in the circle. Ids are unique: raises ValueError otherwise.
    """
    ids = {alter.id for alter in alters}
    n = len(alters)
    if len(ids) < n:
        raise ValueError("somebody is in the circle twice")
    t = len({frozenset(pair) for pair in knowing if pair[0] != pair[1] and ids.issuperset(pair)})
    effective = n - 2 * t / n if n else None
    strengths = [alter.strength for alter in alters if alter.strength is not None]
    return Network(
        size=n,
        density=2 * t / (n * (n - 1)) if n > 1 else None,
        effective_size=effective,
        efficiency=effective / n if effective is not None else None,
        informal_share=_share(not alter.formal for alter in alters),
        mean_strength=sum(strengths) / len(strengths) if strengths else None,
        reciprocal_share=_share(alter.gives and alter.receives for alter in alters),
        strained_share=_share(alter.strained for alter in alters),
    )


def without_programme(alters: Sequence[Alter], knowing: Iterable[Pair] = ()) -> Network:
    """The same without the matched volunteer and our staff: what will remain when we leave."""
    return network([alter for alter in alters if not alter.programme], knowing)


def change(before: Sequence[Alter], after: Sequence[Alter]) -> Change:
    """Who stayed, came, went, and with whom it grew stronger; each in the order in which they were given.

    Stronger needs both strengths to be known. Overlap is None when both circles are empty.
    """
    then, now = ({alter.id: alter for alter in circle} for circle in (before, after))
    kept = tuple(id_ for id_ in then if id_ in now)
    gained = tuple(id_ for id_ in now if id_ not in then)
    lost = tuple(id_ for id_ in then if id_ not in now)
    everybody = len(kept) + len(gained) + len(lost)
    return Change(
        kept=kept,
        gained=gained,
        lost=lost,
        strengthened=tuple(id_ for id_ in kept if _is_more(then[id_].strength, now[id_].strength)),
        overlap=len(kept) / everybody if everybody else None,
    )


def leans_on_programme(everyone: Sequence[float | None], without: Sequence[float | None]) -> bool:
    """The dependency warning: from the last circle but one to the last, the line with everyone rises while the line
    without the programme falls. Both run over the same circles, the oldest first; one circle is no line.
    """
    return _is_more(*_last_two(everyone)) and _is_more(*reversed(_last_two(without)))


def _last_two(line: Sequence[float | None]) -> tuple[float | None, float | None]:
    return (line[-2], line[-1]) if len(line) > 1 else (None, None)


def _is_more(before: float | None, after: float | None) -> bool:
    return before is not None and after is not None and after > before


def _share(holds: Iterable[bool]) -> float | None:
    answers = list(holds)
    return sum(answers) / len(answers) if answers else None

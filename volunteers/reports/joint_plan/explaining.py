"""Why a family has nobody in a plan, and what would help most: worked out from the same rules, told as counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from volunteers.reports.joint_plan.possible import Possible
from volunteers.reports.matching.rules import About, why_not
from volunteers.reports.matching.sides import FamilySide, VolunteerSide

TAKEN = "taken"
"""There are people for this family, and each is proposed to families that have waited longer."""
SEVERAL = "several"
"""More than one rule stands between this family and anybody."""
NO_ROOM = "places"
LANGUAGE = "language"
MOST_ASKED = 400_000
"""Pairs put to all rules, to say why a family has nobody."""
FEW = 0.5
"""A language is hard to find where fewer than this part of the people with room speak any the family speaks."""


@dataclass(frozen=True)
class Help:
    """What would let `families` of those without anybody start; `of` is a language or a wish, where the key has one."""

    key: str
    families: int
    of: str = ""


def without_anybody(
    families: Sequence[FamilySide], volunteers: Sequence[VolunteerSide], found: Possible, chosen: Any
) -> dict[int, str]:
    """For each family the plan serves not: its place in the list, and the key of what stands in the way."""
    served = set(found.families[chosen].tolist())
    has_people = set(found.families.tolist())
    without = [at for at in range(len(families)) if at not in served]
    nobody = [at for at in without if at not in has_people]
    asked = _some(volunteers, MOST_ASKED // max(1, len(nobody)))
    barriers = {at: _barrier(families[at], asked) for at in nobody}
    return {at: barriers.get(at, TAKEN) for at in without}


def _some(volunteers: Sequence[VolunteerSide], most: int) -> Sequence[VolunteerSide]:
    """All of them; with very many, every so many'th."""
    return volunteers[:: max(1, -(-len(volunteers) // max(1, most)))]


def _barrier(family: FamilySide, volunteers: Sequence[VolunteerSide]) -> str:
    """The rule without which most people would be possible, every other rule kept."""
    if not volunteers:
        return NO_ROOM
    alone = Counter[str]()
    for volunteer in volunteers:
        barriers = why_not(family, volunteer)
        if any(each.rule.about is About.FAMILY for each in barriers):
            return next(each.key for each in barriers if each.rule.about is About.FAMILY)
        if len(barriers) == 1:
            alone[barriers[0].key] += 1
    return max(sorted(alone), key=lambda key: alone[key], default=SEVERAL)


def what_would_help(
    families: Sequence[FamilySide], volunteers: Sequence[VolunteerSide], barriers: Mapping[int, str]
) -> list[Help]:
    """What to look for, the most families first. Each family counts once."""
    speak = Counter(side.languages for side in volunteers if side.languages)
    by_language, rest = [], Counter[tuple[str, str]]()
    for at, key in barriers.items():
        side = families[at]
        if key == LANGUAGE or (key == TAKEN and _is_hard_to_find(side, speak)):
            by_language.append(side.languages)
        else:
            rest[key, side.wishes_gender if key == "wish" else ""] += 1
    helps = [Help(LANGUAGE, count, code) for code, count in _cover(by_language)]
    helps += [Help(key, count, of) for (key, of), count in rest.items()]
    return sorted(helps, key=lambda each: (-each.families, each.key, each.of))


def _is_hard_to_find(side: FamilySide, speak: Counter[frozenset[str]]) -> bool:
    """`speak`: how many people with room speak these languages together."""
    if side.interpreter or not side.languages:
        return False
    found = sum(count for languages, count in speak.items() if not side.languages.isdisjoint(languages))
    return found < FEW * speak.total()


def _cover(spoken: list[frozenset[str]]) -> list[tuple[str, int]]:
    """The language that helps most families, then of the others the one that helps most, and so on."""
    found = []
    while spoken:
        counts = Counter(code for languages in spoken for code in languages)
        best = min(counts, key=lambda code: (-counts[code], code))
        found.append((best, counts[best]))
        spoken = [languages for languages in spoken if best not in languages]
    return found

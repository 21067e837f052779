"""Pairs of families that may be one: proposed to whoever coordinates both, and laid side by side."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypeVar

from django.db.models import BigIntegerField, Func, Value
from django.utils.translation import ngettext

from betterstart.access.models import User
from families.models import (
    Address,
    ContactMethod,
    DatePrecision,
    Family,
    FamilyMember,
    FamilyMerge,
    MemberRole,
    NotTheSame,
)
from families.models.contact import as_reached
from families.models.family import FamilyQuerySet
from families.reports.duplicates import alike, born_sentence, near_sentence, reached_sentence

T = TypeVar("T")
PAGE = 25
DISMISSED_SHOWN = 10
# A number that more families have is a refuge's or a health visitor's and says nothing.
MOST_WITH_ONE_NUMBER = 4

Found = dict[tuple[int, int], list[str]]


@dataclass(frozen=True)
class Pair:
    family: Family
    other: Family
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Proposals:
    pairs: list[Pair]
    count: int
    """How many there are in all; the others come up as these are decided."""
    dismissed: list[Pair]
    """Those said to be two families, latest first."""


def proposals(user: User, *, only: int = 0) -> Proposals:
    """Pairs among the families this person coordinates, the one with the newest family first.

    `only`: the id of a family, for the pairs it is in. As many questions to the database for one pair as for many, and
    each of them only about families of one's own services.
    """
    mine = Family.objects.coordinated_by(user)
    told = NotTheSame.objects.visible_to(user)
    apart = {(min(pair), max(pair)) for pair in told.values_list("family_id", "other_id")}
    pairs = sorted(_wanted(_found(mine), apart, only).items(), reverse=True, key=lambda each: (each[0][1], each[0][0]))
    families = mine.in_bulk({family_id for pair, _reasons in pairs[:PAGE] for family_id in pair})
    return Proposals(
        [Pair(families[low], families[high], reasons) for (low, high), reasons in pairs[:PAGE]],
        len(pairs),
        [Pair(each.family, each.other) for each in told.select_related("family", "other")[:DISMISSED_SHOWN]],
    )


def _wanted(found: Found, apart: set[tuple[int, int]], only: int) -> Found:
    return {pair: why for pair, why in found.items() if pair not in apart and (not only or only in pair)}


def _found(mine: FamilyQuerySet) -> Found:
    found: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for low, high, sentence in [*_born_alike(mine), *_reached_alike(mine)]:
        if sentence not in found[low, high]:
            found[low, high].append(sentence)
    return dict(found)


def _pairs(group: Iterable[T], family_of: Callable[[T], int]) -> Iterator[tuple[T, T]]:
    """Two of each two families, the older family first."""
    ordered = sorted(group, key=family_of)
    return ((one, other) for one, other in combinations(ordered, 2) if family_of(one) != family_of(other))


def _born_alike(mine: FamilyQuerySet) -> Iterator[tuple[int, int, str]]:
    homes: defaultdict[int, set[str]] = defaultdict(set)
    addresses = Address.objects.filter(family__in=mine).current().exclude(kind="confidential").exclude(postcode="")
    for family_id, postcode in addresses.values_list("family_id", "postcode"):
        homes[family_id].add(postcode)
    born: defaultdict[dt.date, list[FamilyMember]] = defaultdict(list)
    people = FamilyMember.objects.filter(family__in=mine, date_of_birth__isnull=False)
    columns = ("family", "display_name", "known_as", "role", "date_of_birth", "birth_precision")
    for member in people.order_by().only(*columns):
        born[member.date_of_birth].append(member)  # type: ignore[index]
    for day, members in born.items():
        for one, other in _pairs(members, lambda member: member.family_id):
            if alike(str(one), str(other)):
                yield one.family_id, other.family_id, born_sentence(str(one), str(other), day, other.birth_precision)
            exact = one.birth_precision == other.birth_precision == DatePrecision.DAY
            if exact and one.role == other.role == MemberRole.CHILD:
                for postcode in sorted(homes[one.family_id] & homes[other.family_id]):
                    yield one.family_id, other.family_id, near_sentence(day, postcode)


def _reached_alike(mine: FamilyQuerySet) -> Iterator[tuple[int, int, str]]:
    reached: defaultdict[str, dict[int, str]] = defaultdict(dict)
    contacts = ContactMethod.objects.filter(family__in=mine).order_by("pk")
    for family_id, channel, value in contacts.values_list("family_id", "channel", "value"):
        if way := as_reached(channel, value):
            reached[way].setdefault(family_id, value)
    for families in reached.values():
        if len(families) <= MOST_WITH_ONE_NUMBER:
            for one, other in _pairs(families, int):
                yield one, other, reached_sentence(families[one])


def joined_into(user: User, reference: str) -> Family | None:
    """The family that a record with this reference is part of now, if this person may see it."""
    kept = Func(Value(reference), function="families_joined_into", output_field=BigIntegerField())
    return Family.objects.visible_to(user).filter(pk=kept).first()


def what_moved(merge: FamilyMerge) -> list[str]:
    """What a merge brought along, counted by kind, for the question whether it should go back."""
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for move in merge.moved:
        ids[move["model"]] |= set(move["ids"])
    people, ways, homes, supports, visits = (
        len(ids[f"families.{name}"]) for name in ("FamilyMember", "ContactMethod", "Address", "Support", "Visit")
    )
    counted = [
        (people, ngettext("{n} person", "{n} people", people)),
        (ways, ngettext("{n} way to reach them", "{n} ways to reach them", ways)),
        (homes, ngettext("{n} address", "{n} addresses", homes)),
        (supports, ngettext("{n} support", "{n} supports", supports)),
        (visits, ngettext("{n} visit", "{n} visits", visits)),
    ]
    return [words.format(n=number) for number, words in counted if number]

"""Families that may be the one somebody is about to register, among those the person may see."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from betterstart.access.models import Organisation, User
from families.models import Address, Channel, ContactMethod, Family, FamilyMember, MemberRole
from families.models.family import FamilyQuerySet, fold, phone_digits, sounds

MOST_SHOWN = 5
MOST_READ = 200
LIKE_ENOUGH = 0.6
SHORTEST_PHONE = 7


@dataclass(frozen=True)
class Similar:
    family: Family
    reasons: list[str]


def similar_families(
    user: User,
    *,
    people: Sequence[dict[str, Any]],
    contacts: Sequence[dict[str, Any]] = (),
    postcode: str = "",
) -> list[Similar]:
    """The same date of birth with a similar name; the same phone or email; the same postcode and a child's birthday.

    `people` and `contacts` are fields of FamilyMember and ContactMethod. Families of other organisations that the
    person may not see are never among them. The ones with most in common come first.
    """
    found: defaultdict[int, list[str]] = defaultdict(list)
    for family_id, reason in [*_born_alike(user, people), *_reached_alike(user, contacts)]:
        found[family_id].append(reason)
    for family_id in _children_next_door(user, people, postcode):
        found[family_id].append(_("same postcode, and a child born on the same day"))
    families = Family.objects.visible_to(user).filter(pk__in=found).order_by("name")
    similar = [Similar(family, found[family.pk]) for family in families[:MOST_READ]]
    return sorted(similar, key=lambda each: -len(each.reasons))[:MOST_SHOWN]


@dataclass(frozen=True)
class Candidate:
    """A family that is about to come in from elsewhere: fields of its people and contacts, and its postcode."""

    people: Sequence[dict[str, Any]]
    contacts: Sequence[dict[str, Any]]
    postcode: str = ""


def registered_by_hand(
    user: User, organisation: Organisation, candidates: Mapping[str, Candidate]
) -> dict[str, Similar]:
    """For each candidate the family most like it, by the rules of `similar_families`, if there is one.

    Looked for among those this person coordinates here that came from no file; four questions to the database,
    however many candidates there are.
    """
    mine = Family.objects.coordinated_by(user).filter(organisation=organisation, external_reference="")
    found: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for key, family_id, reason in [*_people_by_hand(mine, candidates), *_contacts_by_hand(mine, candidates)]:
        if reason not in found[key, family_id]:
            found[key, family_id].append(reason)
    families = Family.objects.in_bulk({family_id for _key, family_id in found})
    best: dict[str, Similar] = {}
    for (key, family_id), reasons in found.items():
        if key not in best or len(reasons) > len(best[key].reasons):
            best[key] = Similar(families[family_id], reasons)
    return best


def _people_by_hand(mine: FamilyQuerySet, candidates: Mapping[str, Candidate]) -> Iterator[tuple[str, int, str]]:
    born: defaultdict[dt.date, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for key, candidate in candidates.items():
        for person in candidate.people:
            if person["date_of_birth"]:
                born[person["date_of_birth"]].append((key, person))
    homes = Address.objects.filter(family__in=mine).exclude(kind="confidential")
    known = set(homes.values_list("family_id", "postcode"))
    for member in FamilyMember.objects.filter(family__in=mine, date_of_birth__in=born).order_by("pk"):
        for key, person in born[member.date_of_birth]:  # type: ignore[index]
            if any(_alike(person["display_name"], name) for name in _names(member)):
                yield key, member.family_id, _("{name} was born on the same day").format(name=member)
            postcode, children = candidates[key].postcode, member.role == person["role"] == MemberRole.CHILD
            if children and postcode and (member.family_id, postcode) in known:
                yield key, member.family_id, _("same postcode, and a child born on the same day")


def _contacts_by_hand(mine: FamilyQuerySet, candidates: Mapping[str, Candidate]) -> Iterator[tuple[str, int, str]]:
    reached: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for key, candidate in candidates.items():
        for contact in candidate.contacts:
            reached[_as_reached(contact["channel"], contact["value"])].append(key)
    contacts = ContactMethod.objects.filter(family__in=mine)
    for family_id, channel, value in contacts.values_list("family_id", "channel", "value"):
        for key in reached.get(_as_reached(channel, value), ()):
            yield key, family_id, _("same email address") if channel == Channel.EMAIL else _("same phone number")


def _as_reached(channel: str, value: str) -> tuple[str, str]:
    """A number or address in the form in which two are the same; too short a number is like no other."""
    if channel == Channel.EMAIL:
        return channel, value.lower()
    digits = phone_digits(value)
    return ("digits", digits) if len(digits) >= SHORTEST_PHONE else (channel, f"{digits} alone")


def _born_alike(user: User, people: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    names: defaultdict[dt.date, list[str]] = defaultdict(list)
    for person in people:
        if person.get("date_of_birth"):
            names[person["date_of_birth"]].append(person["display_name"])
    if not names:
        return []
    members = FamilyMember.objects.visible_to(user).filter(date_of_birth__in=names)
    return [
        (family_id, _("{name} was born on the same day").format(name=member))
        for member in members.prefetch_related("shares").order_by("pk")[:MOST_READ]
        for family_id in {member.family_id, *(share.family_id for share in member.shares.all())}
        if member.date_of_birth
        and any(_alike(name, other) for name in names[member.date_of_birth] for other in _names(member))
    ]


def _names(member: FamilyMember) -> list[str]:
    return [name for name in (member.display_name, member.known_as) if name]


def _alike(one: str, other: str) -> bool:
    if SequenceMatcher(None, fold(one), fold(other)).ratio() >= LIKE_ENOUGH:
        return True
    return bool({sound.consonants for sound in sounds(one)} & {sound.consonants for sound in sounds(other)})


def _reached_alike(user: User, contacts: Sequence[dict[str, Any]]) -> list[tuple[int, str]]:
    alike: list[tuple[int, str]] = []
    for contact in contacts:
        value = contact["value"]
        if contact["channel"] == Channel.EMAIL:
            same = ContactMethod.objects.visible_to(user).filter(channel=Channel.EMAIL, value__iexact=value)
            alike += [(family_id, _("same email address")) for family_id in same.values_list("family_id", flat=True)]
        elif len(phone_digits(value)) >= SHORTEST_PHONE:
            families = Family.objects.visible_to(user).filter(search_text__contains=phone_digits(value))
            alike += [(pk, _("same phone number")) for pk in families.values_list("pk", flat=True)[:MOST_READ]]
    return alike


def _children_next_door(user: User, people: Sequence[dict[str, Any]], postcode: str) -> list[int]:
    born = [person["date_of_birth"] for person in people if person["role"] == MemberRole.CHILD]
    if not postcode or not any(born):
        return []
    homes = Address.objects.visible_to(user).exclude(kind="confidential").filter(postcode=postcode)
    children = FamilyMember.objects.visible_to(user).filter(role=MemberRole.CHILD, date_of_birth__in=filter(None, born))
    return list(children.filter(family__in=homes.values("family")).values_list("family_id", flat=True)[:MOST_READ])

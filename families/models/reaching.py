"""Reads all that decides whether people may be contacted, for `may_contact`: a fixed number of questions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import models

from families.models.contact import Address, AddressKind, Channel, ContactMethod, as_reached
from families.models.contact_change import ContactChange, contact_as_kept
from families.models.kept_apart import KeptApart
from families.models.member import FamilyMember, MemberRole
from families.models.private import Personal
from families.models.safe_contact import Person
from families.models.support import Support


class ReachedAs(models.Func):
    """A number or an address as the index `contact_reached_as` keeps it."""

    function = "families_reached_as"
    output_field: Any = models.TextField()


def people_to_reach(member_ids: Collection[int]) -> dict[int, Person]:
    """Each of these people with all that decides whether they may be contacted, as far as the reader may see it.

    The gate before everything that is sent reads with `Scope.ALL`; a page reads what its reader is shown.
    """
    members = FamilyMember.objects.filter(pk__in=member_ids).select_related("family__organisation").in_bulk()
    families = {member.family_id for member in members.values()}
    rows = list(ContactMethod.objects.filter(family__in=families).select_related("member"))
    ways, alike = _by(rows, "member_id"), _alike(rows, families)
    apart = _by(KeptApart.objects.in_force().filter(family__in=families), "family_id")
    hidden = Address.objects.current().filter(family__in=families, kind=AddressKind.CONFIDENTIAL)
    hidden_homes = set(hidden.values_list("family_id", flat=True))
    dead = set(Personal.objects.filter(member__in=members, died_on__isnull=False).values_list("member_id", flat=True))
    unsaid = _unsaid(families)
    return {
        pk: Person(
            member=member,
            ways=ways[pk],
            alike=alike,
            kept_apart=apart[member.family_id],
            silent=member.family.silent_since is not None,
            has_died=pk in dead,
            home_is_hidden=member.family_id in hidden_homes,
            unsaid=[member.family.organisation.name, *unsaid[member.family_id]],
        )
        for pk, member in members.items()
    }


def _by(rows: Iterable[Any], name: str) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def _alike(rows: Collection[ContactMethod], families: Collection[int]) -> list[ContactMethod]:
    """Rows of anybody for the same numbers and addresses; and what services that keep their own warn of."""
    reached = {as_reached(row.channel, row.value) for row in rows if row.channel in _TOLD_BY} - {""}
    same = ContactMethod.objects.annotate(reached=ReachedAs("channel", "value"))
    same = same.filter(reached__in=reached, channel__in=_TOLD_BY, valid_to=None)
    by_id = {row.pk: row for row in rows}
    changes = ContactChange.objects.under_way().filter(family__in=families, contact__isnull=False)
    kept = [
        contact_as_kept(by_id[change.contact_id], change.before[0])
        for change in changes
        if change.before and change.contact_id in by_id
    ]
    return [*same, *(row for row in kept if row.value == by_id[row.pk].value)]


_TOLD_BY = (Channel.PHONE, Channel.TEXT, Channel.EMAIL)


def _unsaid(families: Collection[int]) -> defaultdict[int, list[str]]:
    """By family: names of its services and children, and where it lives or lived."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    supports = Support.objects.filter(family__in=families)
    for family, *names in supports.values_list("family_id", "service__name", "service__organisation__name").distinct():
        found[family] += names
    children = FamilyMember.objects.filter(
        models.Q(family__in=families) | models.Q(shares__family__in=families, shares__until=None),
        role__in=[MemberRole.CHILD, MemberRole.UNBORN],
    )
    for own, other, *names in children.values_list("family_id", "shares__family_id", "display_name", "known_as"):
        for family in {own, other} & set(families):
            found[family] += [name for name in names if name]
    for family, lines, postcode in Address.objects.filter(family__in=families).values_list(
        "family_id", "lines", "postcode"
    ):
        found[family] += [*filter(None, [*lines.splitlines(), postcode])]
    return found

"""Families the demonstration has twice: one pair nobody has looked at, one joined, one said to be two."""

from __future__ import annotations

from betterstart.access.demo import World
from families.actions.merge import merge_families, say_not_the_same
from families.models import Address, ContactMethod, Family, FamilyMember, MemberRole, SupportState
from families.models.support import Support


def build(world: World) -> None:
    """Made by the actions themselves, after the partnership was copied: a copy has only the families."""
    coordinator = world.coordinators["home"][0]
    for number, (family, other) in enumerate(_namesakes(world)[:3]):
        _make_alike(family, other)
        if number == 1:
            merge_families(
                by=coordinator,
                kept=family,
                merged=other,
                name=family.name,
                reason="She told us at the first visit that she had been with us before she moved.",
                same_people=[(_carer(family).pk, _carer(other).pk)],
            )
        elif number == 2:
            say_not_the_same(by=coordinator, family=family, other=other)


def _namesakes(world: World) -> list[tuple[Family, Family]]:
    """Families of today, each with an earlier one whose main carer bears the same name."""
    home = world.services["home"]
    elsewhere = Support.objects.exclude(service__organisation=home.organisation).values("family")
    supports = Support.objects.filter(service=home).exclude(family__in=elsewhere)
    supports = supports.select_related("family").order_by("pk")
    # The families of the two demo people with a phone in their hands stay as they are.
    today = [support.family for support in supports if support.state == SupportState.ACTIVE][2:]
    before = [support.family for support in supports if support.state == SupportState.ENDED_PLANNED]
    pairs = []
    for family in today:
        other = next((each for each in before if each.name == family.name), None)
        if other:
            before.remove(other)
            pairs.append((family, other))
    return pairs


def _carer(family: Family) -> FamilyMember:
    return family.members.get(is_main_carer=True)


def _make_alike(family: Family, other: Family) -> None:
    ours, theirs = _carer(family), _carer(other)
    FamilyMember.objects.filter(pk=theirs.pk).update(date_of_birth=ours.date_of_birth)
    number = ours.contact_methods.values_list("value", flat=True).first() or ""
    ContactMethod.objects.filter(member=theirs).update(value=number)
    child, same = (each.members.filter(role=MemberRole.CHILD).first() for each in (family, other))
    home = family.addresses.current().exclude(kind="confidential").first()
    if child and same and home:
        FamilyMember.objects.filter(pk=same.pk).update(date_of_birth=child.date_of_birth)
        Address.objects.filter(family=other).exclude(kind="confidential").update(postcode=home.postcode)
    other.refresh_search_text()

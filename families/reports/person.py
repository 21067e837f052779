"""Everything one reader may know about one person of a family, read in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass

from betterstart.access.models import User
from families.models import Family, FamilyMember, NhsNumber, Personal, Relationship, StatutoryStatus


@dataclass(frozen=True)
class Related:
    """Somebody of the family, and what they are to the person the page is about."""

    row: Relationship
    other: FamilyMember
    word: str


@dataclass(frozen=True)
class PersonPage:
    family: Family
    member: FamilyMember
    whole: bool
    """Whether the reader answers for the whole record: sees what is kept closer."""
    related: list[Related]
    personal: Personal | None
    statuses: list[StatutoryStatus]
    """The council's decisions, the newest first."""
    nhs_number: NhsNumber | None
    """That there is one; its page shows it when asked."""


def person_page(user: User, family: Family, member: FamilyMember) -> PersonPage:
    """The page of one person, seen from this family. What the reader may not see is not fetched."""
    whole = Family.objects.responsible_to(user).filter(pk=family.pk).exists()
    rows = list(_relationships(user, family, member)) if whole else []
    return PersonPage(
        family=family,
        member=member,
        whole=whole,
        related=[Related(row, row.other(member.pk), row.word_for_other(member.pk)) for row in rows],
        personal=Personal.objects.visible_to(user).filter(member=member).first() if whole else None,
        statuses=list(StatutoryStatus.objects.visible_to(user).filter(member=member)) if whole else [],
        nhs_number=NhsNumber.objects.visible_to(user).filter(member=member).first() if whole else None,
    )


def _relationships(user: User, family: Family, member: FamilyMember) -> list[Relationship]:
    rows = Relationship.objects.visible_to(user).in_force().filter(family=family)
    mine = rows.filter(person=member) | rows.filter(relative=member)
    return list(mine.select_related("person", "relative"))

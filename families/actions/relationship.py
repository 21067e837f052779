from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.actions.member import certainly_not_after
from families.models import Family, FamilyMember, Kin, Relationship
from families.models.relationship import DESCENT, OTHER_SIDE


class RelationshipRefused(ValidationError):
    """These two cannot be so to each other. `error_dict` has a sentence for each field."""


@transaction.atomic
def relate(
    *, by: User, family: Family, person: FamilyMember, relative: FamilyMember, kind: str, **fields: Any
) -> Relationship:
    """Say what `person` is to `relative`, both of this family, and give the new row. Writes "relationship.added".

    Fields are those of Relationship. Raises RelationshipRefused: with oneself, twice, in a circle (a parent of one's
    own forebear), or a parent younger than the child.
    """
    # Two people at once could each add half of a circle.
    Family.objects.select_for_update().get(pk=family.pk)
    if person == relative:
        raise RelationshipRefused({"other": _("Choose somebody else: nobody is related to themselves.")})
    if family.members.filter(pk__in=[person.pk, relative.pk]).count() < 2:
        raise RelationshipRefused({"other": _("Choose a person of this family.")})
    if _between(family, person, relative).exists():
        sentence = _("What these two are to each other is written down already. Change it there.")
        raise RelationshipRefused({"other": sentence})
    _check_kind(family, person, relative, kind)
    row = Relationship.objects.create(
        family=family, person=person, relative=relative, kind=kind, **_fitting(kind, fields)
    )
    _record(by, row, "relationship.added")
    return row


@transaction.atomic
def edit_relationship(*, by: User, relationship: Relationship, version: int, **fields: Any) -> Relationship:
    """Change what two people are to each other, or what is known about it. `person` and `relative` may change places.

    Writes "relationship.changed" with the names of the fields. Raises RelationshipRefused, StaleEdit.
    """
    Family.objects.select_for_update().get(pk=relationship.family_id)
    kind = fields.get("kind", relationship.kind)
    ends = fields.get("person", relationship.person), fields.get("relative", relationship.relative)
    if {end.pk for end in ends} != {relationship.person_id, relationship.relative_id}:
        raise RelationshipRefused({"other": _("These are other people. Add a new line for them.")})
    _check_kind(relationship.family, *ends, kind, besides=relationship.pk)
    changed = save_edit(relationship, version=version, **_fitting(kind, fields))
    if changed:
        _record(by, relationship, "relationship.changed", fields=changed)
    return relationship


@transaction.atomic
def end_relationship(*, by: User, relationship: Relationship, version: int) -> Relationship:
    """It is no longer so, or never was; the history keeps it. Writes "relationship.ended". Raises StaleEdit."""
    save_edit(relationship, version=version, ended_on=london_today())
    _record(by, relationship, "relationship.ended")
    return relationship


def _between(family: Family, one: FamilyMember, other: FamilyMember) -> models.QuerySet[Relationship]:
    pair = models.Q(person=one, relative=other) | models.Q(person=other, relative=one)
    return family.relationships.in_force().filter(pair)


def _check_kind(
    family: Family, person: FamilyMember, relative: FamilyMember, kind: str, besides: int | None = None
) -> None:
    if kind not in DESCENT:
        return
    rows = family.relationships.in_force().filter(kind__in=DESCENT).exclude(pk=besides)  # type: ignore[misc]
    if person.pk in descendants(relative.pk, rows.values_list("person_id", "relative_id")):
        sentence = _("This would go in a circle: {person} would come both before and after {relative}.")
        raise RelationshipRefused({"kind": sentence.format(person=person, relative=relative)})
    if kind in {Kin.PARENT, Kin.GRANDPARENT} and certainly_not_after(child=relative, parent=person):
        sentence = _("{relative} was born before {person}. Is it the other way round?")
        raise RelationshipRefused({"kind": sentence.format(person=person, relative=relative)})


def descendants(start: int, pairs: Any) -> set[int]:
    """Everybody who comes after `start`: `pairs` are (forebear, descendant)."""
    after: dict[int, set[int]] = {}
    for forebear, descendant in pairs:
        after.setdefault(forebear, set()).add(descendant)
    reached: set[int] = set()
    to_look = [start]
    while to_look:
        new = after.get(to_look.pop(), set()) - reached
        reached |= new
        to_look += new
    return reached


def _fitting(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Between equals nobody has parental responsibility for the other."""
    return fields if kind in OTHER_SIDE else fields | {"responsibility": "unknown"}


def _record(by: User, row: Relationship, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=row, label=row.family.reference, family_id=row.family_id, details=details)

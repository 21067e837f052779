from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_today
from families.actions.editing import save_edit
from families.models import DatePrecision, Family, FamilyMember, MemberRole, Personal, PregnancyOutcome
from families.models.family import fold
from families.models.known import acts_for
from families.models.member import ADULT_ROLES
from families.models.private import LOSSES

OLDEST_ADULT = 110
DUE_AT_LEAST = dt.timedelta(days=21)
DUE_AT_MOST = dt.timedelta(days=300)
GROWN_UP = 18


class MemberRefused(ValidationError):
    """This cannot be so. `error_dict` has a sentence for each field."""


class ReallyAChild(Exception):
    """A child of 18 or more: unusual, so the person is asked first. The same call with `sure=True` goes through."""

    def __init__(self, years: int) -> None:
        super().__init__(_("This makes the child {years} years old. Is that right?").format(years=years))


def check_member(
    *,
    relatives: Iterable[FamilyMember],
    role: str,
    date_of_birth: dt.date | None = None,
    birth_precision: str = DatePrecision.DAY,
    due_date: dt.date | None = None,
    known: FamilyMember | None = None,
    sure: bool = False,
    **_other: Any,
) -> None:
    """What must hold for one person, alone and beside the others of the family (`relatives`, saved or not).

    `known` is the person as stored; what was accepted once is not asked again. Raises MemberRefused, or ReallyAChild
    for what is only unlikely.
    """
    errors: dict[str, str] = {}
    today = london_today()
    if role == MemberRole.UNBORN:
        if date_of_birth:
            errors["date_of_birth"] = _("An unborn child has a due date. Once born, choose “Child”.")
        if not due_date:
            errors["due_date"] = _("When is the baby due? A guess is enough.")
        elif not (known and known.due_date == due_date) and not today - DUE_AT_LEAST <= due_date <= today + DUE_AT_MOST:
            errors["due_date"] = _("A due date lies between three weeks ago and ten months from now.")
    elif due_date and role != MemberRole.CHILD:
        errors["due_date"] = _("Only a child can have a due date.")
    if date_of_birth and not errors:
        if date_of_birth > today:
            errors["date_of_birth"] = _("This day has not come yet. For a baby on the way, choose “Unborn child”.")
        elif _years(date_of_birth) >= OLDEST_ADULT:
            errors["date_of_birth"] = _("This would be {years} years ago. Please check the year.").format(
                years=_years(date_of_birth)
            )
        elif clash := _generations(relatives, role, date_of_birth, birth_precision, known):
            errors["date_of_birth"] = clash
        elif twice := _there_already(relatives, role, date_of_birth, _other.get("display_name", ""), known):
            errors["display_name"] = twice
    if errors:
        raise MemberRefused(errors)
    sure = sure or (known is not None and known.role == role and known.date_of_birth == date_of_birth)
    if role == MemberRole.CHILD and date_of_birth and _years(date_of_birth) >= GROWN_UP and not sure:
        raise ReallyAChild(_years(date_of_birth))


def _years(born: dt.date) -> int:
    today = london_today()
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def _latest(born: dt.date, precision: str) -> dt.date:
    """The last day the person can have been born, where only the month or the year is known."""
    if precision == DatePrecision.YEAR:
        return born.replace(month=12, day=31)
    if precision == DatePrecision.MONTH:
        return (born.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return born


def _generations(
    relatives: Iterable[FamilyMember], role: str, born: dt.date, precision: str, known: FamilyMember | None
) -> str:
    """A sentence if a child would be older than a parent for certain, whichever of the two this is."""
    other = {MemberRole.CHILD: MemberRole.PARENT, MemberRole.PARENT: MemberRole.CHILD}.get(MemberRole(role))
    if other is None:
        return ""
    for relative in relatives:
        if relative.role != other or relative.date_of_birth is None or relative == known:
            continue
        there = relative.date_of_birth, relative.birth_precision
        child, parent = ((born, precision), there) if role == MemberRole.CHILD else (there, (born, precision))
        if _latest(*child) <= parent[0]:
            words = _("{name} was born on {day}. A child cannot be older than a parent.")
            return words.format(name=relative, day=day_in_words(relative.date_of_birth))
    return ""


def certainly_not_after(*, child: FamilyMember, parent: FamilyMember) -> bool:
    """Whether the child was born before the parent for certain, or on the same day."""
    if child.date_of_birth is None or parent.date_of_birth is None:
        return False
    return _latest(child.date_of_birth, child.birth_precision) <= parent.date_of_birth


def _there_already(
    relatives: Iterable[FamilyMember], role: str, born: dt.date, name: str, known: FamilyMember | None
) -> str:
    """A sentence if a child of this name and day of birth is in the family: twins have two names."""
    if role != MemberRole.CHILD or known is not None or not name:
        return ""
    for relative in relatives:
        if relative.date_of_birth == born and fold(relative.display_name) == fold(name):
            return _("{name}, born on this day, is in this family already.").format(name=relative)
    return ""


def families_of(member: FamilyMember) -> models.QuerySet[Family]:
    """The families this person is part of now, more than one for a shared child. Needs `Scope.ALL` to see each."""
    shared = member.shares.in_force().values("family")
    return Family.objects.filter(models.Q(pk=member.family_id) | models.Q(pk__in=shared)).order_by("pk")


@transaction.atomic
def refresh_search(*, by: User, family: Family, member: FamilyMember) -> None:
    """The name of a child is in the search text of each of its families, also of one that `by` may not see."""
    if not member.is_shared:
        family.refresh_search_text()
        return
    with acting_as(Scope.ALL, by.pk):
        for each in families_of(member):
            each.refresh_search_text()


@transaction.atomic
def add_member(*, by: User, family: Family, sure: bool = False, **fields: Any) -> FamilyMember:
    """Add a person to a family and give the new row.

    Fields are those of FamilyMember. `sure` answers ReallyAChild. Writes "member.added". Raises MemberRefused,
    ReallyAChild.
    """
    check_member(relatives=family.members.all(), sure=sure, **fields)
    member = FamilyMember.objects.create(family=family, **fields)
    family.refresh_search_text()
    record_member(by, family, member, "member.added", role=member.role)
    return member


@transaction.atomic
def edit_member(
    *, by: User, family: Family, member: FamilyMember, version: int, sure: bool = False, **fields: Any
) -> FamilyMember:
    """Change what is known about a person, seen from this family's record.

    Writes "member.changed" with the names of the fields. Raises MemberRefused, ReallyAChild, StaleEdit.
    """
    merged = {name: fields.get(name, getattr(member, name)) for name in ("role", "date_of_birth", "due_date")}
    merged["birth_precision"] = fields.get("birth_precision", member.birth_precision)
    if member.role in ADULT_ROLES and merged["role"] not in ADULT_ROLES:
        raise MemberRefused({"role": _("A grown-up stays one. To add a child, go back and choose “Add a person”.")})
    if member.role == MemberRole.CHILD and merged["role"] == MemberRole.UNBORN:
        raise MemberRefused({"role": _("This child is born already.")})
    if member.role == MemberRole.UNBORN and merged["role"] == MemberRole.CHILD:
        _check_not_lost(by, member)
    check_member(relatives=family.members.all(), known=member, sure=sure, **merged)
    changed = save_edit(member, version=version, **fields)
    if changed:
        refresh_search(by=by, family=family, member=member)
        record_member(by, family, member, "member.changed", fields=changed)
    return member


@transaction.atomic
def record_birth(
    *,
    by: User,
    family: Family,
    member: FamilyMember,
    version: int,
    date_of_birth: dt.date,
    birth_precision: str = DatePrecision.DAY,
    display_name: str = "",
) -> FamilyMember:
    """The baby is born: the same person becomes a child and keeps the due date. Writes "member.born".

    Raises MemberRefused (also after a loss was written down), StaleEdit.
    """
    if member.role != MemberRole.UNBORN:
        raise MemberRefused({"date_of_birth": _("This child is born already.")})
    _check_not_lost(by, member)
    fields: dict[str, Any] = {
        "role": MemberRole.CHILD,
        "date_of_birth": date_of_birth,
        "birth_precision": birth_precision,
    }
    if member.due_date and date_of_birth < member.due_date - DUE_AT_MOST:
        raise MemberRefused({"date_of_birth": _("This is long before the due date. Please check the year.")})
    check_member(relatives=family.members.all(), known=member, due_date=member.due_date, **fields)
    save_edit(member, version=version, display_name=display_name or member.display_name, left_on=None, **fields)
    save_personal(by, family, member, pregnancy_outcome=PregnancyOutcome.LIVE_BIRTH, grief_noted_at=None)
    with acting_as(Scope.ALL, by.pk):  # where another organisation did not know how it ended, it is known now
        elsewhere = Personal.objects.filter(member=member, pregnancy_outcome=PregnancyOutcome.UNKNOWN)
        elsewhere.update(
            pregnancy_outcome=PregnancyOutcome.LIVE_BIRTH, grief_noted_at=None, version=models.F("version") + 1
        )
    refresh_search(by=by, family=family, member=member)
    record_member(by, family, member, "member.born")
    return member


def _check_not_lost(by: User, member: FamilyMember) -> None:
    """No birth after a loss, whichever organisation wrote it down."""
    with acting_as(Scope.ALL, by.pk):
        is_lost = Personal.objects.filter(member=member, pregnancy_outcome__in=LOSSES).exists()
    if is_lost:
        sentence = _("A loss is written down for this baby. If that is a mistake, take it back first.")
        raise MemberRefused({"date_of_birth": sentence})


def save_personal(by: User, family: Family, member: FamilyMember, **fields: Any) -> Personal:
    """Write what one organisation was told about a person. Needs a transaction that has locked the person's own row."""
    personal, is_new = Personal.objects.get_or_create(
        member=member,
        organisation_id=acts_for(by, family),
        defaults={"family_id": member.family_id, **fields},
    )
    if not is_new:
        save_edit(personal, version=personal.version, **fields)
    return personal


def record_member(by: User, family: Family, member: FamilyMember, verb: str, **details: Any) -> None:
    """The audit event of something done to a person from this family's record."""
    record(by=by, verb=verb, target=member, label=family.reference, family_id=family.pk, details=details)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_today
from families.actions.editing import save_edit
from families.actions.silence import silence
from families.models import DatePrecision, Family, FamilyMember, MemberRole
from families.models.member import ADULT_ROLES

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


@transaction.atomic
def add_member(*, by: User, family: Family, sure: bool = False, **fields: Any) -> FamilyMember:
    """Add a person to a family and give the new row.

    Fields are those of FamilyMember. `sure` answers ReallyAChild. Writes "member.added". Raises MemberRefused,
    ReallyAChild.
    """
    check_member(relatives=family.members.all(), sure=sure, **fields)
    member = FamilyMember.objects.create(family=family, **fields)
    family.refresh_search_text()
    record(
        by=by,
        verb="member.added",
        target=member,
        label=family.reference,
        family_id=family.pk,
        details={"role": member.role},
    )
    return member


@transaction.atomic
def edit_member(*, by: User, member: FamilyMember, version: int, sure: bool = False, **fields: Any) -> FamilyMember:
    """Change what is known about a person. Writes "member.changed" with the names of the fields.

    Raises MemberRefused, ReallyAChild, StaleEdit.
    """
    merged = {name: fields.get(name, getattr(member, name)) for name in ("role", "date_of_birth", "due_date")}
    merged["birth_precision"] = fields.get("birth_precision", member.birth_precision)
    if member.role in ADULT_ROLES and merged["role"] not in ADULT_ROLES:
        raise MemberRefused({"role": _("A grown-up stays one. To add a child, go back and choose “Add a person”.")})
    if member.role == MemberRole.CHILD and merged["role"] == MemberRole.UNBORN:
        raise MemberRefused({"role": _("This child is born already.")})
    check_member(relatives=member.family.members.all(), known=member, sure=sure, **merged)
    changed = save_edit(member, version=version, **fields)
    if changed:
        member.family.refresh_search_text()
        _record_change(by, member, "member.changed", fields=changed)
    return member


@transaction.atomic
def record_birth(
    *,
    by: User,
    member: FamilyMember,
    version: int,
    date_of_birth: dt.date,
    birth_precision: str = DatePrecision.DAY,
    display_name: str = "",
) -> FamilyMember:
    """The baby is born: the same person becomes a child and keeps the due date. Writes "member.born".

    Raises MemberRefused, StaleEdit.
    """
    if member.role != MemberRole.UNBORN:
        raise MemberRefused({"date_of_birth": _("This child is born already.")})
    fields: dict[str, Any] = {
        "role": MemberRole.CHILD,
        "date_of_birth": date_of_birth,
        "birth_precision": birth_precision,
    }
    if member.due_date and date_of_birth < member.due_date - DUE_AT_MOST:
        raise MemberRefused({"date_of_birth": _("This is long before the due date. Please check the year.")})
    check_member(relatives=member.family.members.all(), known=member, due_date=member.due_date, **fields)
    save_edit(member, version=version, display_name=display_name or member.display_name, **fields)
    member.family.refresh_search_text()
    _record_change(by, member, "member.born")
    return member


@transaction.atomic
def record_leaving(
    *, by: User, member: FamilyMember, version: int, left_on: dt.date, died: bool = False
) -> FamilyMember:
    """A person is no longer part of this family. Nothing written with them is lost. Writes "member.left".

    `died` also covers a pregnancy that ended: from that moment nothing automatic is said to this family.
    Raises MemberRefused, StaleEdit.
    """
    if left_on > london_today():
        raise MemberRefused({"left_on": _("This day has not come yet.")})
    if member.date_of_birth and left_on < member.date_of_birth:
        raise MemberRefused({"left_on": _("This is before {name} was born.").format(name=member)})
    save_edit(member, version=version, left_on=left_on)
    if died:
        silence(by=by, family=member.family)
    _record_change(by, member, "member.left")
    return member


@transaction.atomic
def record_return(*, by: User, member: FamilyMember, version: int) -> FamilyMember:
    """Undo `record_leaving`. Silence, once begun, stays until somebody ends it. Writes "member.returned"."""
    save_edit(member, version=version, left_on=None)
    _record_change(by, member, "member.returned")
    return member


def _record_change(by: User, member: FamilyMember, verb: str, **details: Any) -> None:
    record(
        by=by,
        verb=verb,
        target=member,
        label=member.family.reference,
        family_id=member.family_id,
        details=details,
    )

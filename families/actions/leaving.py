"""Somebody is no longer part of a family: they moved, they live with the child's other parent, or they died."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.clock import london_date, london_today
from families.actions.editing import StaleEdit, save_edit
from families.actions.member import MemberRefused, families_of, record_member, save_personal
from families.actions.silence import silence
from families.models import (
    Family,
    FamilyMember,
    FamilyMerge,
    MemberRole,
    NhsNumber,
    Personal,
    PregnancyOutcome,
    SharedCare,
    StatutoryStatus,
)
from families.models.known import acts_for
from families.models.private import LOSSES


@transaction.atomic
def record_leaving(*, by: User, family: Family, member: FamilyMember, version: int, left_on: dt.date) -> FamilyMember:
    """A person is no longer part of this family. Nothing written with them is lost. Writes "member.left".

    A child of two families stays in the other one, which becomes its own if this one was. Raises MemberRefused,
    StaleEdit.
    """
    _check_day(member, left_on, "left_on")
    if member.is_shared:
        _leave_one(by, family, member, version, left_on)
    else:
        save_edit(member, version=version, left_on=left_on)
    record_member(by, family, member, "member.left")
    return member


@transaction.atomic
def record_grief(
    *,
    by: User,
    family: Family,
    member: FamilyMember,
    version: int,
    outcome: str = "",
    day: dt.date | None = None,
) -> FamilyMember:
    """Somebody died, or a pregnancy ended. In the same transaction nothing automatic is said any more, to any family
    of this person; their coordinators find it on Today.

    `outcome` (a PregnancyOutcome) is for an unborn child, whose day may be unknown; anybody else has a day. Writes
    "member.left" and "family.silenced", and nowhere into the log what happened. Raises MemberRefused, StaleEdit.
    """
    unborn = member.role == MemberRole.UNBORN
    if unborn and outcome not in {*LOSSES, PregnancyOutcome.UNKNOWN}:
        raise MemberRefused({"outcome": _("Choose what comes closest. You can change it later.")})
    if not unborn and day is None:
        raise MemberRefused({"day": _("On which day? The family’s best guess is enough.")})
    day = day or london_today()
    _check_day(member, day, "day")
    with acting_as(Scope.ALL, by.pk):
        for each in families_of(member):
            silence(by=by, family=each)
    save_edit(member, version=version, left_on=day)
    fields: dict[str, Any] = {"pregnancy_outcome": outcome} if unborn else {"died_on": day}
    save_personal(by, family, member, grief_noted_at=timezone.now(), **fields)
    record_member(by, family, member, "member.left")
    return member


@transaction.atomic
def record_return(*, by: User, family: Family, member: FamilyMember, version: int) -> FamilyMember:
    """Undo `record_leaving` or `record_grief`. Silence, once begun, stays until somebody ends it.

    Writes "member.returned". Raises StaleEdit, and MemberRefused where another organisation wrote down a grief: what it
    knows is not undone, nor told, here.
    """
    with acting_as(Scope.ALL, by.pk):
        grieved = Personal.objects.filter(member=member).grieved()
        is_grieved_elsewhere = grieved.exclude(organisation=acts_for(by, family)).exists()
    if is_grieved_elsewhere:
        raise MemberRefused(_("Another organisation wrote this down too. Please speak with them first."))
    over = SharedCare.objects.filter(member=member, family=family, until__isnull=False).order_by("-until").first()
    if member.family_id != family.pk and over:
        with acting_as(Scope.ALL, by.pk):
            over.until = None
            over.save(update_fields=["until", "updated_at"])
            save_edit(member, version=version, is_shared=True)
            family.refresh_search_text()
    else:
        save_edit(member, version=version, left_on=None)
        if Personal.objects.grieved().filter(member=member, organisation=acts_for(by, family)).exists():
            save_personal(by, family, member, pregnancy_outcome="", died_on=None, grief_noted_at=None)
    record_member(by, family, member, "member.returned")
    return member


@transaction.atomic
def share_member(
    *, by: User, family: Family, member: FamilyMember, version: int, reference: str, since: dt.date
) -> SharedCare:
    """A child belongs to a second family too: the same person, never another row. Gives the new row.

    `reference` names the other family, which `by` need not be allowed to see. Writes "member.shared" to both.
    Raises MemberRefused, StaleEdit.
    """
    _check_day(member, since, "since")
    if not member.is_child or member.left_on:
        raise MemberRefused({"reference": _("Only a child who is part of this family can belong to a second one.")})
    # The other family may be another service's, and a row that names it is not ours to see.
    with acting_as(Scope.ALL, by.pk):
        other = _other_family(member, reference)
        save_edit(member, version=version, is_shared=True)
        share = SharedCare.objects.create(member=member, family=other, since=since, created_by=by)
        other.refresh_search_text()
        record_member(by, other, member, "member.shared")
    record_member(by, family, member, "member.shared")
    return share


@transaction.atomic
def move_member(
    *, by: User, family: Family, member: FamilyMember, version: int, reference: str, moved_on: dt.date
) -> FamilyMember:
    """A child belongs to another family from now on. This one keeps what was written, and that it was here.

    Writes "member.shared" to both and "member.left" to this one. Raises MemberRefused, StaleEdit.
    """
    if member.is_shared:
        raise MemberRefused({"reference": _("This child belongs to two families. Say that they left this one.")})
    share_member(by=by, family=family, member=member, version=version, reference=reference, since=moved_on)
    return record_leaving(by=by, family=family, member=member, version=member.version, left_on=moved_on)


def _leave_one(by: User, family: Family, member: FamilyMember, version: int, left_on: dt.date) -> None:
    """End one of a child's two families; the row of sharing goes on to say until when they were here."""
    with acting_as(Scope.ALL, by.pk):
        share = member.shares.in_force().select_for_update().order_by("pk").first()
        if share is None:
            raise StaleEdit(FamilyMember.objects.get(pk=member.pk))
        if member.family_id == family.pk:
            changes: dict[str, Any] = {"family_id": share.family_id}
            share.family_id = family.pk
            share.since = min(left_on, london_date(member.created_at))
        else:
            share = member.shares.in_force().get(family=family)
            changes = {}
        share.until = max(left_on, share.since)
        share.save(update_fields=["family", "since", "until", "updated_at"])
        others = member.shares.in_force().exists()
        save_edit(member, version=version, is_shared=others, **changes)
        if changes:
            _take_along(member)


def _take_along(member: FamilyMember) -> None:
    """What is kept about the child follows the child to the family that is its own now."""
    for model in (Personal, NhsNumber, StatutoryStatus):
        model._base_manager.filter(member=member).update(family=member.family_id)


def _other_family(member: FamilyMember, reference: str) -> Family:
    typed = reference.strip().upper()
    joined = FamilyMerge.objects.standing().filter(merged_reference=typed).values("kept")
    named = Q(pk__in=joined) if joined.exists() else Q(reference=typed)
    other = Family.objects.select_for_update().filter(named).first()
    if other is None:
        raise MemberRefused({"reference": _("No family has this reference. Ask its coordinator to read it out.")})
    if families_of(member).filter(pk=other.pk).exists():
        raise MemberRefused({"reference": _("{name} is part of this family already.").format(name=member)})
    alike = other.members.current().filter(date_of_birth=member.date_of_birth, display_name__iexact=member.display_name)
    if member.date_of_birth and alike.exists():
        sentence = _("A child of this name and birthday is in that family already. Its coordinator takes it out first.")
        raise MemberRefused({"reference": sentence})
    return other


def _check_day(member: FamilyMember, day: dt.date, field: str) -> None:
    if day > london_today():
        raise MemberRefused({field: _("This day has not come yet.")})
    if member.date_of_birth and day < member.date_of_birth:
        raise MemberRefused({field: _("This is before {name} was born.").format(name=member)})

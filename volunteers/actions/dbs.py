"""Criminal record checks: asked for, seen, decided by a manager where there is something on them, looked at again."""

from __future__ import annotations

import datetime as dt
import re

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.audit.record import record
from betterstart.clock import london_today
from volunteers.actions.readiness import EvidenceRefused, must_keep, settle
from volunteers.models import DbsCheck, DbsReason, Volunteer
from volunteers.models.dbs import NUMBER_SHAPE, Result, StatusResult

KIND = ["level", "workforce", "children_barred", "adults_barred"]


@transaction.atomic
def ask_for_dbs(
    *, by: User, volunteer: Volunteer, consented_on: dt.date, asked_on: dt.date, **kind: object
) -> DbsCheck:
    """Note that a check was asked for, with the volunteer's consent. Writes "dbs.asked".

    `kind`: level, workforce, children_barred, adults_barred. Raises EvidenceRefused, PermissionDenied.
    """
    must_keep(by, volunteer)
    _has_come(consented_on=consented_on, asked_on=asked_on)
    if asked_on < consented_on:
        raise EvidenceRefused({"asked_on": _("This is before they agreed to it.")})
    days = {"consented_on": consented_on, "asked_on": asked_on}
    just_now = timezone.now() - dt.timedelta(minutes=1)
    same = DbsCheck.objects.filter(volunteer=volunteer, seen_at=None, **days, created_at__gt=just_now).first()
    if same:
        return same  # a button pressed twice is not two checks
    check = DbsCheck.objects.create(volunteer=volunteer, created_by=by, **days, **kind)
    _record(by, check, "dbs.asked")
    settle(volunteer=volunteer, by=by)
    return check


@transaction.atomic
def see_certificate(
    *, by: User, check: DbsCheck, certificate_number: str, issued_on: dt.date, result: str, **kind: object
) -> DbsCheck:
    """Note what stands on the certificate somebody has in their hands. No picture of it is kept.

    A decision on an earlier reading of it no longer holds: a manager decides again. One that was once read as having
    information on it does not become clear by being read again, or noted as another check. Writes "dbs.seen". Raises
    EvidenceRefused, PermissionDenied.
    """
    check = _locked(by, check)
    number = re.sub(r"[\s-]", "", certificate_number)
    if not re.fullmatch(NUMBER_SHAPE, number, re.ASCII):
        raise EvidenceRefused({"certificate_number": _("A certificate number has exactly twelve digits. Look again.")})
    _has_come(issued_on=issued_on)
    if check.status_checked_on and check.status_checked_on < issued_on:
        raise EvidenceRefused({"issued_on": _("It was looked at online before this day. Check both.")})
    if result == Result.CLEAR:
        _was_always_clear(check, number)
    fields = {"certificate_number": number, "issued_on": issued_on, "result": result, **kind}
    fields |= {"seen_at": timezone.now(), "seen_by": by, "decision": "", "decided_at": None, "decided_by": None}
    _save(check, fields)
    _record(by, check, "dbs.seen", result=result)
    settle(volunteer=check.volunteer, by=by)
    return check


def _was_always_clear(check: DbsCheck, number: str) -> None:
    same = DbsCheck.objects.filter(models.Q(pk=check.pk) | models.Q(certificate_number=number))
    if same.filter(volunteer=check.volunteer_id, result=Result.INFORMATION).exists():
        sentence = _("There was information on this certificate when it was read before: a manager decides about it.")
        raise EvidenceRefused({"result": sentence})


@transaction.atomic
def decide_dbs(*, by: User, check: DbsCheck, decision: str, words: str) -> DbsCheck:
    """A manager decides what the information on a certificate means, and says why. Writes "dbs.decided".

    Raises EvidenceRefused where there is nothing to decide or no reason, PermissionDenied for whoever is no manager of
    the organisation, or is the volunteer.
    """
    mine = Volunteer.objects.overseen_by(by).filter(pk=check.volunteer_id)
    if not (by.may(Permission.DBS_DECIDE) and mine.exists()):
        raise PermissionDenied
    check = DbsCheck.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=check.pk)
    if check.result != Result.INFORMATION:
        raise EvidenceRefused(_("There is nothing to decide about this certificate."))
    if not words:
        raise EvidenceRefused({"words": _("Say why. The next manager will want to follow your thoughts.")})
    _save(check, {"decision": decision, "decided_at": timezone.now(), "decided_by": by})
    DbsReason.objects.update_or_create(dbs=check, defaults={"volunteer_id": check.volunteer_id, "words": words})
    _record(by, check, "dbs.decided", decision=decision)
    settle(volunteer=check.volunteer, by=by)
    return check


@transaction.atomic
def note_update_service(
    *, by: User, check: DbsCheck, until: dt.date | None, looked_on: dt.date | None = None, result: str = ""
) -> DbsCheck:
    """Note until when they are in the Update Service, and what a look at it said.

    Once it said that something has changed, only a new certificate helps; and an older look does not replace a newer
    one. Writes "dbs.status_checked" for a look, else "dbs.update_service_noted". Raises EvidenceRefused,
    PermissionDenied.
    """
    check = _locked(by, check)
    if not check.issued_on:
        raise EvidenceRefused(_("Note the certificate first."))
    if bool(looked_on) != bool(result):
        raise EvidenceRefused({"result" if looked_on else "looked_on": _("Give both: the day, and what it said.")})
    fields: dict[str, object] = {"update_service_until": until}
    if looked_on:
        _may_look(check, looked_on, result)
        fields |= {"status_checked_on": looked_on, "status_checked_by": by, "status_result": result}
    _save(check, fields)
    _record(by, check, "dbs.status_checked" if looked_on else "dbs.update_service_noted", result=result)
    settle(volunteer=check.volunteer, by=by)
    return check


def _may_look(check: DbsCheck, looked_on: dt.date, result: str) -> None:
    _has_come(looked_on=looked_on)
    if check.issued_on and looked_on < check.issued_on:
        raise EvidenceRefused({"looked_on": _("This is before the certificate was issued.")})
    if check.status_result == StatusResult.CHANGED and (looked_on, result) != (check.status_checked_on, "changed"):
        raise EvidenceRefused({"result": _("It said that something has changed: note the new certificate instead.")})
    if check.status_checked_on and looked_on < check.status_checked_on:
        raise EvidenceRefused({"looked_on": _("This is before the last look that is noted.")})


def _has_come(**days: dt.date) -> None:
    if ahead := [name for name, day in days.items() if day > london_today()]:
        raise EvidenceRefused({name: _("This day has not come yet.") for name in ahead})


def _locked(by: User, check: DbsCheck) -> DbsCheck:
    must_keep(by, check.volunteer)
    return DbsCheck.objects.select_for_update(of=("self",)).select_related("volunteer").get(pk=check.pk)


def _save(check: DbsCheck, fields: dict[str, object]) -> None:
    for name, value in fields.items():
        setattr(check, name, value)
    check.save(update_fields=[*fields, "updated_at"])


def _record(by: User, check: DbsCheck, verb: str, **details: str) -> None:
    """Never the number, nor a word of what stands on it."""
    record(by=by, verb=verb, target=check, label=f"volunteer {check.volunteer_id}", details=details)

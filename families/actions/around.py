"""Other agencies around a family, and what a referrer told until the family has answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.models import Family, FlagAnswer, HouseholdFlag, MayContact, OtherAgency
from families.models.known import acts_for


class AroundRefused(ValidationError):
    """This cannot be kept so. `error_dict` has a sentence for each field."""


@transaction.atomic
def add_agency(*, by: User, family: Family, **fields: Any) -> OtherAgency:
    """Add somebody outside the partnership who is with a family, and give the new row.

    Fields are those of OtherAgency. Writes "agency.added". Raises AroundRefused.
    """
    known = {"family": family, "organisation_id": acts_for(by, family), **_agency_fields(fields)}
    if same := OtherAgency.objects.current().filter(**known).first():
        return same  # sent twice
    row = OtherAgency.objects.create(**known)
    _record(by, row, "agency.added", role=row.role)
    return row


@transaction.atomic
def edit_agency(*, by: User, row: OtherAgency, version: int, **fields: Any) -> OtherAgency:
    """Change what is known of an agency, or say that it is no longer with them (`ended_on`).

    Writes "agency.changed" with the names of the fields. Raises AroundRefused, StaleEdit.
    """
    changed = save_edit(row, version=version, **_agency_fields(fields))
    if changed:
        _record(by, row, "agency.changed", fields=changed)
    return row


def _agency_fields(fields: dict[str, Any]) -> dict[str, Any]:
    """What must hold: an answer has its day, a day is no later than today. Raises AroundRefused."""
    errors: dict[str, str] = {}
    today = london_today()
    for name in ("asked_on", "ended_on"):
        if (day := fields.get(name)) and day > today:
            errors[name] = _("This day has not come yet.")
    if errors:
        raise AroundRefused(errors)
    if fields.get("may_contact") in {MayContact.YES, MayContact.NO}:
        return fields | {"asked_on": fields.get("asked_on") or today}
    return fields | {"asked_on": None}


@transaction.atomic
def tell_flag(
    *, by: User, family: Family, flag: str, source: str, told_on: dt.date | None = None, organisation_id: int = 0
) -> HouseholdFlag:
    """Keep what a referrer told about a family (a Flag), as theirs until the family answers, and give the row.

    `source` says who told it: "Health visitor, Horton". The same flag from the same source on the same day is kept
    once. It was told to one organisation: the one `by` acts for, unless named. Writes "flag.told". Raises AroundRefused
    for a day to come or no source.
    """
    told_on = told_on or london_today()
    if told_on > london_today():
        raise AroundRefused({"told_on": _("This day has not come yet.")})
    if not source.strip():
        raise AroundRefused({"source": _("Say who told us.")})
    told = {"family": family, "organisation_id": organisation_id or acts_for(by, family), "flag": flag}
    row, is_new = HouseholdFlag.objects.get_or_create(
        **told, source=source, told_on=told_on, defaults={"created_by": by}
    )
    if is_new:
        _record(by, row, "flag.told")
    return row


@transaction.atomic
def answer_flag(*, by: User, family: Family, flag: str, answer: str) -> int:
    """The family confirmed or corrected what was told of it: every telling of this flag here takes the answer.

    `answer` is a FlagAnswer; NOT_YET takes an answer back. Gives how many changed. Writes "flag.answered".
    """
    answered_on = london_today() if answer else None
    rows = HouseholdFlag.objects.visible_to(by).filter(family=family, flag=flag).exclude(answer=answer)
    changed = rows.update(answer=FlagAnswer(answer), answered_on=answered_on)
    if changed:
        record(by=by, verb="flag.answered", target=family, label=family.reference, family_id=family.pk)
    return changed


def _record(by: User | None, row: OtherAgency | HouseholdFlag, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=row, label=row.family.reference, family_id=row.family_id, details=details)

"""Somebody whom nobody contacts, or who must never be told: it holds at once, and a safeguarding lead looks at it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from families.models import Family, FamilyMember, KeptApart, KeptApartState
from families.models.kept_apart import KEPT_APART_MACHINE
from families.models.known import acts_for


class KeptApartRefused(ValidationError):
    """This cannot be kept, or decided, so. `error_dict` has a sentence for each field."""


@transaction.atomic
def keep_apart(
    *,
    by: User,
    family: Family,
    reason: str,
    name: str = "",
    member: FamilyMember | None = None,
    never_contact: bool = True,
    never_tell: bool = True,
    relation: str = "",
    reached_at: str = "",
) -> KeptApart:
    """Write down that somebody is never contacted, or never told, and give the row. It holds from now.

    `member` where it is somebody of the family, else `name`. Writes "kept_apart.added". Raises KeptApartRefused.
    """
    if member is None and not name.strip():
        raise KeptApartRefused({"name": _("Say who it is.")})
    if not (never_contact or never_tell):
        raise KeptApartRefused({"never_tell": _("Choose at least one of the two.")})
    facts: dict[str, Any] = {
        "name": str(member) if member else name,
        "member": member,
        "never_contact": never_contact,
        "never_tell": never_tell,
    }
    if same := KeptApart.objects.in_force().filter(family=family, **facts).first():
        return same  # sent twice
    row = KeptApart.objects.create(
        family=family,
        organisation_id=acts_for(by, family),
        relation=relation,
        reached_at=reached_at,
        reason=reason,
        written_by=by,
        **facts,
    )
    KEPT_APART_MACHINE.note_start(row, by=by)
    _record(by, row, "kept_apart.added")
    return row


@transaction.atomic
def decide_kept_apart(*, by: User, row: KeptApart, stands: bool, decision: str) -> KeptApart:
    """A safeguarding lead has looked: it stands, for this person alone, or it is lifted. Gives the row.

    Writes "kept_apart.stands" or "kept_apart.lifted". Raises KeptApartRefused for no words, or where it is not theirs
    to decide; MoveRefused where somebody has decided meanwhile.
    """
    if not KeptApart.objects.to_look_at(by).filter(pk=row.pk).exists():
        raise KeptApartRefused(_("A safeguarding lead of the organisation that wrote it decides this."))
    if not decision.strip():
        raise KeptApartRefused({"decision": _("Write in a sentence what you decided and why.")})
    to = KeptApartState.STANDS if stands else KeptApartState.LIFTED
    with acting_as(Scope.ALL, by.pk):  # a lead sees what was written, not the family it is about
        KEPT_APART_MACHINE.move(row, to=to, by=by, decision=decision, decided_by=by, decided_at=timezone.now())
        _record(by, row, f"kept_apart.{to}")
    return row


def _record(by: User, row: KeptApart, verb: str) -> None:
    record(by=by, verb=verb, target=row, label=row.family.reference, family_id=row.family_id)

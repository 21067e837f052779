from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from django.db import models

from betterstart.access.models import User
from betterstart.access.recording import request_id
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent, FamilyRead

SYSTEM = "Better Start"


def record(
    *,
    by: User | None,
    verb: str,
    target: models.Model | None = None,
    label: str = "",
    family_id: int | None = None,
    reason: str = "",
    details: dict[str, Any] | None = None,
) -> None:
    """Add one audit event in the current transaction.

    `verb` is noun.past ("visit.logged"); `label` names the target without personal data (a family's reference, a
    service's name); `details` holds plain values only, never free text about a family. `by=None` is the system.
    """
    _add([_event(by, verb, target, label=label, family_id=family_id, reason=reason, details=details or {})])


def record_each(*, by: User | None, verb: str, families: Iterable[models.Model]) -> None:
    """One event for each of many families, in the current transaction; each is named by its reference."""
    events = (_event(by, verb, family, label=family.reference, family_id=family.pk) for family in families)  # type: ignore[attr-defined]
    while batch := list(islice(events, 1_000)):
        _add(batch)


def _event(by: User | None, verb: str, target: models.Model | None, *, label: str, **fields: Any) -> AuditEvent:
    return AuditEvent(
        actor_id=by.pk if by else None,
        actor_name=by.display_name if by else SYSTEM,
        verb=verb,
        target_kind=target._meta.label_lower if target else "",
        target_id=target.pk if target else None,
        target_label=label[:200],
        request_id=request_id.get(),
        **fields,
    )


# The role that explains a reading when a person holds several: the narrowest that opens family records.
_READING_ROLES = [Role.COORDINATOR, Role.VOLUNTEER, Role.SAFEGUARDING_LEAD, Role.MANAGER, Role.ADMINISTRATOR]


def record_read(*, by: User, family_id: int, family_reference: str, page: str, reason: str = "") -> None:
    """Note that this person opened this family's record. An error here fails the page on purpose."""
    _add(
        [
            FamilyRead(
                reader_id=by.pk,
                reader_name=by.display_name,
                reader_role=next((role for role in _READING_ROLES if role in by.roles), ""),
                family_id=family_id,
                family_reference=family_reference,
                page=page,
                reason=reason,
                request_id=request_id.get(),
            )
        ]
    )


def _add(rows: Sequence[AuditEvent | FamilyRead]) -> None:
    """An INSERT without RETURNING: somebody who signs in adds rows that they may not read back yet."""
    fields = [field for field in rows[0]._meta.concrete_fields if not field.primary_key]
    type(rows[0])._base_manager.all()._insert(rows, fields=fields, using="default")  # type: ignore[union-attr]

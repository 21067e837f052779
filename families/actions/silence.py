from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from betterstart.access.models import User
from betterstart.audit.record import record
from families.models import Family


@transaction.atomic
def silence(*, by: User, family: Family) -> None:
    """After a death or a loss: from now nothing automatic is said to this family. Writes "family.silenced".

    Where a death or a loss is written down for a person, the database does the same in that transaction (migration
    0010), so that no way of writing it can forget.
    """
    if family.silent_since is None:
        family.silent_since = timezone.now()
        family.save(update_fields=["silent_since", "updated_at"])
        record(by=by, verb="family.silenced", target=family, label=family.reference, family_id=family.pk)


@transaction.atomic
def end_silence(*, by: User, family: Family) -> None:
    """Messages may be sent to this family again. Writes "family.silence_ended"."""
    if family.silent_since is not None:
        family.silent_since = None
        family.save(update_fields=["silent_since", "updated_at"])
        record(by=by, verb="family.silence_ended", target=family, label=family.reference, family_id=family.pk)

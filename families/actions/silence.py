from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.reminders.models import Message
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


TO_SOMEBODY_ELSE = ".to_referrer"
"""How the kind of a message ends that goes to a professional and says nothing about the family."""


def keep_silence(message: Message) -> str:
    """For the gate before everything that is sent: what would reach a family in silence stays here."""
    if message.family_id is None or message.kind.endswith(TO_SOMEBODY_ELSE):
        return ""
    silent = Family.objects.filter(pk=message.family_id, silent_since__isnull=False).exists()
    return "the family is left in silence" if silent else ""

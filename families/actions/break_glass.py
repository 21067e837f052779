from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, User
from betterstart.audit.record import record
from families.models import BreakGlass, Family, FamilyMerge
from families.models.family import BREAK_GLASS_LASTS, RECORD_OPENERS, REFERENCE_LENGTH

SHORTEST_REASON = 10


class RecordNotOpened(ValidationError):
    """The record stays closed. `error_dict` says why; a foreign, an unknown and a mistyped reference sound alike."""


def open_record(*, by: User, reference: str, reason: str) -> BreakGlass:
    """Open a family's record for an hour, for somebody whose work it is not part of.

    Only a family with a support in an organisation where the person is a manager or safeguarding lead. The reason is
    typed anew each time. Writes "record.opened" with the reason, or "record.not_opened". Raises RecordNotOpened.
    """
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise RecordNotOpened({"reason": _("Say in a few words why you need to open this record today.")})
    latest = BreakGlass.objects.filter(user=by).order_by("-pk").values_list("reason", flat=True).first()
    if latest and _bare(latest) == _bare(reason):
        raise RecordNotOpened({"reason": _("This is what you wrote last time. What is it today?")})
    family = _find(by, reference)
    if family is None:
        record(by=by, verb="record.not_opened")
        raise RecordNotOpened({"reference": _("We found no family of your organisation with this reference.")})
    return _open(by, family, reason)


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _find(by: User, reference: str) -> Family | None:
    typed = "".join(filter(str.isalnum, reference)).upper()
    if len(typed) != REFERENCE_LENGTH:
        return None
    held = Membership.objects.active().filter(user_id=by.pk, role__in=RECORD_OPENERS)
    # The database shows this person no family yet; nothing but this one row is asked for.
    with acting_as(Scope.ALL, by.pk):
        families = Family.objects.filter(supports__service__organisation__in=held.values("organisation"))
        joined = FamilyMerge.objects.standing().filter(merged_reference=typed)
        return families.filter(Q(reference=typed) | Q(pk__in=joined.values("kept"))).first()


@transaction.atomic
def _open(by: User, family: Family, reason: str) -> BreakGlass:
    now = timezone.now()
    BreakGlass.objects.open().filter(user=by, family=family).update(closed_at=now)
    opening = BreakGlass.objects.create(
        family=family, user=by, reason=reason, opened_at=now, expires_at=now + BREAK_GLASS_LASTS
    )
    record(by=by, verb="record.opened", target=opening, label=family.reference, family_id=family.pk, reason=reason)
    return opening


@transaction.atomic
def close_record(*, by: User, opening: BreakGlass) -> None:
    """Close an opened record before its hour is over. Writes "record.closed", once."""
    closed = BreakGlass.objects.open().filter(pk=opening.pk, user=by).update(closed_at=timezone.now())
    if closed:
        record(by=by, verb="record.closed", target=opening, label=opening.family.reference, family_id=opening.family_id)

"""These two are not brought together: said by one side, or by a coordinator, and kept from the other side."""

from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.models import FamilyReply, ReplyKind, Support
from volunteers.actions.offers import close_offer
from volunteers.actions.pairing import move_match, say
from volunteers.models import Match, MatchState, NeverReason, NeverSaidBy, NeverWith, Volunteer

NEVER = "never"


class NeverWithRefused(ValidationError):
    """This cannot be kept, or taken back, so. `error_dict` has a sentence for each field."""


@transaction.atomic
def say_never(
    *,
    by: User,
    support: Support,
    volunteer: Volunteer,
    said_by: str,
    reason: str,
    words: str = "",
    said_on: dt.date | None = None,
    reply: FamilyReply | None = None,
) -> NeverWith:
    """Keep that the family of this support and this volunteer are not brought together, and give the row.

    It holds for the family, in whichever support. `reply` where the family asked for somebody else on their own page.
    Matches of the two that have not begun are taken back; what becomes of one that holds, a person decides. Writes
    "never_with.said", without who and why, and "match.withdrawn". Sent twice it is kept once. Raises NeverWithRefused.
    """
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise NeverWithRefused(_("You do not coordinate this service."))
    if not Volunteer.objects.kept_by(by).filter(pk=volunteer.pk).exists():
        raise NeverWithRefused({"volunteer": _("Choose one of your volunteers.")})
    if said_by not in NeverSaidBy.values:
        raise NeverWithRefused({"said_by": _("Please choose one.")})
    if reason not in NeverReason.values:
        raise NeverWithRefused({"reason": _("Please choose one.")})
    if reason == NeverReason.OTHER and not words.strip():
        raise NeverWithRefused({"words": _("Say in a few words why. Only coordinators read it.")})
    if (said_on or london_today()) > london_today():
        raise NeverWithRefused({"said_on": _("This day has not come yet.")})
    if reply is not None and (reply.family_id != support.family_id or reply.kind != ReplyKind.OTHER_VOLUNTEER):
        raise NeverWithRefused(_("Here they did not ask for somebody else."))
    pair = {"family_id": support.family_id, "volunteer": volunteer, "said_by": said_by, "reason": reason}
    Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    _take_back_offers(by, support.family_id, volunteer)
    if same := NeverWith.objects.standing().filter(**pair, words=words.strip()).first():
        return same
    row = NeverWith.objects.create(
        **pair, words=words.strip(), said_on=said_on or london_today(), reply=reply, recorded_by=by
    )
    _record(by, row, "never_with.said")
    return row


def _take_back_offers(by: User, family_id: int, volunteer: Volunteer) -> None:
    """What these two were asked, or about to do, is over: also in a service the asker does not coordinate."""
    with acting_as(Scope.ALL, by.pk):
        rows = Match.objects.open().filter(family=family_id, volunteer=volunteer).select_for_update(of=("self",))
        for match in rows.select_related("family", "volunteer").order_by("pk"):
            if not match.holds:
                move_match(by, match, MatchState.WITHDRAWN, reason=NEVER)
                close_offer(match)
                say(by, "match.withdrawn", match)


@transaction.atomic
def take_back_never(*, by: User, row: NeverWith, why: str) -> NeverWith:
    """It no longer holds, for a reason. Gives the row.

    Writes "never_with.taken_back". Raises NeverWithRefused without a reason, where it is not theirs, or done already.
    """
    if not Support.objects.coordinated_by(by).filter(family=row.family_id).exists():
        raise NeverWithRefused(_("You do not coordinate this service."))
    if not why.strip():
        raise NeverWithRefused({"why": _("Say in a sentence why it no longer holds.")})
    done = (
        NeverWith.objects.standing()
        .filter(pk=row.pk)
        .update(taken_back_at=timezone.now(), taken_back_by=by, taken_back_why=why.strip())
    )
    if not done:
        raise NeverWithRefused(_("Somebody has taken this back already."))
    row.refresh_from_db()
    _record(by, row, "never_with.taken_back")
    return row


def _record(by: User, row: NeverWith, verb: str) -> None:
    record(by=by, verb=verb, target=row, label=row.family.reference, family_id=row.family_id)

"""Keeping in touch with a family that waits: what was said, when somebody is in touch again, why it waits."""

from __future__ import annotations

import datetime as dt
import uuid as uuids

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import at_london, day_in_words, london_today
from families.actions.visit import already_saved, lock_support, log_not_delivered, log_visit
from families.models import NotDeliveredReason, Support, Visit, VisitMode
from families.models.support import BEFORE_START

TRY_AGAIN_WITHIN = dt.timedelta(weeks=1)
LONGEST_GAP = dt.timedelta(weeks=12)
TRY_MINUTES = 5


class TouchWay(models.TextChoices):
    PHONE = VisitMode.PHONE.value, gettext_lazy("Rang them")
    MESSAGES = VisitMode.MESSAGES.value, gettext_lazy("Wrote to each other")
    MET = VisitMode.OTHER_PLACE.value, gettext_lazy("Met them")
    NOBODY = "nobody", gettext_lazy("Tried, and nobody answered")


class TouchRefused(ValidationError):
    """This cannot be kept so. `error_dict` has a sentence for each field."""


@transaction.atomic
def keep_in_touch(
    *,
    by: User,
    support: Support,
    way: str,
    next_on: dt.date,
    words: str = "",
    because: str = "",
    happened_on: dt.date | None = None,
    minutes: int = TRY_MINUTES,
    asked_for: bool = False,
    uuid: uuids.UUID | None = None,
) -> Visit:
    """Record a contact with a waiting family, or a try, and the day of the next; give the visit that holds it.

    `next_on` is at most as far ahead as the service promises, or up to twelve weeks if the family asked for it
    (`asked_for`); after a try a week. `uuid` makes sending a form twice give one row. The first contact moves an
    offered support on. Writes "support.touched". Raises TouchRefused, VisitRefused, or MoveRefused.
    """
    support = lock_support(support)
    if saved := already_saved(support, uuid):
        return saved
    day = happened_on or london_today()
    _check(support, way, day, next_on, asked_for)
    if way == TouchWay.NOBODY:
        visit = log_not_delivered(
            by=by,
            support=support,
            worker=by,
            planned_start=_begun(day, TRY_MINUTES),
            minutes=TRY_MINUTES,
            reason=NotDeliveredReason.FAMILY_NOT_AVAILABLE,
            mode=VisitMode.PHONE,
            note=words,
            uuid=uuid,
        )
    else:
        visit = log_visit(
            by=by,
            support=support,
            uuid=uuid,
            confirmed=("overlap",),  # one can ring somebody in the middle of another visit
            worker=by,
            actual_start=_begun(day, minutes),
            duration_minutes=minutes,
            mode=way,
            what_happened=words,
        )
    Support.objects.filter(pk=support.pk).update(next_touch_on=next_on, waits_because=because)
    record(
        by=by,
        verb="support.touched",
        target=support,
        label=support.family.reference,
        family_id=support.family_id,
        details={"way": way, "next": next_on.isoformat(), "because": because},
    )
    return visit


def _begun(day: dt.date, minutes: int) -> dt.datetime:
    """So long ago for a contact of today, noon for one of another day."""
    begun = timezone.now() - dt.timedelta(minutes=minutes)
    return begun if day == london_today() else at_london(day, dt.time(12))


def _check(support: Support, way: str, day: dt.date, next_on: dt.date, asked_for: bool) -> None:
    today, promised = london_today(), dt.timedelta(days=support.service.waiting_touch_days)
    if support.state not in BEFORE_START:
        raise TouchRefused({"__all__": _("This family does not wait any more. Log a visit instead.")})
    if day > today:
        raise TouchRefused({"happened_on": _("This day has not come yet.")})
    if next_on <= today:
        raise TouchRefused({"next_on": _("Choose a day after today.")})
    if way == TouchWay.NOBODY and next_on > today + TRY_AGAIN_WITHIN:
        words = _("They have not heard from us yet. Try again until {day}.")
        raise TouchRefused({"next_on": words.format(day=day_in_words(today + TRY_AGAIN_WITHIN))})
    if next_on > today + LONGEST_GAP:
        words = _("That is a long time without a word. Choose a day until {day}.")
        raise TouchRefused({"next_on": words.format(day=day_in_words(today + LONGEST_GAP))})
    if next_on > today + promised and not asked_for:
        words = _("Families who wait hear from us until {day}. If they asked for a longer gap, say so below.")
        raise TouchRefused({"next_on": words.format(day=day_in_words(today + promised))})

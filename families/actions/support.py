from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, Service, User
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_date, london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.editing import save_edit
from families.actions.family import NotYourService
from families.actions.review import follow_support
from families.actions.silence import silence
from families.models import (
    Assignment,
    BookingState,
    EndingReason,
    EndingStep,
    Family,
    NotDeliveredReason,
    RematchReason,
    Support,
    SupportState,
    TransferState,
    VisitPurpose,
    VisitState,
)
from families.models.booking import BOOKING_MACHINE, OPEN_BOOKINGS
from families.models.support import BEFORE_START, CLOSED_STATES, SUPPORT_MACHINE, Named
from families.models.transfer import TRANSFER_MACHINE
from families.models.visit import VISIT_MACHINE

S = SupportState
LONGEST_WITHOUT_REVIEW = dt.timedelta(weeks=12)


class SupportRefused(ValidationError):
    """Something asked for with a move is missing or impossible. `error_dict` has a sentence for each field."""


class AlreadyOffered(Exception):
    """The family has an open support in this service."""


@transaction.atomic
def offer_support(*, by: User, family: Family, service: Service, first_wish: str = "") -> Support:
    """Offer a family one more service, or the same one again, and give the new support.

    What an earlier support held is not copied. Writes "support.offered". Raises NotYourService, AlreadyOffered.
    """
    if not Service.objects.coordinated_by(by).filter(pk=service.pk, is_open=True).exists():
        raise NotYourService
    try:
        with transaction.atomic():
            support = Support.objects.create(family=family, service=service, first_wish=first_wish)
    except IntegrityError as error:
        raise AlreadyOffered from error
    SUPPORT_MACHINE.note_start(support, by=by)
    _record(by, support, "support.offered", service=service.name)
    return support


@transaction.atomic
def edit_support(*, by: User, support: Support, version: int, **fields: Any) -> Support:
    """Change what was agreed (dates, the family's wish, the promise). Writes "support.changed".

    Raises SupportRefused, StaleEdit.
    """
    _check_days(support, fields)
    _check_naming(fields)
    changed = save_edit(support, version=version, **fields)
    if changed:
        _record(by, support, "support.changed", fields=changed)
    return support


@transaction.atomic
def move_support(
    *,
    by: User,
    support: Support,
    to: str,
    reason: str = "",
    note: str = "",
    review_on: dt.date | None = None,
    **changes: Any,
) -> Support:
    """Move a support to another state, with what that brings, and give it back.

    Closing one also ends every open assignment of it (and with it the access it gave), cancels the visits still
    planned and the places in groups, and takes back what another service was asked; looking for another volunteer ends
    the assignments of everybody but the coordinators, after today or for safety at once. A match follows its
    assignment. A planned ending that is taken back takes its steps and final scores back with it. A death in the
    family silences everything automatic. `review_on`: the day agreed to look together, for one that starts or carries
    on; the review ahead follows the move. Writes "support.moved". Raises SupportRefused for a field, MoveRefused where
    the move is not possible now.
    """
    support.refresh_from_db(from_queryset=Support.objects.select_for_update(of=("self",)))
    came_from = support.state
    changes = _with_defaults(support, to, reason, note, changes)
    if to == S.ACTIVE:
        _check_review_day(review_on, is_needed=came_from == S.ENDING)
    SUPPORT_MACHINE.move(support, to=to, by=by, reason=reason, note=note, **changes)
    follow_support(by=by, support=support, came_from=came_from, review_on=review_on)
    if to in CLOSED_STATES:
        _end_assignments(support)
        _cancel_visits(by, support)
        _take_back_transfers(by, support)
        _cancel_bookings(by, support)
    elif to == S.WAITING and came_from == S.ACTIVE:
        _part_from_volunteers(support, at_once=reason == RematchReason.SAFETY)
    elif (came_from, to) == (S.ENDING, S.ACTIVE):
        standing = EndingStep.objects.standing().filter(support=support)
        standing.update(taken_back_at=timezone.now(), updated_at=timezone.now())
    if reason == EndingReason.DEATH:
        silence(by=by, family=support.family)
    _record(by, support, "support.moved", **{"from": came_from, "to": to, "reason": reason})
    return support


def _with_defaults(support: Support, to: str, reason: str, note: str, changes: dict[str, Any]) -> dict[str, Any]:
    """The field changes that go with a move. Raises SupportRefused for one that cannot be."""
    today, came_from = london_today(), support.state
    if to in CLOSED_STATES:
        changes["ended_on"] = changes.get("ended_on") or today
    if to in {S.ENDING, S.ENDED_UNPLANNED}:
        changes["ending_reason"] = reason
    if to == S.WAITING:
        changes["waiting_since"] = today
    if (came_from, to) == (S.ACTIVE, S.WAITING):
        changes |= {"next_touch_on": None, "waits_because": ""}
    if to == S.ACTIVE and came_from in BEFORE_START:
        changes["started_on"] = support.started_on or changes.get("started_on") or first_day(support)
    if to == S.ACTIVE:
        changes |= {"paused_until": None, "ending_on": None, "ending_reason": ""}
    if (came_from, to) == (S.ENDING, S.ACTIVE):
        changes |= {"final_scores_on": None, "final_scores_declined": False}
    if not note.strip() and (to, came_from) == (S.ACTIVE, S.ENDING):
        raise SupportRefused({"note": _("Please write a few words about this.")})
    _check_days(support, changes)
    return changes


def _check_review_day(review_on: dt.date | None, *, is_needed: bool) -> None:
    if review_on is None and not is_needed:
        return
    today = london_today()
    if review_on is None or not today < review_on <= today + LONGEST_WITHOUT_REVIEW:
        raise MoveRefused(_("Choose the day on which you look together again, at most twelve weeks from today."))


def _check_naming(fields: dict[str, Any]) -> None:
    """A yes or a no of the family has the day they were asked; without one, nobody asked."""
    if "may_be_named" not in fields:
        return
    if fields["may_be_named"] == Named.NOT_ASKED:
        fields["named_asked_on"] = None
    elif not fields.get("named_asked_on"):
        fields["named_asked_on"] = london_today()


NOT_AHEAD = ("agreed_on", "named_asked_on", "home_safety_on", "started_on", "final_scores_on", "ended_on")
NOT_BEFORE_IT_BEGAN = ("started_on", "ending_on", "final_scores_on", "ended_on")


def _check_days(support: Support, days: dict[str, Any]) -> None:
    errors = {
        name: _("This day has not come yet.") for name in NOT_AHEAD if (days.get(name) or dt.date.min) > london_today()
    }
    began = support.started_on or support.accepted_on
    words = _("This support began on {day}. This cannot be earlier.").format(day=day_in_words(began))
    errors |= {name: words for name in NOT_BEFORE_IT_BEGAN if (days.get(name) or dt.date.max) < began}
    if errors:
        raise SupportRefused(errors)


def first_day(support: Support) -> dt.date:
    """The day of the introduction visit where there was one, else today."""
    first = support.visits.delivered().filter(purpose=VisitPurpose.INTRODUCTION).order_by("actual_start").first()
    return london_date(first.actual_start) if first and first.actual_start else london_today()


def _end_assignments(support: Support) -> None:
    _let_go(support.assignments.all(), london_today())


def _part_from_volunteers(support: Support, *, at_once: bool) -> None:
    """A visit of the last day can still be written down, unless they part for safety."""
    held = Membership.objects.active().filter(role=Role.COORDINATOR, organisation=support.service.organisation_id)
    others = support.assignments.exclude(worker__in=held.values("user_id"))
    _let_go(others, london_today() + dt.timedelta(days=0 if at_once else 1))


def _let_go(assignments: models.QuerySet[Assignment], on: dt.date) -> None:
    # One that would have begun later ends on the day it begins: it never held.
    assignments.exclude(ends_on__lte=on).update(ends_on=Greatest("starts_on", on), updated_at=timezone.now())


def _take_back_transfers(by: User, support: Support) -> None:
    """Nobody may say yes to a family whose support here is over."""
    for transfer in support.transfers.open():
        TRANSFER_MACHINE.move(transfer, to=TransferState.WITHDRAWN, by=by, note=_("The support ended."))


def _cancel_visits(by: User, support: Support) -> None:
    reason = NotDeliveredReason.CANCELLED_BY_COORDINATOR
    for visit in support.visits.planned().filter(planned_start__gt=timezone.now()):
        VISIT_MACHINE.move(
            visit,
            to=VisitState.NOT_DELIVERED,
            by=by,
            reason=reason,
            not_delivered_reason=reason,
            version=visit.version + 1,
        )


def _cancel_bookings(by: User, support: Support) -> None:
    for booking in support.bookings.filter(state__in=OPEN_BOOKINGS):
        BOOKING_MACHINE.move(booking, to=BookingState.CANCELLED, by=by, reason="support_over")


def _record(by: User, support: Support, verb: str, **details: Any) -> None:
    record(
        by=by,
        verb=verb,
        target=support,
        label=support.family.reference,
        family_id=support.family_id,
        details=details,
    )

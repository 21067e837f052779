"""Looking together at a support: when it is due, booked, held or declined, and what follows.

A support that is active always has one review ahead, and one that is over has none: `follow_support` sees to that in
the move of the support, `hold_review` and `decline_review` put the next one ahead.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Service, User
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_date, london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.own_words import adults_of
from families.models import (
    CalledOff,
    FamilyMember,
    Review,
    ReviewPart,
    ReviewState,
    Support,
    SupportState,
    VisitMode,
)
from families.models.review import FOR_ANOTHER_DAY, REVIEW_MACHINE
from families.models.support import BEFORE_START, CLOSED_STATES

R = ReviewState
S = SupportState
FURTHEST_NEXT = dt.timedelta(weeks=26)


class ReviewRefused(ValidationError):
    """Something about a review is missing or impossible. `error_dict` has a sentence for each field."""


def first_review_on(service: Service, started_on: dt.date) -> dt.date | None:
    """The first day of this support's rhythm that has not passed; None where the service holds none by itself."""
    if not service.review_every_weeks:
        return None
    first = started_on + dt.timedelta(weeks=service.first_review_weeks)
    late = (london_today() - first).days
    rounds = -(-late // (7 * service.review_every_weeks)) if late > 0 else 0
    return first + dt.timedelta(weeks=rounds * service.review_every_weeks)


def next_review_on(service: Service, after: dt.date) -> dt.date | None:
    """The day to propose for the next one, after one on that day."""
    if not service.review_every_weeks:
        return None
    return max(after + dt.timedelta(weeks=service.review_every_weeks), london_today() + dt.timedelta(days=1))


def follow_support(*, by: User, support: Support, came_from: str, review_on: dt.date | None = None) -> None:
    """Let the review ahead follow a move of its support that was made in this transaction.

    Started: one is ahead, on the day agreed or the first of the rhythm. Introduced to another volunteer, or taken up
    again after a pause: one that is not booked is moved on by as much. Ending or over: none is ahead.
    """
    ahead = Review.objects.open().select_for_update().filter(support=support).first()
    if support.state in CLOSED_STATES or support.state == S.ENDING:
        if ahead:
            reason = CalledOff.ENDING if support.state == S.ENDING else CalledOff.SUPPORT_OVER
            REVIEW_MACHINE.move(ahead, to=R.CANCELLED, by=by, reason=reason)
            _record(by, ahead, "review.cancelled", reason=reason)
        return
    if support.state != S.ACTIVE:
        return
    if ahead is None:
        if due_on := review_on or first_review_on(support.service, support.started_on or london_today()):
            _put_ahead(by, support, due_on)
        return
    moved_to = review_on or _moved_on(support, ahead, came_from)
    if ahead.state == R.DUE and moved_to != ahead.due_on:
        ahead.due_on = moved_to
        ahead.version += 1
        ahead.save(update_fields=["due_on", "version", "updated_at"])
        _record(by, ahead, "review.moved_on", due_on=moved_to.isoformat())


def reviews_ahead(supports: Iterable[Support]) -> list[Review]:
    """For supports that came in from elsewhere and go on here: the review that is ahead of each, not saved yet."""
    going_on = [support for support in supports if support.state in {S.ACTIVE, S.PAUSED}]
    days = [(each, first_review_on(each.service, each.started_on or each.accepted_on)) for each in going_on]
    return [Review(support=each, family_id=each.family_id, due_on=due_on) for each, due_on in days if due_on]


def _moved_on(support: Support, ahead: Review, came_from: str) -> dt.date:
    """Six weeks with another volunteer before anybody is asked how it goes; a pause stops the clock."""
    if came_from in BEFORE_START:
        return max(ahead.due_on, first_review_on(support.service, london_today()) or ahead.due_on)
    moves = Transition.objects.of("support", support.pk).filter(to_state=S.PAUSED)
    paused_at = moves.order_by("-id").values_list("happened_at", flat=True).first()
    rested = london_today() - london_date(paused_at) if paused_at and came_from == S.PAUSED else dt.timedelta()
    return ahead.due_on + rested


def _put_ahead(by: User, support: Support, due_on: dt.date) -> Review:
    review = Review.objects.create(support=support, family_id=support.family_id, due_on=due_on)
    REVIEW_MACHINE.note_start(review, by=by)
    _record(by, review, "review.put_ahead", due_on=due_on.isoformat())
    return review


@transaction.atomic
def book_review(*, by: User, review: Review, version: int, booked_for: dt.datetime, mode: str) -> Review:
    """Agree a day and time to look together, or another one, and give the review. Writes "review.booked".

    Raises NotYourService, ReviewRefused, StaleEdit, MoveRefused.
    """
    review = _held(by, review, version)
    errors = {}
    if not timezone.now() <= booked_for <= timezone.now() + FURTHEST_NEXT:
        errors["day"] = _("Choose a time from now on, at most half a year ahead.")
    if mode not in VisitMode.values:
        errors["mode"] = _("Choose where you meet.")
    if errors:
        raise ReviewRefused(errors)
    if review.state == R.BOOKED:
        _call_off(by, review, CalledOff.MOVED)
    REVIEW_MACHINE.move(review, to=R.BOOKED, by=by, booked_for=booked_for, mode=mode, version=review.version + 1)
    _record(by, review, "review.booked", on=london_date(booked_for).isoformat(), mode=mode)
    return review


@transaction.atomic
def call_off_review(*, by: User, review: Review, version: int, reason: str, note: str = "") -> Review:
    """The booked day does not hold; the review is due as before, and give it. Writes "review.cancelled".

    Raises NotYourService, ReviewRefused, StaleEdit, MoveRefused.
    """
    review = _held(by, review, version)
    if reason not in FOR_ANOTHER_DAY:
        raise ReviewRefused({"reason": _("Choose what comes closest.")})
    _call_off(by, review, reason, note)
    _record(by, review, "review.cancelled", reason=reason)
    return review


def _call_off(by: User, review: Review, reason: str, note: str = "") -> None:
    REVIEW_MACHINE.move(review, to=R.CANCELLED, by=by, reason=reason, note=note)
    again: dict[str, Any] = {"booked_for": None, "mode": "", "version": review.version + 1}
    REVIEW_MACHINE.move(review, to=R.DUE, by=by, reason=reason, **again)


@transaction.atomic
def decline_review(*, by: User, review: Review, version: int, next_on: dt.date | None, note: str = "") -> Review:
    """The family would rather not look together this time; they need no reason. Gives the review.

    The next one is put ahead for `next_on`. Writes "review.declined". Raises NotYourService, ReviewRefused,
    StaleEdit, MoveRefused.
    """
    review = _held(by, review, version)
    _check_next(review, next_on, london_today())
    REVIEW_MACHINE.move(review, to=R.DECLINED, by=by, note=note, recorded_by=by, version=review.version + 1)
    _record(by, review, "review.declined")
    _go_on(by, review, next_on)
    return review


@transaction.atomic
def hold_review(
    *,
    by: User,
    review: Review,
    version: int,
    held_on: dt.date,
    mode: str,
    there: Collection[FamilyMember],
    next_on: dt.date | None,
    volunteer_there: bool = False,
    others_there: str = "",
    agreed_change: str = "",
) -> Review:
    """Write down that the family and we have looked together, and give the review; the next one is put ahead.

    `there`: the adults of the family who were. Writes "review.held". Raises NotYourService, StaleEdit, MoveRefused,
    and ReviewRefused where the day lies ahead or before the support began, nobody of the family was there, or the next
    day is missing or out of reach.
    """
    review = _held(by, review, version)
    _check_held(review, held_on, mode, there)
    _check_next(review, next_on, held_on)
    REVIEW_MACHINE.move(
        review,
        to=R.HELD,
        by=by,
        held_on=held_on,
        mode=mode,
        volunteer_there=volunteer_there,
        others_there=others_there,
        agreed_change=agreed_change,
        recorded_by=by,
        version=review.version + 1,
    )
    of = {"review": review, "support": review.support, "family": review.family}
    ReviewPart.objects.bulk_create(ReviewPart(member=member, **of) for member in there)
    _record(by, review, "review.held", on=held_on.isoformat(), there=len(there))
    _go_on(by, review, next_on)
    return review


def _check_held(review: Review, held_on: dt.date, mode: str, there: Collection[FamilyMember]) -> None:
    errors = {}
    began = review.support.started_on or review.support.accepted_on
    if held_on > london_today():
        errors["held_on"] = _("This day has not come yet. Write it down when you have looked together.")
    elif held_on < began:
        words = _("This support began on {day}. You cannot have looked at it before.")
        errors["held_on"] = words.format(day=day_in_words(began))
    elif before := _held_before(review, held_on):
        words = _("You looked together on {day} already. Choose a later day.")
        errors["held_on"] = words.format(day=day_in_words(before))
    if mode not in VisitMode.values:
        errors["mode"] = _("Choose where you met.")
    ours = {member.pk for member in adults_of(review.family)}
    if not there or any(member.pk not in ours for member in there):
        errors["there"] = _("Choose at least one adult of the family who was there.")
    if errors:
        raise ReviewRefused(errors)


def _held_before(review: Review, held_on: dt.date) -> dt.date | None:
    """The day of a review of this support that was held on this day or later."""
    held = Review.objects.filter(support=review.support, state=R.HELD, held_on__gte=held_on)
    return held.order_by("held_on").values_list("held_on", flat=True).first()


def _check_next(review: Review, next_on: dt.date | None, after: dt.date) -> None:
    service, today = review.support.service, london_today()
    if next_on is None and not service.review_every_weeks:
        return
    if next_on is None or not max(today, after) < next_on <= today + FURTHEST_NEXT:
        raise ReviewRefused({"next_on": _("Choose the day of the next review: after today, at most half a year away.")})


def _go_on(by: User, review: Review, next_on: dt.date | None) -> None:
    if next_on:
        _put_ahead(by, review.support, next_on)


def _held(by: User, review: Review, version: int) -> Review:
    """The review as it stands, its support held until the end of the transaction."""
    if not Support.objects.coordinated_by(by).filter(pk=review.support_id).exists():
        raise NotYourService
    Support.objects.select_for_update().get(pk=review.support_id)
    rows = Review.objects.select_related("support__service", "family").select_for_update(of=("self",))
    stored = rows.get(pk=review.pk)
    if not stored.is_open:
        raise MoveRefused(_why_not(stored))
    if stored.version != version:
        raise StaleEdit(stored)
    return stored


def _why_not(review: Review) -> str:
    if review.state == R.HELD:
        words = _("This review is written down already: you looked together on {day}.")
        return words.format(day=day_in_words(review.day))
    if review.state == R.DECLINED:
        return _("The family said that they would rather not. The next one is ahead.")
    return _("This review was called off, as the support was ending or had ended.")


def _record(by: User, review: Review, verb: str, **details: Any) -> None:
    family = review.family
    record(by=by, verb=verb, target=review, label=family.reference, family_id=family.pk, details=details)

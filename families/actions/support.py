from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, Service, User
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.clock import day_in_words, london_date, london_today
from families.actions.editing import save_edit
from families.actions.family import NotYourService
from families.actions.silence import silence
from families.models import EndingReason, Family, NotDeliveredReason, Support, SupportState, VisitPurpose, VisitState
from families.models.support import BEFORE_START, CLOSED_STATES, SUPPORT_MACHINE
from families.models.visit import VISIT_MACHINE

S = SupportState


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
    for name in ("agreed_on", "home_safety_on"):
        if fields.get(name) and fields[name] > london_today():
            raise SupportRefused({name: _("This day has not come yet.")})
    changed = save_edit(support, version=version, **fields)
    if changed:
        _record(by, support, "support.changed", fields=changed)
    return support


@transaction.atomic
def move_support(*, by: User, support: Support, to: str, reason: str = "", note: str = "", **changes: Any) -> Support:
    """Move a support to another state, with what that brings, and give it back.

    Closing one also ends every open assignment of it (and with it the access it gave) and cancels the visits still
    planned; looking for another volunteer ends the assignments of everybody but the coordinators. A match follows its
    assignment. A death in the family silences everything automatic. Writes "support.moved". Raises SupportRefused for
    a field, MoveRefused where the move is not possible now.
    """
    support.refresh_from_db(from_queryset=Support.objects.select_for_update(of=("self",)))
    came_from = support.state
    changes = _with_defaults(support, to, note, changes)
    SUPPORT_MACHINE.move(support, to=to, by=by, reason=reason, note=note, **changes)
    if to in CLOSED_STATES:
        _end_assignments(support)
        _cancel_visits(by, support)
    elif to == S.WAITING and came_from == S.ACTIVE:
        _end_assignments(support, keep_coordinators=True)
    if reason == EndingReason.DEATH:
        silence(by=by, family=support.family)
    _record(by, support, "support.moved", **{"from": came_from, "to": to, "reason": reason})
    return support


def _with_defaults(support: Support, to: str, note: str, changes: dict[str, Any]) -> dict[str, Any]:
    today = london_today()
    if to in CLOSED_STATES:
        changes["ended_on"] = changes.get("ended_on") or today
        _check_end(support, changes["ended_on"])
    if to == S.WAITING:
        changes["waiting_since"] = today
    if to == S.ACTIVE and support.state in BEFORE_START:
        changes["started_on"] = support.started_on or changes.get("started_on") or _first_day(support)
    if to == S.ACTIVE and support.state == S.PAUSED:
        changes["paused_until"] = None
    if to == S.ACTIVE and support.state == S.ENDING:
        changes |= {"ending_on": None, "ending_reason": ""}
    if (to == S.TRANSFERRED or (to == S.ACTIVE and support.state == S.ENDING)) and not note.strip():
        raise SupportRefused({"note": _("Please write a few words about this.")})
    return changes


def _check_end(support: Support, ended_on: dt.date) -> None:
    began = support.started_on or support.accepted_on
    if ended_on > london_today():
        raise SupportRefused({"ended_on": _("This day has not come yet.")})
    if ended_on < began:
        words = _("This support began on {day}. It cannot end before that.")
        raise SupportRefused({"ended_on": words.format(day=day_in_words(began))})


def _first_day(support: Support) -> dt.date:
    """The day of the introduction visit where there was one, else today."""
    first = support.visits.delivered().filter(purpose=VisitPurpose.INTRODUCTION).order_by("actual_start").first()
    return london_date(first.actual_start) if first and first.actual_start else london_today()


def _end_assignments(support: Support, *, keep_coordinators: bool = False) -> None:
    today = london_today()
    open_ones = support.assignments.exclude(ends_on__lte=today)
    if keep_coordinators:
        held = Membership.objects.active().filter(role=Role.COORDINATOR, organisation=support.service.organisation_id)
        open_ones = open_ones.exclude(worker__in=held.values("user_id"))
    # One that would have begun later ends on the day it begins: it never held.
    open_ones.update(ends_on=Greatest("starts_on", today), updated_at=timezone.now())


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


def _record(by: User, support: Support, verb: str, **details: Any) -> None:
    record(
        by=by,
        verb=verb,
        target=support,
        label=support.family.reference,
        family_id=support.family_id,
        details=details,
    )

"""Goodbyes: the reason, the day, a talk at the end if they like, and what comes back to us."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions import take_back_invitations, withdraw_role
from betterstart.access.models import User
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.clock import london_today
from betterstart.links.actions import take_back_links
from betterstart.transitions.machine import MoveRefused
from families.models import Assignment
from volunteers.actions.enquiry import APPLY_LINK
from volunteers.actions.references import REFERENCE_LINK
from volunteers.models import VOLUNTEER_MACHINE, ApplicationDraft, Leaving, Volunteer, VolunteerState
from volunteers.models.away import ExitTalk

V = VolunteerState
NEVER_BEGAN = (V.ENQUIRY, V.APPLIED, V.CHECKING, V.PREPARING)


class LeavingRefused(ValidationError):
    """This goodbye cannot be so. `error_dict` has a sentence for each field."""


@transaction.atomic
def leave(
    *, by: User, volunteer: Volunteer, reason: str, left_on: dt.date | None = None, words: str = "", **at_the_end: Any
) -> Leaving:
    """Somebody leaves, or does not go on. Access ends in the same moment; matches that are left wait on Today for a
    decision. `at_the_end`: exit_talk, exit_words, would_return, things_back, data_back.

    Writes "volunteer.left". The caller has asked who may. Raises LeavingRefused.
    """
    left_on = left_on or london_today()
    if left_on > london_today():
        raise LeavingRefused({"left_on": _("Choose today or an earlier day: access ends now.")})
    if volunteer.user_id is None:
        at_the_end = {"exit_talk": ExitTalk.NOT_WANTED, **at_the_end, "things_back": True, "data_back": True}
    with acting_as(Scope.ALL, by.pk):
        stored = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
        leaving = Leaving.objects.create(
            volunteer=volunteer, created_by=by, reason=reason, left_on=left_on, words=words, **at_the_end
        )
        try:
            VOLUNTEER_MACHINE.move(volunteer, to=_goes_to(stored), by=by, reason=reason, left_on=left_on)
        except MoveRefused as refusal:
            raise LeavingRefused(str(refusal)) from refusal
        _take_back(by, volunteer)
        volunteer.breaks.open().update(closed_at=leaving.created_at)
        if volunteer.user:
            _end_access(by, volunteer)
        record(by=by, verb="volunteer.left", target=volunteer, reason=reason)
    return leaving


def _goes_to(volunteer: Volunteer) -> str:
    state = volunteer.state
    if state == V.SUSPENDED:
        state = volunteer.suspensions.order_by("-pk").values_list("came_from", flat=True)[0]
    return V.NOT_PROCEEDING if state in NEVER_BEGAN else V.LEFT


def _take_back(by: User, volunteer: Volunteer) -> None:
    """Nothing that was sent out about them opens anything any more: to them, or to those who speak for them."""
    take_back_links(by=by, purpose=APPLY_LINK, subject_id=volunteer.pk)
    for reference in volunteer.references.open():
        take_back_links(by=by, purpose=REFERENCE_LINK, subject_id=reference.pk)
    ApplicationDraft.objects.filter(volunteer=volunteer).delete()
    if volunteer.email:
        take_back_invitations(by=by, email=volunteer.email, role=Role.VOLUNTEER, organisation=volunteer.organisation)


def _end_access(by: User, volunteer: Volunteer) -> None:
    withdraw_role(
        by=by,
        person=volunteer.user,  # type: ignore[arg-type]
        role=Role.VOLUNTEER,
        organisation=volunteer.organisation,
        reason=_("Left"),
    )
    held = Assignment.objects.in_force().filter(match__volunteer=volunteer)
    held.update(ends_on=Greatest("starts_on", london_today()), updated_at=timezone.now())


@transaction.atomic
def finish_goodbye(*, by: User, leaving: Leaving, **at_the_end: Any) -> Leaving:
    """What came after the last day: the talk, what they told, what is back. Writes "volunteer.goodbye"."""
    with acting_as(Scope.ALL, by.pk):
        for name, value in at_the_end.items():
            setattr(leaving, name, value)
        leaving.save(update_fields=[*at_the_end, "updated_at"])
        told = {name: leaving.__dict__[name] for name in ("exit_talk", "things_back", "data_back")}
        record(by=by, verb="volunteer.goodbye", target=leaving.volunteer, details=told)
    return leaving

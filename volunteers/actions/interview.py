from __future__ import annotations

import datetime as dt

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_date, london_today
from betterstart.transitions.machine import MoveRefused
from volunteers.actions.readiness import settle
from volunteers.actions.references import name_referee
from volunteers.models import VOLUNTEER_MACHINE, Interview, Reference, Volunteer, VolunteerState
from volunteers.models.interview import InterviewOutcome


class InterviewRefused(ValidationError):
    """This talk cannot be written down so. `error_dict` has a sentence for each field."""


@transaction.atomic
def hold_interview(
    *, by: User, volunteer: Volunteer, held_on: dt.date, held_by: User, notes: str, outcome: str
) -> Interview:
    """Write down the talk with somebody who applied. "Go on" leads to the checks; "not now" leaves them where they
    are, for a kind answer. Writes "volunteer.interviewed". Raises InterviewRefused.
    """
    if held_on > london_today():
        raise InterviewRefused({"held_on": _("This day has not come yet.")})
    applied_at = volunteer.application.applied_at if hasattr(volunteer, "application") else None
    if applied_at is None:
        raise InterviewRefused(_("They have not applied yet."))
    if held_on < london_date(applied_at):
        raise InterviewRefused({"held_on": _("They applied after this day.")})
    with acting_as(Scope.ALL, by.pk):
        interview = Interview.objects.create(
            volunteer=volunteer, held_on=held_on, held_by=held_by, notes=notes, outcome=outcome
        )
        if outcome == InterviewOutcome.GO_ON:
            try:
                VOLUNTEER_MACHINE.move(volunteer, to=VolunteerState.CHECKING, by=by)
            except MoveRefused as refusal:
                raise InterviewRefused(str(refusal)) from refusal
            _hand_on(volunteer)
            settle(volunteer=volunteer, by=by)
        record(by=by, verb="volunteer.interviewed", target=volunteer, details={"outcome": outcome})
    return interview


def _hand_on(volunteer: Volunteer) -> None:
    """The two people they named can be asked from now on."""
    for person in volunteer.application.referees:
        if not Reference.objects.filter(volunteer=volunteer, email__iexact=person["email"]).exists():
            name_referee(by=None, volunteer=volunteer, **person)

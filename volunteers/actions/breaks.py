"""Breaks: agreed with dates. On the day they are back, whether or not anybody says so; Today asks how they are."""

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
from betterstart.transitions.machine import MoveRefused
from volunteers.models import VOLUNTEER_MACHINE, Break, Volunteer, VolunteerState

LONGEST = dt.timedelta(days=366)


class BreakRefused(ValidationError):
    """This break cannot be. `error_dict` has a sentence for each field."""


def _check_days(starts_on: dt.date, back_on: dt.date) -> None:
    if starts_on < london_today() - dt.timedelta(days=31):
        raise BreakRefused({"starts_on": _("This is more than a month ago.")})
    if back_on <= starts_on:
        raise BreakRefused({"back_on": _("The first day back comes after the first day away.")})
    if back_on <= london_today():
        raise BreakRefused({"back_on": _("This break would be over already.")})
    if back_on - starts_on > LONGEST:
        raise BreakRefused(
            {"back_on": _("A break lasts a year at most. For longer, say goodbye: the door stays open.")}
        )


@transaction.atomic
def agree_break(*, by: User, volunteer: Volunteer, starts_on: dt.date, back_on: dt.date, words: str = "") -> Break:
    """Some weeks without visits. They take no new family on these days; what becomes of their families now is decided
    match by match. Also for oneself. Writes "volunteer.break_agreed". Raises BreakRefused.
    """
    _check_days(starts_on, back_on)
    days = {"starts_on": starts_on, "back_on": back_on, "words": words}
    with acting_as(Scope.ALL, by.pk):
        Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
        agreed = Break.objects.open().filter(volunteer=volunteer).first()
        if agreed and volunteer.state == VolunteerState.ON_BREAK:
            for name, value in days.items():
                setattr(agreed, name, value)
            agreed.save(update_fields=[*days, "updated_at"])
        else:
            agreed = Break.objects.create(volunteer=volunteer, created_by=by, **days)
            try:
                VOLUNTEER_MACHINE.move(volunteer, to=VolunteerState.ON_BREAK, by=by)
            except MoveRefused as refusal:
                raise BreakRefused(_("A break is for somebody who is with us.")) from refusal
        told = {"starts_on": starts_on.isoformat(), "back_on": back_on.isoformat()}
        record(by=by, verb="volunteer.break_agreed", target=volunteer, details=told)
    return agreed


@transaction.atomic
def end_break(*, by: User, volunteer: Volunteer) -> Volunteer:
    """They are back: on the day, or earlier. Where something ran out meanwhile they prepare again. Writes
    "volunteer.back". Raises BreakRefused.
    """
    with acting_as(Scope.ALL, by.pk):
        agreed = Break.objects.open().select_for_update().filter(volunteer=volunteer).first()
        if agreed is None or volunteer.state != VolunteerState.ON_BREAK:
            raise BreakRefused(_("They are not on a break."))
        agreed.closed_at = timezone.now()
        today = london_today()
        agreed.back_on = max(agreed.starts_on, min(agreed.back_on, today))
        agreed.save(update_fields=["closed_at", "back_on", "updated_at"])
        with_us_again(by=by, volunteer=volunteer)
        record(by=by, verb="volunteer.back", target=volunteer)
    return volunteer


def with_us_again(*, by: User, volunteer: Volunteer) -> None:
    """Ready where everything is in date; else they prepare again, and their page says what is missing."""
    try:
        with transaction.atomic():
            VOLUNTEER_MACHINE.move(volunteer, to=VolunteerState.READY, by=by)
    except MoveRefused:
        VOLUNTEER_MACHINE.move(volunteer, to=VolunteerState.PREPARING, by=by)

"""Bookings of a family's people into a group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.group import lock_group
from families.actions.support import offer_support
from families.models import (
    BookingPerson,
    BookingState,
    Family,
    FamilyMember,
    GroupBooking,
    GroupSeries,
    MemberRole,
    Support,
)
from families.models.booking import BOOKING_MACHINE, OPEN_BOOKINGS, check_place, check_turn

STARTING_STATES = (BookingState.INVITED, BookingState.BOOKED, BookingState.WAITLISTED)


class BookingRefused(ValidationError):
    """These people cannot be booked like this. `error_dict` has a sentence for each field."""


class AlreadyBooked(Exception):
    """This family is on the list of the group already."""


class OutsideAges(Exception):
    """A child is younger or older than the group is for: asked first. The same call with `sure=True` goes through."""


@transaction.atomic
def book(
    *,
    by: User,
    series: GroupSeries,
    family: Family,
    people: Sequence[FamilyMember],
    state: str = BookingState.BOOKED,
    sure: bool = False,
) -> GroupBooking:
    """Put a family's people on a group's list: invited, booked, or (where there is no place) on the waiting list.

    A family without an open support in the group's service is offered one. Writes "group.booked", "group.invited" or
    "group.waitlisted". Raises NotYourGroup, BookingRefused, OutsideAges, AlreadyBooked, NotYourService; NoPlace or
    TooFewAdults, which leave nothing behind.
    """
    series = lock_group(by, series)
    _check_people(series, family, people, sure)
    if state not in STARTING_STATES:
        raise BookingRefused({"state": _("Choose one of these.")})
    if GroupBooking.objects.filter(series=series, family=family, state__in=OPEN_BOOKINGS).exists():
        raise AlreadyBooked
    support = Support.objects.open().filter(family=family, service=series.service).first()
    support = support or offer_support(by=by, family=family, service=series.service)
    booking = GroupBooking(series=series, family=family, support=support, state=state, created_by=by)
    with acting_as(Scope.ALL, by.pk):
        if state == BookingState.BOOKED:
            check_place(booking, people)
            check_turn(booking)
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        raise AlreadyBooked from error
    _add_people(booking, people)
    BOOKING_MACHINE.note_start(booking, by=by)
    _record(by, booking, f"group.{state}")
    return booking


@transaction.atomic
def change_people(
    *, by: User, booking: GroupBooking, people: Sequence[FamilyMember], sure: bool = False
) -> GroupBooking:
    """Other people of the same family come, or wait. They keep their turn. Writes "group.people_changed".

    Raises NotYourGroup, BookingRefused, OutsideAges; NoPlace or TooFewAdults, which leave everything as it was.
    """
    booking.series = lock_group(by, booking.series)
    booking.refresh_from_db(fields=["state"])
    if booking.state not in OPEN_BOOKINGS:
        raise BookingRefused({"people": _("This booking is over.")})
    _check_people(booking.series, booking.family, people, sure)
    before = set(booking.persons.coming().values_list("member", flat=True))
    if booking.state == BookingState.BOOKED:
        with acting_as(Scope.ALL, by.pk):
            check_place(booking, people)
            if len(people) > len(before):
                check_turn(booking)
    now = {each.pk for each in people}
    booking.persons.exclude(member__in=now).delete()
    there = set(booking.persons.values_list("member", flat=True))
    _add_people(booking, [each for each in people if each.pk not in there])
    if now != before:
        _record(by, booking, "group.people_changed")
    return booking


@transaction.atomic
def move_booking(*, by: User, booking: GroupBooking, to: str, reason: str = "", note: str = "") -> GroupBooking:
    """Give an invited or waiting family its places, or cancel. Writes "group.booked" or "group.cancelled".

    Raises NotYourGroup, MoveRefused; NoPlace and TooFewAdults are among those.
    """
    booking.series = lock_group(by, booking.series)
    with acting_as(Scope.ALL, by.pk):
        BOOKING_MACHINE.move(booking, to=to, by=by, reason=reason, note=note)
    _record(by, booking, f"group.{to}")
    return booking


def outside_ages(series: GroupSeries, people: Collection[FamilyMember], on: dt.date) -> list[FamilyMember]:
    """Children who are too young or too old for the group on that day. A child without a date is not judged."""
    ages = [(each, each.age_in_months(on)) for each in people if each.role == MemberRole.CHILD]
    low, high = series.age_from_months, series.age_until_months
    return [each for each, months in ages if months is not None and not low <= months < high]


def _check_people(series: GroupSeries, family: Family, people: Sequence[FamilyMember], sure: bool) -> None:
    if not people:
        raise BookingRefused({"people": _("Choose at least one person.")})
    if len({each.pk for each in people}) < len(people):
        raise BookingRefused({"people": _("The same person is chosen twice.")})
    if not {each.pk for each in people} <= set(family.members.current().values_list("pk", flat=True)):
        raise BookingRefused({"people": _("Choose people of this family.")})
    if any(each.role == MemberRole.UNBORN for each in people):
        raise BookingRefused({"people": _("A baby on the way comes with its mother: book her alone.")})
    first = None if series.finished_at else series.sessions.ahead().first()
    if first is None:
        raise BookingRefused({"people": _("This group has no session ahead.")})
    if not sure and (outside := outside_ages(series, people, max(first.day, london_today()))):
        names = ", ".join(f"{each} ({each.age_in_words(first.day)})" for each in outside)
        raise OutsideAges(_("This group is for children of another age: {names}. Book anyway?").format(names=names))


def _add_people(booking: GroupBooking, people: Sequence[FamilyMember]) -> None:
    family = booking.family
    BookingPerson.objects.bulk_create(BookingPerson(booking=booking, member=each, family=family) for each in people)


def _record(by: User, booking: GroupBooking, verb: str) -> None:
    record(
        by=by,
        verb=verb,
        target=booking,
        label=booking.family.reference,
        family_id=booking.family_id,
        details={"group": booking.series.name},
    )

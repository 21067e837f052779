from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from families.models.attendance import GroupAttendance
from families.models.family import Family
from families.models.group import GroupFacilitator, GroupSeries, GroupSession
from families.models.member import FamilyMember, MemberRole
from families.models.shared_care import SharedCare
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class BookingState(models.TextChoices):
    INVITED = "invited", _("Invited")
    WAITLISTED = "waitlisted", _("On the waiting list")
    BOOKED = "booked", _("Booked")
    ATTENDED = "attended", _("Came")
    NOT_ATTENDED = "not_attended", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")


B = BookingState
OPEN_BOOKINGS = (B.INVITED, B.WAITLISTED, B.BOOKED)


class NoPlace(MoveRefused):
    """Every place is taken, or somebody who fits waits for it: the waiting list is offered instead."""


class TooFewAdults(MoveRefused):
    """With these people there would be more children for each adult than this group allows."""


class GroupBookingQuerySet(models.QuerySet["GroupBooking"]):
    def visible_to(self, user: User) -> GroupBookingQuerySet:
        """Bookings under the supports whose course this person may read."""
        return self.filter(support__in=Support.objects.visible_to(user))

    def booked(self) -> GroupBookingQuerySet:
        return self.filter(state=B.BOOKED)

    def waiting(self) -> GroupBookingQuerySet:
        """On the waiting list, the one who has waited longest first."""
        return self.filter(state=B.WAITLISTED).order_by("pk")

    def fitting(self) -> GroupBookingQuerySet:
        """Those whose people fit the places left, and for whom there are adults enough.

        Counts what the acting role sees: the group's coordinator, or Scope.ALL.
        """
        own = BookingPerson.objects.coming().filter(booking=OuterRef("pk"))
        held = BookingPerson.objects.coming().filter(booking__series=OuterRef("series"), booking__state=B.BOOKED)
        children = Q(member__role=MemberRole.CHILD)
        rows = self.annotate(
            size=number(own, "booking"),
            children=number(own.filter(children), "booking"),
            taken=number(held, "booking__series"),
            taken_children=number(held.filter(children), "booking__series"),
            run_by=number(GroupFacilitator.objects.filter(series=OuterRef("series")), "series"),
        )
        with_children = F("children") + F("taken_children")
        adults = F("size") + F("taken") + F("run_by") - with_children
        rows = rows.alias(with_children=with_children, most_children=adults * F("series__children_per_adult"))
        return rows.filter(
            Q(series__places=None) | Q(size__lte=F("series__places") - F("taken")),
            Q(series__children_per_adult=None) | Q(with_children__lte=F("most_children")),
        )


def number(rows: models.QuerySet[Any], by: str) -> Coalesce:
    """How many of these rows of the outer query there are; `by` is the column that leads to it."""
    return Coalesce(Subquery(rows.order_by().values(by).annotate(n=Count("pk")).values("n")), 0)


@pghistory.track(append_only=True)
class GroupBooking(models.Model):
    """A family's people and a group: whether they are asked, wait, have places, and in the end whether they came."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(GroupSeries, on_delete=models.PROTECT, related_name="bookings")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="bookings")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="bookings")
    state = models.CharField(_("state"), max_length=20, choices=BookingState, default=BookingState.BOOKED)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GroupBookingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["series", "state", "id"], name="booking_series"),
            models.Index(fields=["family"], name="booking_family"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=BookingState.values), name="booking_state_known"),
            models.UniqueConstraint(
                fields=["series", "family"],
                condition=models.Q(state__in=OPEN_BOOKINGS),
                name="booking_one_open_per_family",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} · {self.series_id}"


class BookingPersonQuerySet(models.QuerySet["BookingPerson"]):
    def coming(self) -> BookingPersonQuerySet:
        """Without those who have left the family since, or died: they take no place, and nobody reads their name."""
        shares = SharedCare.objects.in_force().filter(member=OuterRef("member"), family=OuterRef("family"))
        return self.filter(Q(member__family=F("family")) | models.Exists(shares), member__left_on=None)


class BookingPerson(models.Model):
    """Who of the family the booking is for: each takes a place."""

    booking = models.ForeignKey(GroupBooking, on_delete=models.CASCADE, related_name="persons")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")

    objects = BookingPersonQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["booking", "member"], name="booking_person_once")]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.booking_id}"


def people_booked(series: GroupSeries) -> BookingPersonQuerySet:
    """Who has a place. Shows what the acting role sees: the group's coordinator, or Scope.ALL."""
    return BookingPerson.objects.coming().filter(booking__series=series, booking__state=B.BOOKED)


def places_left(series: GroupSeries) -> int | None:
    """Places that nobody has; None where there is no limit."""
    return None if series.places is None else max(0, series.places - people_booked(series).count())


def check_place(booking: GroupBooking, people: Sequence[FamilyMember]) -> None:
    """Whether these people fit beside everybody else who has a place. Raises NoPlace or TooFewAdults.

    The series must be locked: two may ask for the last place at once.
    """
    series = booking.series
    others = people_booked(series).exclude(booking=booking.pk)
    taken = others.aggregate(n=Count("pk"), children=Count("pk", filter=Q(member__role=MemberRole.CHILD)))
    left = None if series.places is None else max(0, series.places - taken["n"])
    if left is not None and len(people) > left:
        raise NoPlace(_no_place(series, left))
    children = taken["children"] + sum(member.role == MemberRole.CHILD for member in people)
    adults = taken["n"] + len(people) - children + series.named.count()
    if series.children_per_adult is not None and children > adults * series.children_per_adult:
        words = now_(
            "That would be {children} children and {adults} adults. This group has at most {most} children for each "
            "adult. Could one more adult come?"
        )
        raise TooFewAdults(words.format(children=children, adults=adults, most=series.children_per_adult))


def check_turn(booking: GroupBooking) -> None:
    """Nobody passes a family that fits and has waited longer. Raises NoPlace."""
    first = booking.series.bookings.waiting().fitting().first()
    if first is not None and (booking.pk is None or booking.state == B.BOOKED or booking.pk > first.pk):
        raise NoPlace(now_("Another family has waited longer for this place. Offer it to them first."))


def _no_place(series: GroupSeries, left: int) -> str:
    if left == 0:
        return now_("Every place in {group} is taken.").format(group=series)
    words = ngettext("Only {n} place is left in {group}.", "Only {n} places are left in {group}.", left)
    return words.format(n=left, group=series)


def _place_free(booking: GroupBooking) -> None:
    if not booking.series.sessions.ahead().exists():
        raise MoveRefused(now_("This group has no session ahead."))
    check_place(booking, [person.member for person in booking.persons.coming().select_related("member")])
    check_turn(booking)


def _last_session_over(booking: GroupBooking) -> None:
    sessions = GroupSession.objects.filter(series=booking.series_id).standing()
    if not sessions.exists() or any(not session.is_over for session in sessions):
        raise MoveRefused(now_("This group still meets. Finish it after its last session."))


def came(booking: GroupBooking) -> bool:
    """Whether anybody the booking was for is signed in at any session."""
    people = booking.persons.values("member")
    return GroupAttendance.objects.of(booking.series).filter(member__in=people).exists()


def _has_come(booking: GroupBooking) -> None:
    _last_session_over(booking)
    if not came(booking):
        raise MoveRefused(now_("Nobody of this family is signed in at any session."))


def _never_came(booking: GroupBooking) -> None:
    _last_session_over(booking)
    if came(booking):
        raise MoveRefused(now_("Somebody of this family is signed in at a session."))


BOOKING_MACHINE = StateMachine(
    name="booking",
    refusal=_("This booking cannot move there from where it is now."),
    moves=(
        Move((B.INVITED, B.WAITLISTED), B.BOOKED, _place_free),
        Move((B.BOOKED,), B.ATTENDED, _has_come),
        Move((B.BOOKED,), B.NOT_ATTENDED, _never_came),
        # Nobody is kept on a list against their will, so a "no" is possible from each open state.
        Move(OPEN_BOOKINGS, B.CANCELLED),
    ),
)

"""What groups ask of their coordinators: a free place to offer, a group to finish."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import day_in_words
from families.models import BookingState, GroupBooking, GroupSeries, GroupSession
from families.reports.needs import Found, Need

TOTAL = models.Window(Count("*"))


def free_places(user: User, today: dt.date, limit: int) -> Found:
    """In each group that still meets, the family that has waited longest among those who fit the places left."""
    ahead = GroupSession.objects.standing().filter(ends_at__gt=timezone.now())
    series = GroupSeries.objects.coordinated_by(user).filter(pk__in=ahead.values("series"), finished_at=None)
    fitting = GroupBooking.objects.filter(series__in=series, state=BookingState.WAITLISTED).fitting()
    first = fitting.order_by("series", "pk").distinct("series").values("pk")
    rows = GroupBooking.objects.filter(pk__in=first).annotate(total=TOTAL).select_related("family", "series")
    found = list(rows.order_by("created_at", "pk")[:limit])
    return Found([_offer(row) for row in found], found[0].total if found else 0)


def _offer(booking: GroupBooking) -> Need:
    return Need(
        reason=_("A place is free in {group}").format(group=booking.series),
        detail=_("waiting since {day}").format(day=day_in_words(booking.created_at)),
        family=booking.family,
        since=booking.created_at,
        url=reverse("families:booking-move", args=[booking.uuid, BookingState.BOOKED.value]),
        action=_("Offer the place"),
        icon="group",
    )


def to_finish(user: User, today: dt.date, limit: int) -> Found:
    """Groups that have met for the last time, and whose bookings nobody has settled yet."""
    ahead = GroupSession.objects.standing().filter(ends_at__gt=timezone.now())
    groups = GroupSeries.objects.coordinated_by(user).filter(finished_at=None).exclude(pk__in=ahead.values("series"))
    groups = groups.annotate(last=models.Max("sessions__ends_at", filter=Q(sessions__cancelled_at=None)))
    rows = list(groups.filter(last__isnull=False).annotate(total=TOTAL).order_by("last", "pk")[:limit])
    return Found([_finish(row, row.last) for row in rows], rows[0].total if rows else 0)


def _finish(series: GroupSeries, last: dt.datetime) -> Need:
    return Need(
        reason=_("{group} met for the last time on {day}").format(group=series, day=day_in_words(last)),
        family=None,
        since=last,
        url=reverse("families:group-finish", args=[series.uuid]),
        action=_("Finish it"),
        icon="group",
    )

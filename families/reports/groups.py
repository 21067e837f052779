"""Groups a person runs: which meets next, who is booked and waits, who came often enough."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, JSONObject

from betterstart.access.models import User
from betterstart.clock import at_london, london_today
from families.models import (
    BookingPerson,
    BookingState,
    GroupAttendance,
    GroupBooking,
    GroupSeries,
    GroupSession,
    MemberRole,
)
from families.models.booking import number, places_left
from families.models.member import ADULT_ROLES, name_of

PAGE = 25
MOST_PEOPLE = 100
MOST_SESSIONS = 260
RECENT = 8
FAR = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Meeting:
    """A session, as a list of groups shows it."""

    uuid: str
    starts_at: dt.datetime
    ends_at: dt.datetime

    @property
    def is_today(self) -> bool:
        return GroupSession(starts_at=self.starts_at).is_today

    @classmethod
    def of(cls, facts: dict[str, Any] | None) -> Meeting | None:
        if facts is None:
            return None
        starts, ends = (dt.datetime.fromisoformat(facts[name]) for name in ("starts_at", "ends_at"))
        return cls(facts["uuid"], starts, ends)


@dataclass(frozen=True)
class GroupRow:
    series: Any
    next: Meeting | None
    coordinates: bool

    @property
    def places_left(self) -> int | None:
        return None if self.series.places is None else max(0, self.series.places - self.series.booked)


@dataclass(frozen=True)
class GroupList:
    rows: list[GroupRow]
    next_after: uuids.UUID | None


def group_list(user: User, *, finished: bool = False, after: uuids.UUID | None = None) -> GroupList:
    """One page of the groups this person runs: the next session first, or the latest finished first."""
    groups = GroupSeries.objects.visible_to(user).filter(finished_at__isnull=not finished)
    today = at_london(london_today(), dt.time())
    coming = GroupSession.objects.standing().filter(series=OuterRef("pk"), ends_at__gt=today).order_by("starts_at")
    facts = JSONObject(uuid="uuid", starts_at="starts_at", ends_at="ends_at")
    bookings = GroupBooking.objects.filter(series=OuterRef("pk")).order_by().values("series")
    people = BookingPerson.objects.coming().filter(booking__series=OuterRef("pk"), booking__state=BookingState.BOOKED)
    waiting = bookings.filter(state=BookingState.WAITLISTED).annotate(n=Count("pk")).values("n")
    groups = groups.select_related("service").annotate(
        next=Subquery(coming.values_list(facts)[:1]),
        at=Coalesce("finished_at", Subquery(coming.values("starts_at")[:1]), models.Value(FAR)),
        booked=number(people, "booking__series"),
        waiting=Coalesce(Subquery(waiting), 0),
        mine=Exists(GroupSeries.objects.coordinated_by(user).filter(pk=OuterRef("pk"))),
    )
    last = groups.filter(uuid=after).values("at", "pk").first() if after else None
    if last and finished:
        groups = groups.filter(Q(at__lt=last["at"]) | Q(at=last["at"], pk__lt=last["pk"]))
    elif last:
        groups = groups.filter(Q(at__gt=last["at"]) | Q(at=last["at"], pk__gt=last["pk"]))
    ordered = groups.order_by("-at", "-pk") if finished else groups.order_by("at", "pk")
    rows = [GroupRow(row, Meeting.of(row.next), row.mine) for row in ordered[: PAGE + 1]]
    return GroupList(rows[:PAGE], rows[PAGE - 1].series.uuid if len(rows) > PAGE else None)


def next_session(user: User) -> GroupSession | None:
    """The next session this person is named on, today's first: for the page they start from."""
    named = GroupSeries.objects.visible_to(user).filter(named__user=user)
    today = at_london(london_today(), dt.time())
    sessions = GroupSession.objects.standing().filter(series__in=named, ends_at__gt=today)
    return sessions.select_related("series").order_by("starts_at").first()


@dataclass(frozen=True)
class Completion:
    """Who came to enough sessions. Each person counts once, however often they came."""

    people: list[dict[str, Any]]
    """Name, family reference, sessions and whether that is enough; the most faithful first."""
    children: int
    adults: int
    completed: int

    @property
    def came(self) -> int:
        return self.children + self.adults


@dataclass(frozen=True)
class GroupPage:
    series: GroupSeries
    sessions: list[Any]
    """The latest five years of them, each with `came`, the people signed in, and `first_timers` among them."""
    booked: list[Any]
    """These and the next three: bookings, each with `coming`, its people who are still part of the family."""
    invited: list[Any]
    waiting: list[Any]
    over: list[Any]
    """Those who came, did not come or cancelled."""
    facilitators: list[User]
    places_left: int | None
    offer_to: GroupBooking | None
    """Who has waited longest among those who fit the places left."""
    completion: Completion

    @property
    def earlier(self) -> list[Any]:
        """Sessions that are over, all but the last few."""
        return [each for each in self.sessions if each.is_over][:-RECENT]

    @property
    def recent(self) -> list[Any]:
        return self.sessions[len(self.earlier) :]

    @property
    def next(self) -> Any | None:
        return next((each for each in self.sessions if not each.cancelled_at and not each.is_over), None)

    @property
    def sessions_held(self) -> int:
        return sum(not each.cancelled_at for each in self.sessions)

    @property
    def may_finish(self) -> bool:
        """After the last session, once."""
        return self.series.finished_at is None and self.next is None and bool(self.sessions)

    @property
    def people_booked(self) -> int:
        return sum(len(booking.coming) for booking in self.booked)


def group_page(series: GroupSeries) -> GroupPage:
    """Everything about one group, for a coordinator of its service, in a fixed number of queries."""
    persons = BookingPerson.objects.coming().select_related("member").order_by("-member__is_main_carer", "pk")
    coming = Prefetch("persons", persons, to_attr="coming")
    bookings = list(
        series.bookings.select_related("family").prefetch_related(coming).order_by("pk")  # the order of asking
    )
    by_state: dict[str, list[Any]] = {}
    for booking in bookings:
        by_state.setdefault(booking.state, []).append(booking)
    left = places_left(series)
    over = (BookingState.ATTENDED, BookingState.NOT_ATTENDED, BookingState.CANCELLED)
    return GroupPage(
        series=series,
        sessions=_sessions(series),
        booked=by_state.get(BookingState.BOOKED, []),
        invited=by_state.get(BookingState.INVITED, []),
        waiting=by_state.get(BookingState.WAITLISTED, []),
        over=[booking for state in over for booking in by_state.get(state, [])],
        facilitators=[each.user for each in series.named.select_related("user").order_by("user__display_name")],
        places_left=left,
        offer_to=series.bookings.waiting().fitting().select_related("family").first() if left != 0 else None,
        completion=completion(series),
    )


def _sessions(series: GroupSeries) -> list[Any]:
    came = GroupAttendance.objects.of(series).filter(session=OuterRef("pk"))
    sessions = series.sessions.annotate(came=number(came, "session"), first_timers=number(came.first_time(), "session"))
    return list(sessions.order_by("-starts_at", "-pk")[:MOST_SESSIONS])[::-1]


def completion(series: GroupSeries) -> Completion:
    """K19: people who came to as many sessions as the group asks, among those who came at all."""
    came = GroupAttendance.objects.of(series)
    enough = series.sessions_to_complete
    people = (
        came.values("member")
        .annotate(
            name=name_of(),
            reference=models.Max("family__reference"),
            n=Count("session"),
        )
        .order_by("-n", "name", "member")
    )
    roles = came.order_by().aggregate(
        children=Count("member", distinct=True, filter=Q(member__role=MemberRole.CHILD)),
        adults=Count("member", distinct=True, filter=Q(member__role__in=ADULT_ROLES)),
    )
    completed = people.filter(n__gte=enough).count() if enough else 0
    shown = [row | {"enough": bool(enough) and row["n"] >= enough} for row in people[:MOST_PEOPLE]]
    return Completion(shown, roles["children"], roles["adults"], completed)

"""Groups of the demonstration: a course that runs and is full, one that is over, and a drop-in that meets today."""

from __future__ import annotations

import datetime as dt
import random
from itertools import pairwise
from typing import Any

from betterstart.access.demo import World
from betterstart.access.models import Service
from betterstart.transitions.models import Transition
from families.demo import people
from families.models import (
    Address,
    BookingPerson,
    BookingState,
    Family,
    FamilyMember,
    GroupAttendance,
    GroupBooking,
    GroupFacilitator,
    GroupSeries,
    GroupSession,
    Support,
    SupportState,
)
from families.models.booking import OPEN_BOOKINGS
from families.models.support import OPEN_STATES

# Families who only come to the drop-in: the adult, the child, its age, and where they are from. Nothing more is known.
FROM_THE_DOOR = [("Dee", "Ollie", 2, "BD5"), ("Marta", "Ala", 1, "BD4")]
# What became of each family that asked for the course, and for the one before.
ASKED = ["booked", "booked", "booked", "waitlisted", "waitlisted", "invited", "cancelled"]
CAME = [8, 7, 6, 5, 3, 0]


def from_the_door(world: World) -> int:
    """How many of the partnership's families are known from the drop-in alone: none of a handful."""
    return len(FROM_THE_DOOR) if world.families >= 30 else 0


def build(world: World, families: list[Family], members: list[FamilyMember]) -> None:
    """Three groups of the group service. Takes families in order, so that the same partnership gets the same groups."""
    Builder(world, families, members).save()


class Builder:
    def __init__(self, world: World, families: list[Family], members: list[FamilyMember]) -> None:
        self.world, self.service = world, world.services["group"]
        here = [family for family in families if family.organisation_id == self.service.organisation_id]
        self.families = [family for family in here if not family.silent_since]
        self.people = people_of(members)
        self.supports = open_supports(self.service)
        self.run_by = [world.coordinators["group"][0], world.volunteers[0]]

    def save(self) -> None:
        world, today = self.world, self.world.today
        run_by = self.run_by
        fields: dict[str, Any] = {"service": self.service, "created_by": run_by[0], "venue": "Bowling Family Hub",
                                  "address": "12 Fictional Street, Bradford BD5 8XX",
                                  "access_info": "Step-free. Room for prams in the hall."}  # fmt: skip
        course = GroupSeries.objects.create(
            name="Baby massage", about="Five weeks of calm, songs and touch for babies and whoever cares for them.",
            places=6, sessions_to_complete=4, age_from_months=0, age_until_months=48, children_per_adult=3, **fields,
        )  # fmt: skip
        past = GroupSeries.objects.create(
            name="Cooking together", about="Eight easy meals, cooked with the children.", places=20,
            sessions_to_complete=5, age_from_months=0, age_until_months=60,
            finished_at=world.moment(today - dt.timedelta(days=20), 16), **fields,
        )  # fmt: skip
        drop_in = GroupSeries.objects.create(
            name="Stay and play", about="Come as you are, stay as long as you like.", entry="drop_in", places=40,
            age_from_months=0, age_until_months=60, **fields,
        )  # fmt: skip
        GroupFacilitator.objects.bulk_create(
            GroupFacilitator(series=series, user=user) for series in (course, past, drop_in) for user in run_by
        )
        self._course(course, self._sessions(course, -13, 5, 13))
        self._past(past, self._sessions(past, -77, 8, 10))
        self._drop_in(drop_in, self._sessions(drop_in, -42, 10, 9))

    def _sessions(self, series: GroupSeries, first: int, weeks: int, hour: int) -> list[GroupSession]:
        """One each week from so many days from today. The third of the course is cancelled."""
        days = [self.world.today + dt.timedelta(days=first + 7 * week) for week in range(weeks)]
        starts = [self.world.moment(day, hour) for day in days]
        sessions = [
            GroupSession(series=series, starts_at=start, ends_at=start + dt.timedelta(hours=2)) for start in starts
        ]
        if series.name == "Baby massage":
            sessions[2].cancelled_at = self.world.moment(self.world.today - dt.timedelta(days=1), 12)
            sessions[2].cancelled_reason = "The heating at the hub is being mended."
        return GroupSession.objects.bulk_create(sessions)

    def _course(self, series: GroupSeries, sessions: list[GroupSession]) -> None:
        families = self.families[: len(ASKED)]
        for family, state in zip(families, ASKED, strict=False):
            self._book(series, family, state, active=state == "booked")
        booked = [family for family, state in zip(families, ASKED, strict=False) if state == "booked"]
        for number, session in enumerate(sessions[:2]):
            self._sign_in(session, booked[number:])

    def _past(self, series: GroupSeries, sessions: list[GroupSession]) -> None:
        families = self.families[4 : 4 + len(CAME)]
        for family, often in zip(families, CAME, strict=False):
            self._book(series, family, "attended" if often else "not_attended", active=often > 0)
        for number, session in enumerate(sessions):
            self._sign_in(session, [family for family, often in zip(families, CAME, strict=False) if number < often])

    def _drop_in(self, series: GroupSeries, sessions: list[GroupSession]) -> None:
        regulars = [*self.families[2:9], *self._known_from_the_door(sessions[0])]
        for number, session in enumerate(sessions):
            if session.day < self.world.today:
                self._sign_in(session, [each for place, each in enumerate(regulars) if (place + number) % 3])
            elif session.day == self.world.today:
                self._sign_in(session, regulars[:2])

    def _known_from_the_door(self, first: GroupSession) -> list[Family]:
        rng, known = random.Random(self.world.families), []  # noqa: S311  (made-up families)
        for name, child, years, district in FROM_THE_DOOR[: from_the_door(self.world)]:
            family = Family.objects.create(organisation=self.service.organisation, name=name, **people.codes(rng))
            born = self.world.today - dt.timedelta(days=365 * years + 180)
            self.people[family.pk] = [
                FamilyMember.objects.create(family=family, role="parent", display_name=name, is_main_carer=True),
                FamilyMember.objects.create(
                    family=family, role="child", display_name=child, date_of_birth=born, birth_precision="year"
                ),
            ]
            Address.objects.create(family=family, lines=district, valid_from=first.day)
            family.refresh_search_text()
            known.append(family)
        return known

    def _support(self, family: Family, *, active: bool, since: dt.date) -> Support:
        if family.pk not in self.supports:
            state = SupportState.ACTIVE if active else SupportState.OFFERED
            self.supports[family.pk] = support = Support.objects.create(
                family=family,
                service=self.service,
                state=state,
                accepted_on=since,
                started_on=since if active else None,
            )
            states = [
                "",
                SupportState.OFFERED,
                *([SupportState.GETTING_TO_KNOW, SupportState.ACTIVE] if active else []),
            ]
            self._moved("support", support, states, since)
        return self.supports[family.pk]

    def _moved(self, machine: str, row: Support | GroupBooking, states: list[str], *days: dt.date) -> None:
        """How it came to be where it is: a move into each state but the first, on the day given for it or the last."""
        Transition.objects.bulk_create(
            Transition(
                machine=machine,
                subject_id=row.pk,
                family_id=row.family_id,
                from_state=before,
                to_state=after,
                happened_at=self.world.moment(days[min(number, len(days) - 1)], 12),
                by=self.run_by[0],
            )
            for number, (before, after) in enumerate(pairwise(states))
        )

    def _book(self, series: GroupSeries, family: Family, state: str, *, active: bool) -> None:
        since = self.world.today - dt.timedelta(days=80 if series.finished_at else 16)
        booking = GroupBooking.objects.create(
            series=series,
            family=family,
            support=self._support(family, active=active, since=since),
            state=state,
            created_by=series.created_by,
        )
        GroupBooking.objects.filter(pk=booking.pk).update(created_at=self.world.moment(since, 10))
        first = [] if state in OPEN_BOOKINGS else [BookingState.BOOKED]
        over = self.world.today - dt.timedelta(days=20 if series.finished_at else 6)
        self._moved("booking", booking, ["", *first, state], since, over)
        BookingPerson.objects.bulk_create(
            BookingPerson(booking=booking, member=member, family=family) for member in self.people[family.pk][:2]
        )

    def _sign_in(self, session: GroupSession, families: list[Family]) -> None:
        GroupAttendance.objects.bulk_create(
            GroupAttendance(
                session=session,
                member=member,
                family=family,
                support=self._support(family, active=True, since=session.day),
                arrived_at=session.starts_at,
                recorded_by=session.series.created_by,
            )
            for family in families
            for member in self.people[family.pk][:2]
            if not member.born_after(session.day)
        )


def people_of(members: list[FamilyMember]) -> dict[int, list[FamilyMember]]:
    """The people who can come, by family: the main carer first, then the children."""
    people: dict[int, list[FamilyMember]] = {}
    for member in sorted(members, key=lambda member: (not member.is_main_carer, not member.is_child, member.pk)):
        if member.role != "unborn" and member.left_on is None:
            people.setdefault(member.family_id, []).append(member)
    return people


def open_supports(service: Service) -> dict[int, Support]:
    return {each.family_id: each for each in Support.objects.filter(service=service, state__in=OPEN_STATES)}

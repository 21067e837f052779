"""Any order of booking, waiting and cancelling: places are never exceeded, and nobody passes who fits and waited."""

from __future__ import annotations

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from betterstart.transitions.machine import MoveRefused
from families.actions.booking import AlreadyBooked, book, move_booking
from families.actions.group import GroupRefused, edit_group
from families.models import BookingPerson, BookingState, GroupBooking, GroupSeries
from tests import factories

B = BookingState
SIZES = (1, 2, 3, 1, 2)


@pytest.mark.django_db
def test_places_hold_and_the_order_of_waiting_is_kept(cast):
    reached = set()

    class Group(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.savepoint = transaction.savepoint()
            self.families = []
            for number, size in enumerate(SIZES):
                family = factories.family(cast.home, f"Family {number}")
                for child in range(1, size):
                    factories.member(family, f"Child {child}")
                self.families.append(family)

        @initialize(places=st.integers(2, 5))
        def begin(self, places):
            self.group = factories.group(cast.home, places=places)

        @rule(who=st.integers(0, len(SIZES) - 1), state=st.sampled_from([B.BOOKED, B.BOOKED, B.WAITLISTED, B.INVITED]))
        def ask(self, who, state):
            family, before = self.families[who], self.waiting()
            try:
                book(
                    by=cast.coordinator,
                    series=self.group,
                    family=family,
                    people=list(family.members.all()),
                    state=state,
                )
            except (AlreadyBooked, MoveRefused):
                return
            if state == B.BOOKED:
                assert not self.passed_over(before, SIZES[who])

        @rule(pick=st.integers(0, 9), to=st.sampled_from([B.BOOKED, B.BOOKED, B.CANCELLED, B.ATTENDED]))
        def move(self, pick, to):
            rows = list(GroupBooking.objects.filter(series=self.group).order_by("pk"))
            if not rows:
                return
            booking, before = rows[pick % len(rows)], self.waiting()
            try:
                move_booking(by=cast.coordinator, booking=booking, to=to)
            except MoveRefused:
                assert GroupBooking.objects.get(pk=booking.pk).state == rows[pick % len(rows)].state
                return
            if to == B.BOOKED:
                older = [(pk, size) for pk, size in before if pk < booking.pk]
                assert not self.passed_over(older, booking.persons.count())

        @rule(places=st.integers(1, 6))
        def other_places(self, places):
            group = GroupSeries.objects.get(pk=self.group.pk)
            fields = {"places": places, "facilitators": []}
            try:
                edit_group(by=cast.coordinator, series=group, version=group.version, **fields)
            except GroupRefused:
                assert places < self.taken()

        def passed_over(self, older, size):
            """Those who waited longer and would have fitted the places that were left before."""
            left = GroupSeries.objects.get(pk=self.group.pk).places - self.taken() + size
            return [pk for pk, people in older if people <= left]

        def waiting(self) -> list[tuple[int, int]]:
            rows = GroupBooking.objects.filter(series=self.group, state=B.WAITLISTED)
            return [(row.pk, row.persons.count()) for row in rows]

        def taken(self) -> int:
            return BookingPerson.objects.filter(booking__series=self.group, booking__state=B.BOOKED).count()

        @invariant()
        def places_hold(self):
            assert self.taken() <= GroupSeries.objects.get(pk=self.group.pk).places

        @invariant()
        def each_family_is_on_the_list_once(self):
            rows = GroupBooking.objects.filter(series=self.group)
            open_ones = rows.filter(state__in=[B.INVITED, B.WAITLISTED, B.BOOKED])
            assert open_ones.count() == open_ones.values("family").distinct().count()
            reached.update(rows.values_list("state", flat=True))

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Group,
        settings=settings(
            max_examples=8,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
    assert {B.BOOKED, B.WAITLISTED, B.INVITED, B.CANCELLED} == reached, f"the tries were too shallow: {reached}"

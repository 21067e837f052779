"""Any order of moves, visits and assignments: the facts of a support always agree with its state."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from betterstart.clock import london_date, london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.support import SupportRefused, edit_support, move_support
from families.models import Assignment, Support, SupportState
from families.models.reasons import EndingReason, PauseReason
from families.models.support import CLOSED_STATES, OPEN_STATES, SUPPORT_MACHINE, last_visit
from tests import factories

DAYS = st.integers(-80, 120).map(lambda days: london_today() + dt.timedelta(days=days)) | st.none()
REASONS = st.sampled_from(["", "nonsense", *EndingReason.values, *PauseReason.values])
DATED = ("paused_until", "ending_on", "ended_on", "started_on", "final_scores_on")


def sensible(to: str) -> dict:
    today = london_today()
    return {
        "paused": {"reason": "holiday", "changes": {"paused_until": today + dt.timedelta(days=14)}},
        "active": {"changes": {"review_on": today + dt.timedelta(days=42)}},
        "ending": {"reason": "goals_met", "changes": {"ending_on": today + dt.timedelta(days=28)}},
        "ended_unplanned": {"reason": "moved"},
    }.get(to, {}) | {"note": "As agreed."}


@pytest.mark.django_db
def test_constraints_hold_whatever_is_tried_in_whatever_order(cast):
    reached = set()

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.savepoint = transaction.savepoint()

        @initialize(state=st.sampled_from(OPEN_STATES), visited=st.booleans())
        def begin(self, state, visited):
            self.began, self.done = state, 0
            self.support = factories.family(cast.home, "Zora", state=state).supports.get()
            today = london_today()
            facts = {"ending_on": today, "ending_reason": "goals_met"} if state == "ending" else {}
            facts |= {"waiting_since": today} if state == "waiting" else {}
            Support.objects.filter(pk=self.support.pk).update(agreed_on=today, home_safety_on=today, **facts)
            factories.need(self.support.family)
            for purpose in ("initial", "introduction", "last") if visited else ():
                self.visit(purpose, 3)

        @rule(
            to=st.sampled_from(SupportState.values),
            reason=REASONS,
            note=st.sampled_from(["", "As agreed."]),
            changes=st.dictionaries(st.sampled_from(DATED), DAYS, max_size=2),
            declined=st.booleans(),
        )
        def move(self, to, reason, note, changes, declined):
            before = self.stored().state
            try:
                move_support(
                    by=cast.coordinator,
                    support=self.stored(),
                    to=to,
                    reason=reason,
                    note=note,
                    final_scores_declined=declined,
                    **changes,
                )
                self.done += 1
            except (MoveRefused, SupportRefused):
                assert self.stored().state == before

        @rule(choice=st.integers(0, 6))
        def sensible_move(self, choice):
            """One that leads on from here, said as a coordinator would."""
            moves = SUPPORT_MACHINE.allowed(self.stored().state)
            options = [move.to for move in moves if choice < 2 or move.to not in CLOSED_STATES]
            if options:
                to = options[choice % len(options)]
                self.move(to=to, declined=True, **{"reason": "", "changes": {}} | sensible(to))

        @rule(purpose=st.sampled_from(["initial", "introduction", "last", "ordinary"]), days=st.integers(1, 20))
        def visit(self, purpose, days):
            factories.visit(self.support.family, cast.volunteer, days_ago=days, purpose=purpose)

        @rule(days=st.integers(1, 20))
        def nobody_at_home(self, days):
            factories.visit(self.support.family, cast.volunteer, days_ago=days, state="not_delivered")

        @rule(days=st.integers(1, 40))
        def plan(self, days):
            if self.stored().state not in CLOSED_STATES:
                factories.visit(self.support.family, cast.volunteer, days_ago=-days, state="planned")

        @rule(starts=st.integers(-20, 20))
        def join(self, starts):
            open_ones = Assignment.objects.filter(support=self.support, ends_on=None)
            if self.stored().state not in CLOSED_STATES and not open_ones.exists():
                factories.assign(
                    factories.user(f"Worker {uuid.uuid4()}"),
                    self.support.family,
                    starts_on=london_today() + dt.timedelta(days=starts),
                )

        @rule(days=DAYS)
        def agree(self, days):
            try:
                edit_support(
                    by=cast.coordinator,
                    support=self.stored(),
                    version=self.stored().version,
                    agreed_on=days,
                    home_safety_on=days,
                    first_wish="Company.",
                )
            except SupportRefused:
                assert days
                assert days > london_today()

        def stored(self) -> Support:
            return Support.objects.select_related("service", "family").get(pk=self.support.pk)

        def said_goodbye(self, row):
            """The last visit took place since the family last asked to carry on, and on or before the end."""
            last = last_visit(row)
            return last is not None and london_date(last.actual_start) <= row.ended_on

        @invariant()
        def facts_agree_with_the_state(self):
            row, today = self.stored(), london_today()
            assert (row.ended_on is not None) == (row.state in CLOSED_STATES)
            assert row.state != "paused" or row.paused_until > today
            assert row.state != "ending" or (row.ending_on and row.ending_reason)
            assert row.state != "ended_unplanned" or row.ending_reason
            assert row.state != "ended_planned" or self.said_goodbye(row)
            assert row.state != "waiting" or row.waiting_since == today
            assert row.ended_on is None or (row.started_on or row.accepted_on) <= row.ended_on <= today
            assert row.started_on is None or row.started_on <= today

        @invariant()
        def nobody_is_with_a_family_whose_support_is_over(self):
            if self.stored().state in CLOSED_STATES:
                assert not self.support.assignments.filter(ends_on=None).exists()
                assert not self.support.visits.planned().exists()

        @invariant()
        def history_tells_the_state(self):
            moves = list(Transition.objects.of("support", self.support.pk).order_by("pk"))
            assert len(moves) == self.done
            states = [self.began, *(move.to_state for move in moves)]
            assert [move.from_state for move in moves] == states[:-1]
            assert self.stored().state == states[-1]
            reached.update(states)

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=20,
            stateful_step_count=20,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
    assert set(OPEN_STATES) < reached, f"the tries were too shallow: {reached}"

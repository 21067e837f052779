"""Any order of questions, answers, tries and decisions: the facts of a referral always agree with its state."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions import triage
from families.models import Family, Referral
from families.models.referral import DECIDED_STATES, Fit, NotAcceptedReason
from tests import factories

DAYS = st.integers(-5, 30).map(lambda days: london_today() - dt.timedelta(days=days))


def site(path: str) -> str:
    return f"https://here.example{path}"


@pytest.mark.django_db
def test_facts_agree_with_the_state_whatever_is_tried_in_whatever_order(cast):
    reached = set()

    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.savepoint = transaction.savepoint()

        @initialize(agreed=st.booleans(), email=st.sampled_from(["", "rosa@example.org"]))
        def begin(self, agreed, email):
            agreement = {} if agreed else {"agreed_on": None, "agreed_how": ""}
            self.row = factories.referral(cast.home, "Zora", days_ago=20, referrer_email=email, **agreement)
            self.moves, self.families = ["received"], Family.objects.count()

        def attempt(self, decide, to, **given):
            before = self.stored().state
            try:
                with transaction.atomic():
                    decide(by=cast.coordinator, referral=self.stored(), site=site, **given)
            except (MoveRefused, triage.TriageRefused):
                assert self.stored().state == before
                return
            if before != to:
                self.moves.append(to)

        @rule()
        def ask(self):
            self.attempt(triage.ask_for_more, "more_information", words="Are Mondays good?")

        @rule()
        def answer(self):
            question = self.row.questions.filter(answered_at=None).first()
            if question:
                triage.answer_question(by=cast.coordinator, question=question, answer="Yes.")

        @rule(day=DAYS)
        def knock(self, day):
            self.knocked(day)

        @rule()
        def knock_three_times(self):
            for days in (1, 2, 3):
                self.knocked(london_today() - dt.timedelta(days=days))

        def knocked(self, day):
            try:
                triage.log_try(by=cast.coordinator, referral=self.stored(), channel="visit", tried_on=day)
            except MoveRefused:
                assert self.stored().state in DECIDED_STATES
            except triage.TriageRefused:
                assert day > london_today() or day < self.row.received_at.date()

        @rule(forgotten=st.sampled_from(["", "", "", *Fit.values]), agreed=st.sampled_from([True, True, False]))
        def accept(self, forgotten, agreed):
            fits = [fit for fit in Fit.values if fit != forgotten]
            agreement = {"agreed_how": "phone", "agreed_on": london_today()} if agreed else {}
            family = {"name": "Zora", "people": self.row.people}
            self.attempt(triage.accept_referral, "accepted", fits=fits, registration=family, **agreement)

        @rule(
            how=st.sampled_from(["no", "nobody", "family", "referrer", "on"]),
            reason=st.sampled_from(["", *NotAcceptedReason.values]),
            agreed_by=st.sampled_from(["", "Zora"]),
            day=DAYS,
        )
        def close(self, how, reason, agreed_by, day):
            """Every way but yes, so that a life does not end at its first step most of the time."""
            if how == "no":
                self.attempt(triage.turn_down, "not_accepted", reason=reason)
            elif how == "nobody":
                self.attempt(triage.give_up, "could_not_reach")
            elif how == "on":
                self.attempt(triage.pass_on, "redirected", service=cast.far, agreed_by=agreed_by, agreed_on=day)
            else:
                self.attempt(triage.withdraw, f"withdrawn_by_{how}", by_family=how == "family")

        @rule()
        def tell(self):
            triage.note_told(by=cast.coordinator, referral=self.stored())

        def stored(self) -> Referral:
            return Referral.objects.select_related("service", "family", "support").get(pk=self.row.pk)

        @invariant()
        def facts_agree_with_the_state(self):
            row = self.stored()
            assert (row.decided_at is not None) == (row.state in DECIDED_STATES)
            assert row.told_at is None or row.state in DECIDED_STATES
            assert row.told_at or row.state not in DECIDED_STATES or not row.referrer_email
            assert row.state != "not_accepted" or row.decision_reason
            assert row.state != "accepted" or (row.agreed_on and set(row.fits) == set(Fit.values))
            assert Family.objects.count() - self.families == (row.family_id is not None)

        @invariant()
        def history_tells_the_state(self):
            moves = Transition.objects.of("referral", self.row.pk)
            assert ["received", *(move.to_state for move in moves)] == self.moves
            assert self.stored().state == self.moves[-1]
            reached.update(self.moves)

        @invariant()
        def it_was_passed_on_at_most_once(self):
            passed = Referral.objects.filter(redirected_from=self.row)
            assert passed.count() == (self.stored().state == "redirected")

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.savepoint)

    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=25,
            stateful_step_count=10,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
        ),
    )
    assert {"received", "more_information", "accepted"} < reached, f"the tries were too shallow: {reached}"

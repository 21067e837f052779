"""Whatever a volunteer, a coordinator and a bad line do in whatever order: one row per visit, and no words lost."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from betterstart.access.acting import Scope, acting_as
from tests import factories
from tests.conftest import make_cast
from tests.volunteers.telling import tell
from volunteers.actions import AlreadyCheckedIn, Answers, CheckInRefused, StaleCheckIn, edit_check_in, mark_seen
from volunteers.models import CheckIn

WORDS = st.sampled_from(["", "A good morning.", "She whispered.", "دل ہلکا ہوا", "Two\nlines"])
WORRIES = st.sampled_from(["no", "not_sure", "yes"])


class CheckInLife(RuleBasedStateMachine):
    """A model of one visit's check-in: what is on record, and every word that ever arrived."""

    @initialize()
    def begin(self):
        self.cast = make_cast()
        self.visit = factories.visit(self.cast.family, self.cast.volunteer, state="planned")
        self.key, self.sent, self.stored = uuid.uuid4(), None, None
        self.arrived, self.seen = set(), False

    @property
    def row(self):
        return CheckIn.objects.get(visit=self.visit)

    def _tell(self, key, answers):
        self.visit.refresh_from_db()
        return tell(
            self.cast.volunteer,
            self.visit,
            uuid=key,
            actual_start=self.visit.planned_start,
            feelings=[],
            heaviness=None,
            **answers,
        )

    @precondition(lambda self: self.stored is None)
    @rule(words=WORDS, worry=WORRIES, worry_words=WORDS)
    def send(self, words, worry, worry_words):
        answers = {"my_words": words, "worry": worry, "worry_words": worry_words}
        self._tell(self.key, answers)
        self.sent = self.stored = answers
        self.arrived |= {words, worry_words}

    @precondition(lambda self: self.sent is not None)
    @rule()
    def send_the_same_again(self):
        assert self._tell(self.key, self.sent).pk == self.row.pk

    @precondition(lambda self: self.stored is not None)
    @rule(words=WORDS, same_key=st.booleans())
    def send_something_else(self, words, same_key):
        answers = {"my_words": f"{words} otherwise", "worry": "no", "worry_words": ""}
        with pytest.raises(AlreadyCheckedIn) as kept:
            self._tell(self.key if same_key else uuid.uuid4(), answers)
        assert kept.value.stored.pk == self.row.pk

    @precondition(lambda self: self.stored is not None)
    @rule(words=WORDS, worry=WORRIES, worry_words=WORDS, stale=st.booleans())
    def edit(self, words, worry, worry_words, stale):
        answers = {"my_words": words, "worry": worry, "worry_words": worry_words}
        version = self.row.version - stale
        try:
            with acting_as(Scope.SCOPED, self.cast.volunteer.pk):
                edit_check_in(by=self.cast.volunteer, check_in=self.row, version=version, answers=Answers(**answers))
        except StaleCheckIn:
            assert stale
        except CheckInRefused:
            assert self.seen
        else:
            assert not stale
            assert not self.seen
            self.stored = answers
            self.arrived |= {words, worry_words}

    @precondition(lambda self: self.stored is not None)
    @rule(words=WORDS)
    def read(self, words):
        answered = self.row.notes.exclude(kind__in=["answer", "addendum"]).exists()
        silent = self.stored["worry"] != "no" and not words and not answered
        try:
            with acting_as(Scope.SCOPED, self.cast.coordinator.pk):
                mark_seen(by=self.cast.coordinator, check_in=self.row, version=self.row.version, words=words)
        except CheckInRefused:
            assert silent
        else:
            assert not silent
            self.seen = True

    @invariant()
    def one_row_says_what_was_last_accepted(self):
        if getattr(self, "stored", None) is None:
            return
        rows = CheckIn.objects.filter(visit=self.visit)
        assert rows.count() == 1
        row = rows.get()
        assert {name: getattr(row, name) for name in self.stored} == self.stored
        assert (row.seen_at is not None) == self.seen
        self.visit.refresh_from_db()
        assert self.visit.state == ("seen" if self.seen else "checked_in")

    @invariant()
    def no_word_that_arrived_is_lost(self):
        if getattr(self, "stored", None) is None:
            return
        history = CheckIn.pgh_event_model.objects.filter(pgh_obj=self.row).values_list("my_words", "worry_words")
        assert self.arrived <= {words for pair in history for words in pair}


def test_any_order_of_sending_editing_and_reading_keeps_one_row_and_every_word(db):
    from django.db import transaction

    class InItsOwnTransaction(CheckInLife):
        def __init__(self):
            super().__init__()
            self.point = transaction.savepoint()

        def teardown(self):
            transaction.savepoint_rollback(self.point)

    run_state_machine_as_test(
        InItsOwnTransaction,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )

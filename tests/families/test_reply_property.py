"""Whatever happens, what an adult said waits with one service until it is answered, and only they read it back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.reply import answer_reply, mark_seen, say_back
from families.actions.transfer import accept_transfer
from families.models import FamilyReply, HowHeard, ReplyKind, ReplyOutcome, ReplyState, Support
from families.models.support import OPEN_STATES
from families.reports.replies import own_replies, to_answer
from tests import factories

SAY = st.tuples(
    st.just("say"), st.integers(0, 1), st.sampled_from([*ReplyKind.values]), st.sampled_from(["", "Words."])
)
ANSWER = st.tuples(
    st.just("answer"),
    st.integers(0, 9),
    st.sampled_from(["", " ", "We will."]),
    st.tuples(st.sampled_from(["", *ReplyOutcome.values]), st.sampled_from(["", *HowHeard.values])),
)
SEE = st.tuples(st.just("see"), st.integers(0, 9), st.none(), st.none())
MOVE = st.tuples(st.just("move"), st.sampled_from(["stay_and_play", "far"]), st.none(), st.none())


class Walk:
    """A family of two adults with one service after another, each with a coordinator of its own."""

    def __init__(self, cast) -> None:
        cast.gita = factories.user("Gita Group", "coordinator", cast.stay_and_play)
        self.cast = cast
        self.family = factories.family(cast.home, "Zora")
        self.adults = [self.family.members.get(), factories.member(self.family, "Tariq", "other_adult")]
        self.note = factories.visit(self.family, cast.volunteer, what_happened="They laughed.")
        self.by = {cast.home: cast.coordinator, cast.stay_and_play: cast.gita, cast.far: cast.other_coordinator}

    def take(self, step, which, one, other) -> None:
        if step == "say":
            visit = self.note if one in ("right", "not_quite") else None
            say_back(by=None, adult=self.adults[which], kind=one, words=other, visit=visit, about="people")
        elif step == "move":
            now = Support.objects.get(family=self.family, state__in=OPEN_STATES)
            to = getattr(self.cast, which)
            if to != now.service:
                accept_transfer(by=self.by[to], transfer=factories.transfer(now, to, self.by[now.service]))
        elif rows := list(FamilyReply.objects.filter(family=self.family).order_by("pk")):
            row = rows[which % len(rows)]
            by = self.by[row.support.service]
            if step == "see":
                mark_seen(by=by, reply=row)
            else:
                answer_reply(by=by, reply=row, answer=one, outcome=other[0], heard=other[1])

    def today_of(self, person) -> list[str]:
        with acting_as(Scope.SCOPED, person.pk):
            return [need.url for need in to_answer(person, london_today(), 99).needs]


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.one_of(SAY, SAY, ANSWER, SEE, MOVE), min_size=3, max_size=8))
def test_what_is_said_waits_with_one_service_until_it_is_answered_and_is_read_back_by_who_said_it(cast, steps):
    savepoint = transaction.savepoint()
    try:
        walk = Walk(cast)
        for step in steps:
            with suppress(ValidationError, MoveRefused), transaction.atomic():
                walk.take(*step)
        holds(walk)
    finally:
        transaction.savepoint_rollback(savepoint)


def holds(walk):
    shown = [url for person in walk.by.values() for url in walk.today_of(person)]
    rows = list(FamilyReply.objects.filter(family=walk.family))
    for row in rows:
        asks = row.state in (ReplyState.SAID, ReplyState.SEEN)
        assert sum(str(row.uuid) in url for url in shown) == asks
        assert asks or row.state == ReplyState.KEPT or bool(row.answer.strip() and row.heard and row.answered_by)
    for adult in walk.adults:
        with acting_as(Scope.FAMILY, None, adult_id=adult.pk):
            assert {row.pk for row in own_replies(adult)} == {row.pk for row in rows if row.member_id == adult.pk}
            assert all(row.answer for row in own_replies(adult) if row.is_answered)

"""Whatever happens to a support, one review is ahead of it while it is active, and none once it is ending or over."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.review import book_review, call_off_review, decline_review, hold_review
from families.actions.support import SupportRefused, move_support
from families.models import Review, Support
from families.models.support import CLOSED_STATES
from tests import factories

MOVES = {
    "start": {"to": "active"},
    "pause": {"to": "paused", "reason": "holiday"},
    "rematch": {"to": "waiting", "reason": "practical"},
    "prepare": {"to": "ending", "reason": "goals_met"},
    "carry_on": {"to": "active", "note": "The summer too."},
    "end": {"to": "ended_planned", "final_scores_declined": True},
    "stop": {"to": "ended_unplanned", "reason": "moved"},
}
STEPS = st.sampled_from([*MOVES, "start", "carry_on", "book", "call_off", "decline", "hold", "hold"])


def take(cast, support: Support, step: str) -> None:
    by, week = cast.coordinator, london_today() + dt.timedelta(weeks=1)
    if step in MOVES:
        days = {"paused": {"paused_until": week}, "ending": {"ending_on": week}}.get(MOVES[step]["to"], {})
        days |= {"review_on": week} if step == "carry_on" else {}
        move_support(by=by, support=support, **MOVES[step], **days)
        return
    review = Review.objects.filter(support=support).order_by("-pk").first()
    if review is None:
        return
    of = {"by": by, "review": review, "version": review.version}
    if step == "book":
        book_review(**of, booked_for=timezone.now() + dt.timedelta(days=3), mode="home")
    elif step == "call_off":
        call_off_review(**of, reason="by_family")
    elif step == "decline":
        decline_review(**of, next_on=week)
    else:
        there = [support.family.members.get(is_main_carer=True)]
        hold_review(**of, held_on=london_today(), mode="home", there=there, next_on=week)


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=["start", "book", "rematch", "start", "prepare", "carry_on", "hold", "stop"])
@example(steps=["start", "pause", "decline", "start", "prepare", "end", "hold"])
@given(steps=st.lists(STEPS, min_size=3, max_size=9))
def test_one_review_is_ahead_of_an_active_support_and_none_of_one_that_is_over(cast, steps):
    savepoint = transaction.savepoint()
    support = factories.family(cast.home, "Zora", "waiting").supports.get()
    for purpose in ("introduction", "last"):
        factories.visit(support.family, cast.volunteer, days_ago=-0.01, purpose=purpose)
    for step in steps:
        with suppress(MoveRefused, SupportRefused, ValidationError), transaction.atomic():
            take(cast, Support.objects.select_related("service", "family").get(pk=support.pk), step)

        state = Support.objects.get(pk=support.pk).state
        ahead = Review.objects.open().filter(support=support).count()
        assert ahead == 1 if state in {"active", "paused"} else ahead <= 1
        assert not ahead or state not in {"ending", *CLOSED_STATES}
    transaction.savepoint_rollback(savepoint)

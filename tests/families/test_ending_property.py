"""No order of steps ends a support before its last visit, or with one from before the family carried on."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from betterstart.clock import london_date, london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.editing import StaleEdit
from families.actions.ending import agree_ending, final_scores, take_step
from families.actions.support import SupportRefused, move_support
from families.models import Support
from tests import factories

DAYS_AGO = st.integers(0, 6)
STEPS = st.one_of(
    st.tuples(st.sampled_from(["again", "again", "carry_on", "agree", "scores", "declined"]), st.just(0)),
    st.tuples(st.sampled_from(["visit", "last"]), DAYS_AGO),
    st.tuples(st.just("end"), DAYS_AGO),
    st.tuples(st.sampled_from(["last", "end"]), st.just(0)),
)


class Walk:
    """A support, and by itself what a person would remember of it: when it said goodbye, when it carried on."""

    def __init__(self, cast) -> None:
        self.cast = cast
        self.support = factories.family(cast.home, "Zora").supports.get()
        self.goodbyes: list[dt.datetime] = []

    def visit(self, days: int, purpose: str = "ordinary") -> None:
        start = timezone.now() - dt.timedelta(days=days, seconds=1 if days else 0)
        factories.visit(self.support.family, self.cast.volunteer, purpose=purpose, actual_start=start)
        if purpose == "last":
            self.goodbyes.append(start)

    def take(self, step: str, days: int) -> None:
        by, support = self.cast.coordinator, Support.objects.select_related("service", "family").get(pk=self.support.pk)
        if step in {"visit", "last"}:
            self.visit(days, {"visit": "ordinary"}.get(step, step))
        elif step == "agree":
            agree_ending(by=by, support=support, ending_on=london_today() + dt.timedelta(weeks=5), reason="goals_met")
        elif step in {"scores", "declined"}:
            before = support.ending_steps.standing().filter(kind="scores").first()
            outcome = "done" if step == "scores" else "not_needed"
            if step == "scores" and not final_scores(support).exists():
                factories.score(factories.need(support.family, "play", closed_on=london_today()), stage="end")
            version = before.version if before else None
            take_step(by=by, support=support, kind="scores", outcome=outcome, version=version)
        elif step == "again":
            for part in ("carry_on", "agree", "scores"):
                self.take(part, 0)
        elif step == "carry_on":
            review = london_today() + dt.timedelta(weeks=6)
            move_support(by=by, support=support, to="active", note="They would like to.", review_on=review)
            self.goodbyes = []
        else:
            move_support(by=by, support=support, to="ended_planned", ended_on=london_today() - dt.timedelta(days=days))


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(steps=[("last", 0), ("again", 0), ("end", 0)])
@given(steps=st.lists(STEPS, min_size=2, max_size=6))
def test_no_order_of_steps_ends_a_support_before_its_last_visit(cast, steps):
    savepoint = transaction.savepoint()
    walk = Walk(cast)
    for step, days in [("agree", 0), *steps]:
        if Support.objects.get(pk=walk.support.pk).state == "ended_planned" and step in {"visit", "last"}:
            continue  # a support that ended takes no more visits
        with suppress(MoveRefused, SupportRefused, ValidationError, StaleEdit), transaction.atomic():
            walk.take(step, days)

        row = Support.objects.get(pk=walk.support.pk)
        if row.state == "ended_planned":
            assert walk.goodbyes
            assert row.ended_on >= london_date(max(walk.goodbyes))
            assert row.final_scores_on or row.final_scores_declined
    transaction.savepoint_rollback(savepoint)

"""Who is in a plan and who is not, from the rows of a service."""

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.clock import london_today
from tests import factories
from tests.joint_plan.waiting import proposed, ready, suggested, waits, worked_out
from volunteers.actions.joint_plan import PlanRefused, PlanTakenAway
from volunteers.models import MatchState
from volunteers.reports.joint_plan.making import make_plan

pytestmark = pytest.mark.django_db


def test_the_longest_waits_start_and_the_others_are_told_why_not(alone):
    waits(alone, "Fay", weeks=2)
    waits(alone, "Dara", weeks=9)
    waits(alone, "Elif", weeks=5)
    ready(alone, "Rosa", most_families=2)

    plan = worked_out(alone)

    assert list(proposed(plan).items()) == [("Dara", "Rosa"), ("Elif", "Rosa"), ("Fay", "taken")]
    assert (plan.waiting, plan.could_start, plan.volunteers, plan.places) == (3, 2, 1, 2)
    assert plan.helps == [["taken", 1, ""]]
    assert abs(timezone.now() - plan.facts_at) < dt.timedelta(minutes=1)


def test_who_waits_again_counts_from_the_day_that_wait_began(alone):
    again = waits(alone, "Dara", weeks=30)
    again.started_on, again.waiting_since = again.accepted_on, london_today() - dt.timedelta(weeks=1)
    again.save()
    waits(alone, "Elif", weeks=5)
    ready(alone, "Rosa")

    assert proposed(worked_out(alone)) == {"Elif": "Rosa", "Dara": "taken"}


def test_only_families_that_wait_for_a_volunteer_of_this_service_are_in_it(alone):
    for state in ("offered", "getting_to_know", "active", "paused", "ended_planned"):
        factories.family(alone.home, state, state)
    factories.family(alone.far, "Chloe", "waiting")
    waits(alone, "Dara")

    assert list(proposed(worked_out(alone))) == ["Dara"]


def test_who_is_being_matched_and_who_asked_to_wait_are_left_out_and_counted(alone):
    rosa = ready(alone, "Rosa", most_families=3)
    suggested(waits(alone, "Dara"), rosa)
    suggested(waits(alone, "Elif"), rosa, MatchState.OFFERED_TO_FAMILY)
    suggested(waits(alone, "Fay"), rosa, MatchState.WITHDRAWN)
    waits(alone, "Gul", waits_because="family_asked")

    plan = worked_out(alone)

    assert list(proposed(plan)) == ["Fay"]
    assert (plan.left_out["on_the_way"], plan.left_out["asked_to_wait"]) == (2, 1)


def test_who_is_leaving_or_full_or_not_ready_is_proposed_to_nobody_and_counted(alone):
    full = ready(alone, "Rosa")
    factories.match(full, alone.family)
    ready(alone, "Tess", left_on=london_today() + dt.timedelta(days=20))
    ready(alone, "Uma", state="suspended")
    waits(alone, "Dara")

    plan = worked_out(alone)

    assert proposed(plan) == {"Dara": "places"}
    assert (plan.left_out["full"], plan.left_out["leaving"]) == (1, 1)
    assert plan.left_out["not_ready"] == 3, "Uma, and the two of the cast who are on a break"


def test_without_anybody_there_is_an_empty_plan(alone):
    plan = worked_out(alone)

    assert (plan.state, plan.waiting, plan.could_start, plan.helps) == ("done", 0, 0, [])


def test_who_lost_the_service_meanwhile_gets_no_plan(cast):
    cast.coordinator.memberships.update(ends_at=timezone.now())

    with pytest.raises(PlanRefused):
        make_plan(cast.coordinator, cast.home, lambda phase, percent: None)


@pytest.mark.parametrize("phase", ["reading", "comparing", "solving", "keeping"])
def test_a_plan_that_is_no_longer_wanted_stops_at_every_phase(alone, phase):
    waits(alone, "Dara")
    ready(alone, "Rosa")

    def stop(now, percent):
        if now == phase:
            raise PlanTakenAway

    with pytest.raises(PlanTakenAway):
        make_plan(alone.coordinator, alone.home, stop)


def test_how_far_it_is_only_ever_grows(alone):
    waits(alone, "Dara")
    ready(alone, "Rosa")
    heard = []

    make_plan(alone.coordinator, alone.home, lambda phase, percent: heard.append(percent))

    assert heard == sorted(heard)
    assert 0 < heard[0] < heard[-1] < 100

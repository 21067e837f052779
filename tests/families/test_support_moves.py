"""The Support machine of the specification, row by row: where each state leads, and what each move asks for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from betterstart.access.models import Membership
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.support import AlreadyOffered, SupportRefused, edit_support, move_support, offer_support
from families.models import Assignment, Family, Support, SupportState
from tests import factories

STATES = list(SupportState.values)
CLOSED = {"ended_planned", "ended_unplanned", "declined", "could_not_reach", "transferred"}
LEADS_TO = {
    "offered": {"getting_to_know", "declined", "could_not_reach", "transferred"},
    "getting_to_know": {"waiting", "active", "declined", "could_not_reach", "transferred"},
    "waiting": {"active", "declined", "could_not_reach", "ended_unplanned", "transferred"},
    "active": {"paused", "waiting", "ending", "ended_unplanned", "transferred"},
    "paused": {"active", "ending", "ended_unplanned", "transferred"},
    "ending": {"ended_planned", "active", "ended_unplanned", "transferred"},
    **{state: set() for state in CLOSED},
}


def given(to: str, state: str = "") -> dict[str, Any]:
    """What a coordinator says with a move, when everything is as it should be."""
    today = london_today()
    return {
        "waiting": {"reason": "practical"} if state == "active" else {},
        "paused": {"reason": "holiday", "paused_until": today + dt.timedelta(days=14)},
        "active": {"review_on": today + dt.timedelta(days=42)},
        "ending": {"reason": "goals_met", "ending_on": today + dt.timedelta(days=28)},
        "ended_planned": {"final_scores_on": today},
        "ended_unplanned": {"reason": "moved"},
    }.get(to, {}) | {"note": "As agreed."}


@pytest.fixture
def support(cast):
    """A support in some state, with every fact a guard may ask for."""

    def make(state: str, *, kind: str = "home_visiting", facts: bool = True) -> Support:
        service = factories.service(cast.here, kind=kind)
        Membership.objects.create(user=cast.coordinator, role="coordinator", organisation=cast.here, service=service)
        row = factories.family(service, "Zora", state=state).supports.get()
        if facts:
            today = london_today()
            Support.objects.filter(pk=row.pk).update(agreed_on=today, home_safety_on=today)
            factories.need(row.family)
            for purpose in ("initial", "introduction", "last"):
                factories.visit(row.family, cast.volunteer, purpose=purpose)
            for days_ago in (2, 3, 4):
                factories.visit(row.family, cast.volunteer, days_ago=days_ago, state="not_delivered")
        return Support.objects.get(pk=row.pk)

    return make


def refusal(**move: Any) -> str:
    """The sentence of the refusal; nothing where the move was made."""
    try:
        move_support(**move)
    except MoveRefused as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("state", STATES)
def test_every_pair_of_states_is_a_move_or_is_refused(cast, support, state):
    for to in STATES:
        row = support(state, kind="worker_led" if (state, to) == ("getting_to_know", "active") else "home_visiting")
        history = Transition.objects.of("support", row.pk)
        if to == "transferred":  # what `accept_transfer` has done before it moves the support
            new = factories.support(row.family, cast.far)
            factories.transfer(row, cast.far, cast.coordinator, "accepted", new_support=new)

        refused = refusal(by=cast.coordinator, support=row, to=to, **given(to, state))

        now = Support.objects.get(pk=row.pk).state
        if to in LEADS_TO[state]:
            assert (now, refused) == (to, "")
            assert [(move.from_state, move.to_state, move.by) for move in history] == [(state, to, cast.coordinator)]
            assert AuditEvent.objects.filter(verb="support.moved", target_id=row.pk).get().details["to"] == to
        else:
            assert now == state
            assert refused, f"{state} must not lead to {to}"
            assert not history.exists()


@pytest.mark.parametrize(
    ("lacking", "sentence"),
    [
        ({"agreed_on": None}, "agreement"),
        ({"home_safety_on": None}, "home safety"),
        ("need", "would like help with"),
        ("initial", "an initial visit"),
    ],
)
def test_waiting_needs_visit_agreement_wish_and_home_safety(cast, support, lacking, sentence):
    row = support("getting_to_know")
    if lacking == "initial":
        row.visits.filter(purpose="initial").update(purpose="ordinary")
    if lacking == "need":
        row.needs.update(closed_on=london_today())
    if isinstance(lacking, str):
        lacking = {}
    Support.objects.filter(pk=row.pk).update(**lacking)

    with pytest.raises(MoveRefused, match=sentence):
        move_support(by=cast.coordinator, support=row, to="waiting")


@pytest.mark.parametrize("state", ["offered", "getting_to_know", "waiting", "active", "paused", "ending"])
@pytest.mark.parametrize("asked", ["", "sent", "declined"])
def test_support_moves_to_another_service_by_its_yes_only(cast, support, state, asked):
    row = support(state)
    if asked:
        factories.transfer(row, cast.far, cast.coordinator, asked)

    assert "when the other service says yes" in refusal(by=cast.coordinator, support=row, to="transferred")
    assert Support.objects.get(pk=row.pk).state == state


@pytest.mark.parametrize("to", ["declined", "could_not_reach"])
def test_support_that_had_started_does_not_end_as_if_it_had_not(cast, support, to):
    row = support("waiting")
    Support.objects.filter(pk=row.pk).update(started_on=london_today())

    assert "This support had started" in refusal(by=cast.coordinator, support=row, to=to)


def test_home_visiting_starts_with_an_introduction_visit(cast, support):
    row = support("waiting")
    row.visits.filter(purpose="introduction").update(purpose="ordinary")

    with pytest.raises(MoveRefused, match="introduction visit"):
        move_support(by=cast.coordinator, support=row, to="active")


def test_home_visiting_family_waits_before_it_starts(cast, support):
    with pytest.raises(MoveRefused, match="waits for a volunteer first"):
        move_support(by=cast.coordinator, support=support("getting_to_know"), to="active")


@pytest.mark.parametrize(("state", "kind"), [("getting_to_know", "group"), ("waiting", "worker_led")])
def test_service_without_volunteers_starts_without_an_introduction(cast, support, state, kind):
    row = support(state, kind=kind, facts=False)

    move_support(by=cast.coordinator, support=row, to="active")

    assert Support.objects.get(pk=row.pk).started_on == london_today()


def test_support_starts_on_the_day_of_the_introduction(cast, support):
    row = support("waiting", facts=False)
    Support.objects.filter(pk=row.pk).update(waiting_since=london_today())  # noted late: they had met before
    factories.visit(row.family, cast.volunteer, days_ago=6, purpose="introduction")

    move_support(by=cast.coordinator, support=row, to="active")

    assert Support.objects.get(pk=row.pk).started_on == london_today() - dt.timedelta(days=6)


def test_another_volunteer_is_introduced_anew(cast, support):
    row = support("waiting", facts=False)
    factories.visit(row.family, cast.volunteer, days_ago=6, purpose="introduction")
    for to in ("active", "waiting"):
        move_support(by=cast.coordinator, support=row, to=to, reason="volunteer_leaving" if to == "waiting" else "")

    with pytest.raises(MoveRefused, match="introduction visit"):
        move_support(by=cast.coordinator, support=row, to="active")


@pytest.mark.parametrize(("days", "fine"), [(0, False), (1, True), (84, True), (85, False), (-1, False)])
def test_pause_ends_within_the_longest_pause_of_the_service(cast, support, days, fine):
    until = london_today() + dt.timedelta(days=days)

    refused = refusal(by=cast.coordinator, support=support("active"), to="paused", reason="illness", paused_until=until)

    assert ("at most 12 weeks" in refused) == (not fine)


@pytest.mark.parametrize("to", ["paused", "ending", "ended_unplanned", "waiting"])
@pytest.mark.parametrize("reason", ["", "because", "declined"])
def test_move_that_needs_a_reason_takes_one_from_its_list(cast, support, to, reason):
    with pytest.raises(MoveRefused):
        move_support(by=cast.coordinator, support=support("active"), to=to, **given(to) | {"reason": reason})


@pytest.mark.parametrize("reason", ["goals_met", "age_limit", "family_decided"])
def test_unplanned_ending_does_not_borrow_a_planned_reason(cast, support, reason):
    with pytest.raises(MoveRefused):
        move_support(by=cast.coordinator, support=support("active"), to="ended_unplanned", reason=reason)


def test_planned_ending_needs_the_day_of_the_last_visit(cast, support):
    with pytest.raises(MoveRefused, match="last visit"):
        move_support(by=cast.coordinator, support=support("active"), to="ending", reason="goals_met")


@pytest.mark.parametrize(
    ("visit", "words", "sentence"),
    [
        (False, {"final_scores_declined": True}, "last visit has not been logged"),
        (True, {}, "final scores"),
        (True, {"final_scores_declined": True}, ""),
        (True, {"final_scores_on": dt.date(2026, 11, 1)}, ""),
    ],
)
def test_goodbye_needs_a_last_visit_and_the_familys_last_word(cast, support, visit, words, sentence):
    row = support("ending", facts=visit)
    Support.objects.filter(pk=row.pk).update(started_on=dt.date(2026, 1, 1), accepted_on=dt.date(2026, 1, 1))

    refused = refusal(by=cast.coordinator, support=row, to="ended_planned", **words)

    assert sentence in refused
    assert bool(sentence) == bool(refused)


@pytest.mark.parametrize(("days", "fine"), [((2, 3, 4), True), ((2, 3), False), ((2, 2.01, 2.02), False)])
def test_could_not_reach_needs_three_tries_on_two_days(cast, support, days, fine):
    row = support("offered", facts=False)
    for each in days:
        factories.visit(row.family, cast.volunteer, days_ago=each, state="not_delivered")

    refused = refusal(by=cast.coordinator, support=row, to="could_not_reach")

    assert ("at least 3 tries" in refused) == (not fine)


def test_reopening_asks_for_words(cast, support):
    with pytest.raises(SupportRefused) as refused:
        move_support(by=cast.coordinator, support=support("ending"), to="active", note="  ")
    assert "note" in refused.value.error_dict


@pytest.mark.parametrize("days", [1, -57])
def test_support_does_not_end_tomorrow_or_before_it_began(cast, support, days):
    ended_on = london_today() + dt.timedelta(days=days)

    with pytest.raises(SupportRefused) as refused:
        move_support(
            by=cast.coordinator, support=support("active"), to="ended_unplanned", reason="moved", ended_on=ended_on
        )
    assert "ended_on" in refused.value.error_dict


def test_reopened_support_has_no_ending_left(cast, support):
    row = support("active")
    move_support(by=cast.coordinator, support=row, to="ending", **given("ending"))
    assert Support.objects.get(pk=row.pk).ending_reason == "goals_met"

    move_support(by=cast.coordinator, support=row, to="active", **given("active"))

    again = Support.objects.get(pk=row.pk)
    assert (again.ending_on, again.ending_reason, again.ended_on) == (None, "", None)


@pytest.mark.parametrize(
    ("state", "to"), [("active", "ended_unplanned"), ("ending", "ended_planned"), ("waiting", "declined")]
)
def test_closing_ends_every_assignment_and_cancels_what_is_planned(cast, support, state, to):
    row, today = support(state), london_today()
    held = factories.assign(cast.other_volunteer, row.family)
    coming = factories.assign(cast.volunteer, row.family, starts_on=today + dt.timedelta(days=9))
    over = factories.assign(
        cast.lead, row.family, starts_on=today - dt.timedelta(days=9), ends_on=today - dt.timedelta(days=5)
    )
    planned = factories.visit(row.family, cast.volunteer, days_ago=-3, state="planned")
    missed = factories.visit(row.family, cast.volunteer, days_ago=3, state="planned")

    move_support(by=cast.coordinator, support=row, to=to, **given(to))

    for assignment in (held, coming, over, planned, missed):
        assignment.refresh_from_db()
    assert held.ends_on == today
    assert coming.ends_on == coming.starts_on
    assert over.ends_on == today - dt.timedelta(days=5)
    assert not Assignment.objects.in_force().filter(support=row).exists()
    assert (planned.state, planned.not_delivered_reason) == ("not_delivered", "cancelled_by_coordinator")
    assert missed.state == "planned"
    assert not Family.objects.visible_to(cast.other_volunteer).filter(pk=row.family_id).exists()


@pytest.mark.parametrize(("reason", "days"), [("not_right", 1), ("safety", 0)])
def test_looking_for_another_volunteer_ends_theirs_and_keeps_the_coordinators(cast, support, reason, days):
    row, started = support("active"), Support.objects.last().started_on
    theirs = factories.assign(cast.other_volunteer, row.family)
    coordinators = factories.assign(cast.coordinator, row.family)

    move_support(by=cast.coordinator, support=row, to="waiting", reason=reason)

    theirs.refresh_from_db()
    coordinators.refresh_from_db()
    assert (theirs.ends_on, coordinators.ends_on) == (london_today() + dt.timedelta(days=days), None)
    again = Support.objects.get(pk=row.pk)
    assert (again.started_on, again.waiting_since) == (started, london_today())


def test_death_silences_everything_automatic(cast, support):
    row = support("active")

    move_support(by=cast.coordinator, support=row, to="ended_unplanned", reason="death")

    row.family.refresh_from_db()
    assert row.family.silent_since is not None


def test_move_decided_on_an_old_page_counts_from_where_the_support_stands(cast, support):
    """Somebody planned the ending while the other page still showed a pause to end."""
    row = support("paused")
    move_support(by=cast.coordinator, support=Support.objects.get(pk=row.pk), to="ending", **given("ending"))

    with pytest.raises(SupportRefused):
        move_support(by=cast.coordinator, support=row, to="active")

    assert Support.objects.get(pk=row.pk).state == "ending"


def test_service_is_offered_again_to_a_family_that_comes_back(cast, support):
    row = support("ended_planned")

    again = offer_support(by=cast.coordinator, family=row.family, service=row.service)

    assert (again.state, again.first_wish) == ("offered", "")
    with pytest.raises(AlreadyOffered):
        offer_support(by=cast.coordinator, family=row.family, service=row.service)


@pytest.mark.parametrize("field", ["agreed_on", "home_safety_on"])
def test_what_was_agreed_lies_not_ahead(cast, support, field):
    row = support("active")

    with pytest.raises(SupportRefused) as refused:
        edit_support(by=cast.coordinator, support=row, version=1, **{field: london_today() + dt.timedelta(days=1)})
    assert field in refused.value.error_dict


@pytest.mark.parametrize(
    "impossible",
    [
        {"state": "nonsense"},
        {"state": "active", "ended_on": "2026-01-01"},
        {"state": "declined", "ended_on": None},
        {"state": "paused", "paused_until": None},
    ],
)
def test_database_itself_refuses_a_state_that_cannot_be(cast, support, impossible):
    row = support("active")

    with pytest.raises(IntegrityError), transaction.atomic():
        Support.objects.filter(pk=row.pk).update(**impossible)

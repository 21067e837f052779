"""From the introduction to the goodbye: what each step needs, and what becomes of access."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import transaction

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from families.models import Assignment, Family, Review, Visit
from tests import factories
from tests.volunteers.pairs import TODAY, asked, begin, begun, booked, both_said_yes, do, met, suggested
from volunteers.actions import (
    MatchRefused,
    end_match,
    look_back,
    note_talked,
    pause_match,
    plan_match_ending,
    record_looking_back,
    resume_match,
    say_not_suitable,
    suspend_matches,
)
from volunteers.models import Match, MatchFeedback, MatchState
from volunteers.reports.match_needs import match_steps

M = MatchState
SOON = TODAY + dt.timedelta(weeks=2)


def sees(person):
    with acting_as(Scope.SCOPED, person.pk):
        return set(Family.objects.values_list("name", flat=True))


def test_introduction_is_a_visit_of_the_coordinator_and_opens_no_record(cast):
    match = booked(cast)

    visit = Visit.objects.get(purpose="introduction")
    assert (visit.worker, match.state) == (cast.coordinator, M.INTRODUCTION_BOOKED)
    assert (match.volunteer_offer.meet_who, match.volunteer_offer.meet_where) == (
        "Nadia and her little boy",
        "At their front door",
    )
    assert sees(cast.other_volunteer) == set()


@pytest.mark.parametrize("ready", [asked, suggested])
def test_introduction_is_booked_only_when_both_said_yes(cast, ready, monkeypatch):
    match = ready(cast)
    monkeypatch.setattr("tests.volunteers.pairs.both_said_yes", lambda cast, match: match)
    with pytest.raises(MatchRefused):
        booked(cast, match)
    assert not Visit.objects.filter(purpose="introduction").exists()


@pytest.mark.parametrize(
    ("field", "value"), [("attends", "other_coordinator"), ("attends", "other_volunteer"), ("who", " "), ("where", "")]
)
def test_introduction_needs_a_coordinator_of_the_service_and_where_to_meet(cast, field, value):
    with pytest.raises(MatchRefused) as refusal:
        booked(cast, **{field: getattr(cast, value, value)})
    assert field in refusal.value.message_dict


def test_two_begin_after_they_met_and_everything_follows(cast):
    match = begun(cast)

    match.refresh_from_db()
    match.support.refresh_from_db()
    assert (match.state, match.started_on, match.support.state) == (M.ACTIVE, TODAY, "active")
    assert match.assignment.worker == cast.other_volunteer
    assert sees(cast.other_volunteer) == {"Nadia"}
    visits = match.support.visits.planned().filter(worker=cast.other_volunteer)
    assert visits.count() == 6
    assert Review.objects.get(support=match.support).due_on == TODAY + dt.timedelta(weeks=6)
    assert AuditEvent.objects.filter(verb="match.started").count() == 1


def test_two_do_not_begin_before_they_met_and_nothing_is_kept(cast):
    match = booked(cast)
    with pytest.raises(MatchRefused, match="introduction has taken place"):
        begin(cast, match)
    assert not Assignment.objects.filter(worker=cast.other_volunteer).exists()


def test_introduction_of_one_volunteer_lets_no_other_begin(cast):
    first = booked(cast)
    yara = factories.volunteer(factories.user("Yara Second", "volunteer", cast.home), cast.here)
    second = suggested(cast, SimpleNamespace(support=first.support, volunteer=yara))
    met(cast, first)
    with pytest.raises(MatchRefused, match="Say first what came of it"), transaction.atomic():
        booked(cast, second)
    do(cast.coordinator, say_not_suitable, match=first)
    second.refresh_from_db()
    second = booked(cast, second)
    with pytest.raises(MatchRefused, match="introduction has taken place"), transaction.atomic():
        begin(cast, second)

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert {need.reason for need in match_steps(cast.coordinator, TODAY, 9).needs} == set()
    assert begin(cast, met(cast, second)).state == M.ACTIVE


@pytest.mark.parametrize(("field", "value"), [("ground_rules", []), ("review_on", None)])
def test_two_agree_on_rules_and_on_a_day_to_look_together(cast, field, value):
    with pytest.raises(MatchRefused) as refusal:
        begin(cast, met(cast), **{field: value})
    assert field in refusal.value.message_dict


def test_it_need_not_feel_right_and_the_place_is_free_again(cast):
    match = do(cast.coordinator, say_not_suitable, match=met(cast))

    assert match.state == M.NOT_SUITABLE
    assert match.volunteer_offer.closed_at or Match.objects.get(pk=match.pk).volunteer_offer.closed_at
    assert suggested(cast)


def test_pause_keeps_the_two_together_and_they_go_on(cast):
    match = do(cast.coordinator, pause_match, match=begun(cast), until=SOON)

    assert (match.state, match.paused_until) == (M.PAUSED, SOON)
    assert sees(cast.other_volunteer) == {"Nadia"}
    match = do(cast.coordinator, resume_match, match=match)
    assert (match.state, match.paused_until) == (M.ACTIVE, None)


@pytest.mark.parametrize("days", [0, -3, 200])
def test_pause_has_a_day_in_reach(cast, days):
    with pytest.raises(MatchRefused, match="half a year"):
        do(cast.coordinator, pause_match, match=cast.match, until=TODAY + dt.timedelta(days=days))


def test_suspension_takes_access_at_once_and_what_had_not_begun_is_taken_back(cast):
    holding, offered = begun(cast), None
    cast.other_volunteer_row.most_families = 2
    cast.other_volunteer_row.save()
    offered = asked(cast)

    do(cast.manager, suspend_matches, volunteer=cast.other_volunteer_row)

    states = dict(Match.objects.filter(volunteer=cast.other_volunteer_row).values_list("pk", "state"))
    assert states == {holding.pk: M.PAUSED, offered.pk: M.WITHDRAWN}
    assert sees(cast.other_volunteer) == set()
    holding.refresh_from_db()
    do(cast.coordinator, resume_match, match=holding)
    assert sees(cast.other_volunteer) == {"Nadia"}


def test_suspended_volunteer_does_not_go_on(cast):
    do(cast.manager, suspend_matches, volunteer=cast.volunteer_row)
    type(cast.volunteer_row).objects.filter(pk=cast.volunteer_row.pk).update(state="suspended")

    with pytest.raises(MatchRefused, match="cannot be with families"):
        do(cast.coordinator, resume_match, match=cast.match)


def test_planned_goodbye_asks_both_sides_apart(cast):
    match = do(cast.coordinator, plan_match_ending, match=cast.match, reason="goals_met", ending_on=SOON)

    assert match.state == M.ENDING
    assert sees(cast.volunteer) == {"Amina"}
    ours, theirs = (MatchFeedback.objects.get(side=side) for side in ("volunteer", "family"))
    do(cast.volunteer, look_back, feedback=ours, answer="good", words="I shall miss them.")
    carer = match.family.members.get(role="parent")
    do(cast.coordinator, record_looking_back, feedback=theirs, answer="mixed", told="face", said_by=carer)
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert MatchFeedback.objects.get().words == "I shall miss them."

    ended = do(cast.coordinator, end_match, match=match, reason="goals_met")
    assert (ended.was_planned, ended.is_early_ending) == (True, False)


def test_goodbye_that_is_taken_back_asks_nobody_any_more(cast):
    match = do(cast.coordinator, plan_match_ending, match=cast.match, reason="practical", ending_on=SOON)

    match = do(cast.coordinator, resume_match, match=match)

    assert (match.state, match.ending_on, match.end_reason) == (M.ACTIVE, None, "")
    assert not MatchFeedback.objects.exists()


@pytest.mark.parametrize(
    ("reason", "weeks", "planned", "early", "asked_of"),
    [
        ("not_right", 3, False, True, {"volunteer", "family"}),
        ("not_right", 20, False, False, {"volunteer", "family"}),
        ("goals_met", 3, True, False, {"volunteer", "family"}),
        ("safety", 3, False, True, set()),
    ],
)
def test_ending_without_a_plan_is_recognised_and_early_ones_too(cast, reason, weeks, planned, early, asked_of):
    Match.objects.filter(pk=cast.match.pk).update(started_on=TODAY - dt.timedelta(weeks=weeks))

    match = do(cast.coordinator, end_match, match=cast.match, reason=reason)

    match.refresh_from_db()
    assert (match.was_planned, match.is_early_ending) == (planned, early)
    assert set(MatchFeedback.objects.values_list("side", flat=True)) == asked_of


def test_looking_back_is_possible_after_access_has_gone(cast):
    do(cast.coordinator, end_match, match=cast.match, reason="practical")
    Assignment.objects.update(ends_on=TODAY)

    said = do(cast.volunteer, look_back, feedback=MatchFeedback.objects.get(side="volunteer"), answer="hard")

    assert said.recorded_by == cast.volunteer
    with pytest.raises(MatchRefused, match="not asked of you"):
        do(cast.volunteer, look_back, feedback=MatchFeedback.objects.get(side="family"), answer="good")


def test_call_is_noted_once(cast):
    match = do(cast.coordinator, note_talked, match=cast.match)

    assert match.first_call_on == TODAY
    with pytest.raises(MatchRefused, match="No call waits"):
        do(cast.coordinator, note_talked, match=match)


def test_nobody_moves_a_match_of_another_organisation(cast):
    match = both_said_yes(cast)
    for act, fields in ((say_not_suitable, {}), (pause_match, {"until": SOON}), (end_match, {"reason": "practical"})):
        with pytest.raises(MatchRefused, match="do not coordinate"):
            do(cast.other_coordinator, act, match=match, **fields)

"""What matches wait for, on a coordinator's Today: each kind once, the oldest first, in one question."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from tests import factories
from tests.volunteers.pairs import (
    TODAY,
    asked,
    begun,
    booked,
    both_said_yes,
    do,
    family_says,
    met,
    suggested,
    volunteer_says,
)
from volunteers.actions import end_match, note_talked, pause_match, plan_match_ending
from volunteers.models import FamilyOffer, Match, MatchFeedback, VolunteerOffer
from volunteers.reports.match_needs import match_steps

LONG_AGO = timezone.now() - dt.timedelta(days=9)


def found(cast, limit=20):
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        return match_steps(cast.coordinator, TODAY, limit)


def _unasked(cast):
    Match.objects.filter(pk=suggested(cast).pk).update(created_at=LONG_AGO)


def _silent(cast):
    asked(cast)
    VolunteerOffer.objects.update(asked_at=LONG_AGO)


def _silent_family(cast):
    volunteer_says(asked(cast))
    FamilyOffer.objects.update(asked_at=LONG_AGO)


def _said_yes(cast):
    volunteer_says(asked(cast, sides=["volunteer"]))


def _called_off(cast):
    visit = booked(cast).support.visits.get(purpose="introduction")
    type(visit).objects.filter(pk=visit.pk).update(state="not_delivered", not_delivered_reason="cancelled_by_family")


def _first_visit(cast):
    match = begun(cast)
    then = timezone.now() - dt.timedelta(days=6)
    Match.objects.filter(pk=match.pk).update(started_on=then.date())
    factories.visit(match.family, cast.other_volunteer, days_ago=5)


def _pause_over(cast):
    do(cast.coordinator, pause_match, match=cast.match, until=TODAY + dt.timedelta(days=1))
    Match.objects.update(paused_until=TODAY)


def _goodbye_over(cast):
    do(cast.coordinator, plan_match_ending, match=cast.match, reason="practical", ending_on=TODAY)
    Match.objects.update(ending_on=TODAY - dt.timedelta(days=1))


def _ended(cast):
    do(cast.coordinator, end_match, match=cast.match, reason="practical")


def _nobody_asked(cast):
    do(cast.coordinator, end_match, match=cast.match, reason="goals_met")
    ours = Match.objects.filter(pk=cast.match.pk)
    ours.update(started_on=TODAY - dt.timedelta(days=40), ended_on=TODAY - dt.timedelta(days=14))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (suggested, ""),
        (asked, ""),
        (_unasked, "nobody has been asked"),
        (_silent, "has not answered for five working days"),
        (_silent_family, "the family has not answered"),
        (_said_yes, "would like to meet this family"),
        (both_said_yes, "Both said yes"),
        (booked, ""),
        (met, "do they begin?"),
        (_called_off, "has no day any more"),
        (begun, ""),
        (_first_visit, "for the first time"),
        (_pause_over, "is over"),
        (_goodbye_over, "the match is still open"),
        (_ended, "ended without a plan"),
        (_nobody_asked, "Nobody has asked the family yet"),
    ],
)
def test_match_waits_on_today_for_one_thing_at_a_time(cast, change, reason):
    change(cast)

    rows = found(cast)

    assert [reason in need.reason for need in rows.needs] == ([True] if reason else [])
    assert rows.total == len(rows.needs)


def test_what_was_done_is_off_the_list(cast):
    _first_visit(cast)
    do(cast.coordinator, note_talked, match=Match.objects.get(volunteer=cast.other_volunteer_row))
    _nobody_asked(cast)
    MatchFeedback.objects.all().delete()

    assert found(cast).total == 0


def test_all_of_it_is_one_question_however_many_wait(cast, django_assert_num_queries):
    _ended(cast)
    for number in range(5):
        volunteer = factories.volunteer(factories.user(f"V{number}", "volunteer", cast.home), cast.here)
        match = factories.match(volunteer, factories.family(cast.home, f"F{number}"))
        do(cast.coordinator, end_match, match=match, reason="practical")
    family_says(cast, asked(cast))

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        cast.coordinator.active_memberships  # noqa: B018  read once for each request
        with django_assert_num_queries(1):
            rows = match_steps(cast.coordinator, TODAY, 3)

    assert (len(rows.needs), rows.total) == (3, 6)

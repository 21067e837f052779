from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.models import Assignment
from families.reports.needs import Urgency, needs_of
from tests import factories
from tests.volunteers.telling import tell
from volunteers.actions import add_note, end_match, mark_seen
from volunteers.models import CallRequest, CheckIn
from volunteers.reports import needs
from volunteers.reports.match_needs import match_steps


def found(provider, user, limit=20):
    with acting_as(Scope.SCOPED, user.pk):
        return provider(user, london_today(), limit)


def told(cast, days_ago=1, **answers):
    return tell(
        cast.volunteer, factories.visit(cast.family, cast.volunteer, days_ago=days_ago, state="planned"), **answers
    )


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"worry": "yes"}, "Worried: Vera Volunteer"),
        ({"worry": "not_sure"}, "“Not sure, talk to me”: Vera Volunteer"),
        ({"heaviness": 4}, "A very heavy visit for Vera Volunteer"),
        ({"heaviness": 3}, ""),
        ({}, ""),
    ],
)
def test_check_in_that_asks_for_somebody_reaches_today(cast, answers, reason):
    told(cast, **answers)

    rows = found(needs.asked, cast.coordinator)

    assert [need.family for need in rows.needs] == ([cast.family] if reason else [])
    assert rows.total == len(rows.needs)
    assert all(need.reason.startswith(reason) for need in rows.needs)


def test_worry_stands_first_on_today_whatever_the_dates(cast):
    told(cast, days_ago=5, heaviness=4)
    told(cast, days_ago=3, worry="not_sure")
    told(cast, days_ago=1, worry="yes")

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        rows = needs_of(cast.coordinator, london_today(), 20)

    assert rows.needs[0].urgency == Urgency.WORRY
    assert "Worried" in rows.needs[0].reason


def test_worry_leaves_today_once_it_is_answered(cast):
    check_in = told(cast, worry="yes")

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        mark_seen(by=cast.coordinator, check_in=check_in, version=1, words="I will call.")

    assert found(needs.asked, cast.coordinator).total == 0


def test_words_added_after_reading_come_back_to_today(cast):
    check_in = told(cast)
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        mark_seen(by=cast.coordinator, check_in=check_in, version=1)
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        add_note(by=cast.volunteer, check_in=check_in, kind="addendum", words="One thing more.")

    assert "wrote more" in found(needs.asked, cast.coordinator).needs[0].reason


def test_call_reaches_today_with_and_without_a_family(cast):
    told(cast, wants_call=True)
    CallRequest.objects.create(volunteer=cast.other_volunteer_row, words="After six")

    rows = found(needs.calls, cast.coordinator)

    assert [(need.family, need.detail) for need in rows.needs] == [(cast.family, ""), (None, "After six")]


def test_unread_check_ins_are_one_line_after_three_days(cast):
    told(cast)
    told(cast, days_ago=2)
    assert found(needs.unread, cast.coordinator).total == 0

    CheckIn.objects.update(recorded_at=timezone.now() - dt.timedelta(days=4))

    rows = found(needs.unread, cast.coordinator)
    assert rows.total == 1
    assert rows.needs[0].reason.startswith("2 check-ins wait to be read")


def test_visits_planned_with_somebody_whose_match_ended_wait_for_a_person(cast):
    factories.visit(cast.family, cast.volunteer, days_ago=-3, state="planned")
    assert found(match_steps, cast.coordinator).total == 0

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        end_match(by=cast.coordinator, match=cast.match, reason="practical")

    rows = found(match_steps, cast.coordinator)
    assert rows.total == 1
    assert "still planned with Vera Volunteer" in rows.needs[0].reason


def test_match_left_open_when_the_support_ended_is_named(cast):
    cast.family.supports.update(state="ended_planned", ended_on=london_today())

    assert "The support has ended" in found(match_steps, cast.coordinator).needs[0].reason


@pytest.mark.parametrize("provider", [needs.asked, needs.calls, needs.unread, match_steps])
@pytest.mark.parametrize("who", ["other_coordinator", "volunteer", "other_volunteer", "manager", "lead"])
def test_needs_are_for_the_coordinator_of_the_service(cast, provider, who):
    told(cast, worry="yes", wants_call=True)
    CheckIn.objects.update(recorded_at=timezone.now() - dt.timedelta(days=4))

    assert found(provider, getattr(cast, who)).total == 0


@pytest.mark.parametrize("provider", [needs.asked, needs.calls, needs.unread, match_steps])
def test_provider_asks_once_and_counts_beyond_its_limit(cast, provider, django_assert_num_queries):
    assert cast.coordinator.active_memberships  # read once a request, before any provider
    with acting_as(Scope.SCOPED, cast.coordinator.pk), django_assert_num_queries(1):
        provider(cast.coordinator, london_today(), 20)
    for number in range(3):
        told(cast, days_ago=number + 1, worry="yes", wants_call=True)
    with acting_as(Scope.SCOPED, cast.coordinator.pk), django_assert_num_queries(1):
        rows = provider(cast.coordinator, london_today(), 2)

    assert len(rows.needs) <= 2
    if provider is needs.asked:
        assert rows.total == 3


def written(cast, kind, by, days):
    """A note written so many days ago on a check-in that was read."""
    check_in = told(cast)
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        mark_seen(by=cast.coordinator, check_in=check_in, version=check_in.version)
    with acting_as(Scope.SCOPED, by.pk):
        note = add_note(by=by, check_in=check_in, kind=kind, words="Words")
    type(note).objects.filter(pk=note.pk).update(created_at=timezone.now() - dt.timedelta(days=days))
    return check_in


@pytest.mark.parametrize(("days", "waits"), [(0, ""), (4, "has waited"), (9, "they may think that nobody reads it")])
def test_answer_nobody_has_read_says_how_long_it_has_waited(cast, days, waits):
    written(cast, "answer", cast.volunteer, days)

    need = found(needs.asked, cast.coordinator).needs[0]

    assert need.reason.startswith("Vera Volunteer wrote more")
    assert (waits in need.detail) if waits else need.detail == ""


@pytest.mark.parametrize(("days", "says"), [(1, None), (4, "working days"), (9, "ring rather than write again")])
def test_question_without_an_answer_comes_back_to_today_after_two_working_days(cast, days, says):
    check_in = written(cast, "question", cast.coordinator, days)

    rows = found(needs.asked, cast.coordinator)

    assert [says in need.detail for need in rows.needs] == ([True] if says else [])
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        add_note(by=cast.volunteer, check_in=check_in, kind="answer", words="An hour.")
    reasons = [need.reason for need in found(needs.asked, cast.coordinator).needs]
    assert [reason.startswith("Vera Volunteer wrote more") for reason in reasons] == [True]


def test_question_leaves_today_when_the_one_asked_is_not_with_the_family_any_more(cast):
    written(cast, "question", cast.coordinator, 9)
    assert found(needs.asked, cast.coordinator).total == 1

    Assignment.objects.filter(worker=cast.volunteer).update(ends_on=london_today())

    assert found(needs.asked, cast.coordinator).total == 0


def test_question_leaves_today_when_a_coordinator_replies_after_it(cast):
    check_in = written(cast, "question", cast.coordinator, 9)

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        add_note(by=cast.coordinator, check_in=check_in, kind="reply", words="Thank you for ringing.")

    assert found(needs.asked, cast.coordinator).total == 0

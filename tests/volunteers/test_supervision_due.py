"""When to talk: worked out from what happened. The rule alone, and what it is fed with."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service
from betterstart.clock import at_london, london_today
from tests import factories
from tests.supervising import a_talk, forget_talks
from volunteers.models import CallRequest, Match, Volunteer
from volunteers.reports.supervision import Facts, Hard, call_in_words, facts_of_each, gap_in_words
from volunteers.reports.volunteers import Why, who_to_ring

TODAY = dt.date(2026, 8, 5)  # a Wednesday
NOW = at_london(TODAY, dt.time(12))


def days(n):
    return TODAY - dt.timedelta(days=n)


@pytest.mark.parametrize(
    ("facts", "due_on", "is_due", "words"),
    [
        (Facts(), None, False, ""),
        (Facts(talked_on=days(9)), None, False, "last talked 9 days ago"),
        (Facts(since=days(41)), days(-1), False, "no supervision on record yet; due in 1 day"),
        (Facts(since=days(42)), TODAY, True, "no supervision on record yet; due today"),
        (Facts(since=days(90), talked_on=days(45)), days(3), True, "last talked 45 days ago; due 3 days ago"),
        (Facts(since=days(90), talked_on=days(38), weeks=5), days(3), True, "last talked 38 days ago; due 3 days ago"),
        (Facts(since=days(5), talked_on=days(300)), days(-37), False, "last talked 300 days ago; due in 37 days"),
        (
            Facts(since=days(90), talked_on=days(50), planned_at=NOW + dt.timedelta(days=2)),
            days(8),
            False,
            "last talked 50 days ago; planned for Friday 7 August",
        ),
        (
            Facts(since=days(90), talked_on=days(50), planned_at=NOW + dt.timedelta(days=20)),
            days(8),
            True,
            "last talked 50 days ago; planned for Tuesday 25 August",
        ),
    ],
)
def test_a_talk_is_due_so_many_weeks_after_the_last_or_after_they_began(facts, due_on, is_due, words, monkeypatch):
    monkeypatch.setattr("betterstart.clock.london_today", lambda: TODAY)

    assert (facts.due_on, facts.is_due(TODAY, NOW), gap_in_words(facts, TODAY)) == (due_on, is_due, words)


@pytest.mark.parametrize(("late", "overdue"), [(6, False), (7, True)])
def test_it_is_overdue_a_week_after_it_was_due(late, overdue):
    assert Facts(since=days(42 + late)).is_overdue(TODAY) is overdue


@pytest.mark.parametrize(
    ("happened", "words"),
    [
        (dt.date(2026, 8, 5), "call within one working day"),
        (dt.date(2026, 8, 4), "call within one working day"),
        (dt.date(2026, 8, 3), "no call for 2 working days"),
        (dt.date(2026, 7, 31), "no call for 3 working days"),  # a Friday: the weekend does not count
    ],
)
def test_after_something_hard_somebody_rings_within_one_working_day(happened, words):
    assert call_in_words(at_london(happened, dt.time(9)), TODAY) == words


def facts(cast):
    services = Service.objects.coordinated_by(cast.coordinator)
    return facts_of_each(services, Volunteer.objects.filter(organisation=cast.here))[cast.volunteer_row.pk]


@pytest.fixture
def seen(cast):
    forget_talks()
    Match.objects.filter(pk=cast.match.pk).update(started_on=london_today() - dt.timedelta(days=60))
    cast.match.refresh_from_db()
    return cast


@pytest.mark.parametrize(
    ("talks", "counts", "talked"),
    [
        ([], False, None),
        ([{"days_ago": 20}], False, 20),
        ([{"days_ago": 20, "kind": "phone"}, {"days_ago": 30}], False, 20),
        ([{"days_ago": 5, "kind": "group"}, {"days_ago": 30}], False, 30),
        ([{"days_ago": 5, "kind": "group"}, {"days_ago": 30}], True, 5),
        ([{"days_ago": -5, "state": "planned"}], False, None),
    ],
)
def test_a_group_counts_as_supervision_only_where_the_service_says_so(seen, talks, counts, talked):
    seen.home.group_counts_as_supervision = counts
    seen.home.supervision_every_weeks = 4
    seen.home.save()
    for talk in talks:
        a_talk(seen.coordinator, seen.volunteer_row, **talk)

    found = facts(seen)

    assert found.talked_on == (None if talked is None else london_today() - dt.timedelta(days=talked))
    assert found.weeks == 4


def hard(seen, what):
    if what == "worry":
        visit = factories.visit(seen.family, seen.volunteer, days_ago=2, state="checked_in")
        factories.check_in(visit, worry="yes", recorded_at=timezone.now() - dt.timedelta(days=2))
    elif what == "loss":
        seen.family.silent_since = timezone.now() - dt.timedelta(days=2)
        seen.family.save()
    elif what == "threat":
        of = {"not_delivered_reason": "unsafe", "recorded_at": timezone.now() - dt.timedelta(days=2)}
        factories.visit(seen.family, seen.volunteer, days_ago=2, state="not_delivered", **of)
    else:
        over = {"state": "ended", "ended_on": london_today() - dt.timedelta(days=2), "end_reason": what}
        Match.objects.filter(pk=seen.match.pk).update(**over)


@pytest.mark.parametrize(
    ("what", "event"),
    [
        ("worry", Hard.WORRY),
        ("loss", Hard.LOSS),
        ("threat", Hard.THREAT),
        ("not_right", Hard.ENDING),
        ("safety", Hard.ENDING),
        ("goals_met", None),
    ],
)
def test_something_hard_asks_for_a_call_until_somebody_has_talked_with_them(seen, what, event):
    a_talk(seen.coordinator, seen.volunteer_row, days_ago=5)
    hard(seen, what)
    assert [kind for kind, _at in facts(seen).hard] == ([event] if event else [])

    a_talk(seen.coordinator, seen.volunteer_row, seen.other_volunteer_row, kind="group", days_ago=1)
    assert bool(facts(seen).hard) is bool(event), "a group is no call"
    a_talk(seen.coordinator, seen.volunteer_row, kind="debrief", days_ago=1)
    assert facts(seen).hard == ()


def test_a_call_that_was_made_ends_it_and_one_that_was_taken_back_does_not(seen):
    hard(seen, "worry")
    taken = {"volunteer": seen.volunteer_row, "closed_at": timezone.now()}
    CallRequest.objects.create(closed_by=seen.volunteer, **taken)
    assert facts(seen).hard
    CallRequest.objects.create(closed_by=seen.coordinator, **taken)
    assert not facts(seen).hard


def to_ring(cast, who="coordinator"):
    person = getattr(cast, who)
    with acting_as(Scope.SCOPED, person.pk):
        rows, _total = who_to_ring(person)
    return [(row.volunteer.display_name, row.why) for row in rows]


def test_panel_of_today_says_whom_to_ring_before_whom_to_talk_with(seen):
    assert to_ring(seen) == [("Vera Volunteer", Why.DUE)]
    hard(seen, "worry")
    late = factories.volunteer(factories.user("Lea Late", "volunteer", seen.home), seen.here)
    match = factories.match(late, seen.other_family)
    Match.objects.filter(pk=match.pk).update(started_on=london_today() - dt.timedelta(days=43))
    a_talk(seen.coordinator, late, days_ago=2, state="planned")

    assert to_ring(seen) == [("Vera Volunteer", Why.HARD), ("Lea Late", Why.DUE)]
    assert to_ring(seen, "other_coordinator") == []


def test_nobody_is_due_while_a_talk_is_planned_for_the_coming_week(seen):
    a_talk(seen.coordinator, seen.volunteer_row, days_ago=-3, state="planned")
    assert to_ring(seen) == []


def a_match(seen, began, ended=None):
    """With another family, from so many days ago until so many days ago."""
    family = factories.family(seen.home, f"Cilla {began}")
    dates = {"started_on": london_today() - dt.timedelta(days=began)}
    if ended is not None:
        dates |= {"ended_on": london_today() - dt.timedelta(days=ended), "state": "ended", "end_reason": "goals_met"}
    Match.objects.filter(pk=factories.match(seen.volunteer_row, family).pk).update(**dates)


@pytest.mark.parametrize(
    ("first", "others", "since"),
    [
        (60, [(5, None)], 60),
        (5, [(90, 6)], 90),
        (5, [(90, 40), (45, 5)], 90),
        (5, [(90, 20)], 5),
    ],
)
def test_a_new_match_puts_off_no_talk_unless_they_were_with_nobody_before_it(seen, first, others, since):
    Match.objects.filter(pk=seen.match.pk).update(started_on=london_today() - dt.timedelta(days=first))
    for began, ended in others:
        a_match(seen, began, ended)

    assert facts(seen).since == london_today() - dt.timedelta(days=since)


@pytest.mark.parametrize(("kind", "asks"), [("one_to_one", True), ("phone", True), ("debrief", False)])
def test_a_hard_ending_on_the_day_of_a_talk_still_asks_for_a_call_unless_that_was_the_de_brief(seen, kind, asks):
    a_talk(seen.coordinator, seen.volunteer_row, days_ago=2, kind=kind)
    hard(seen, "not_right")

    assert [kind for kind, _at in facts(seen).hard] == ([Hard.ENDING] if asks else [])

"""The story of a family on a page of its own: what to see of it, from which month, on paper."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.audit.models import FamilyRead
from betterstart.clock import LONDON
from families.actions.goal import move_goal
from families.models import PlanChoice
from families.models.support import SUPPORT_MACHINE
from families.reports.timeline import Key
from tests import factories
from tests.families.test_family_page import text


def address(family) -> str:
    return f"/families/{family.reference}/story/"


def at(month: int, day: int) -> dt.datetime:
    return dt.datetime(2025, month, day, 10, tzinfo=LONDON)


@pytest.fixture
def lived(cast):
    """Visits of three months, a joining and a move."""
    for month in (2, 3, 4):
        factories.visit(cast.family, cast.volunteer, actual_start=at(month, 10), what_happened=f"In month {month}.")
    support = cast.family.supports.get()
    SUPPORT_MACHINE.move(support, to="paused", by=cast.coordinator, reason="illness", paused_until=dt.date(2027, 1, 1))
    return cast


def entries(response) -> list[str]:
    return [entry.text or entry.title for month in response.context["page"].timeline.months for entry in month.entries]


@pytest.mark.parametrize(
    ("show", "seen", "not_seen"),
    [
        ("", ["In month 2.", "Home visiting · Paused · Illness", "Vera Volunteer joins the family"], []),
        ("visits", ["In month 2."], ["Home visiting · Paused · Illness", "Vera Volunteer joins the family"]),
        ("steps", ["Home visiting · Paused · Illness"], ["In month 2.", "Vera Volunteer joins the family"]),
        ("people", ["Vera Volunteer joins the family"], ["In month 2.", "Home visiting · Paused · Illness"]),
        ("nearby", [], ["In month 2."]),
        ("no such kind", ["In month 2."], []),
    ],
)
def test_story_shows_everything_or_what_was_chosen(lived, as_user, show, seen, not_seen):
    told = entries(as_user(lived.coordinator).get(address(lived.family), {"show": show}))

    assert set(seen) <= set(told)
    assert not set(not_seen) & set(told)


def test_story_tells_wishes_and_how_things_are_in_their_words(cast, as_user):
    sana = factories.member(cast.family, "Sana", role="parent")
    goal = factories.goal(cast.family, "بچوں کے ساتھ پارک جانا", member=sana)
    need = factories.need(cast.family, member=sana)
    factories.score(need, 2)
    factories.score(factories.need(cast.family, "mood", member=sana), None)
    move_goal(by=cast.coordinator, goal=goal, version=goal.version, to="reached")

    client = as_user(cast.coordinator)
    wishes = client.get(address(cast.family), {"show": "wishes"})
    said = client.get(address(cast.family), {"show": "said"})

    assert entries(wishes) == ["بچوں کے ساتھ پارک جانا"] * 2
    assert "A goal: reached" in text(wishes)
    assert "Sana would like" in text(wishes)
    assert entries(said) == ["Having people around me: 2 of 5\nHow I feel in myself: rather not say"]
    assert "Sana on how things are" in text(said)


def test_volunteer_reads_goals_but_no_scores_unless_the_adult_says_so(cast, as_user):
    need, _goal, _agreed = factories.plan(cast.family)
    client = as_user(cast.volunteer)

    assert "An hour to myself." in text(client.get(address(cast.family), {"show": "wishes"}))
    assert entries(client.get(address(cast.family), {"show": "said"})) == []

    PlanChoice.objects.create(
        kind="volunteer_sees", answer="yes", family=need.family, support=need.support, member=need.member
    )
    assert len(entries(client.get(address(cast.family), {"show": "said"}))) == 1


@pytest.mark.parametrize(
    ("month", "visits"),
    [
        ("2025-03", ["In month 3.", "In month 2."]),
        ("2025-02", ["In month 2."]),
        ("2025-01", []),
        ("2025-13", ["In month 4.", "In month 3.", "In month 2."]),
        ("٢٠٢٥-٠٣", ["In month 4.", "In month 3.", "In month 2."]),
        ("9999-12", ["In month 4.", "In month 3.", "In month 2."]),
    ],
)
def test_story_goes_to_a_month_and_on_from_there(lived, as_user, month, visits):
    answer = as_user(lived.coordinator).get(address(lived.family), {"show": "visits", "month": month})

    assert entries(answer) == visits


def test_month_ends_at_midnight_in_london():
    assert Key.end_of_month(2026, 3).at < dt.datetime(2026, 3, 31, 23, 0, tzinfo=dt.UTC)
    assert Key.end_of_month(2026, 12).at > dt.datetime(2026, 12, 31, 23, 59, 59, tzinfo=dt.UTC)


def test_earlier_keeps_what_was_chosen(lived, as_user, monkeypatch):
    monkeypatch.setattr("families.reports.timeline.thread.PAGE", 2)
    client = as_user(lived.coordinator)

    first = client.get(address(lived.family), {"show": "visits"})
    key = str(first.context["page"].timeline.earlier)
    second = client.get(address(lived.family), {"show": "visits", "before": key}, headers={"HX-Request": "true"})

    assert entries(first) == ["In month 4.", "In month 3."]
    assert entries(second) == ["In month 2."]
    assert "<h1" not in second.content.decode()


def test_story_on_paper_is_whole_and_has_nothing_to_press(lived, as_user, monkeypatch):
    monkeypatch.setattr("families.reports.timeline.thread.PAGE", 2)

    page = as_user(lived.coordinator).get(address(lived.family), {"show": "visits", "paper": "1"})

    assert entries(page) == ["In month 4.", "In month 3.", "In month 2."]
    assert "Earlier" not in text(page)
    assert f"for {lived.coordinator.display_name}" in text(page)


def test_story_on_paper_says_when_it_does_not_all_fit(lived, as_user, monkeypatch):
    monkeypatch.setattr("families.reports.timeline.story.ON_PAPER", 2)

    assert "as much as fits" in text(as_user(lived.coordinator).get(address(lived.family), {"paper": "1"}))


def test_volunteer_reads_the_story_without_reasons(lived, as_user):
    told = entries(as_user(lived.volunteer).get(address(lived.family)))

    assert "Home visiting · Paused" in told
    assert "In month 3." in told


@pytest.mark.parametrize("who", ["other_coordinator", "other_volunteer", "manager"])
def test_story_of_a_family_one_may_not_see_is_the_same_as_none(cast, as_user, who):
    client = as_user(getattr(cast, who))

    foreign, absent = client.get(address(cast.family)), client.get("/families/ZZZZZZ2/story/")

    assert foreign.status_code == absent.status_code == 404
    assert foreign.content == absent.content


@pytest.mark.parametrize(("asked", "noted"), [({}, "story"), ({"paper": "1"}, "story on paper")])
def test_reading_the_story_is_noted(cast, as_user, asked, noted):
    as_user(cast.coordinator).get(address(cast.family), asked)

    assert FamilyRead.objects.get().page == noted


def test_story_asks_the_same_of_the_database_for_one_visit_and_for_thirty(cast, as_user):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get(address(cast.family))
        return len(seen)

    client = as_user(cast.coordinator)
    factories.visit(cast.family, cast.volunteer, days_ago=1)
    queries()
    once = queries()
    for days in range(2, 31):
        factories.visit(cast.family, cast.volunteer, days_ago=days)

    assert queries() == once <= 13

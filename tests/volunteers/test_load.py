"""What volunteers carry: their own weeks, and the middle half of a team that is large enough."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service
from betterstart.charts.measure import Measure
from betterstart.charts.middle import beside_the_middle
from betterstart.clock import at_london, london_today
from tests import factories
from tests.charts.reading import of_class
from tests.supervising import a_talk
from volunteers.models import VolunteerProfile
from volunteers.reports.load import (
    WEEKS,
    given_in_words,
    heaviness,
    hours,
    is_more_than_offered,
    last_weeks,
    middle_half,
    my_load,
)

MONDAY = dt.date(2026, 8, 3)
HEAVY = Measure("How heavy it was", "each week")


def last_week():
    """A moment in the last week that is over."""
    return at_london(last_weeks(london_today())[-2] + dt.timedelta(days=2), dt.time(12))


def carried(cast, person, weight, minutes=120):
    at = last_week()
    family = factories.family(cast.home, person.display_name)
    times = {"planned_start": at, "planned_end": at + dt.timedelta(hours=2), "actual_start": at}
    visit = factories.visit(family, person, state="checked_in", duration_minutes=minutes, travel_minutes=30, **times)
    return factories.check_in(visit, heaviness=weight, recorded_at=at)


def team(cast, weights):
    carried(cast, cast.volunteer, 4)
    for number, weight in enumerate(weights):
        person = factories.user(f"Teamer {number}", "volunteer", cast.home)
        factories.volunteer(person, cast.here)
        carried(cast, person, weight)


def loaded(person):
    with acting_as(Scope.SCOPED, person.pk):
        return my_load(person)


def test_own_weeks_stand_beside_the_middle_half_of_five(cast):
    team(cast, [0, 1, 2, 3])

    load = loaded(cast.volunteer)

    assert load.heavy.rows[-1][1:] == ("4", "1.0 to 3.0")
    assert load.given.rows[-1][1] == "2.5"
    assert load.heavy.title == "How heavy it was: lately more than usual in the team"


def test_a_team_of_four_shows_nobody_what_is_usual_in_it(cast):
    team(cast, [0, 1])

    load = loaded(cast.volunteer)

    assert not load.team
    assert {row[2] for row in load.heavy.rows} == {"too few people"}
    assert load.heavy.rows[-1][1] == "4"


def test_people_of_another_service_are_no_part_of_the_team(cast):
    team(cast, [0, 1])
    for number in range(3):
        person = factories.user(f"Farer {number}", "volunteer", cast.far)
        factories.volunteer(person, cast.elsewhere)

    assert not loaded(cast.volunteer).team


@pytest.mark.parametrize(
    ("lines", "middle"),
    [
        ([[1], [2], [3], [4], [5]], [(2, 4)]),
        ([[1], [2], [3], [4], [None]], [None]),
        ([[0, 1]] * 5 + [[8, None]], [(0, 0), (1, 1)]),
    ],
)
def test_middle_half_leaves_a_quarter_above_and_a_quarter_below(lines, middle):
    assert middle_half(lines) == middle


def test_week_in_which_nobody_said_how_heavy_it_was_is_a_gap_and_not_light(cast):
    carried(cast, cast.volunteer, None)

    services = Service.objects.filter(pk=cast.home.pk)
    assert heaviness(services, [cast.volunteer.pk]) == {}
    assert hours(services, [cast.volunteer.pk])[cast.volunteer.pk] == [None] * (WEEKS - 2) + [2.5, None]


@pytest.mark.parametrize(
    ("given", "offered", "words", "more"),
    [
        ([99, 3, 3, 3, 3], 2.5, "gave 12 hours in four weeks; offered about 10", True),
        ([99, 3, 3, 3, None], 3, "gave 9 hours in four weeks; offered about 12", False),
        ([None, 1], None, "gave 1 hour in four weeks; what they offer is not known yet", False),
    ],
)
def test_hours_given_stand_beside_hours_offered(given, offered, words, more):
    assert (given_in_words(given, offered), is_more_than_offered(given, offered)) == (words, more)


def test_chart_draws_ones_own_line_and_the_band_and_nobody_elses():
    dates = [MONDAY + dt.timedelta(weeks=at) for at in range(4)]
    chart = beside_the_middle(HEAVY, dates, [1, None, 2, 3], [(0, 2), (0, 2), None, (1, 4)])

    for svg in (chart.svg, chart.svg_narrow):
        assert len(of_class(svg, "chart-point")) == 3
        assert len(of_class(svg, "chart-band")) == 2
        assert len(of_class(svg, "chart-line")) == 1
    assert chart.title == "How heavy it was: lately as is usual in the team"
    assert beside_the_middle(HEAVY, dates, [None] * 4, [(0, 2)] * 4).svg == ""
    with pytest.raises(ValueError, match="each date"):
        beside_the_middle(HEAVY, dates, [1], [None] * 4)


def test_list_says_why_it_shows_somebody_in_the_order_in_which_one_would_ring(cast, as_user):
    VolunteerProfile.objects.create(volunteer=cast.volunteer_row, hours_a_week="0.5")
    carried(cast, cast.volunteer, 2)
    worried = factories.user("Zara Worried", "volunteer", cast.home)
    row = factories.volunteer(worried, cast.here)
    factories.match(row, cast.other_family)
    visit = factories.visit(cast.other_family, worried, days_ago=1, state="checked_in")
    factories.check_in(visit, worry="yes")
    a_talk(cast.coordinator, row, days_ago=38)

    page = as_user(cast.coordinator).get(reverse("volunteers:list"))

    rows = page.context["rows"]
    assert [str(found.volunteer) for found in rows] == ["Zara Worried", "Vera Volunteer", "Wilf Othervolunteer"]
    words = page.content.decode()
    assert "Something hard happened: ring first" in words
    assert "call within one working day" in words
    assert "last talked 38 days ago; due in 4 days" in words.replace("Last", "last")
    assert "gave 2 hours in four weeks; offered about 2" in words
    assert rows[1].sentences == ["gave more hours than they offered"]

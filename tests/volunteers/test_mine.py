"""A volunteer's own page: sums that are theirs alone, doors to what is theirs, and a way to step back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.clock import london_today
from families.models import Assignment
from tests import factories
from volunteers.models import CallRequest, Volunteer
from volunteers.reports.mine import given

PAGE, BACK = reverse("volunteers:mine"), reverse("volunteers:step-back")


def sums(cast):
    return given(cast.volunteer, cast.volunteer_row, london_today())


def test_sums_hold_what_was_given_to_families_one_is_no_longer_with(cast):
    factories.visit(cast.family, cast.volunteer, days_ago=3, duration_minutes=90, travel_minutes=30)
    factories.visit(cast.family, cast.volunteer, days_ago=9, duration_minutes=120, travel_minutes=40)
    Assignment.objects.filter(worker=cast.volunteer).update(ends_on=london_today())

    told = sums(cast)
    assert (told.visits, told.families, told.hours, told.travel_hours) == (2, 1, 4, 1)


def test_sums_leave_out_visits_of_others_and_those_that_did_not_happen(cast):
    factories.visit(cast.family, cast.coordinator, days_ago=3)
    factories.visit(cast.family, cast.volunteer, days_ago=2, state="not_delivered")

    assert (sums(cast).visits, sums(cast).hours) == (0, 0)


@pytest.mark.parametrize(("joined", "months"), [((2026, 1, 31), 0), ((2026, 1, 28), 1), ((2024, 2, 28), 24)])
def test_months_are_whole_ones(cast, joined, months):
    cast.volunteer_row.joined_on = dt.date(*joined)

    assert given(cast.volunteer, cast.volunteer_row, dt.date(2026, 2, 28)).months == months


def test_page_greets_a_volunteer_before_the_first_visit(cast, as_user):
    page = as_user(cast.other_volunteer).get(PAGE).content.decode()

    assert "Your first visit is still to come" in page


def test_page_asks_the_same_for_thirty_visits(cast, as_user):
    client = as_user(cast.volunteer)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PAGE).status_code == 200
        return len(queries)

    factories.visit(cast.family, cast.volunteer, days_ago=1)
    few = count()
    for day in range(30):
        factories.visit(cast.family, cast.volunteer, days_ago=2 + day)
    assert count() == few


def test_wish_for_a_break_reaches_the_coordinator_with_its_days(cast, as_user):
    first = london_today() + dt.timedelta(days=7)
    sent = {"what": "break", "starts_on": first.isoformat(), "words": "My mother is ill."}

    answer = as_user(cast.volunteer).post(BACK, sent)

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    (call,) = CallRequest.objects.open()
    assert call.words.startswith("I would like a break, from ")
    assert call.words.endswith(": My mother is ill.")
    assert "I would like a break" in as_user(cast.coordinator).get("/today/").content.decode()
    assert Volunteer.objects.get(pk=cast.volunteer_row.pk).left_on is None


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose what comes closest."),
        ({"what": "break", "starts_on": "2020-01-01"}, "Choose today or a day to come."),
        ({"what": "break", "starts_on": "2099-02-01", "until": "2099-01-01"}, "Choose a day after the first one."),
    ],
)
def test_wish_that_makes_no_sense_is_refused_beside_its_field(cast, as_user, sent, sentence):
    page = as_user(cast.volunteer).post(BACK, sent)

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert not CallRequest.objects.exists()


def test_wish_without_room_beside_an_earlier_one_is_refused_and_kept(cast, as_user):
    client = as_user(cast.volunteer)
    client.post(reverse("volunteers:call-ask"), {"words": "x" * 290})

    page = client.post(BACK, {"what": "stop", "words": "I move to Leeds."})

    assert page.status_code == 422
    assert "no room for more words" in page.content.decode()
    assert "I move to Leeds." in page.content.decode()

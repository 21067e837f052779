"""Two people edit one visit: the second sees both versions, chooses part by part, and loses nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from betterstart.clock import LONDON
from families.actions.visit import log_visit
from families.models import Visit
from tests import factories
from tests.families.test_visit_log_action import facts
from tests.families.test_visit_pages import typed


@pytest.fixture
def edited(cast):
    """A visit that somebody changed (version 2) while another still looks at version 1."""
    visit = log_visit(**facts(cast, what_happened="Stored words", someone_else="Aunt Bea"))
    Visit.objects.filter(pk=visit.pk).update(version=2, what_happened="Their words", mode="phone")
    visit.refresh_from_db()
    return visit


def mine(cast, visit, **changes):
    """My form: same time and people as stored, my own words and place."""
    start = visit.actual_start.astimezone(LONDON)
    return typed(cast) | {
        "day": start.strftime("%Y-%m-%d"),
        "time": start.strftime("%H:%M"),
        "present": [],
        "someone_else": "Aunt Bea",
        "what_happened": "My words",
        "mode": "out",
        "version": "1",
        **changes,
    }


@pytest.fixture
def url(edited):
    return reverse("families:visit-edit", args=[edited.uuid])


@pytest.fixture
def on_the_minute(edited):
    """Forms know minutes only."""
    edited.actual_start = edited.actual_start.replace(second=0, microsecond=0)
    edited.save(update_fields=["actual_start"])
    return edited


def test_second_person_sees_both_versions_part_by_part_and_nothing_is_saved(cast, as_user, on_the_minute, url):
    answer = as_user(cast.coordinator).post(url, mine(cast, on_the_minute))

    assert answer.status_code == 409
    parts = {part.key: (part.theirs, part.mine) for part in answer.context["found"]}
    assert parts == {"what_happened": ("Their words", "My words"), "mode": ("Phone", "Out and about")}
    page = answer.content.decode()
    assert "Carys Coordinator saved another version" in page
    assert "Their words" in page
    assert "My words" in page
    on_the_minute.refresh_from_db()
    assert (on_the_minute.what_happened, on_the_minute.version) == ("Their words", 2)


def choose(cast, visit, **choices):
    keeps = {f"keep-{key}": choice for key, choice in choices.items()}
    return mine(cast, visit, version="2", differs=["what_happened", "mode"]) | keeps


def test_chosen_parts_are_saved(cast, as_user, on_the_minute, url):
    as_user(cast.coordinator).post(url, choose(cast, on_the_minute, what_happened="mine", mode="theirs"))

    on_the_minute.refresh_from_db()
    assert (on_the_minute.what_happened, on_the_minute.mode) == ("My words", "phone")
    assert on_the_minute.version == 3
    assert on_the_minute.someone_else == "Aunt Bea"


def test_both_texts_can_be_kept(cast, as_user, on_the_minute, url):
    as_user(cast.coordinator).post(url, choose(cast, on_the_minute, what_happened="both", mode="mine"))

    on_the_minute.refresh_from_db()
    assert on_the_minute.what_happened == "Their words\n\nMy words"


def test_two_texts_too_long_together_are_shown_for_shortening(cast, as_user, on_the_minute, url):
    Visit.objects.update(what_happened="t" * 1500)

    form = choose(cast, on_the_minute, what_happened="both", mode="mine") | {"what_happened": "m" * 1500}
    answer = as_user(cast.coordinator).post(url, form)

    assert answer.status_code == 422
    assert "room for 2,000" in answer.context["form"].errors["what_happened"][0]
    assert "m" * 1500 in answer.content.decode()


def test_undecided_part_brings_the_page_back_with_the_choices_made(cast, as_user, on_the_minute, url):
    answer = as_user(cast.coordinator).post(url, choose(cast, on_the_minute, what_happened="mine"))

    assert answer.status_code == 409
    assert {part.key: part.choice for part in answer.context["found"]} == {"what_happened": "mine", "mode": ""}
    on_the_minute.refresh_from_db()
    assert on_the_minute.version == 2


def test_third_person_in_between_brings_the_page_back(cast, as_user, on_the_minute, url):
    form = choose(cast, on_the_minute, what_happened="mine", mode="mine")
    Visit.objects.update(version=3, what_happened="A third voice")

    answer = as_user(cast.coordinator).post(url, form)

    assert answer.status_code == 409
    assert "A third voice" in answer.content.decode()


def test_same_words_twice_are_no_conflict(cast, as_user, on_the_minute, url):
    form = mine(cast, on_the_minute, what_happened="Their words", mode="phone")

    assert as_user(cast.coordinator).post(url, form).status_code == 302


def test_volunteer_and_coordinator_recording_one_planned_visit_meet_on_the_page(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, state="planned", days_ago=1)
    start = planned.planned_start
    log_visit(
        by=cast.volunteer,
        support=planned.support,
        visit=planned,
        worker=cast.volunteer,
        actual_start=start,
        duration_minutes=60,
        what_happened="Hers",
    )
    planned.refresh_from_db()
    form = mine(cast, planned, worker=cast.volunteer.pk, mode="home", someone_else="")

    answer = as_user(cast.coordinator).post(reverse("families:visit-record", args=[planned.uuid]), form)

    assert answer.status_code == 409
    assert [part.key for part in answer.context["found"]] == ["what_happened"]

"""The pages of supervision: for whoever leads it, for whoever is supervised, and for a manager."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.clock import LONDON, london_today
from tests.supervising import a_talk, forget_talks
from volunteers.models import Match, Supervision, SupervisionState


@pytest.fixture(autouse=True)
def nobody_has_talked_yet(cast):
    forget_talks()


def sent(**fields):
    at = timezone.localtime(timezone.now() - dt.timedelta(hours=1), LONDON)
    usual = {"uuid": uuid.uuid4(), "kind": "phone", "minutes": "40", "day": at.date().isoformat()}
    return usual | {"time": f"{at:%H:%M}", "which": "first"} | fields


def test_talk_is_written_down_read_and_confirmed_from_page_to_page(cast, as_user):
    url = reverse("volunteers:supervision-write", args=[cast.volunteer_row.pk])
    page = as_user(cast.coordinator).get(url).content.decode()
    assert page.index("What do they do well?") < page.index("With Amina") < page.index("What worries them?")
    later = london_today() + dt.timedelta(days=30)
    words = {"strengths": "She listens.", f"match_{cast.match.pk}": "Slowly.", "what_1": "Ring Ida", "doer_1": "person"}
    done = as_user(cast.coordinator).post(
        url, sent(**words, next_day=later.isoformat(), next_time="10:00"), follow=True
    )
    assert "has not confirmed it yet" in done.content.decode()
    row, ahead = Supervision.objects.order_by("pk")
    assert (row.state, ahead.state) == ("held", "planned")

    client = as_user(cast.volunteer)
    assert "wrote down what you talked about" in client.get(reverse("volunteers:my-visits")).content.decode()
    mine = reverse("volunteers:my-talk", args=[row.pk])
    assert "She listens." in client.get(mine).content.decode()
    page = client.post(mine, {"version": "1", "words": "Thank you for listening to me."}, follow=True).content.decode()
    assert "You confirmed this on" in page

    page = as_user(cast.coordinator).get(reverse("volunteers:supervision", args=[row.pk])).content.decode()
    assert "Vera Volunteer adds" in page
    assert "Thank you for listening to me." in page


def test_what_was_changed_meanwhile_is_read_again_and_the_words_are_kept(cast, as_user):
    row = a_talk(cast.coordinator, cast.volunteer_row, version=2)
    row.notes.all().delete()
    url = reverse("volunteers:my-talk", args=[row.pk])

    page = as_user(cast.volunteer).post(url, {"version": "1", "words": "Mine."})

    assert page.status_code == 422
    assert "your words are kept" in page.content.decode()
    assert page.context["form"]["version"].value() == "2"
    assert not row.parts.exclude(confirmed_at=None).exists()


def test_group_is_asked_once_about_a_family_that_may_be_known_and_then_taken_as_it_stands(cast, as_user):
    client, url = as_user(cast.coordinator), reverse("volunteers:supervision-group-write")
    told = sent(people=[cast.volunteer.pk, cast.other_volunteer.pk], learning="Playing, as Amina does.")
    del told["kind"]

    asked = client.post(url, told)
    assert asked.status_code == 422
    assert "A family may be known from this: Amina." in asked.content.decode()
    assert "No family names here" in asked.content.decode()
    client.post(url, told | {"named": ["Amina"], "names_meant": "on"})

    assert Supervision.objects.get().notes.get().words == "Playing, as Amina does."


def test_what_is_on_record_stands_in_the_form_that_changes_it(cast, as_user):
    row = a_talk(cast.coordinator, cast.volunteer_row, strengths="She listens.", match=cast.match)
    url = reverse("volunteers:supervision-edit", args=[row.pk])
    client = as_user(cast.coordinator)
    form = client.get(url).context["form"]
    assert (form["strengths"].value(), form[f"match_{cast.match.pk}"].value()) == ("She listens.", "It goes well.")
    assert form["what_1"].value() == "Ask about the course"

    client.post(url, sent(version="1", strengths="She listens, always.", what_1="Ask about the course"))

    row.refresh_from_db()
    assert (row.version, row.notes.get(topic="strengths").words) == (2, "She listens, always.")
    assert not row.notes.filter(topic="match").exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"minutes": ""}, "Please fill this in."),
        ({"minutes": "999"}, "Write a number"),
        ({"kind": ""}, "Choose what kind of talk it is."),
        ({"day": "2099-01-01"}, "Please check the year."),
        ({"day": (london_today() + dt.timedelta(days=2)).isoformat()}, "has not begun yet"),
        ({"next_day": (london_today() + dt.timedelta(days=2)).isoformat()}, "Say at what time."),
        ({"next_day": "2026-01-01", "next_time": "10:00"}, "still ahead"),
        ({"due_1": "2026-12-01"}, "Say what will be done by then."),
        ({"worries": "x" * 2001}, "there is room for 2,000"),
    ],
)
def test_form_that_cannot_be_kept_comes_back_with_a_sentence_and_what_was_typed(cast, as_user, fields, sentence):
    url = reverse("volunteers:supervision-write", args=[cast.volunteer_row.pk])
    page = as_user(cast.coordinator).post(url, sent(strengths="Typed words.", **fields))

    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert "Typed words." in page.content.decode()
    assert not Supervision.objects.exists()


def test_plan_is_called_off_and_says_so_to_both(cast, as_user):
    row = a_talk(cast.coordinator, cast.volunteer_row, state="planned", days_ago=-2)

    as_user(cast.coordinator).post(reverse("volunteers:supervision-cancel", args=[row.pk]), {"note": "Snow."})

    row.refresh_from_db()
    assert row.state == SupervisionState.CANCELLED
    assert (
        "was called off" in as_user(cast.volunteer).get(reverse("volunteers:my-talk", args=[row.pk])).content.decode()
    )


def test_manager_reads_dates_and_writes_down_their_own_talk_with_a_coordinator(cast, as_user):
    Match.objects.update(started_on=london_today() - dt.timedelta(days=100))
    a_talk(cast.coordinator, cast.volunteer_row, days_ago=60, strengths="Secret words.")
    client = as_user(cast.manager)

    page = client.get(reverse("volunteers:supervision-dates")).content.decode()
    assert "Last talked 60 days ago; due 18 days ago" in page
    assert "Ask the coordinator" in page
    assert "Secret words." not in page
    told = sent(how_are_you="Tired.", kind="one_to_one")
    url = reverse("volunteers:supervision-coordinator", args=[cast.coordinator.pk])
    assert client.post(url, told, follow=True).status_code == 200
    talk = Supervision.objects.get(supervisor=cast.manager)
    assert "Tired." in as_user(cast.coordinator).get(reverse("volunteers:my-talk", args=[talk.pk])).content.decode()

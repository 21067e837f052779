from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.clock import london_today
from tests import factories
from volunteers.models import CallRequest, CheckIn, Match


def told(cast, days_ago=1, **fields):
    visit = factories.visit(cast.family, cast.volunteer, days_ago=days_ago, state="checked_in")
    return factories.check_in(visit, **fields)


def test_list_to_read_has_the_worrying_first_then_the_oldest(cast, as_user):
    order = [
        told(cast, 9, my_words="e"),
        told(cast, 8, heaviness=4),
        told(cast, 7, worry="not_sure"),
        told(cast, 6, worry="yes"),
        told(cast, 5),
    ]
    for position, row in enumerate(order):
        CheckIn.objects.filter(pk=row.pk).update(recorded_at=timezone.now() - dt.timedelta(days=9 - position))

    page = as_user(cast.coordinator).get(reverse("volunteers:check-in-list"))

    shown = [row.check_in for row in page.context["listed"].rows]
    assert shown == [order[3], order[2], order[1], order[0], order[4]]


def test_read_ones_are_on_the_other_tab_by_pages(cast, as_user):
    for _row in range(26):
        told(cast, seen_at=timezone.now(), seen_by=cast.coordinator)
    client = as_user(cast.coordinator)

    first = client.get(reverse("volunteers:check-in-list") + "?show=read")
    rest = client.get(reverse("volunteers:check-in-list") + f"?show=read&before={first.context['listed'].older}")

    assert (len(first.context["listed"].rows), len(rest.context["listed"].rows)) == (25, 1)


@pytest.mark.parametrize("key", ["x", "-1", "9" * 40, "１２", "0"])
def test_strange_keys_give_a_page_all_the_same(cast, as_user, key):
    client = as_user(cast.coordinator)

    assert client.get(reverse("volunteers:check-in-list") + f"?show=read&before={key}").status_code == 200
    assert client.get(reverse("volunteers:list") + f"?after={key}").status_code == 200
    assert as_user(cast.volunteer).get(reverse("volunteers:after-visits") + f"?before={key}").status_code == 200


def test_marking_a_worry_as_read_without_words_keeps_the_page_and_says_why(cast, as_user):
    check_in = told(cast, worry="yes", worry_words="She whispered.")
    client, url = as_user(cast.coordinator), reverse("volunteers:check-in", args=[check_in.pk])

    refused = client.post(url, {"version": 1, "words": ""})
    done = client.post(url, {"version": 1, "words": "I will ring you at four."})

    assert refused.status_code == 422
    assert "Vera Volunteer is waiting to hear" in refused.content.decode()
    assert done["Location"] == reverse("volunteers:check-in-list")
    assert CheckIn.objects.get().seen_by == cast.coordinator


def test_question_goes_to_the_volunteer_and_the_check_in_stays_to_read(cast, as_user):
    check_in = told(cast)

    as_user(cast.coordinator).post(
        reverse("volunteers:check-in", args=[check_in.pk]), {"version": 1, "words": "How long?", "ask": "1"}
    )

    assert check_in.notes.get().kind == "question"
    assert CheckIn.objects.get().seen_at is None


def test_check_in_changed_meanwhile_is_read_again_and_words_are_kept(cast, as_user):
    check_in = told(cast, version=2, my_words="As it stands now.")

    response = as_user(cast.coordinator).post(
        reverse("volunteers:check-in", args=[check_in.pk]), {"version": 1, "words": "My reply."}
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert "changed this since you opened it" in page
    assert "My reply." in page
    assert response.context["form"]["version"].value() == "2"


def test_match_is_started_from_the_familys_page(cast, as_user):
    url = reverse("volunteers:match-start", args=[cast.other_family.uuid])
    client = as_user(cast.coordinator)
    page = client.get(url)

    assert "Wilf Othervolunteer: visits nobody yet" in page.content.decode()
    assert "One more volunteer visits as many families as agreed." in page.content.decode()
    sent = {
        "support": cast.other_family.supports.get().pk,
        "volunteer": cast.other_volunteer_row.pk,
        "started_on": london_today().isoformat(),
    }
    client.post(url, sent)
    assert Match.objects.get(family=cast.other_family).volunteer == cast.other_volunteer_row


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"volunteer": ""}, "Choose a volunteer."),
        ({"volunteer": "999999"}, "Choose one of these volunteers."),
        ({"started_on": "2099-01-01"}, "Choose today or an earlier day"),
        ({"started_on": "soon"}, "Write the day like"),
        ({"agreed_time": "t" * 101}, "room for 100"),
        ({"support": "far"}, "Select a valid choice"),
        ({"volunteer": "full"}, "as many as agreed"),
    ],
)
def test_wrong_match_comes_back_with_a_sentence(cast, as_user, changed, sentence):
    named = {"far": cast.far_family.supports.get().pk, "full": cast.volunteer_row.pk}
    sent = {
        "support": cast.other_family.supports.get().pk,
        "volunteer": cast.other_volunteer_row.pk,
        "started_on": london_today().isoformat(),
        "agreed_time": "Fridays",
    } | {key: named.get(value, value) for key, value in changed.items()}

    response = as_user(cast.coordinator).post(reverse("volunteers:match-start", args=[cast.other_family.uuid]), sent)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Match.objects.filter(family=cast.other_family).exists()


def test_ending_says_what_it_means_and_then_ends(cast, as_user):
    planned = factories.visit(cast.family, cast.volunteer, days_ago=-3, state="planned")
    factories.visit(cast.family, cast.volunteer, days_ago=2, state="planned")
    client, url = as_user(cast.coordinator), reverse("volunteers:match-end", args=[cast.match.pk])
    page = client.get(url).content.decode()
    assert "stays planned, because the family expects it" in page
    assert "A past visit is not written down yet." in page

    assert client.post(url, {}).status_code == 422
    done = client.post(url, {"reason": "practical", "note": "Moved house."}, follow=True).content.decode()

    assert "After today Vera Volunteer no longer sees this family." in done
    story = client.get(reverse("families:family", args=[cast.family.reference])).content.decode()
    assert "Vera Volunteer says goodbye" in story[story.index("What happened") :]
    assert reverse("families:visit-move", args=[planned.uuid]) in done
    assert client.get(url, follow=True).redirect_chain


def test_how_they_are_is_said_in_sentences_and_whoever_asked_for_a_call_comes_first(cast, as_user):
    told(cast, 2, heaviness=3, my_mood=2)
    told(cast, 3, heaviness=4, my_mood=1)
    CallRequest.objects.create(volunteer=cast.other_volunteer_row)

    page = as_user(cast.coordinator).get(reverse("volunteers:how-they-are"))

    rows = page.context["rows"]
    assert [str(row.volunteer) for row in rows] == ["Wilf Othervolunteer", "Vera Volunteer"]
    assert rows[0].call is not None
    assert rows[1].sentences[:2] == ["two visits this fortnight were heavy", "the last two visits were hard for them"]


def test_volunteer_who_has_not_been_heard_of_is_named(cast, as_user):
    check_in = told(cast)
    CheckIn.objects.filter(pk=check_in.pk).update(recorded_at=timezone.now() - dt.timedelta(days=25))

    rows = as_user(cast.coordinator).get(reverse("volunteers:how-they-are")).context["rows"]

    assert rows[0].sentences == ["no check-in for 25 days"]


def test_panel_without_script_is_a_page_and_with_it_a_fragment(cast, as_user):
    client, url = as_user(cast.coordinator), reverse("volunteers:how-they-are")

    assert "<!doctype html>" in client.get(url).content.decode()
    fragment = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<!doctype html>" not in fragment
    assert "How my volunteers are" in fragment


def test_call_is_closed_once_the_two_have_talked(cast, as_user):
    call = CallRequest.objects.create(volunteer=cast.volunteer_row, words="After six")
    client = as_user(cast.coordinator)
    assert "After six" in client.get(reverse("volunteers:volunteer", args=[cast.volunteer_row.pk])).content.decode()

    client.post(reverse("volunteers:call-close", args=[call.pk]))

    call.refresh_from_db()
    assert call.closed_by == cast.coordinator

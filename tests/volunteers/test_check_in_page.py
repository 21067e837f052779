from __future__ import annotations

import uuid

import pytest
from django.urls import reverse

from families.models import Draft, Visit
from tests import factories
from tests.volunteers.telling import hours_ago
from volunteers.models import CheckIn

AS_PLANNED = {"happened": "as_planned", "feelings": ["hopeful"], "heaviness": "1", "worry": "no"}


@pytest.fixture
def planned(cast):
    return factories.visit(cast.family, cast.volunteer, days_ago=1, state="planned")


def record_url(visit):
    return reverse("volunteers:check-in-record", args=[visit.uuid])


def answers(visit=None, **changed):
    """What the page sends: its own id and the version it showed, and a plain good visit."""
    version = {"version": visit.version} if visit else {}
    sent = {"uuid": str(uuid.uuid4()), **version, **AS_PLANNED, **changed}
    return {key: value for key, value in sent.items() if value is not None}


def unplanned_url(cast):
    return reverse("volunteers:check-in-unplanned", args=[cast.family.reference, cast.family.supports.get().pk])


def test_check_in_as_planned_takes_time_and_length_from_the_plan(cast, as_user, planned):
    response = as_user(cast.volunteer).post(record_url(planned), answers(planned))

    check_in = CheckIn.objects.get()
    assert response["Location"] == reverse("volunteers:check-in-sent", args=[check_in.pk])
    planned.refresh_from_db()
    assert (planned.state, planned.actual_start, planned.duration_minutes) == ("checked_in", planned.planned_start, 120)
    assert (check_in.my_impression, check_in.heaviness) == (["hopeful"], 1)


def test_check_in_page_opens_on_what_the_plan_says(cast, as_user, planned):
    page = as_user(cast.volunteer).get(record_url(planned)).content.decode()

    assert "Yes, as planned" in page
    assert "How was it with Amina?" in page


def test_check_in_at_another_time_and_length(cast, as_user, planned):
    sent = answers(planned, happened="yes", length="other", minutes="75", day=f"{hours_ago(30):%d/%m/%Y}", time="07:15")

    as_user(cast.volunteer).post(record_url(planned), sent)

    visit = Visit.objects.get(pk=planned.pk)
    assert visit.duration_minutes == 75
    assert f"{visit.actual_start:%M}" == "15"


def test_visit_that_did_not_happen(cast, as_user, planned):
    sent = answers(planned, happened="no", reason="weather_travel", rebooked="on", feelings=None)

    as_user(cast.volunteer).post(record_url(planned), sent)

    planned.refresh_from_db()
    assert (planned.state, planned.not_delivered_reason, planned.rebooked) == ("not_delivered", "weather_travel", True)


def test_met_without_a_plan(cast, as_user):
    began = hours_ago(26)
    sent = answers(happened="yes", length="60", day=f"{began:%Y-%m-%d}", time="08:00")

    response = as_user(cast.volunteer).post(unplanned_url(cast), sent)

    assert response.status_code == 302
    assert CheckIn.objects.get().visit.duration_minutes == 60


WRONG = [
    ({"happened": None}, "Say whether you met."),
    ({"worry": None}, "Choose one of the three answers."),
    ({"happened": "no"}, "Choose why the visit did not happen."),
    ({"happened": "no", "reason": "bored"}, "Select a valid choice"),
    ({"happened": "yes"}, "Say how long it was."),
    ({"happened": "yes", "length": "60"}, "Say when it began."),
    ({"happened": "yes", "length": "60", "day": "31/02/2026", "time": "10:00"}, "Write the day like"),
    ({"happened": "yes", "length": "60", "day": "2026-01-10", "time": "25:99"}, "Write the time like this"),
    ({"happened": "yes", "length": "60", "day": "2099-01-10", "time": "10:00"}, "Please check the year."),
    (
        {"happened": "yes", "length": "other", "minutes": "2", "day": "TODAY", "time": "00:01"},
        "lasts at least 5 minutes",
    ),
    ({"happened": "yes", "length": "other", "minutes": "-5", "day": "TODAY", "time": "00:01"}, "Write a number"),
    ({"happened": "yes", "length": "other", "minutes": "many", "day": "TODAY", "time": "00:01"}, "Write a number"),
    ({"feelings": ["calm", "sad", "flat", "angry"]}, "Choose up to three feelings."),
    ({"feelings": ["nonsense"]}, "Select a valid choice"),
    ({"own_feeling": "x" * 61}, "room for 60"),
    ({"heaviness": "7"}, "Select a valid choice"),
    ({"my_mood": "<script>"}, "Select a valid choice"),
    ({"may_share_line": "on"}, "Write the line that may be shared"),
    ({"what_happened": "w" * 2001}, "there is room for 2,000"),
    ({"what_happened": "w" * 1_000_000}, "1,000,000 characters long"),
    ({"worry_words": "w" * 2001}, "there is room for 2,000"),
    ({"uuid": "not-an-id"}, "Enter a valid UUID."),
]


@pytest.mark.parametrize(("changed", "sentence"), WRONG)
def test_wrong_answers_come_back_with_a_sentence_and_everything_typed(cast, as_user, planned, changed, sentence):
    kept = {"my_words": "Keep these words.", "line_to_share": "And this line."}
    if "may_share_line" in changed:
        kept["line_to_share"] = ""
    if changed.get("day") == "TODAY":
        changed = changed | {"day": f"{hours_ago(0):%Y-%m-%d}"}

    response = as_user(cast.volunteer).post(record_url(planned), answers(planned, **kept, **changed))

    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert all(words in page for words in kept.values())
    assert not CheckIn.objects.exists()


def test_control_characters_and_direction_overrides_are_cleaned_and_urdu_is_kept(cast, as_user, planned):
    sent = answers(planned, what_happened="a\x00b\u202ec آج دل ہلکا ہوا", own_feeling="سکون\x07")

    as_user(cast.volunteer).post(record_url(planned), sent)

    check_in = CheckIn.objects.get()
    assert check_in.visit.what_happened == "abc آج دل ہلکا ہوا"
    assert check_in.other_feeling == "سکون"


def test_member_of_another_family_is_refused(cast, as_user, planned):
    stranger = cast.other_family.members.get()

    response = as_user(cast.volunteer).post(record_url(planned), answers(planned, present=[stranger.pk]))

    assert "Choose people of this family." in response.content.decode()
    assert not CheckIn.objects.exists()


@pytest.mark.parametrize("who", ["other_volunteer", "coordinator", "manager"])
def test_somebody_elses_visit_does_not_exist(cast, as_user, planned, who):
    person = getattr(cast, who)

    response = as_user(person).post(record_url(planned), answers(planned))

    assert response.status_code == (404 if who == "other_volunteer" else 403)
    assert not CheckIn.objects.exists()


def test_sent_twice_gives_one_row_and_the_same_page(cast, as_user, planned):
    sent = answers(planned)
    client = as_user(cast.volunteer)

    first, second = client.post(record_url(planned), sent), client.post(record_url(planned), sent)

    assert first["Location"] == second["Location"]
    assert CheckIn.objects.count() == 1


@pytest.mark.parametrize("same_id", [True, False])
def test_other_answers_for_the_same_visit_are_shown_beside_those_on_record(cast, as_user, planned, same_id):
    client, first = as_user(cast.volunteer), answers(planned, worry="yes", worry_words="She whispered.")
    client.post(record_url(planned), first)
    again = answers(planned, worry="no", my_words="All well after all.")
    if same_id:
        again["uuid"] = first["uuid"]

    response = client.post(record_url(planned), again)

    page = response.content.decode()
    assert response.status_code == 409
    assert "She whispered." in page
    assert "All well after all." in page
    assert CheckIn.objects.get().worry == "yes"


def test_answers_typed_later_can_take_the_place_of_those_on_record(cast, as_user, planned):
    client = as_user(cast.volunteer)
    client.post(record_url(planned), answers(planned))
    shown = client.post(record_url(planned), answers(planned, my_words="New words.")).context["form"]
    sent = {name: shown[name].value() for name in shown.fields}

    client.post(
        reverse("volunteers:check-in-edit", args=[CheckIn.objects.get().pk]),
        {name: value for name, value in sent.items() if value not in (None, False)},
    )

    check_in = CheckIn.objects.get()
    assert (check_in.my_words, check_in.version) == ("New words.", 2)
    assert check_in.visit.duration_minutes == 120


def test_visit_written_down_by_the_coordinator_meanwhile_is_added_to(cast, as_user, planned):
    client = as_user(cast.volunteer)
    sent = answers(planned, what_happened="We sang.")
    Visit.objects.filter(pk=planned.pk).update(
        state="delivered", actual_start=planned.planned_start, duration_minutes=90, what_happened="Carys.", version=2
    )

    told = client.post(record_url(planned), sent)
    again = client.post(record_url(planned), sent | {"version": 2})

    assert told.status_code == 409
    assert "We sang." in told.content.decode()
    assert again.status_code == 302
    visit = Visit.objects.get(pk=planned.pk)
    assert (visit.what_happened, visit.duration_minutes) == ("Carys.\n\nWe sang.", 90)


def test_check_in_of_a_visit_on_record_asks_only_what_is_new(cast, as_user):
    visit = factories.visit(cast.family, cast.volunteer)

    page = as_user(cast.volunteer).get(record_url(visit))

    assert "happened" not in page.context["form"].fields
    response = as_user(cast.volunteer).post(record_url(visit), answers(visit, happened=None))
    assert response.status_code == 302


def test_draft_comes_back_and_goes_when_it_is_sent(cast, as_user, planned):
    client = as_user(cast.volunteer)
    purpose = f"check-in-{planned.uuid}"
    kept = client.post(
        reverse("families:draft", args=[cast.family.reference, purpose]),
        answers(planned, my_words="Half a thought", feelings=["calm"]),
    )
    page = client.get(record_url(planned))

    assert kept.status_code == 204
    assert "Half a thought" in page.content.decode()
    assert page.context["form"]["feelings"].value() == ["calm"]
    client.post(record_url(planned), answers(planned))
    assert not Draft.objects.exists()


def test_visit_that_moved_sends_people_back_with_a_word(cast, as_user, planned):
    Visit.objects.filter(pk=planned.pk).update(state="not_delivered", not_delivered_reason="holiday")

    response = as_user(cast.volunteer).get(record_url(planned), follow=True)

    assert "did not happen" in response.content.decode()
    assert response.redirect_chain[-1][0] == reverse("volunteers:my-visits")


def test_page_of_a_visit_with_a_check_in_is_the_check_in(cast, as_user, planned):
    client = as_user(cast.volunteer)
    client.post(record_url(planned), answers(planned))

    response = client.get(record_url(planned))

    assert response["Location"] == reverse("volunteers:my-check-in", args=[CheckIn.objects.get().pk])


@pytest.mark.parametrize(
    ("worry", "words"),
    [
        ("yes", ["first thing", "999", "Carys Coordinator"]),
        ("not_sure", ["top of the page today", "999"]),
        ("no", ["Carys Coordinator will read it."]),
    ],
)
def test_thank_you_says_who_reads_it_and_what_to_do_in_danger(cast, as_user, planned, worry, words):
    client = as_user(cast.volunteer)

    page = client.post(record_url(planned), answers(planned, worry=worry), follow=True).content.decode()

    assert "Thank you, Vera" in page
    assert all(part in page for part in words)

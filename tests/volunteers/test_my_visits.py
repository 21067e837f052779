from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.audit.models import FamilyRead
from families.models import Address, ContactMethod
from tests import factories
from tests.volunteers.telling import hours_ago
from volunteers.models import CallRequest, CheckInNote

URL = reverse("volunteers:my-visits")


@pytest.fixture
def ahead(cast):
    return factories.visit(cast.family, cast.volunteer, days_ago=-2, state="planned")


def page(client):
    return client.get(URL).content.decode()


def test_my_visits_begins_with_the_next_visit_and_how_to_get_there(cast, as_user, ahead):
    Address.objects.create(family=cast.family, lines="12 Rosemount Terrace", postcode="BD3 9AA")
    cast.family.safety_notes = "Ring the lower bell."
    cast.family.save()
    factories.visit(cast.family, cast.volunteer, days_ago=-9, state="planned")

    shown = page(as_user(cast.volunteer))

    assert shown.index("12 Rosemount Terrace") < shown.index("After that")
    assert "Ring the lower bell." in shown
    assert "openstreetmap.org/search?query=BD3+9AA" in shown
    assert reverse("volunteers:before-visit", args=[ahead.uuid]) in shown


@pytest.mark.parametrize("name", ["volunteers:my-visits", "volunteers:before-visit"])
def test_confidential_address_is_on_no_page_somebody_carries_about(cast, as_user, ahead, name):
    Address.objects.create(family=cast.family, lines="9 Hidden House", postcode="BD5 8XX", kind="confidential")
    url = reverse(name, args=[ahead.uuid] if name.endswith("before-visit") else [])

    shown = as_user(cast.volunteer).get(url).content.decode()

    assert "Hidden House" not in shown
    assert "BD5" not in shown
    assert "openstreetmap" not in shown
    assert "kept confidential" in shown


def contact(cast, **fields):
    member = cast.family.members.get(role="parent")
    usual = {"channel": "phone", "value": "07700 900123", "safe": "yes"}
    return ContactMethod.objects.create(family=cast.family, member=member, **usual | fields)


def test_unsafe_messages_are_said_before_anything_is_dialled(cast, as_user, ahead):
    contact(cast, safe_days=[2], safe_from=dt.time(10), safe_until=dt.time(12), code_word="Marigold")

    first = page(as_user(cast.volunteer))
    before = as_user(cast.volunteer).get(reverse("volunteers:before-visit", args=[ahead.uuid])).content.decode()

    assert "Do not leave a message" in first
    for rule in ["Do not leave a message", "Only on Tuesday", "Only between 10:00 and 12:00", "Code word: Marigold"]:
        assert before.index(rule) < before.index("07700 900123")


def test_number_that_is_not_safe_is_not_shown(cast, as_user, ahead):
    contact(cast, safe="no")

    shown = as_user(cast.volunteer).get(reverse("volunteers:before-visit", args=[ahead.uuid])).content.decode()

    assert "Do not use this" in shown
    assert "07700" not in shown


def test_message_that_may_be_left_needs_no_banner(cast, as_user, ahead):
    contact(cast, may_leave_message=True, may_say_who_we_are=True)

    assert "Do not leave a message" not in page(as_user(cast.volunteer))


def test_check_in_waits_for_visits_that_are_over_and_for_those_on_record(cast, as_user):
    past = factories.visit(cast.family, cast.volunteer, days_ago=1, state="planned")
    recorded = factories.visit(cast.family, cast.volunteer, days_ago=8)
    done = factories.visit(cast.family, cast.volunteer, days_ago=15, state="checked_in")
    factories.check_in(done)
    missed = factories.visit(cast.family, cast.volunteer, days_ago=22, state="not_delivered")
    old = factories.visit(cast.family, cast.volunteer, days_ago=61)

    shown = page(as_user(cast.volunteer))

    for visit, waits in [(past, True), (recorded, True), (done, False), (missed, False), (old, False)]:
        assert (reverse("volunteers:check-in-record", args=[visit.uuid]) in shown) is waits
    assert shown.count("How was your last visit?") == 1


def test_visit_going_on_now_is_the_next_one_and_waits_for_nothing(cast, as_user):
    start = hours_ago(1)
    now = factories.visit(
        cast.family, cast.volunteer, state="planned", planned_start=start, planned_end=start + dt.timedelta(hours=2)
    )

    shown = page(as_user(cast.volunteer))

    assert reverse("volunteers:before-visit", args=[now.uuid]) in shown
    assert "How was your last visit?" not in shown


def test_other_peoples_visits_are_not_mine(cast, as_user):
    factories.visit(cast.family, cast.coordinator, days_ago=-1, state="planned")
    factories.visit(cast.other_family, cast.other_volunteer, days_ago=-1, state="planned")

    shown = page(as_user(cast.volunteer))

    assert "No visit is planned" in shown
    assert "Berta" not in shown


def test_volunteer_without_a_family_reads_what_comes_next(cast, as_user):
    assert "You are not with a family just now" in page(as_user(cast.other_volunteer))


def test_question_of_the_coordinator_stands_first_until_it_is_answered(cast, as_user):
    check_in = factories.check_in(factories.visit(cast.family, cast.volunteer, days_ago=2, state="checked_in"))
    CheckInNote.objects.create(
        check_in=check_in, family=cast.family, author=cast.coordinator, kind="question", words="Shall I come along?"
    )
    client = as_user(cast.volunteer)
    assert "Shall I come along?" in page(client)

    client.post(reverse("volunteers:my-check-in", args=[check_in.pk]), {"words": "Yes, please."})

    assert "Shall I come along?" not in page(client)
    assert check_in.notes.get(kind="answer").words == "Yes, please."


def test_reading_my_visits_is_noted_for_the_family_it_shows(cast, as_user, ahead):
    page(as_user(cast.volunteer))

    assert FamilyRead.objects.get().family_id == cast.family.pk


def test_call_is_asked_for_and_taken_back(cast, as_user):
    client = as_user(cast.volunteer)

    client.post(reverse("volunteers:call-ask"), {"words": "After six"})
    assert "Call asked" in page(client)
    request = CallRequest.objects.get()
    client.post(reverse("volunteers:call-take-back", args=[request.pk]))

    request.refresh_from_db()
    assert (request.words, request.closed_by) == ("After six", cast.volunteer)


def test_long_words_for_a_call_come_back(cast, as_user):
    response = as_user(cast.volunteer).post(reverse("volunteers:call-ask"), {"words": "x" * 301})

    assert response.status_code == 422
    assert "x" * 301 in response.content.decode()
    assert not CallRequest.objects.exists()


def test_note_without_words_comes_back_with_a_sentence(cast, as_user):
    check_in = factories.check_in(factories.visit(cast.family, cast.volunteer, state="checked_in"))

    response = as_user(cast.volunteer).post(reverse("volunteers:my-check-in", args=[check_in.pk]), {"words": " "})

    assert response.status_code == 422
    assert "Write a few words first." in response.content.decode()


def test_check_in_that_was_read_sends_to_its_page_instead_of_the_form(cast, as_user):
    visit = factories.visit(cast.family, cast.volunteer, state="seen")
    check_in = factories.check_in(visit, seen_at=timezone.now(), seen_by=cast.coordinator)

    response = as_user(cast.volunteer).get(reverse("volunteers:check-in-edit", args=[check_in.pk]))

    assert response["Location"] == reverse("volunteers:my-check-in", args=[check_in.pk])


def test_edit_page_keeps_both_versions_when_two_devices_change_one_check_in(cast, as_user):
    visit = factories.visit(cast.family, cast.volunteer, state="checked_in", recorded_by=None)
    check_in = factories.check_in(visit, my_words="From the phone.", version=3)
    sent = {"worry": "no", "my_words": "From the tablet.", "version": 1, "visit_version": visit.version}

    response = as_user(cast.volunteer).post(reverse("volunteers:check-in-edit", args=[check_in.pk]), sent)

    shown = response.content.decode()
    assert response.status_code == 409
    assert "From the phone." in shown
    assert "From the tablet." in shown
    assert response.context["form"]["version"].value() == "3"

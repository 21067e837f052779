"""Two people are asked about a volunteer: by a link that takes one answer, or on the phone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.links.models import Link
from betterstart.reminders.models import Message
from tests import factories
from volunteers.actions.readiness import EvidenceRefused
from volunteers.actions.references import ask_reference, judge_reference, name_referee, note_reference
from volunteers.models import Reference, ReferenceWords, VolunteerState

pytestmark = pytest.mark.django_db
PAGE = reverse("volunteers:reference-answer")
ANSWERS = {
    "how_known": "From the toddler group.",
    "known_since": "2019",
    "trust": "yes",
    "trust_words": "She listens.",
    "anything": "",
    "may_ring": "on",
}
GONE = "This link does not open anything"


@pytest.fixture
def asked(cast):
    """A reference that was asked for just now, and the path of its link."""
    volunteer = factories.volunteer(None, cast.here, name="Nell Newcomer", state=VolunteerState.CHECKING, phone="0123")
    named = {"name": "Rita", "relation": "Employer", "email": "Rita@Example.org"}
    reference = name_referee(by=cast.coordinator, volunteer=volunteer, **named)
    assert ask_reference(by=cast.coordinator, reference=reference, site=str)
    return reference


def link_of(reference) -> str:
    body = Message.objects.filter(kind="reference.ask").latest("pk").body
    return re.search(r"/link/[\w-]+/", body).group()


def text(answer) -> str:
    page = re.sub(r"\s+", " ", answer.content.decode())
    return page[page.index("<main") :]


def test_referee_answers_once_by_the_link_and_nothing_but_the_name_is_there(cast, client, asked):
    page = text(client.get(link_of(asked), follow=True))
    assert "What would you say about Nell Newcomer?" in page
    assert "0123" not in page

    assert "Your answer has arrived" in text(client.post(PAGE, ANSWERS))

    asked.refresh_from_db()
    assert (asked.answered_by, asked.words.trust, asked.words.may_show) == ("link", "yes", False)
    assert AuditEvent.objects.filter(verb="reference.answered").exists()
    for again in (client.get(link_of(asked)), client.get(PAGE)):
        assert (again.status_code, GONE in text(again)) == (404, True)
    late = client.post(PAGE, ANSWERS | {"anything": "One more thing."})
    assert (late.status_code, "One more thing." in text(late)) == (404, True)


@pytest.mark.parametrize("how", ["expired", "altered"])
def test_link_that_expired_or_was_altered_gives_the_one_page_that_tells_nothing(client, asked, how):
    path = link_of(asked)
    if how == "expired":
        Link.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    answer = client.get(path if how == "expired" else path[:-3] + "xx/")

    assert (answer.status_code, GONE in text(answer)) == (404, True)
    assert "Nell" not in text(answer)


def test_two_who_came_by_the_same_link_are_one_answer_and_the_other_keeps_their_words(client, asked):
    client.get(link_of(asked))
    Link.objects.filter(purpose="volunteer.reference").update(used_at=timezone.now())

    late = client.post(PAGE, ANSWERS)

    assert late.status_code == 404
    assert "From the toddler group." in text(late)
    assert not ReferenceWords.objects.exists()


def test_answer_with_something_missing_keeps_what_was_typed_and_the_link_stays(client, asked):
    client.get(link_of(asked))
    answer = client.post(PAGE, ANSWERS | {"trust": ""})

    assert answer.status_code == 422
    assert "From the toddler group." in text(answer)
    assert "Your answer has arrived" in text(client.post(PAGE, ANSWERS))


def test_asking_again_sends_a_new_link_and_the_old_one_stops(cast, client, asked):
    first = link_of(asked)
    Reference.objects.update(asked_at=timezone.now() - dt.timedelta(days=12))
    ask_reference(by=cast.coordinator, reference=asked, site=str)

    assert Message.objects.filter(kind="reference.ask").count() == 2
    assert client.get(first).status_code == 404
    assert client.get(link_of(asked)).status_code == 302


def test_button_pressed_twice_is_one_letter(cast, asked):
    ask_reference(by=cast.coordinator, reference=asked, site=str)

    assert Message.objects.filter(kind="reference.ask").count() == 1


def test_reference_by_phone_closes_the_link_and_cannot_be_answered_again(cast, client, asked):
    path = link_of(asked)
    note_reference(by=cast.coordinator, reference=asked, how_known="Neighbours.", known_since="2015", trust="yes")

    assert asked.words.taken_by == cast.coordinator
    assert client.get(path).status_code == 404
    with pytest.raises(EvidenceRefused, match="here already"):
        note_reference(by=cast.coordinator, reference=asked, how_known="Again.", known_since="2015", trust="no")


@pytest.mark.parametrize(
    ("judgement", "words", "answered", "sentence"),
    [
        ("satisfactory", "", False, "not answered yet"),
        ("not_satisfactory", "", True, "Say why"),
        ("not_needed", "", False, "Say why"),
    ],
)
def test_judgement_without_an_answer_or_a_reason_is_refused(cast, asked, judgement, words, answered, sentence):
    if answered:
        note_reference(by=cast.coordinator, reference=asked, how_known="N.", known_since="2015", trust="yes")
    with pytest.raises(EvidenceRefused, match=sentence):
        judge_reference(by=cast.coordinator, reference=asked, judgement=judgement, words=words)


def test_second_good_reference_carries_nobody_past_what_else_is_missing(cast, asked):
    note_reference(by=cast.coordinator, reference=asked, how_known="N.", known_since="2015", trust="yes")
    judge_reference(by=cast.coordinator, reference=asked, judgement="satisfactory")

    asked.volunteer.refresh_from_db()
    assert asked.volunteer.state == VolunteerState.CHECKING


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": "", "phone": ""}, "email address or a phone number"),
        ({"email": "RITA@example.org"}, "on the list already"),
        ({"email": "nell@example.org"}, "own address"),
    ],
)
def test_referee_who_cannot_be_asked_is_refused_kindly(cast, asked, fields, sentence):
    asked.volunteer.email = "nell@example.org"
    with pytest.raises(EvidenceRefused, match=sentence):
        name_referee(by=cast.coordinator, volunteer=asked.volunteer, name="X", relation="Y", **fields)


def test_coordinator_keeps_nobody_of_another_organisation_and_not_themselves(cast, asked):
    with pytest.raises(PermissionDenied):
        judge_reference(by=cast.other_coordinator, reference=asked, judgement="not_needed", words="No.")
    mine = factories.volunteer(cast.coordinator, cast.here)
    with pytest.raises(PermissionDenied):
        name_referee(by=cast.coordinator, volunteer=mine, name="X", relation="Y", phone="1")


def test_volunteer_reads_what_a_referee_lets_them_and_no_more(cast, as_user):
    for number, reference in enumerate(cast.volunteer_row.references.all()):
        said = {"trust_words": f"Words {number}.", "may_show": number == 0, "judged_words": "Between us."}
        ReferenceWords.objects.create(reference=reference, volunteer=cast.volunteer_row, **said)
    page = text(as_user(cast.volunteer).get(reverse("volunteers:my-checks")))

    assert "Words 0." in page
    assert "Words 1." not in page
    assert "Between us." not in page
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not ReferenceWords.objects.exists()


def test_coordinator_asks_reads_and_judges_on_the_pages(cast, as_user, asked):
    desk = as_user(cast.coordinator)
    page = reverse("volunteers:reference", args=[asked.pk])
    assert "No answer yet" in text(desk.get(page))
    phone = reverse("volunteers:reference-phone", args=[asked.pk])
    assert desk.post(phone, ANSWERS).status_code == 302
    assert "She listens." in text(desk.get(page))
    assert desk.post(page, {"judgement": "not_satisfactory", "words": ""}).status_code == 422

    assert desk.post(page, {"judgement": "satisfactory", "words": ""}).status_code == 302
    checks = text(desk.get(reverse("volunteers:checks", args=[asked.volunteer_id])))
    assert "One reference still to be asked for." in checks

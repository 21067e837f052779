from __future__ import annotations

import pytest
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from tests import factories
from tests.volunteers.telling import sentences, tell
from volunteers.actions import CheckInRefused, StaleCheckIn, add_note, mark_seen
from volunteers.models import CheckIn


@pytest.fixture
def visit(cast):
    return factories.visit(cast.family, cast.volunteer, days_ago=1, state="planned")


def read(check_in, by, version=None, words=""):
    with acting_as(Scope.SCOPED, by.pk):
        return mark_seen(by=by, check_in=check_in, version=version or check_in.version, words=words)


def note(check_in, by, kind, words):
    with acting_as(Scope.SCOPED, by.pk):
        return add_note(by=by, check_in=check_in, kind=kind, words=words)


def test_reading_a_check_in_moves_its_visit_on(cast, visit):
    check_in = tell(cast.volunteer, visit)

    read(check_in, cast.coordinator)

    check_in.refresh_from_db()
    visit.refresh_from_db()
    assert (check_in.seen_by, visit.state) == (cast.coordinator, "seen")
    assert AuditEvent.objects.filter(verb="check_in.seen").count() == 1


def test_reading_twice_changes_nothing(cast, visit):
    check_in = tell(cast.volunteer, visit)
    first = read(check_in, cast.coordinator).seen_at

    assert read(check_in, cast.coordinator).seen_at == first
    assert AuditEvent.objects.filter(verb="check_in.seen").count() == 1


def test_check_in_of_a_visit_that_did_not_happen_can_be_read(cast, visit):
    check_in = tell(cast.volunteer, visit, happened=False, not_delivered_reason="holiday", actual_start=None)

    read(check_in, cast.coordinator)

    visit.refresh_from_db()
    assert visit.state == "not_delivered"
    assert CheckIn.objects.get().seen_at


@pytest.mark.parametrize("worry", ["yes", "not_sure"])
def test_worry_is_not_put_away_in_silence(cast, visit, worry):
    check_in = tell(cast.volunteer, visit, worry=worry)

    with pytest.raises(CheckInRefused) as refusal:
        read(check_in, cast.coordinator)
    assert "Vera Volunteer is waiting to hear" in sentences(refusal.value)["words"][0]
    assert CheckIn.objects.get().seen_at is None

    read(check_in, cast.coordinator, words="I will ring the health visitor this afternoon.")
    assert CheckIn.objects.get().notes.get().kind == "reply"
    assert CheckIn.objects.get().seen_by == cast.coordinator


def test_worry_with_a_question_asked_can_be_marked_as_read(cast, visit):
    check_in = tell(cast.volunteer, visit, worry="yes")
    note(check_in, cast.coordinator, "question", "May I call you at four?")

    read(check_in, cast.coordinator)

    assert CheckIn.objects.get().seen_at


def test_check_in_changed_since_the_page_was_opened_is_read_again(cast, visit):
    check_in = tell(cast.volunteer, visit)
    CheckIn.objects.update(version=2)

    with pytest.raises(StaleCheckIn):
        read(check_in, cast.coordinator, version=1)


@pytest.mark.parametrize("who", ["volunteer", "other_coordinator", "manager", "lead", "other_volunteer"])
def test_only_the_coordinator_of_the_service_marks_as_read(cast, visit, who):
    check_in = tell(cast.volunteer, visit)
    by = getattr(cast, who)

    with pytest.raises(CheckInRefused):
        read(check_in, by, words="Mine now")

    assert CheckIn.objects.get().seen_at is None


@pytest.mark.parametrize(
    ("who", "kind", "allowed"),
    [
        ("coordinator", "question", True),
        ("coordinator", "reply", True),
        ("coordinator", "answer", False),
        ("coordinator", "addendum", False),
        ("volunteer", "answer", True),
        ("volunteer", "addendum", True),
        ("volunteer", "question", False),
        ("volunteer", "reply", False),
        ("other_volunteer", "answer", False),
        ("other_coordinator", "question", False),
        ("manager", "question", False),
        ("lead", "question", False),
        ("coordinator", "shout", False),
    ],
)
def test_notes_come_from_the_two_who_talk(cast, visit, who, kind, allowed):
    check_in = tell(cast.volunteer, visit)

    if allowed:
        assert note(check_in, getattr(cast, who), kind, "Words").kind == kind
    else:
        with pytest.raises(CheckInRefused):
            note(check_in, getattr(cast, who), kind, "Words")
        assert not check_in.notes.exists()


def test_note_needs_words(cast, visit):
    check_in = tell(cast.volunteer, visit)

    with pytest.raises(CheckInRefused, match="few words"):
        note(check_in, cast.volunteer, "addendum", "  \n ")


def test_note_added_after_reading_waits_until_it_is_read_too(cast, visit):
    check_in = tell(cast.volunteer, visit)
    read(check_in, cast.coordinator)
    note(check_in, cast.volunteer, "addendum", "I forgot to say: the cot is broken.")
    assert check_in.notes.unread_from_author().count() == 1

    read(check_in, cast.coordinator)

    assert not check_in.notes.unread_from_author().exists()


def test_thank_you_is_its_own_kind_needs_no_words_and_marks_it_as_read(cast, visit):
    check_in = tell(cast.volunteer, visit)

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        mark_seen(by=cast.coordinator, check_in=check_in, version=check_in.version, thanks=True)

    note = check_in.notes.get()
    assert (note.kind, note.words, CheckIn.objects.get().seen_by) == ("thanks", "", cast.coordinator)


def test_worry_is_not_put_away_with_a_bare_thank_you(cast, visit):
    check_in = tell(cast.volunteer, visit, worry="yes")
    of = {"by": cast.coordinator, "check_in": check_in, "version": check_in.version, "thanks": True}

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        with pytest.raises(CheckInRefused, match="waiting to hear"):
            mark_seen(**of)
        assert mark_seen(**of, words="I rang the health visitor.").seen_at


def test_each_side_sees_that_the_other_has_read_and_when(cast, visit, as_user):
    check_in = tell(cast.volunteer, visit)
    question = note(check_in, cast.coordinator, "question", "How long?")
    url = reverse("volunteers:my-check-in", args=[check_in.pk])

    as_user(cast.volunteer).get(url)
    question.refresh_from_db()
    answer = note(check_in, cast.volunteer, "answer", "An hour.")
    read(check_in, cast.coordinator)
    answer.refresh_from_db()

    assert (question.seen_by, answer.seen_by) == (cast.volunteer, cast.coordinator)
    page = as_user(cast.volunteer).get(url).content.decode()
    assert "Carys Coordinator read this on" in page


def test_question_waits_on_my_visits_until_it_is_answered_and_a_thank_you_stands_there(cast, visit, as_user):
    check_in = tell(cast.volunteer, visit)
    note(check_in, cast.coordinator, "question", "How long?")
    note(check_in, cast.coordinator, "thanks", "")
    client, url = as_user(cast.volunteer), reverse("volunteers:my-visits")

    assert [one.kind for one in client.get(url).context["page"].news] == ["question", "thanks"]
    note(check_in, cast.volunteer, "answer", "An hour.")
    page = client.get(url)
    assert [one.kind for one in page.context["page"].news] == ["thanks"]
    assert "Carys Coordinator says thank you" in page.content.decode()

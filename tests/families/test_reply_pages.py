"""What families say back, on the pages of those who answer, of volunteers, and beside each note."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.audit.models import FamilyRead
from families.actions.cover import answer_cover, arrange_cover
from families.models import FamilyReply
from tests import factories
from tests.families.test_cover import DAY, london_today


@pytest.fixture
def note(cast):
    return factories.visit(cast.family, cast.volunteer, what_happened="They laughed a lot.")


@pytest.fixture
def said(cast, note):
    return factories.reply(cast.family, "not_quite", visit=note, words="Bohot <b>hansi</b> nahin.", language="ur")


def url(name, cast, *args, family=None):
    return reverse(f"families:{name}", args=[(family or cast.family).reference, *args])


def text(response):
    return " ".join(response.content.decode().split())


def test_reply_waits_on_today_with_the_first_name_and_what_it_is(cast, as_user, said):
    page = text(as_user(cast.coordinator).get("/today/"))

    assert "Amina wrote beside a note: not quite" in page
    assert url("reply", cast, said.uuid) in page


def test_opening_it_shows_note_and_words_side_by_side_and_says_that_it_was_read(cast, as_user, said):
    page = text(as_user(cast.coordinator).get(url("reply", cast, said.uuid)))

    assert "They laughed a lot." in page
    assert "Bohot &lt;b&gt;hansi&lt;/b&gt; nahin." in page
    said.refresh_from_db()
    assert (said.state, said.seen_by) == ("seen", cast.coordinator)
    assert FamilyRead.objects.filter(family_id=cast.family.pk, page="what they say").exists()


def test_answer_is_sent_and_stands_beside_the_note_with_its_reason(cast, as_user, said, note):
    client = as_user(cast.coordinator)
    form = {"outcome": "both", "answer": "Each of you saw it so.", "did": "We talked.", "heard": "own_page"}

    response = client.post(url("reply", cast, said.uuid), form, follow=True)

    assert "Answered. Amina can read it." in text(response)
    for page in (reverse("families:visit-detail", args=[note.uuid]), url("replies", cast), url("family", cast)):
        shown = text(client.get(page))
        assert "They laughed a lot." in shown or page == url("replies", cast)
        assert "Bohot" in shown
        assert "Each of you saw it so." in shown
        assert "We keep both, side by side" in shown


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"outcome": "both", "answer": "", "heard": "own_page"}, "Please fill this in."),
        ({"outcome": "changed", "answer": "Done.", "heard": "own_page"}, "The note is as it was when they wrote."),
        ({"outcome": "both", "answer": "x" * 1_000_000, "heard": "own_page"}, "Here is room for at most 2000"),
    ],
    ids=["empty", "not changed", "a megabyte"],
)
def test_answer_that_cannot_be_is_refused_beside_its_field_and_kept(cast, as_user, said, form, sentence):
    response = as_user(cast.coordinator).post(url("reply", cast, said.uuid), form)

    assert response.status_code == 422
    assert sentence in text(response)
    assert form["answer"] in response.content.decode()
    assert FamilyReply.objects.get().state == "said"


def test_second_answer_keeps_what_was_typed_and_shows_the_first(cast, as_user, said):
    client = as_user(cast.coordinator)
    form = {"outcome": "both", "answer": "Both.", "heard": "own_page"}
    client.post(url("reply", cast, said.uuid), form)

    response = client.post(url("reply", cast, said.uuid), form | {"answer": "Mine."})

    assert response.status_code == 422
    assert "Somebody answered this meanwhile" in text(response)
    assert "Mine." in text(response)
    assert FamilyReply.objects.get().answer == "Both."


def test_translation_is_added_under_their_words(cast, as_user, said):
    form = {"version": 1, "translation": "There was not much laughing.", "translated_by": "Bilqis"}

    response = as_user(cast.coordinator).post(url("reply-translate", cast, said.uuid), form, follow=True)

    assert "In English, by Bilqis" in text(response)
    assert "Bohot" in text(response)


def test_told_to_a_coordinator_is_written_down_in_their_words(cast, as_user, note):
    client = as_user(cast.coordinator)
    here = f"{url('reply-tell', cast)}?visit={note.uuid}"
    page = text(client.get(here))
    uuid = re.search(r'name="uuid" value="([^"]+)"', page)[1]
    adult = cast.family.members.get()
    form = {"uuid": uuid, "member": adult.pk, "kind": "not_quite", "words": "Nie całkiem.\x00\u202e", "language": "pl"}

    for _twice in range(2):
        assert client.post(here, form).status_code == 302

    row = FamilyReply.objects.get()
    assert (row.words, row.language, row.written_by, row.visit) == ("Nie całkiem.", "pl", cast.coordinator, note)


@pytest.mark.parametrize("visit", ["nonsense", "far", "other"])
def test_nothing_is_said_of_somebody_elses_visit(cast, as_user, visit):
    rows = {"far": cast.far_family, "other": cast.other_family}
    uuid = factories.visit(rows[visit], cast.volunteer).uuid if visit in rows else visit

    response = as_user(cast.coordinator).get(f"{url('reply-tell', cast)}?visit={uuid}")

    assert response.status_code == 404


def test_wish_for_another_volunteer_leads_to_the_wait_and_the_volunteer_never_sees_it(cast, as_user):
    row = factories.reply(cast.family, "other_volunteer", words="")
    page = text(as_user(cast.coordinator).get(url("reply", cast, row.uuid)))
    move = reverse("families:support-move", args=[cast.family.reference, row.support_id, "waiting"])
    assert move in page

    client = as_user(cast.volunteer)
    for page in ("/my-visits/", url("family", cast)):
        assert "different volunteer" not in text(client.get(page))


def test_volunteer_reads_the_words_about_their_note_and_not_the_answer(cast, as_user, said, note):
    fields = {"state": "answered", "answer": "I shall speak with Vera.", "heard": "own_page", "outcome": "both"}
    factories.reply(cast.family, "not_quite", visit=note, words="Else.", answered_by=cast.coordinator, **fields)
    factories.reply(cast.family, "not_quite", visit=note, words="For Carys.", coordinator_only=True)
    client = as_user(cast.volunteer)

    visit = reverse("families:visit-detail", args=[note.uuid])
    for page in (visit, reverse("volunteers:my-visits"), url("family", cast)):
        shown = text(client.get(page))
        assert "Bohot" in shown
        assert "For Carys." not in shown
        assert "I shall speak with Vera." not in shown


def test_check_in_shows_what_the_family_says_of_the_visit(cast, as_user):
    visit = factories.visit(cast.family, cast.volunteer, state="checked_in")
    check_in = factories.check_in(visit)
    factories.reply(cast.family, "not_quite", visit=visit, words="It was shorter.")

    for person, page in ((cast.volunteer, "my-check-in"), (cast.coordinator, "check-in")):
        assert "It was shorter." in text(as_user(person).get(reverse(f"volunteers:{page}", args=[check_in.pk])))


def test_reply_of_a_family_of_an_absent_colleague_is_marked_with_their_name(cast, as_user):
    away = factories.user("Dana Deputy", "coordinator", cast.home)
    factories.assign(away, cast.family)
    factories.reply(cast.family, "call")
    today = london_today()
    cover = arrange_cover(by=away, away=away, held_by=cast.coordinator, starts_on=today, ends_on=today + 9 * DAY)
    answer_cover(by=cast.coordinator, cover=cover, agrees=True)

    page = text(as_user(cast.coordinator).get("/today/"))

    row = page[page.index("Amina asks you to call") :]
    assert "for Dana, until" in row[: row.index("</li>")]


@pytest.mark.parametrize("name", ["replies", "reply", "visit", "today"])
def test_page_needs_as_many_queries_for_thirty_replies_as_for_one(cast, as_user, said, note, name):
    pages = {"today": "/today/", "visit": reverse("families:visit-detail", args=[note.uuid])}
    here = pages.get(name) or url(name, cast, *([said.uuid] if name == "reply" else []))
    client = as_user(cast.coordinator)

    def ask():
        with CaptureQueriesContext(connection) as asked:
            assert client.get(here).status_code == 200
        return len(asked)

    ask()
    one = ask()
    for number in range(29):
        adult = factories.member(cast.family, f"Person {number}", "other_adult")
        factories.reply(cast.family, "not_quite", visit=note, adult=adult)

    assert ask() == one <= 40

"""What an adult says on their own page, typed in every way people type, and when the page closed meanwhile."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from families.actions.own_page import take_back_page
from families.models import FamilyReply, Visit
from tests import factories
from tests.families.own import HOME, LEAVE, enter


@pytest.fixture
def note(cast):
    return factories.visit(cast.family, cast.volunteer, what_happened="They laughed a lot.")


@pytest.fixture
def own(cast):
    return factories.own_page(cast.family.members.get(), cast.coordinator)


@pytest.fixture
def page(own, note):
    return enter(own)


def beside(visit):
    return reverse("families:own-note", args=[visit.uuid])


def text(answer):
    return answer.content.decode()


def filled(page, address, **typed):
    """What a browser sends: the hidden fields of the form, and what was typed."""
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', text(page.get(address))))
    return {"kind": "not_quite", "language": "en"} | hidden | typed


WAYS = {
    "script": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "template": ("{{ 7*7 }} {% debug %}", "{{ 7*7 }} {% debug %}"),
    "right to left": ("نہیں، \u202eایسا نہیں تھا۔", "نہیں، ایسا نہیں تھا۔"),
    "control characters": ("It was\x07 not\x1b so.", "It was not so."),
    "emoji": ("Almost 🙂👩🏽‍🍼", "Almost 🙂👩🏽‍🍼"),
    "Polish": ("Nie całkiem, proszę Pani.", "Nie całkiem, proszę Pani."),
}


@pytest.mark.parametrize("way", WAYS)
def test_words_are_kept_as_typed_and_shown_as_words_to_everybody(cast, page, note, as_user, way):
    typed, kept = WAYS[way]

    page.post(beside(note), filled(page, beside(note), words=typed))

    assert FamilyReply.objects.get().words == kept
    worker = as_user(cast.coordinator)
    for shown in (text(page.get(beside(note))), text(worker.get(reverse("families:visit-detail", args=[note.uuid])))):
        assert "<script>alert(1)" not in shown
        assert "49" not in re.findall(r"<blockquote.*?</blockquote>", shown, re.DOTALL)[-1]


def test_form_sent_twice_is_said_once(page, note):
    form = filled(page, beside(note), words="No.")

    for _twice in range(2):
        assert page.post(beside(note), form).status_code == 302

    assert FamilyReply.objects.count() == 1


def test_thirty_first_in_an_hour_is_refused_and_its_words_stay(page):
    address = reverse("families:own-say")
    for number in range(31):
        answer = page.post(address, filled(page, address, kind="something_else", words=f"Word {number}."))

    assert answer.status_code == 422
    assert "Word 30." in text(answer)
    assert FamilyReply.objects.count() == 30


def test_note_that_was_withdrawn_while_they_wrote_takes_nothing(page, note):
    form = filled(page, beside(note), words="No.")
    Visit.objects.filter(pk=note.pk).update(state="withdrawn")

    assert page.post(beside(note), form).status_code in (404, 422)
    assert not FamilyReply.objects.exists()


@pytest.mark.parametrize("gone", ["taken back", "signed in nowhere"])
def test_whose_page_closed_while_they_wrote_has_their_words_to_copy_and_nothing_is_kept(cast, page, own, note, gone):
    form = filled(page, beside(note), words="Nie <b>tak</b>.")
    if gone == "taken back":
        take_back_page(by=cast.coordinator, page=own)
    else:
        page.cookies.clear()

    answer = page.post(beside(note), form)

    assert answer.status_code == 410
    assert "Nie &lt;b&gt;tak&lt;/b&gt;." in text(answer)
    assert "Amina" not in text(answer)
    assert not FamilyReply.objects.exists()


def test_answer_is_gone_on_from_with_another_word_to_whoever_gave_it(cast, page, own):
    first = factories.reply(cast.family, state="answered", answered_by=cast.coordinator)
    factories.support(cast.family, cast.stay_and_play)
    said = text(page.get(reverse("families:own-said")))
    link = re.search(r'href="(/our-page/say/[^"]*after=[^"]*)"', said)[1].replace("&amp;", "&")

    page.post(reverse("families:own-say"), filled(page, link, kind="something_else", words="Thank you."))

    again = FamilyReply.objects.exclude(pk=first.pk).get()
    assert (again.follows, again.support) == (first, first.support)


def test_who_left_in_a_hurry_gets_nothing_back(page, note):
    form = filled(page, beside(note), words="Secret.")
    page.get(LEAVE)

    answer = page.post(beside(note), form)

    assert answer.status_code == 302
    assert "Secret." not in text(answer)
    assert not FamilyReply.objects.exists()


def test_reply_of_one_adult_is_on_no_page_of_the_other(cast, page, note):
    tariq = factories.member(cast.family, "Tariq", "other_adult")
    factories.reply(cast.family, "not_quite", visit=note, adult=tariq, words="His own words.")
    factories.reply(cast.family, "call", adult=tariq, words="Please ring Tariq.")

    for address in (HOME, beside(note), reverse("families:own-said"), reverse("families:own-visits")):
        shown = text(page.get(address, follow=True))
        assert "His own words." not in shown
        assert "Please ring Tariq." not in shown

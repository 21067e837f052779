"""Asking for support without an account, as browsers, families and robots do it."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from betterstart.audit.models import AuditEvent
from betterstart.links.models import Link
from betterstart.reminders.models import Message
from families.actions.referral_draft import forget_old_drafts
from families.models import Referral, ReferralDraft
from families.views import refer
from tests.families.asking import days_ago, fill_in, myself, professional, send, step_url

THANKS, START, LATER = (reverse(f"families:refer{name}") for name in ("-thanks", "", "-later"))


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Tests type faster than people do."""
    monkeypatch.setattr(refer, "FASTEST_SECONDS", 0)


@pytest.fixture
def service(cast):
    cast.home.takes_public_referrals = True
    cast.home.save()
    return cast.home


def test_professional_asks_in_short_steps_and_is_told_what_happens_next(service, client):
    answer = fill_in(client, "professional", professional(service))
    assert answer["Location"] == reverse("families:refer-review", args=["professional"])
    page = client.get(answer["Location"]).content.decode()
    assert "She is alone a lot." in page
    assert "BD7 2AA" in page
    assert not Referral.objects.exists()

    assert send(client, "professional")["Location"] == THANKS

    referral = Referral.objects.get()
    assert referral.reference in client.get(THANKS).content.decode()
    assert [person["display_name"] for person in referral.people] == ["Amina Begum", "Zain"]
    assert referral.address["postcode"] == "BD7 2AA"
    assert (referral.state, referral.how, referral.set_aside_because) == ("received", "online", "")
    assert referral.acknowledged_at
    assert not ReferralDraft.objects.exists()
    assert AuditEvent.objects.filter(verb="referral.received", target_id=referral.pk).count() == 1


def test_letter_and_its_subject_name_nobody_of_the_family(service, client):
    fill_in(client, "professional", professional(service))
    send(client, "professional")

    letter = Message.objects.get()
    assert letter.to == "rosa@example.org"
    assert not re.search("Amina|Begum|Zain|alone|0779|Home visiting", letter.subject + letter.body)
    assert Referral.objects.get().reference in letter.subject


def test_parent_asks_in_own_words_and_is_not_written_to_where_that_is_not_safe(service, client):
    fill_in(client, "family", myself(service))
    send(client, "family")

    referral = Referral.objects.get()
    assert referral.is_self_referral
    assert (referral.family_words, referral.words_language) == ("کوئی بات کرنے والا", "ur")
    assert (referral.agreed_how, referral.referrer_email) == ("themselves", "")
    assert not Message.objects.exists()
    assert referral.contacts[1] == {"channel": "email", "value": "amina@example.org", "safe": "no"}


def test_same_form_sent_twenty_times_is_one_referral(service, client):
    fill_in(client, "professional", professional(service))
    uuid = ReferralDraft.objects.get().uuid

    pages = {send(client, "professional", uuid=uuid)["Location"] for _press in range(20)}

    assert pages == {THANKS}
    assert Referral.objects.count() == Message.objects.count() == 1


def test_robot_gets_the_same_thanks_and_is_set_aside_until_somebody_looks(service, client, monkeypatch):
    fill_in(client, "professional", professional(service))
    assert send(client, "professional", website="http://buy.example")["Location"] == THANKS
    monkeypatch.setattr(refer, "FASTEST_SECONDS", 3)
    fill_in(client, "professional", professional(service))
    assert send(client, "professional")["Location"] == THANKS

    assert list(Referral.objects.order_by("pk").values_list("set_aside_because", flat=True)) == ["trap", "fast"]
    assert not Referral.objects.waiting().exists()
    assert not Message.objects.exists()
    assert "It has arrived" in client.get(THANKS).content.decode()


def test_page_says_the_same_whether_or_not_the_family_is_known(service, cast, client):
    known = professional(service)
    known["family"] |= {"carer_name": cast.family.members.get().display_name}
    pages = []
    for steps in (professional(service), known):
        fill_in(client, "professional", steps)
        send(client, "professional")
        page = without_tokens(client.get(THANKS))
        pages.append(page.replace(Referral.objects.latest("pk").reference, ""))

    assert len(set(pages)) == 1


@pytest.mark.parametrize("missing", ["agreed_how", "agreed_on", "family_agreed"])
def test_family_must_have_agreed_and_nothing_is_ticked_beforehand(service, client, missing):
    steps = professional(service)
    page = client.get(step_url("professional", "agreement")).content.decode()
    assert "checked" not in page
    del steps["agreement"][missing]

    answer = client.post(step_url("professional", "agreement"), steps["agreement"])

    assert answer.status_code == 422
    assert missing in answer.context["form"].errors


BAD = [
    ("agreement", "agreed_on", days_ago(-1), "agreed_on"),
    ("agreement", "agreed_on", days_ago(400), "agreed_on"),
    ("contact", "postcode", "BD7 2A", "postcode"),
    ("contact", "postcode", "☃" * 30, "postcode"),
    ("contact", "phone", "ring me", "phone"),
    ("contact", "email", "a@b@c", "email"),
    ("family", "child-0-born", days_ago(-9), "__all__"),
    ("family", "child-0-due_date", days_ago(40), "__all__"),
    ("family", "carer_name", "\x00\x07", "carer_name"),
    ("why", "reason", "x" * 1_000_000, "reason"),
    ("why", "needs", "nonsense", "needs"),
    ("you", "referrer_email", "rosa", "referrer_email"),
    ("you", "service", "999999", "service"),
]


@pytest.mark.parametrize(("slug", "field", "value", "named"), BAD, ids=lambda value: str(value)[:20])
def test_bad_input_is_refused_beside_its_field_and_stays_on_the_page(service, client, slug, field, value, named):
    steps = professional(service)
    if field == "child-0-due_date":
        steps[slug] |= {"child-0-born": ""}

    answer = client.post(step_url("professional", slug), {**steps[slug], field: value})

    assert answer.status_code == 422
    assert named in answer.context["form"].errors
    if value.isascii() and value.isprintable() and field not in {"service", "needs"}:
        assert value in answer.content.decode()


def test_one_way_to_reach_them_is_needed(service, client):
    answer = client.post(step_url("professional", "contact"), {"phone_safe": "unknown", "email_safe": "unknown"})

    assert answer.status_code == 422
    assert "phone" in answer.context["form"].errors


def test_button_pressed_twice_ends_at_the_thanks_even_if_the_browser_missed_the_first_answer(service, client):
    fill_in(client, "family", myself(service))
    page = client.get(reverse("families:refer-review", args=["family"])).content.decode()
    uuid = re.search(r'name="uuid" value="([0-9a-f-]{36})"', page)[1]
    send(client, "family", uuid=uuid)
    other_session = Client()

    answer = send(other_session, "family", uuid=uuid)

    assert answer["Location"] == THANKS
    assert Referral.objects.get().reference in other_session.get(THANKS).content.decode()
    for unknown in ("", "x", "11111111-1111-4111-8111-111111111111"):
        assert send(Client(), "family", uuid=unknown)["Location"] == START


def test_more_children_than_the_form_holds_are_refused_in_a_sentence(service, client):
    typed = {"go": "next", "child-TOTAL_FORMS": "9999", "child-INITIAL_FORMS": "0"}

    page = client.post(step_url("family", "children"), typed)

    assert page.status_code == 422
    assert "at most 12" in page.content.decode()


def test_words_that_are_too_long_are_refused_in_plain_words_and_kept(service, client):
    words = "word " * 10_000

    page = client.post(step_url("family", "wish"), {"go": "next", "family_words": words, "words_language": "en"})

    assert "Here is room for at most 2000 characters. This has 49999: please shorten it." in page.content.decode()
    assert words.strip() in page.content.decode()


NOTHING = {"phone_safe": "", "email_safe": "", "phone": "", "email": "", "postcode": ""}


@pytest.mark.parametrize(
    ("kind", "given", "named"),
    [
        ("professional", {"postcode": "BD7 2AA"}, "phone"),
        ("professional", {"lines": "1 Mill Lane"}, ""),
        ("family", {"postcode": "BD7 2AA"}, "phone"),
        ("family", {"phone": "07700 900123"}, "phone_safe"),
        ("family", {"phone": "07700 900123", "phone_safe": "no"}, "contact_wishes"),
        ("family", {"email": "amina@example.org", "email_safe": "no"}, "contact_wishes"),
        ("family", {"phone": "07700 900123", "phone_safe": "no", "contact_wishes": "Through my sister, Mondays"}, ""),
        ("family", {"contact_wishes": "At the children’s centre on Tuesdays"}, ""),
        ("family", {"phone": "07700 900123", "phone_safe": "yes"}, ""),
    ],
)
def test_somebody_can_be_reached_and_safely(service, client, kind, given, named):
    typed = (myself if kind == "family" else professional)(service)["contact"] | NOTHING | given
    if kind == "professional":
        typed |= {"phone_safe": "unknown", "email_safe": "unknown"}

    answer = client.post(step_url(kind, "contact"), {"go": "next", **typed})

    assert list(answer.context["form"].errors if answer.context else []) == ([named] if named else [])
    assert answer.status_code == (422 if named else 302)


def test_parent_is_told_what_each_service_is_and_what_is_missing_in_plain_words(service, client):
    page = client.post(step_url("family", "you"), {"go": "next"}).content.decode()

    assert "a volunteer visits every week" in page
    assert "Please choose one." in page
    assert "Please fill this in." in page
    assert "What would you like?:" not in page


def test_question_that_goes_with_a_number_does_not_call_itself_optional(service, client):
    page = client.get(step_url("family", "contact")).content.decode()

    assert re.search(r"Is it safe to call you there\?\s*</legend>", page)


def test_going_back_keeps_what_was_typed_even_if_it_is_wrong_yet(service, client):
    fill_in(client, "professional", {"you": professional(service)["you"]})
    client.post(step_url("professional", "family"), {"go": "back", "carer_name": "Amina\x00", "child-TOTAL_FORMS": "x"})

    assert 'value="Amina"' in client.get(step_url("professional", "family")).content.decode()


def test_review_leads_to_the_first_step_that_is_not_finished(service, client):
    fill_in(client, "professional", {"you": professional(service)["you"]})

    answer = send(client, "professional")

    assert answer["Location"] == step_url("professional", "family")
    assert not Referral.objects.exists()


def test_service_that_takes_no_public_referrals_cannot_be_asked(cast, service, client):
    steps = professional(service)
    steps["you"]["service"] = cast.stay_and_play.pk

    assert client.post(step_url("professional", "you"), steps["you"]).status_code == 422
    assert "Stay and play" not in client.get(START).content.decode()


def test_service_that_closed_meanwhile_is_said_and_nothing_is_lost(service, client):
    fill_in(client, "professional", professional(service))
    service.takes_public_referrals = False
    service.save()

    answer = client.get(reverse("families:refer-review", args=["professional"]))

    assert answer["Location"] == step_url("professional", "you")
    assert ReferralDraft.objects.count() == 1


def without_tokens(answer) -> str:
    """A page but for the secrets that differ each time."""
    return re.sub(r"[A-Za-z0-9]{64}", "", answer.content.decode())


def link_in(message) -> str:
    return re.search(r"http://testserver(/link/\S+/)", message.body)[1]


def test_save_and_return_by_a_link_that_opens_once(service, client):
    client.post(step_url("professional", "you"), {"go": "later", **professional(service)["you"]})
    assert client.post(LATER, {"email": "rosa@example.org", "sure": "yes"}).status_code == 200
    assert "Rosa Referrer" not in client.get(step_url("professional", "you")).content.decode()
    link = link_in(Message.objects.get())

    page = client.get(link, follow=True)
    assert "Rosa" not in page.content.decode()
    answer = client.post(reverse("families:refer-return"))

    assert answer["Location"] == step_url("professional", "family")
    assert "Rosa Referrer" in client.get(step_url("professional", "you")).content.decode()
    assert client.get(link).status_code == 404
    assert Link.objects.filter(used_at__isnull=False).count() == 1


def test_address_for_later_is_asked_back_before_anything_leaves_this_device(service, client):
    client.post(step_url("professional", "you"), {"go": "later", **professional(service)["you"]})

    page = client.post(LATER, {"email": "rosa@exmaple.org"}).content.decode()

    assert "rosa@exmaple.org" in page
    assert "Is every letter right?" in page
    assert not Message.objects.exists()
    assert "Rosa Referrer" in client.get(step_url("professional", "you")).content.decode()


def test_page_for_later_answers_alike_and_does_not_flood_an_address(service, client):
    pages = set()
    for _again in range(5):
        client.post(step_url("professional", "you"), {"go": "later", **professional(service)["you"]})
        pages.add(without_tokens(client.post(LATER, {"email": "victim@example.org", "sure": "yes"})))

    assert len(pages) == 1
    assert Message.objects.count() == 3


def test_too_many_from_one_address_are_asked_to_wait_and_keep_what_they_typed(service, client, monkeypatch):
    monkeypatch.setattr(refer, "too_often", lambda *_args, **_most: True)

    answer = client.post(step_url("professional", "you"), professional(service)["you"])

    assert answer.status_code == 429
    assert "Rosa Referrer" in answer.content.decode()


def test_leaving_quickly_leaves_nothing_behind_in_the_browser(service, client):
    fill_in(client, "family", {"you": myself(service)["you"]})

    assert client.get(reverse("families:refer-leave"))["Location"] == settings.LEAVE_TO
    assert "امینہ" not in client.get(step_url("family", "you")).content.decode()


def test_what_nobody_sends_is_forgotten_after_its_time(service, client):
    fill_in(client, "family", {"you": myself(service)["you"]})
    ReferralDraft.objects.update(kept_until=ReferralDraft.objects.get().created_at)

    assert forget_old_drafts() == 1


def test_form_speaks_the_language_of_the_reader_and_its_direction(service, client):
    client.cookies["django_language"] = "ur"

    page = client.get(step_url("family", "wish")).content.decode()

    assert 'dir="rtl"' in page
    assert re.search(r'<option value="ur"\s+selected', page)

"""Words sent after the session ran out wait for the same person to sign in again; without any script."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from betterstart.access.decorators import SIGNED_OUT, TYPED
from families.models import Draft, Visit
from tests import factories
from tests.access.signing_in import code_now, give_app, sign_in

WORDS = "We baked bread, and Zayn laughed."


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


@pytest.fixture
def url(cast) -> str:
    return reverse("families:visit-log", args=[cast.family.reference])


def later(minutes: float):
    return time_machine.travel(timezone.now() + dt.timedelta(minutes=minutes), tick=False)


def send(client, url, **changes):
    """A half-written form, as a browser sends it."""
    return client.post(url, {"uuid": uuid.uuid4(), "what_happened": WORDS, "minutes": "75", **changes})


def too_late(client, person, url, **changes):
    """Somebody signs in, leaves the form open for 31 minutes, and sends it."""
    sign_in(client, person)
    client.get(url)
    with later(31):
        return send(client, url, **changes)


def test_words_sent_too_late_are_filled_in_after_signing_in(cast, client, url):
    answer = too_late(client, cast.coordinator, url)
    with later(40):
        entrance = client.get(answer["Location"]).content.decode()
        back = sign_in(client, cast.coordinator, QUERY_STRING=f"next={url}")
        page = client.get(url)

    assert answer["Location"] == f"/account/login/?next={url}"
    assert "What you wrote is kept for an hour." in entrance
    assert WORDS not in entrance
    assert back["Location"] == url
    assert page.context["form"]["what_happened"].value() == WORDS
    assert page.context["form"]["minutes"].value() == "75"
    assert "Here is what you were writing" in page.content.decode()
    assert not Visit.objects.exists()


def test_words_given_back_are_a_draft_from_then_on_and_no_more_in_the_session(cast, client, url):
    too_late(client, cast.coordinator, url)
    with later(40):
        sign_in(client, cast.coordinator)
        client.get(url)
        assert client.get(url).context["form"]["what_happened"].value() == WORDS

    draft = Draft.objects.get()
    assert (draft.user, draft.family) == (cast.coordinator, cast.family)
    assert "csrfmiddlewaretoken" not in draft.fields
    assert TYPED not in client.session


def test_words_are_never_shown_to_another_person_nor_kept_for_the_first_beyond_that(cast, client, url):
    colleague = factories.user("Kit Colleague", "coordinator", cast.home)
    too_late(client, cast.coordinator, url)
    with later(40):
        sign_in(client, colleague)
        page = client.get(url)

        assert TYPED not in client.session
        assert SIGNED_OUT not in client.session
    assert WORDS not in page.content.decode()
    assert not Draft.objects.exists()


def test_words_wait_for_an_hour_only(cast, client, url):
    too_late(client, cast.coordinator, url)
    with later(31 + 59):
        assert client.session[TYPED]["fields"]["what_happened"] == [WORDS]
    with later(31 + 61):
        sign_in(client, cast.coordinator)
        page = client.get(url)

    assert WORDS not in page.content.decode()
    assert not Draft.objects.exists()


def test_hour_counts_on_after_signing_in(cast, client, url):
    too_late(client, cast.coordinator, url)
    with later(31 + 59):
        sign_in(client, cast.coordinator)
    with later(31 + 61):
        page = client.get(url)

    assert WORDS not in page.content.decode()
    assert not Draft.objects.exists()


def test_words_are_another_persons_whatever_way_they_came_in(cast, client, url):
    colleague = factories.user("Kit Colleague", "coordinator", cast.home)
    too_late(client, cast.coordinator, url)
    client.force_login(colleague)

    assert WORDS not in client.get(url).content.decode()
    assert not Draft.objects.exists()


def test_session_is_as_long_as_ever_after_words_were_kept(cast, client, url):
    too_late(client, cast.coordinator, url)
    with later(40):
        sign_in(client, cast.coordinator)
        left = Session.objects.get(session_key=client.session.session_key).expire_date - timezone.now()

    assert left > dt.timedelta(hours=11)


def test_words_wait_also_when_another_tab_found_the_session_over_first(cast, client, url):
    sign_in(client, cast.coordinator)
    client.get(url)
    with later(31):
        client.get("/me/")
        send(client, url)
        sign_in(client, cast.coordinator)
        page = client.get(url)

    assert page.context["form"]["what_happened"].value() == WORDS


def test_nothing_is_kept_of_a_stranger_or_after_signing_out_on_purpose(cast, client, url):
    send(Client(), url)
    sign_in(client, cast.coordinator)
    client.post(reverse("account_logout"))
    answer = send(client, url)

    assert answer.status_code == 302
    assert not any(TYPED in session.get_decoded() for session in Session.objects.all())


def test_text_too_long_for_a_draft_is_not_kept_and_nothing_else_is_promised(cast, client, url):
    answer = too_late(client, cast.coordinator, url, what_happened="x" * 20_001)

    assert "is kept for an hour" not in client.get(answer["Location"]).content.decode()
    assert TYPED not in client.session


@pytest.mark.parametrize("page", ["account_change_password", "access:account"])
def test_page_about_oneself_keeps_nothing(cast, client, page):
    sign_in(client, cast.coordinator)
    client.get("/me/")
    with later(31):
        client.post(reverse(page), {"oldpassword": "secret-secret", "password1": "x", "display_name": "Me"})

    assert TYPED not in client.session


def test_form_from_another_site_leaves_no_words_behind(cast, url):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.coordinator)
    strict.get("/me/")
    with later(31):
        answer = send(strict, url)

    assert answer.status_code == 403
    assert TYPED not in strict.session


def test_check_in_of_a_volunteer_survives_too(cast, client):
    visit = factories.visit(cast.family, cast.volunteer, state="planned")
    url = reverse("volunteers:check-in-record", args=[visit.uuid])
    sign_in(client, cast.volunteer)
    client.get(url)
    with later(121):
        send(client, url, worry="yes", worry_words="Nobody opened the curtains.")
        sign_in(client, cast.volunteer)
        page = client.get(url)

    assert page.context["form"]["worry_words"].value() == "Nobody opened the curtains."
    assert page.context["form"]["worry"].value() == "yes"


def test_words_come_through_the_second_step_of_signing_in(cast, client, url, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    give_app(cast.coordinator)
    sign_in(client, cast.coordinator)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert client.get(url).status_code == 200

    with later(31):
        send(client, url)
        sign_in(client, cast.coordinator, QUERY_STRING=f"next={url}")
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        page = client.get(url)

    assert page.context["form"]["what_happened"].value() == WORDS

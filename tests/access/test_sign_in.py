from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.access import actions
from betterstart.access.tasks import send_reset_letters
from betterstart.audit.models import AuditEvent
from tests.access.signing_in import sign_in
from tests.factories import PASSWORD

LOGIN = "/account/login/"


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def body(response) -> str:
    """The page without its one-time token."""
    return re.sub(r'"X-CSRFToken": "[^"]*"|name="csrfmiddlewaretoken" value="[^"]*"', "", response.content.decode())


def test_person_signs_in_with_the_address_however_it_is_written(cast, client):
    response = sign_in(client, "  Carys.COORDINATOR@Example.org ")

    assert response.status_code == 302
    assert response["Location"] == "/"
    assert AuditEvent.objects.filter(verb="sign_in.succeeded", actor_id=cast.coordinator.pk).count() == 1


def test_wrong_password_and_unknown_address_are_answered_alike(cast, client):
    known = sign_in(client, cast.coordinator.email, "not-the-password-1")
    unknown = sign_in(client, "stranger.danger12@example.org", "not-the-password-1")

    assert known.status_code == unknown.status_code == 200
    assert body(known).replace(cast.coordinator.email, "") == body(unknown).replace("stranger.danger12@example.org", "")
    assert AuditEvent.objects.filter(verb="sign_in.failed").count() == 2


def test_failed_sign_in_keeps_no_strangers_address(cast, client):
    sign_in(client, "stranger@example.org", "not-the-password-1")

    event = AuditEvent.objects.get(verb="sign_in.failed")
    assert (event.actor_id, event.target_id, event.target_label) == (None, None, "")
    assert "stranger" not in str(event.details)


def test_asking_for_a_new_password_looks_alike_for_known_and_unknown(cast, client):
    def ask(email: str) -> tuple[HttpResponse, int]:
        with CaptureQueriesContext(connection) as captured:
            answer = client.post(reverse("account_reset_password"), {"email": email}, follow=True)
        return answer, len(captured)

    known, known_queries = ask(f" {cast.volunteer.email.upper()}")
    unknown, unknown_queries = ask("stranger@example.org")

    assert known.status_code == unknown.status_code == 200
    assert known.redirect_chain == unknown.redirect_chain
    assert body(known) == body(unknown)
    assert known_queries == unknown_queries
    assert not mail.outbox
    assert actions.send_reset_letters() == 2
    assert [letter.to for letter in mail.outbox] == [[cast.volunteer.email]]
    assert actions.send_reset_letters() == 0


def test_person_whose_access_ended_gets_no_reset_letter(cast, client):
    actions.end_access(by=cast.administrator, person=cast.volunteer, reason="Left")
    client.post(reverse("account_reset_password"), {"email": cast.volunteer.email})

    assert actions.send_reset_letters() == 1
    assert not mail.outbox


def test_mail_server_that_refuses_one_letter_stops_no_other(cast, client, monkeypatch):
    for email in (cast.manager.email, cast.volunteer.email):
        client.post(reverse("account_reset_password"), {"email": email})
    sent = EmailMessage.send

    def send(letter: EmailMessage, fail_silently: bool = False) -> int:
        if letter.to == [cast.manager.email]:
            raise ConnectionRefusedError
        return sent(letter, fail_silently)

    monkeypatch.setattr(EmailMessage, "send", send)
    send_reset_letters()

    assert [letter.to for letter in mail.outbox] == [[cast.volunteer.email]]


def test_sixth_wrong_password_is_not_even_looked_at_and_the_right_one_waits_too(cast, client):
    for _try in range(5):
        sign_in(client, cast.volunteer, "not-the-password-1")

    assert sign_in(client, cast.volunteer).status_code == 200
    assert AuditEvent.objects.filter(verb="sign_in.failed").count() == 5


def test_limit_of_one_person_is_not_the_limit_of_another(cast, client):
    for _try in range(5):
        sign_in(client, cast.volunteer, "not-the-password-1")

    assert sign_in(client, cast.coordinator).status_code == 302


def test_password_of_ten_thousand_letters_is_refused_without_hashing(cast, client, monkeypatch):
    hashed = []
    monkeypatch.setattr("django.contrib.auth.hashers.MD5PasswordHasher.verify", lambda *given: hashed.append(1))
    response = sign_in(client, cast.coordinator, "x" * 10_000)

    assert response.status_code == 200
    assert "at most 128 characters" in response.content.decode()
    assert not hashed


def test_nul_in_the_password_is_refused(cast, client):
    assert sign_in(client, cast.coordinator, "abc\0def").status_code == 200


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https://evil.example/", "https:e.example", "javascript:alert(1)", "\x01//e"],
)
def test_after_signing_in_one_never_lands_on_a_strangers_site(cast, client, target):
    response = client.post(LOGIN, {"login": cast.coordinator.email, "password": PASSWORD, "next": target})

    assert response.status_code == 302
    assert response["Location"] == "/"


def test_after_signing_in_one_lands_where_one_was_going(cast, client):
    target = "/people/?show=ended"
    response = client.post(LOGIN, {"login": cast.administrator.email, "password": PASSWORD, "next": target})

    assert response["Location"] == target


def test_nobody_signs_up(db, client):
    page = client.get(reverse("account_signup"))
    sent = client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})

    assert "password1" not in page.content.decode()
    assert sent.status_code == 200
    assert AuditEvent.objects.count() == 0
    assert sign_in(client, "new@example.org").status_code == 200


def test_person_whose_access_ended_does_not_get_in(cast, client):
    cast.volunteer.is_active = False
    cast.volunteer.save()

    sign_in(client, cast.volunteer)

    assert client.get("/me/")["Location"].startswith(LOGIN)


def reset_link() -> str:
    actions.send_reset_letters()
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body).group(1)


def new_password(client, link: str, password: str):
    page = client.get(link, follow=True)
    return page, client.post(page.request["PATH_INFO"], {"password1": password, "password2": password})


def test_reset_link_opened_by_a_mail_scanner_still_works_once_for_the_person(cast, client):
    client.post(reverse("account_reset_password"), {"email": cast.volunteer.email})
    link = reset_link()
    for _scan in range(20):
        assert client.get(link).status_code == 302
        client.cookies.clear()

    new_password(client, link, "brand new long password")
    assert sign_in(client, cast.volunteer, "brand new long password").status_code == 302

    client.cookies.clear()
    again, _answer = new_password(client, link, "another long password!")
    assert again.status_code == 200
    assert "password1" not in again.content.decode()
    client.cookies.clear()
    assert sign_in(client, cast.volunteer, "another long password!").status_code == 200


def test_new_password_is_recorded_told_by_mail_and_signs_nobody_in(cast, client):
    client.post(reverse("account_reset_password"), {"email": cast.volunteer.email})
    new_password(client, reset_link(), "brand new long password")

    assert client.get("/me/").status_code == 302
    assert len(mail.outbox) == 2
    assert AuditEvent.objects.filter(verb="password.changed", target_id=cast.volunteer.pk).exists()


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 12"),
        ("x" * 129, "128"),
        ("password1234", "too common"),
        ("vera.volunteer", "similar"),
        ("BetterStart-2026", "name of this product"),
    ],
)
def test_weak_password_is_refused_with_the_reason(cast, client, password, reason):
    client.post(reverse("account_reset_password"), {"email": cast.volunteer.email})
    _page, answer = new_password(client, reset_link(), password)

    assert answer.status_code == 200
    assert reason in answer.content.decode()

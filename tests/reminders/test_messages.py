from __future__ import annotations

import datetime as dt
import smtplib

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.reminders import gate
from betterstart.reminders.actions import say, send_due
from betterstart.reminders.models import LEASE, MOST_TRIES, Message


@pytest.fixture(autouse=True)
def no_keepers(monkeypatch):
    monkeypatch.setattr(gate, "_keepers", [])


def told(key="one", **fields):
    fields = {"to": "referrer@example.org", "subject": "About your referral", "body": "Thank you."} | fields
    return say(by=None, key=key, kind="referral.received", **fields)


def test_message_is_a_row_until_it_is_swept_and_goes_once(db):
    told()
    assert mail.outbox == []

    assert [send_due(), send_due()] == [1, 0]
    assert [(letter.to, letter.subject) for letter in mail.outbox] == [
        (["referrer@example.org"], "About your referral")
    ]
    assert Message.objects.get().sent_at


def test_same_key_is_the_same_message(db):
    first, second = told(body="Thank you."), told(body="Something else.")

    assert first == second
    send_due()
    assert [letter.body for letter in mail.outbox] == ["Thank you."]


def test_message_of_an_act_that_fails_is_not_sent(db):
    with transaction.atomic():
        told()
        transaction.set_rollback(True)

    assert send_due() == 0


def test_letter_that_is_kept_holds_no_token_of_its_links(db):
    gate.register_keeper(lambda message, now: gate.KeptBack("silence") if message.key == "kept back" else None)
    token = "s3cret-" + "x" * 36
    for key in ("sent", "kept back"):
        told(key, body=f"Look here: https://here.example/link/{token}/ and thank you.")

    send_due()

    assert token in mail.outbox[0].body
    assert set(Message.objects.values_list("body", flat=True)) == {
        "Look here: https://here.example/link/…/ and thank you."
    }


def test_message_kept_back_at_the_gate_says_why_and_is_never_sent(db):
    gate.register_keeper(lambda message, now: gate.KeptBack("silence") if message.family_id == 5 else None)
    told("kept back", family_id=5)
    told("free")

    assert send_due() == 1
    row = Message.objects.get(key="kept back")
    assert (row.sent_at, row.refused_because) == (None, "silence")
    assert AuditEvent.objects.get(verb="message.kept_back").target_id == row.pk
    gate._keepers.clear()
    assert send_due() == 0


def test_message_kept_back_by_the_hour_waits_and_is_asked_again_then(db):
    morning = timezone.now() + dt.timedelta(hours=9)
    waits = {"until": morning}
    gate.register_keeper(lambda message, now: gate.KeptBack("It is late.", waits["until"]) if waits["until"] else None)
    told()

    assert [send_due(), send_due()] == [0, 0]
    row = Message.objects.get()
    assert (row.not_before, row.waits_because, row.refused_at, row.tries) == (morning, "It is late.", None, 0)

    Message.objects.update(not_before=timezone.now())
    waits["until"] = None
    assert send_due() == 1


def test_what_keeps_a_message_for_good_goes_before_what_lets_it_wait_and_the_longest_wait_counts(db):
    soon, later = (timezone.now() + dt.timedelta(hours=hours) for hours in (1, 5))
    gate.register_keeper(lambda message, now: gate.KeptBack("soon", soon))
    gate.register_keeper(lambda message, now: gate.KeptBack("later", later))
    message = told()
    assert gate.kept_back(message, timezone.now()).until == later

    gate.register_keeper(lambda message, now: gate.KeptBack("never"))
    assert gate.kept_back(message, timezone.now()).why == "never"


@pytest.mark.parametrize(
    ("audience", "sender"),
    [
        ("family", "letters@example.org"),
        ("asker", "letters@example.org"),
        ("professional", "Better Start <letters@example.org>"),
    ],
)
def test_sender_says_our_name_to_professionals_alone(db, settings, audience, sender):
    settings.DEFAULT_FROM_EMAIL, settings.NEUTRAL_FROM_EMAIL = (
        "Better Start <letters@example.org>",
        "letters@example.org",
    )
    told(audience=audience)

    send_due()

    assert mail.outbox[0].from_email == sender


def test_message_the_mail_server_refuses_stays_due_and_holds_up_no_other(db, monkeypatch):
    told("one")
    told("two")
    refuse = {"referrer": True}

    def send(self, fail_silently=False):
        if refuse["referrer"]:
            raise smtplib.SMTPServerDisconnected("busy")
        mail.outbox.append(self)
        return 1

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    assert send_due() == 0
    refuse["referrer"] = False
    Message.objects.update(claimed_at=timezone.now() - LEASE - dt.timedelta(seconds=1))
    assert send_due() == 2


def test_message_nobody_takes_is_given_up_after_some_tries(db):
    told()
    Message.objects.update(tries=MOST_TRIES)

    assert send_due() == 0


def test_message_in_the_hands_of_another_sweeper_is_left_alone(db):
    told()
    Message.objects.update(claimed_at=timezone.now())

    assert send_due() == 0


def test_database_shows_a_message_to_whoever_had_it_said_and_to_nobody_else(cast, runtime_role):
    say(by=cast.coordinator, key="k", kind="k", to="a@example.org", subject="s", body="b", family_id=cast.family.pk)

    seen = {}
    for who in (cast.coordinator, cast.other_coordinator, cast.volunteer):
        with acting_as(Scope.SCOPED, who.pk):
            assert list(Message.objects.visible_to(who)) == list(Message.objects.all())
            seen[who] = Message.objects.count()

    assert seen == {cast.coordinator: 1, cast.other_coordinator: 0, cast.volunteer: 0}
    assert connection.in_atomic_block

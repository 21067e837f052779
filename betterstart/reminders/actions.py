from __future__ import annotations

import logging

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from kombu.exceptions import OperationalError

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.links.actions import without_tokens
from betterstart.reminders.gate import KeptBack, kept_back
from betterstart.reminders.models import Audience, Message

logger = logging.getLogger(__name__)


@transaction.atomic
def say(
    *,
    by: User | None,
    key: str,
    kind: str,
    to: str,
    subject: str,
    body: str,
    audience: Audience = Audience.FAMILY,
    family_id: int | None = None,
    person_id: int | None = None,
    is_asked_for: bool = False,
) -> Message:
    """Write down what must be said to somebody, in the transaction of what it tells; a sweeper sends it.

    To somebody of a family (`Audience.FAMILY`) say who it is: without a person nothing goes out. `is_asked_for`: they
    wait for it just now, for example for a code. The same `key` again is the same message: nothing is written a
    second time. Writes "message.written".
    """
    with acting_as(Scope.ALL, by.pk if by else None):
        fields = {"kind": kind, "to": to, "subject": subject[:200], "body": body, "family_id": family_id}
        fields |= {"audience": audience, "person_id": person_id, "is_asked_for": is_asked_for}
        message, is_new = Message.objects.get_or_create(key=key, defaults={**fields, "created_by": by})
        if is_new:
            record(by=by, verb="message.written", target=message, label=kind, family_id=family_id)
    if is_new:
        transaction.on_commit(_wake)
    return message


def belongs_to(*, family_id: int, person_id: int | None, key_ends: str) -> None:
    """Messages that wait to be sent to whoever asked, and whose key ends so, turn out to be about this family: what is
    known of it and of this person holds for them from now on.
    """
    with acting_as(Scope.ALL, None):
        waiting = Message.objects.filter(sent_at=None, refused_at=None, family_id=None, key__endswith=f":{key_ends}")
        waiting.filter(audience=Audience.ASKER).update(audience=Audience.FAMILY, person_id=person_id)
        waiting.update(family_id=family_id)


def _wake() -> None:
    """Have the sweep look now. Without the queue the message waits for the next round; nothing is lost."""
    try:
        current_app.send_task("betterstart.reminders.tasks.send_messages", retry=False)
    except OperationalError:
        logger.warning("the queue does not answer; the message waits for the next sweep")


def send_due() -> int:
    """Send every message that is due, one by one, and give how many went out.

    Each is claimed first, so that two sweepers never send the same one; one that fails stays due for the next sweep.
    """
    sent = 0
    while message := _claim():
        sent += _send(message)
    return sent


@transaction.atomic
def _claim() -> Message | None:
    with acting_as(Scope.ALL, None):
        message = Message.objects.due().select_for_update(skip_locked=True).first()
        if message:
            Message.objects.filter(pk=message.pk).update(claimed_at=Now(), tries=models.F("tries") + 1)
        return message


def _send(message: Message) -> int:
    with acting_as(Scope.ALL, None):
        if kept := kept_back(message, timezone.now()):
            _keep_back(message, kept)
            return 0
    try:
        EmailMessage(message.subject, message.body, sender_of(message), [message.to]).send()
    except OSError:
        logger.warning("Message %s could not be sent; it stays due.", message.pk)
        return 0
    with acting_as(Scope.ALL, None):
        Message.objects.filter(pk=message.pk).update(sent_at=Now(), body=without_tokens(message.body))
    return 1


def _keep_back(message: Message, kept: KeptBack) -> None:
    """For good, with the reason; or until a better hour, at which everything is asked again."""
    row = Message.objects.filter(pk=message.pk)
    if kept.until:
        waits = {"not_before": kept.until, "waits_because": kept.why[:200], "claimed_at": None}
        row.update(tries=models.F("tries") - 1, **waits)
        return
    row.update(refused_at=Now(), refused_because=kept.why[:200], body=without_tokens(message.body))
    record(by=None, verb="message.kept_back", target=message, label=message.kind, family_id=message.family_id)


def sender_of(message: Message) -> str:
    """Who it comes from; without a name to a family or whoever asked: others may see it on a locked screen."""
    is_neutral = message.audience in {Audience.FAMILY, Audience.ASKER}
    return settings.NEUTRAL_FROM_EMAIL if is_neutral else settings.DEFAULT_FROM_EMAIL

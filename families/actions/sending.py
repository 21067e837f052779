"""What the families' part says to the gate, at the moment a message is sent: may this reach this person now?"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from betterstart.reminders.gate import KeptBack
from betterstart.reminders.models import Audience, Message
from families.models import Channel, Family
from families.models.reaching import people_to_reach
from families.models.safe_contact import Content, may_contact, quiet_until

TO_SOMEBODY_ELSE = ".to_referrer"
"""How the kind of a message ends that goes to a professional and says nothing about the family."""


def keep_safe(message: Message, now: dt.datetime) -> KeptBack | None:
    """What is known of a family and of the person decides for every message to them; and in silence nothing is said
    about a family to anybody else either, but what says nothing of it.
    """
    if message.audience in {Audience.PROFESSIONAL, Audience.COLLEAGUE}:
        return _keep_silence(message)
    if message.audience == Audience.ASKER and message.family_id is None and message.person_id is None:
        return _keep_quiet(message, now)
    if message.person_id is None:
        return KeptBack(_("Nobody said for whom it is."))
    person = people_to_reach([message.person_id]).get(message.person_id)
    if person is None or message.family_id not in {None, person.member.family_id}:
        return KeptBack(_("It is for somebody who is not in this family."))
    content = Content.of(message.subject, message.body, is_asked_for=message.is_asked_for)
    verdict = may_contact(person, Channel.EMAIL, now, content, to=message.to)
    return None if verdict.may else KeptBack(verdict.why, verdict.not_before)


def _keep_silence(message: Message) -> KeptBack | None:
    if message.family_id is None or message.kind.endswith(TO_SOMEBODY_ELSE):
        return None
    silent = Family.objects.filter(pk=message.family_id, silent_since__isnull=False).exists()
    return KeptBack(_("The family is left in silence.")) if silent else None


def _keep_quiet(message: Message, now: dt.datetime) -> KeptBack | None:
    """Somebody who asked, and of whom no record is kept yet: they said that this address is safe."""
    until = None if message.is_asked_for else quiet_until(now)
    return KeptBack(_("It waits until the morning."), until) if until else None

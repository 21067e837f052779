"""What whoever made a referral hears of it: by letter and on a page behind a link. Never a word about the family."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from betterstart.access.models import User
from betterstart.clock import day_in_words
from betterstart.links.actions import give_link
from betterstart.reminders.actions import say
from betterstart.reminders.models import Audience
from families.actions.sharing import may_answer_referrer
from families.models import Channel, ContactMethod, Referral, ReferralQuestion, ReferralState
from families.models.contact import as_reached
from families.models.reaching import people_to_reach
from families.models.referral import NotAcceptedReason
from families.models.safe_contact import Content, may_contact

Site = Callable[[str], str]
"""Turns a path into an address that can stand in a letter."""
STATUS_LINK, ANSWER_LINK = "referral.status", "referral.answer"
STATUS_LASTS = dt.timedelta(days=180)
ANSWER_LASTS = dt.timedelta(days=28)


def letter(name: str, **facts: Any) -> str:
    return render_to_string(f"families/letters/{name}.txt", facts).strip() + "\n"


def outcome_words(referral: Referral) -> str:
    """What became of it, kindly, and without a word about the family; nothing while it is not decided."""
    if referral.state == ReferralState.NOT_ACCEPTED:
        return _reason_words(referral.decision_reason)
    return {
        ReferralState.ACCEPTED: _("Yes: we have offered our support, and are getting in touch with the family."),
        ReferralState.COULD_NOT_REACH: _("We tried several times to get in touch, and did not succeed."),
        ReferralState.WITHDRAWN_BY_FAMILY: _("This does not go ahead. No support starts from it."),
        ReferralState.WITHDRAWN_BY_REFERRER: _("It is withdrawn, as you asked."),
        ReferralState.REDIRECTED: _("As agreed, it was passed on to another service, which will answer."),
    }.get(ReferralState(referral.state), "")


def _reason_words(reason: str) -> str:
    not_this_time = _("We are sorry: we cannot offer our support this time.")
    why = {
        NotAcceptedReason.OUT_OF_AREA: _("We are here for another area."),
        NotAcceptedReason.AGE: _("We are here for children of another age."),
        NotAcceptedReason.OTHER_SERVICE: _("We believe that another service can do more."),
        NotAcceptedReason.FAMILY_DID_NOT_AGREE: _("We only begin where a family wants us to."),
        NotAcceptedReason.NO_CAPACITY: _(
            "We have no room at the moment, and do not want to promise what we cannot keep."
        ),
        NotAcceptedReason.SAFETY: _("What we do would not be the right way to help."),
        NotAcceptedReason.DUPLICATE: _("Please talk with the family, or ring us, before you send it again."),
    }
    return f"{not_this_time} {why[NotAcceptedReason(reason)]}"


def acknowledge(*, by: User | None, referral: Referral, site: Site) -> None:
    """Say that it has arrived, and by when there will be an answer. Sets `acknowledged_at`."""
    answer_by = day_in_words(referral.answer_by)
    if _write(by, referral, "received", later("We have your message {reference}"), site, answer_by=answer_by):
        referral.acknowledged_at = timezone.now()
        referral.save(update_fields=["acknowledged_at", "updated_at"])


def put_question(*, by: User, question: ReferralQuestion, site: Site) -> bool:
    """Send a question, with a link that takes one answer. False where there is no address to send it to."""
    referral = question.referral
    if not referral.may_be_written_to:
        return False
    link = give_link(by=by, purpose=ANSWER_LINK, subject_id=question.pk, lasts=ANSWER_LASTS)
    subject = later("A question about your message {reference}")
    return _write(by, referral, "question", subject, site, key=f"question:{question.pk}", answer_link=site(link))


def tell_outcome(*, by: User, referral: Referral, site: Site) -> bool:
    """Tell what became of it. False where that must be done by a person: no address, or by what the family's record
    says it may not be written to. Where somebody of the family said that they should hear nothing, nobody tells them.
    """
    if not may_answer_referrer(referral):
        return True
    if referral.is_self_referral and referral.family and not _may_hear(referral):
        return False
    with translation.override(referral.page_language):
        words = outcome_words(referral)
    subject, key = later("About your message {reference}"), f"outcome:{referral.state}"
    return _write(by, referral, "outcome", subject, site, key=key, outcome=words, signpost=referral.signpost)


def who_asked(referral: Referral) -> int | None:
    """Of a family that asked for itself and has a record: the person (their id) whom the address on it belongs to."""
    if not (referral.is_self_referral and referral.family_id):
        return None
    emails = ContactMethod.objects.current().filter(family=referral.family_id, channel=Channel.EMAIL).order_by("pk")
    wanted = as_reached(Channel.EMAIL, referral.referrer_email)
    return next((row.member_id for row in emails if as_reached(row.channel, row.value) == wanted), None)


def _may_hear(referral: Referral) -> bool:
    """Whether a letter with a link may reach them at that address, now or at a better hour."""
    person = people_to_reach([who]).get(who) if (who := who_asked(referral)) else None
    content = Content(holds_link=True)
    asked = person and may_contact(person, Channel.EMAIL, timezone.now(), content, to=referral.referrer_email)
    return bool(asked and asked.may_later)


def _audience(referral: Referral) -> Audience:
    if not referral.is_self_referral:
        return Audience.PROFESSIONAL
    return Audience.FAMILY if referral.family_id else Audience.ASKER


def _write(
    by: User | None, referral: Referral, name: str, subject: Promise, site: Site, key: str = "", **facts: Any
) -> bool:
    if not referral.may_be_written_to or not may_answer_referrer(referral):
        return False
    link = give_link(by=by, purpose=STATUS_LINK, subject_id=referral.pk, lasts=STATUS_LASTS)
    with translation.override(referral.page_language):
        say(
            by=by,
            key=f"referral.{key or name}:{referral.uuid}",
            kind=f"referral.{name}.to_{referral.writer}",
            to=referral.referrer_email,
            subject=str(subject).format(reference=referral.reference),
            body=letter(name, referral=referral, sent_on=day_in_words(referral.received_at), link=site(link), **facts),
            audience=_audience(referral),
            family_id=referral.family_id,
            person_id=who_asked(referral),
            is_asked_for=name == "received",
        )
    return True

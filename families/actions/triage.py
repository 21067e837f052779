from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.audit.record import record
from betterstart.clock import london_date, london_today
from betterstart.links.actions import take_back_links, use_up_link
from betterstart.links.models import Link
from betterstart.reminders.actions import belongs_to
from betterstart.transitions.machine import MoveRefused
from families.actions.around import tell_flag
from families.actions.family import register_family
from families.actions.member import add_member
from families.actions.referral import note_received
from families.actions.referrer import ANSWER_LINK, Site, acknowledge, put_question, tell_outcome, who_asked
from families.actions.support import move_support, offer_support
from families.models import Family, Referral, ReferralQuestion, ReferralState, ReferralTry, Support, SupportState
from families.models.referral import REFERRAL_MACHINE, HowReceived
from families.models.sharing import Outcome, To, may_share
from families.models.support import BEFORE_START

R = ReferralState
# What a referral that is passed on takes along: everything that was told, nothing that was decided.
TOLD = [
    "is_self_referral", "referrer_name", "referrer_role", "referrer_agency", "agency_type", "referrer_email",
    "referrer_phone", "reason", "family_words", "words_language", "needs", "flags", "risks", "is_urgent", "household",
    "language", "interpreter_needed", "contact_wishes", "heard_of_us", "agreed_how", "agreed_on", "page_language",
    "sharing_agreed_by", "sharing_agreed_on",
]  # fmt: skip


SENT_TWICE_WITHIN = dt.timedelta(minutes=1)


class TriageRefused(ValidationError):
    """Something asked for with a decision is missing or impossible. `error_dict` has a sentence for each field."""


def _look_again(referral: Referral, *, leads_to: str = "") -> None:
    """The row as it stands, locked. Raises MoveRefused where it was set aside, or where no move leads there."""
    referral.refresh_from_db(from_queryset=Referral.objects.select_for_update(of=("self",)))
    if leads_to and REFERRAL_MACHINE.find(referral.state, leads_to) is None:
        raise MoveRefused(REFERRAL_MACHINE.refusal)
    if referral.set_aside_because:
        raise MoveRefused(_("Take this referral in first: it was set aside."))


@transaction.atomic
def ask_for_more(*, by: User, referral: Referral, words: str, site: Site) -> ReferralQuestion:
    """Ask whoever made the referral something. The two weeks go on. Writes "referral.asked". Raises MoveRefused."""
    _look_again(referral)
    if asked := referral.questions.filter(answered_at=None, words=words).first():
        return asked  # sent twice: it is the same question
    question = ReferralQuestion.objects.create(
        referral=referral, service_id=referral.service_id, words=words, asked_by=by
    )
    if referral.state != R.MORE_INFORMATION:
        REFERRAL_MACHINE.move(referral, to=R.MORE_INFORMATION, by=by)
    put_question(by=by, question=question, site=site)
    _record(by, referral, "referral.asked")
    return question


@transaction.atomic
def answer_question(
    *, by: User | None, question: ReferralQuestion, answer: str, link: Link | None = None
) -> ReferralQuestion:
    """Keep the answer: by the link it came with, or as a coordinator heard it. Writes "referral.answered".

    Raises LinkGone, or TriageRefused for a question that is answered already.
    """
    if link:
        use_up_link(link=link)
    with acting_as(Scope.ALL if link else Scope.SCOPED, by.pk if by else None):
        question = ReferralQuestion.objects.select_for_update().get(pk=question.pk)
        if question.answered_at:
            raise TriageRefused({"answer": _("This question has its answer.")})
        question.answer, question.answered_at = answer, timezone.now()
        question.seen_at = question.answered_at if by else None
        question.save(update_fields=["answer", "answered_at", "seen_at"])
        take_back_links(by=by, purpose=ANSWER_LINK, subject_id=question.pk)
        _record(by, question.referral, "referral.answered")
    return question


@transaction.atomic
def see_answers(*, by: User, referral: Referral) -> None:
    """A coordinator has read what was answered: Today need not tell of it again."""
    referral.questions.filter(answered_at__isnull=False, seen_at=None).update(seen_at=timezone.now())


@transaction.atomic
def log_try(*, by: User, referral: Referral, channel: str, tried_on: dt.date, note: str = "") -> ReferralTry:
    """Note a try to reach the family. Writes "referral.tried". Raises TriageRefused, MoveRefused."""
    _look_again(referral)
    if not referral.is_waiting:
        raise MoveRefused(REFERRAL_MACHINE.refusal)
    if tried_on > london_today():
        raise TriageRefused({"tried_on": _("This day has not come yet.")})
    if tried_on < london_date(referral.received_at):
        raise TriageRefused({"tried_on": _("This is before the referral arrived.")})
    tried = {"channel": channel, "tried_on": tried_on, "note": note, "by": by}
    just_now = timezone.now() - SENT_TWICE_WITHIN
    if same := referral.tries.filter(**tried, created_at__gt=just_now).first():
        return same  # a button pressed twice is not two tries
    attempt = ReferralTry.objects.create(referral=referral, service_id=referral.service_id, **tried)
    _record(by, referral, "referral.tried", channel=channel)
    return attempt


@transaction.atomic
def accept_referral(
    *,
    by: User,
    referral: Referral,
    fits: Sequence[str],
    site: Site,
    agreed_how: str = "",
    agreed_on: dt.date | None = None,
    registration: dict[str, Any] | None = None,
    family: Family | None = None,
    joining: Iterable[dict[str, Any]] = (),
    told: bool = False,
    by_hand: bool = False,
) -> Family:
    """Say yes: a new family (`registration`, as for `register_family`), or one that is known already (`family`, to
    which the people `joining` are added), is offered the service. Gives the family.

    Writes "referral.decided" and what belongs to the family. Raises MoveRefused, NotYourService, AlreadyOffered,
    AlreadyRegistered, MemberRefused, ReallyAChild, ContactRefused.
    """
    _look_again(referral, leads_to=R.ACCEPTED)
    if family is None:
        family = register_family(by=by, uuid=referral.uuid, service=referral.service, **(registration or {}))
        support = Support.objects.get(family=family)
    else:
        support = offer_support(by=by, family=family, service=referral.service, first_wish=referral.family_words)
        for person in joining:
            add_member(by=by, family=family, sure=True, **person)
    given: dict[str, Any] = {"agreed_how": agreed_how, "agreed_on": agreed_on} if agreed_how and agreed_on else {}
    telling = Telling(site, told, by_hand)
    _decide(by, referral, R.ACCEPTED, telling, family=family, support=support, fits=list(fits), **given)
    belongs_to(family_id=family.pk, person_id=who_asked(referral), key_ends=str(referral.uuid))
    source = ", ".join(filter(None, [referral.referrer_name, referral.referrer_agency]))
    told_us: dict[str, Any] = {"source": source[:200], "told_on": london_date(referral.received_at)}
    for flag in referral.flags:
        tell_flag(by=by, family=family, flag=flag, organisation_id=referral.service.organisation_id, **told_us)
    return family


@transaction.atomic
def turn_down(
    *, by: User, referral: Referral, reason: str, site: Site, signpost: str = "", note: str = "", **told: bool
) -> None:
    """Say no, with one of the reasons. `signpost` is told, `note` is not. Writes "referral.decided".

    `told` and `by_hand` are those of `Telling`, here and below. Raises MoveRefused.
    """
    telling = Telling(site, **told)
    _decide(by, referral, R.NOT_ACCEPTED, telling, reason, note, decision_reason=reason, signpost=signpost)


@transaction.atomic
def give_up(*, by: User, referral: Referral, site: Site, note: str = "", **told: bool) -> None:
    """Nobody could be reached, after enough tries. Writes "referral.decided". Raises MoveRefused."""
    _decide(by, referral, R.COULD_NOT_REACH, Telling(site, **told), "", note)


@transaction.atomic
def withdraw(*, by: User, referral: Referral, by_family: bool, site: Site, note: str = "", **told: bool) -> None:
    """The family, or whoever referred it, takes it back. A support that was only offered goes with the family's no.

    Writes "referral.decided". Raises MoveRefused.
    """
    to = R.WITHDRAWN_BY_FAMILY if by_family else R.WITHDRAWN_BY_REFERRER
    _decide(by, referral, to, Telling(site, **told), "", note)
    if by_family and referral.support and referral.support.state in BEFORE_START:
        move_support(by=by, support=referral.support, to=SupportState.DECLINED)


@transaction.atomic
def pass_on(
    *, by: User, referral: Referral, service: Service, agreed_by: str, agreed_on: dt.date, site: Site
) -> Referral:
    """Give it to another service, as the family agreed, and give the new referral there. Its own clock starts.

    Writes "referral.decided" and "referral.received". Raises TriageRefused, MoveRefused.
    """
    if agreed_on > london_today():
        raise TriageRefused({"agreed_on": _("This day has not come yet.")})
    if service.pk == referral.service_id or not service.is_open:
        raise TriageRefused({"service": _("Choose another service that takes new families.")})
    permission: dict[str, Any] = {"sharing_agreed_by": agreed_by, "sharing_agreed_on": agreed_on}
    _decide(by, referral, R.REDIRECTED, Telling(site), **permission)
    organisation = referral.service.organisation_id
    to = To(referral=referral)
    if not (may := may_share(family=referral.family, organisation_id=organisation, to=to, what=Outcome.FORWARD)):
        raise TriageRefused({"agreed_on": may.reason})
    told = {name: getattr(referral, name) for name in TOLD}
    with acting_as(Scope.ALL, by.pk):
        passed = Referral.objects.create(
            service=service, how=HowReceived.REDIRECT, redirected_from=referral, created_by=by, **told
        )
        note_received(by=by, referral=passed)
        acknowledge(by=by, referral=passed, site=site)
    return passed


@transaction.atomic
def note_told(*, by: User, referral: Referral) -> None:
    """Whoever asked was told by a person. Writes "referral.told"."""
    if referral.told_at is None and not referral.is_waiting:
        referral.told_at = timezone.now()
        referral.save(update_fields=["told_at", "updated_at"])
        _record(by, referral, "referral.told")


@dataclass(frozen=True)
class Telling:
    """How whoever asked hears of a decision."""

    site: Site
    told: bool = False
    """They know already, by a person."""
    by_hand: bool = False
    """A person tells them: no letter goes out, and it stays on Today until they know."""


def _decide(
    by: User, referral: Referral, to: str, telling: Telling, reason: str = "", note: str = "", **changes: Any
) -> None:
    """Move it, and tell whoever asked in the same transaction; what they cannot be told by letter stays to be told."""
    _look_again(referral)
    now = timezone.now()
    REFERRAL_MACHINE.move(
        referral, to=to, by=by, reason=reason, note=note, decided_at=now, decided_by=by, told_at=None, **changes
    )
    is_written = not telling.by_hand and tell_outcome(by=by, referral=referral, site=telling.site)
    if is_written or telling.told:
        referral.told_at = now
        referral.save(update_fields=["told_at", "updated_at"])
    for question in referral.questions.filter(answered_at=None):
        take_back_links(by=by, purpose=ANSWER_LINK, subject_id=question.pk)
    _record(by, referral, "referral.decided", to=to, reason=reason)


def _record(by: User | None, referral: Referral, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=referral, label=referral.reference, family_id=referral.family_id, details=details)

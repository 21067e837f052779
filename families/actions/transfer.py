"""One service asks another to go on with a family. Until the other says yes, the sender is responsible."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.audit.record import record, record_read
from betterstart.clock import london_date, london_today
from betterstart.transitions.machine import MoveRefused
from families.actions.answer import AnswerRefused, give_permission, who_may_answer
from families.actions.reply import hand_on_replies
from families.actions.sharing import may_go_on_with
from families.actions.support import move_support
from families.models import (
    Answer,
    Family,
    FamilyMember,
    HowAgreed,
    HowAnswered,
    Support,
    SupportState,
    Transfer,
    TransferQuestion,
    TransferState,
    What,
)
from families.models.member import FamilyMemberQuerySet
from families.models.sharing import To, Verdict
from families.models.support import OPEN_STATES, SUPPORT_MACHINE
from families.models.transfer import LASTS_DAYS, TRANSFER_MACHINE

T = TransferState
FIRST_STATES = (SupportState.OFFERED, SupportState.GETTING_TO_KNOW)


class TransferRefused(ValidationError):
    """Something about the request is missing or impossible. `error_dict` has a sentence for each field."""


@transaction.atomic
def propose_transfer(*, by: User, support: Support, to_service: Service, summary: str, note: str = "") -> Transfer:
    """Begin to ask another service to go on with a family, and give the transfer. Nothing is shared yet.

    `note` is why, for the own service only. Writes "transfer.proposed". Raises TransferRefused.
    """
    _must_coordinate(by, support)
    support = Support.objects.select_for_update(of=("self",)).select_related("family", "service").get(pk=support.pk)
    if not support.is_open:
        raise TransferRefused(_("This support is over. There is nothing to hand on."))
    _check_receiver(support, to_service)
    transfer = Transfer(
        family=support.family,
        support=support,
        from_service=support.service,
        to_service=to_service,
        summary=summary,
        created_by=by,
    )
    try:
        with transaction.atomic():
            transfer.save()
    except IntegrityError as error:
        raise TransferRefused(_("Another service is being asked already. Take that back first.")) from error
    TRANSFER_MACHINE.note_start(transfer, by=by, note=note)
    _record(by, transfer, "transfer.proposed", to=to_service.name)
    return transfer


def who_may_agree(transfer: Transfer) -> FamilyMemberQuerySet:
    """The adults who speak for this family now."""
    return who_may_answer(transfer.family)


def _check_receiver(support: Support, to_service: Service) -> None:
    if to_service.pk == support.service_id:
        raise TransferRefused({"to_service": _("The family is with this service already.")})
    if not to_service.is_open:
        raise TransferRefused({"to_service": _("This service takes no new families now.")})


@transaction.atomic
def note_agreement(
    *, by: User, transfer: Transfer, summary: str, agreed_by: FamilyMember, agreed_how: str, agreed_on: dt.date
) -> Transfer:
    """The family agreed that this summary goes to that service: who, how and when. Writes "permission.given", which
    is what the transfer rests on, and "transfer.family_agreed". Raises TransferRefused, MoveRefused.
    """
    _must_send(by, transfer)
    if agreed_by.family_id != transfer.family_id:
        raise TransferRefused({"agreed_by": _("Choose an adult of this family.")})
    if agreed_how not in HowAgreed.values:
        raise TransferRefused({"agreed_how": _("Say how they agreed.")})
    _write_permission(by, transfer, agreed_by, agreed_how, agreed_on)
    facts: dict[str, Any] = {"agreed_by": agreed_by, "agreed_how": agreed_how, "agreed_on": agreed_on}
    TRANSFER_MACHINE.move(transfer, to=T.AGREED, by=by, summary=summary, **facts)
    _record(by, transfer, "transfer.family_agreed", member=agreed_by.pk, how=agreed_how, on=agreed_on.isoformat())
    return transfer


def _write_permission(by: User, transfer: Transfer, adult: FamilyMember, how: str, day: dt.date) -> None:
    """The yes is kept as every permission is, and asked for again at each step from here on."""
    try:
        give_permission(
            by=by,
            adult=adult,
            organisation=transfer.from_service.organisation,
            to=To(service=transfer.to_service),
            what=What.HAND_ON,
            answer=Answer.GIVEN,
            how=HowAnswered.SIGNED if how == HowAgreed.WRITTEN else HowAnswered.SPOKEN,
            on=day,
        )
    except AnswerRefused as refusal:
        names = {"member": "agreed_by", "on": "agreed_on"}
        errors = refusal.error_dict if hasattr(refusal, "error_dict") else {"agreed_by": refusal.error_list}
        raise TransferRefused({names.get(name, name): said for name, said in errors.items()}) from refusal


def _check_permission(transfer: Transfer, leads_to: str = "") -> Verdict:
    """The family's yes, where the step is possible at all. Raises TransferRefused, MoveRefused."""
    state = Transfer.objects.values_list("state", flat=True).get(pk=transfer.pk)
    if leads_to and TRANSFER_MACHINE.find(state, leads_to) is None:
        raise MoveRefused(TRANSFER_MACHINE.refusal)
    if not (verdict := may_go_on_with(transfer)):
        raise TransferRefused(verdict.reason)
    return verdict


@transaction.atomic
def send_transfer(*, by: User, transfer: Transfer) -> Transfer:
    """Let the other service read the summary and answer within two weeks, or while the family's yes holds. Writes
    "transfer.sent".

    Raises TransferRefused, MoveRefused.
    """
    _must_send(by, transfer)
    verdict, today = _check_permission(transfer, T.SENT), london_today()
    lapses_on = today + dt.timedelta(days=LASTS_DAYS)
    if verdict.until:
        lapses_on = min(lapses_on, london_date(verdict.until))
    TRANSFER_MACHINE.move(transfer, to=T.SENT, by=by, sent_by=by, sent_on=today, lapses_on=lapses_on)
    _record(by, transfer, "transfer.sent", to=transfer.to_service.name)
    return transfer


@transaction.atomic
def withdraw_transfer(*, by: User, transfer: Transfer, note: str = "") -> Transfer:
    """Take it back before it was answered; the other service reads nothing any more. Writes "transfer.withdrawn".

    Raises MoveRefused.
    """
    _must_send(by, transfer)
    TRANSFER_MACHINE.move(transfer, to=T.WITHDRAWN, by=by, note=note)
    _record(by, transfer, "transfer.withdrawn")
    return transfer


@transaction.atomic
def note_answer(*, by: User, transfer: Transfer) -> Transfer:
    """The sender has read the answer, or that none came: it leaves Today. Writes "transfer.answer_read"."""
    _must_send(by, transfer)
    if transfer.noted_at is None:
        transfer.noted_at = timezone.now()
        transfer.save(update_fields=["noted_at", "updated_at"])
        _record(by, transfer, "transfer.answer_read")
    return transfer


@transaction.atomic
def accept_transfer(*, by: User, transfer: Transfer, state: str = SupportState.OFFERED, note: str = "") -> Support:
    """Say yes for the receiving service, and give the support that goes on there.

    In one step the sender's support becomes "transferred" and one begins here, offered or getting to know. A family
    that is with this service already goes on in the support it has. Nothing of the old support is copied. Writes
    "transfer.accepted", "support.offered" and "support.moved". Raises TransferRefused, MoveRefused.
    """
    _must_receive(by, transfer)
    if state not in FIRST_STATES:
        raise TransferRefused({"state": _("Choose how far you are with the family.")})
    with acting_as(Scope.ALL, by.pk):
        old = Support.objects.select_for_update(of=("self",)).select_related("family", "service")
        support = old.get(pk=transfer.support_id)
        if not transfer.to_service.is_open:
            raise TransferRefused(_("This service takes no new families now."))
        _check_permission(transfer, T.ACCEPTED)
        new = _support_here(by, transfer, support, state)
        _answer(by, transfer, T.ACCEPTED, note=note, new_support=new)
        move_support(by=by, support=support, to=SupportState.TRANSFERRED)
        hand_on_replies(support=support, new=new)
    return new


def _support_here(by: User, transfer: Transfer, support: Support, state: str) -> Support:
    here = Support.objects.filter(family=support.family, service=transfer.to_service, state__in=OPEN_STATES)
    if (found := here.select_for_update().first()) is not None:
        return found
    try:
        with transaction.atomic():
            new = Support.objects.create(family=support.family, service=transfer.to_service, state=state)
    except IntegrityError:  # somebody offered it in this moment
        return here.get()
    SUPPORT_MACHINE.note_start(new, by=by)
    record(
        by=by,
        verb="support.offered",
        target=new,
        label=support.family.reference,
        family_id=support.family_id,
        details={"service": transfer.to_service.name, "transfer": transfer.pk},
    )
    return new


@transaction.atomic
def decline_transfer(*, by: User, transfer: Transfer, reason: str, note: str = "") -> Transfer:
    """Say that it is not possible, and why: the sender goes on, and reads it on Today. Writes "transfer.declined".

    Raises TransferRefused, MoveRefused.
    """
    _must_receive(by, transfer)
    with acting_as(Scope.ALL, by.pk):
        _answer(by, transfer, T.DECLINED, reason=reason, note=note, decline_reason=reason)
    return transfer


def _answer(by: User, transfer: Transfer, to: str, *, note: str, reason: str = "", **changes: Any) -> None:
    changes |= {"answered_by": by, "answered_on": london_today(), "answer_note": note}
    TRANSFER_MACHINE.move(transfer, to=to, by=by, reason=reason, note=note, **changes)
    _record(by, transfer, f"transfer.{to}", reason=reason)


@transaction.atomic
def ask_about(*, by: User, transfer: Transfer, question: str) -> TransferQuestion:
    """Ask the sender something before the answer; the days run on. Writes "transfer.asked".

    Raises TransferRefused while an earlier question waits, MoveRefused where there is nothing to answer any more.
    """
    _must_receive(by, transfer)
    with acting_as(Scope.ALL, by.pk):
        transfer.refresh_from_db(from_queryset=Transfer.objects.select_for_update(of=("self",)))
        if not transfer.waits:
            raise MoveRefused(TRANSFER_MACHINE.refusal)
        if transfer.questions.filter(replied_at=None).exists():
            raise TransferRefused(_("An earlier question waits for its answer."))
        asked = transfer.questions.create(family_id=transfer.family_id, question=question, asked_by=by)
        _record(by, transfer, "transfer.asked")
    return asked


@transaction.atomic
def reply_about(*, by: User, question: TransferQuestion, reply: str) -> TransferQuestion:
    """Answer what the other service asked, with no more than the family agreed to. Writes "transfer.replied".

    Raises TransferRefused, MoveRefused.
    """
    _must_send(by, question.transfer)
    question.refresh_from_db(from_queryset=TransferQuestion.objects.select_for_update(of=("self",)))
    if not question.transfer.waits or question.replied_at:
        raise MoveRefused(TRANSFER_MACHINE.refusal)
    _check_permission(question.transfer)
    question.reply, question.replied_by, question.replied_at = reply, by, timezone.now()
    question.save(update_fields=["reply", "replied_by", "replied_at"])
    _record(by, question.transfer, "transfer.replied")
    return question


def note_opened(*, by: User, transfer: Transfer, page: str) -> None:
    """Note for the family's record that somebody opened this, also where they may not read the record itself."""
    with acting_as(Scope.ALL, by.pk):
        reference = Family.objects.values_list("reference", flat=True).get(pk=transfer.family_id)
    record_read(by=by, family_id=transfer.family_id, family_reference=reference, page=page)


@transaction.atomic
def lapse_transfers() -> int:
    """Close every transfer that nobody answered in time, and give how many. Needs `Scope.ALL`; twice does no harm."""
    lapsed = 0
    for transfer in Transfer.objects.overdue().select_related("family"):
        try:
            TRANSFER_MACHINE.move(transfer, to=T.LAPSED, by=None)
        except MoveRefused:  # answered or taken back meanwhile
            continue
        _record(None, transfer, "transfer.lapsed")
        lapsed += 1
    return lapsed


def _must_coordinate(by: User, support: Support) -> None:
    if not Support.objects.coordinated_by(by).filter(pk=support.pk).exists():
        raise TransferRefused(_("You do not coordinate this service."))


def _must_send(by: User, transfer: Transfer) -> None:
    if not Transfer.objects.sent_by(by).filter(pk=transfer.pk).exists():
        raise TransferRefused(_("You do not coordinate the service that asks."))


def _must_receive(by: User, transfer: Transfer) -> None:
    if not Service.objects.coordinated_by(by).filter(pk=transfer.to_service_id).exists():
        raise TransferRefused(_("You do not coordinate the service that is asked."))


def _record(by: User | None, transfer: Transfer, verb: str, **details: Any) -> None:
    record(
        by=by,
        verb=verb,
        target=transfer,
        label=transfer.family.reference,
        family_id=transfer.family_id,
        details=details,
    )

"""What a no does at once, and what is kept back at the moment of sending because a yes is over."""

from __future__ import annotations

import datetime as dt
import re

from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_date
from betterstart.reminders.gate import KeptBack
from betterstart.reminders.models import Message
from families.actions.sending import TO_SOMEBODY_ELSE
from families.models import (
    EndingStep,
    FamilyMember,
    MayContact,
    OtherAgency,
    Referral,
    StepKind,
    Support,
    Transfer,
    TransferState,
)
from families.models.answer import SharingPermission, What
from families.models.sharing import NO, Outcome, To, Verdict, may_share, may_use
from families.models.transfer import OPEN_TRANSFERS, TRANSFER_MACHINE
from families.models.wording import Purpose

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
"""How the key of a message about a referral ends."""
UNKNOWN_REFERRER = "Whoever referred the family"


def take_effect(*, by: User | None, row: SharingPermission) -> None:
    """A no takes back what another service was asked; of an agency the answer is kept with the agency.

    Needs `Scope.ALL`.
    """
    if row.service_id and row.what == What.HAND_ON and not row.is_yes:
        _take_back_transfers(by, row)
    if row.agency_id and row.what == What.TALK:
        _keep_on_agency(row)


def _take_back_transfers(by: User | None, row: SharingPermission) -> None:
    of = {"family": row.family_id, "to_service": row.service_id, "from_service__organisation": row.organisation_id}
    for transfer in Transfer.objects.filter(**of, state__in=OPEN_TRANSFERS).select_related("family", "from_service"):
        if transfer.state == TransferState.PROPOSED or may_go_on_with(transfer):
            continue
        TRANSFER_MACHINE.move(
            transfer, to=TransferState.WITHDRAWN, by=by, note=_("The family took its yes back, or said no.")
        )
        label = transfer.family.reference
        record(by=by, verb="transfer.withdrawn", target=transfer, label=label, family_id=row.family_id)


def may_go_on_with(transfer: Transfer) -> Verdict:
    """May the other service read this, and go on with the family?"""
    return may_share(
        family=transfer.family,
        organisation_id=transfer.from_service.organisation_id,
        to=To(service=transfer.to_service),
        what=What.HAND_ON,
    )


def _keep_on_agency(row: SharingPermission) -> None:
    agency = OtherAgency.objects.select_for_update().get(pk=row.agency_id or 0)
    said_on = london_date(row.happened_at)
    if agency.asked_on and agency.asked_on > said_on:
        return  # something later is known
    answer = MayContact.YES if row.is_yes else MayContact.NO
    if (agency.may_contact, agency.asked_on) != (answer, said_on):
        agency.may_contact, agency.asked_on, agency.version = answer, said_on, agency.version + 1
        agency.save(update_fields=["may_contact", "asked_on", "version", "updated_at"])


def referrer_of(support: Support) -> To:
    """Whoever referred the family to this support, as a recipient; nobody has a name where no referral is kept."""
    referral = support.referrals.select_related("service").order_by("pk").first()
    return To(referral=referral) if referral else To(named=UNKNOWN_REFERRER)


def may_tell_referrer(support: Support) -> Verdict:
    """May whoever referred this family hear how it went?"""
    return may_share(
        family=support.family,
        organisation_id=support.service.organisation_id,
        to=referrer_of(support),
        what=What.TALK,
    )


def may_answer_referrer(referral: Referral) -> Verdict:
    """May whoever asked hear what became of the referral?"""
    return may_share(
        family=referral.family,
        organisation_id=referral.service.organisation_id,
        to=To(referral=referral),
        what=Outcome.ANSWER,
    )


def keep_what_is_not_agreed(message: Message, _now: dt.datetime) -> KeptBack | None:
    """For the gate before everything that is sent: a yes that was taken back since this was written counts.

    Asked with `Scope.ALL`, in the transaction that lets the message go.
    """
    return None if _is_agreed(message) else KeptBack(_("The family did not agree, or took its yes back."))


def _is_agreed(message: Message) -> bool:
    if message.kind in {f"ending.{StepKind.REFERRER}", f"ending.{StepKind.LETTER}"}:
        steps = EndingStep.objects.select_related("support__family", "support__service")
        step = steps.filter(pk=message.key.rpartition("-")[2]).first()
        if step is None:
            return False
        return bool(may_tell_referrer(step.support)) if step.kind == StepKind.REFERRER else _wants_email(step, message)
    if message.kind.endswith(TO_SOMEBODY_ELSE):
        about = UUID.search(message.key)
        referral = Referral.objects.filter(uuid=about[0]).select_related("service", "family").first() if about else None
        return referral is None or bool(may_answer_referrer(referral))
    return True


def _wants_email(step: EndingStep, message: Message) -> bool:
    """Whoever it is for has not said that they want no emails from this organisation."""
    reader = FamilyMember.objects.filter(pk=message.person_id or 0).select_related("family").first()
    if reader is None:
        return True
    organisation_id = step.support.service.organisation_id
    return may_use(adult=reader, organisation_id=organisation_id, purpose=Purpose.EMAIL).because not in NO

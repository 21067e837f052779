from __future__ import annotations

import datetime as dt
import uuid as uuids
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Service, User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.member import check_member
from families.actions.referrer import Site, acknowledge
from families.models import FamilyMember, Referral
from families.models.referral import REFERRAL_MACHINE, HowReceived

LONGEST_AGO = dt.timedelta(days=365)


class ReferralRefused(ValidationError):
    """This cannot be so. `error_dict` has a sentence for each field."""


class NotTaken(Exception):
    """The service is not open to whoever asks here."""


def check_agreement(*, agreed_how: str, agreed_on: dt.date | None, **_other: Any) -> None:
    """The family agreed, somehow, on a day that has come and is not too long ago. Raises ReferralRefused."""
    if not agreed_how:
        raise ReferralRefused({"agreed_how": _("Say how the family agreed. Without that we may not get in touch.")})
    if not agreed_on:
        raise ReferralRefused({"agreed_on": _("Say when the family agreed.")})
    if agreed_on > london_today():
        raise ReferralRefused({"agreed_on": _("This day has not come yet.")})
    if agreed_on < london_today() - LONGEST_AGO:
        raise ReferralRefused({"agreed_on": _("This is more than a year ago. Please ask the family again.")})


@transaction.atomic
def receive_referral(
    *,
    by: User | None,
    uuid: uuids.UUID,
    service: Service,
    site: Site,
    people: list[dict[str, Any]],
    contacts: list[dict[str, Any]] | None = None,
    address: dict[str, Any] | None = None,
    set_aside_because: str = "",
    **fields: Any,
) -> Referral:
    """Take in what somebody asks for a family, and tell them that it has arrived. Gives the referral.

    Without `by` it came from the public form. `uuid` is that of the form: sent again, it is the same referral.
    `people`, `contacts` and `address` are fields of FamilyMember, ContactMethod and Address; other fields are those of
    Referral. One that is set aside is acknowledged only once a person has taken it in. Writes "referral.received".
    Raises NotTaken, ReferralRefused, MemberRefused.
    """
    _check_service(by, service)
    if fields.get("how", HowReceived.ONLINE) != HowReceived.ONLINE or not fields.get("is_self_referral"):
        check_agreement(**{"agreed_how": "", "agreed_on": None, **fields})
    carer = FamilyMember(**people[0])
    for person in people:
        check_member(relatives=[carer] if person is not people[0] else (), sure=True, **person)
    household = {"people": people, "contacts": contacts or [], "address": address}
    # Nobody's but the coordinators' of that service: whoever sends it may not read it back.
    with acting_as(Scope.ALL, by.pk if by else None):
        referral, is_new = Referral.objects.get_or_create(
            uuid=uuid,
            defaults={
                "service": service,
                "household": household,
                "set_aside_because": set_aside_because,
                "created_by": by,
                **fields,
            },
        )
        if is_new:
            note_received(by=by, referral=referral)
            if not set_aside_because:
                acknowledge(by=by, referral=referral, site=site)
    return referral


def _check_service(by: User | None, service: Service) -> None:
    open_here = Service.objects.asked_for_in_public()
    if by is not None:
        open_here = Service.objects.coordinated_by(by).filter(is_open=True)
    if not open_here.filter(pk=service.pk).exists():
        raise NotTaken


def note_received(*, by: User | None, referral: Referral) -> None:
    """The first row of its history, and "referral.received"."""
    REFERRAL_MACHINE.note_start(referral, by=by)
    record(
        by=by,
        verb="referral.received",
        target=referral,
        label=referral.reference,
        details={"service": referral.service.name, "how": referral.how},
    )


@transaction.atomic
def take_in(*, by: User, referral: Referral, site: Site) -> Referral:
    """A person looked: no machine sent this. Its clock has run since it arrived. Writes "referral.taken_in"."""
    if referral.set_aside_because:
        referral.set_aside_because = ""
        referral.save(update_fields=["set_aside_because", "updated_at"])
        record(by=by, verb="referral.taken_in", target=referral, label=referral.reference)
        acknowledge(by=by, referral=referral, site=site)
    return referral

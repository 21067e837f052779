"""The one person to whom a family with several services tells its story: chosen, asked for, said yes or no to."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.audit.record import record
from families.models import LeadContact, LeadState, Named, Support
from families.models.lead_contact import LEAD_MACHINE
from families.models.sharing import may_be_named
from families.models.support import OPEN_STATES

L = LeadState


class LeadRefused(ValidationError):
    """This person cannot be chosen or asked, and why."""


@transaction.atomic
def choose_lead(*, by: User, support: Support, person: User) -> LeadContact:
    """Make a coordinator of a service that `by` coordinates the lead contact, and give the row.

    Whoever it was in the same organisation is it no more. Writes "lead.chosen". Raises LeadRefused, MoveRefused.
    """
    support = _ours(by, support)
    _check_coordinates(person, support)
    _check_free(by, support)
    lead = LeadContact(family=support.family, support=support, person=person, state=L.ACCEPTED, asked_by=by)
    lead.answered_at = lead.asked_at
    _end_others(by, support)
    for asked in LeadContact.objects.filter(support=support, state=L.ASKED):  # this is the answer
        LEAD_MACHINE.move(asked, to=L.WITHDRAWN, by=by, answered_at=timezone.now())
    try:
        with transaction.atomic():
            lead.save()
    except IntegrityError as error:
        raise LeadRefused(_("Somebody else was chosen meanwhile. Look who it is.")) from error
    LEAD_MACHINE.note_start(lead, by=by)
    _record(by, lead, "lead.chosen")
    return lead


@transaction.atomic
def ask_lead(*, by: User, support: Support, of: int) -> LeadContact:
    """Ask another service that is with the family, by the number of its support, to be lead contact.

    Both must be services of which the other may know. Nothing changes until it says yes. Writes "lead.asked". Raises
    LeadRefused.
    """
    support = _ours(by, support)
    _check_free(by, support)
    with acting_as(Scope.ALL, by.pk):
        theirs = Support.objects.open().filter(family=support.family_id, may_be_named=Named.YES, pk=of).first()
        _forget_stale(by, support)
    if theirs is None:
        raise LeadRefused(_("This service is not with the family any more, or the family does not want it named."))
    lead = LeadContact(family=support.family, support_id=theirs.pk, asked_from=support, asked_by=by)
    try:
        with transaction.atomic():
            lead.save()
    except IntegrityError as error:
        raise LeadRefused(_("A service is being asked already. Take that back first.")) from error
    with acting_as(Scope.ALL, by.pk):  # the history is that of the service that is asked
        LEAD_MACHINE.note_start(lead, by=by)
    _record(by, lead, "lead.asked")
    return lead


@transaction.atomic
def accept_lead(*, by: User, lead: LeadContact) -> LeadContact:
    """Say yes for the service that was asked: `by` is the lead contact from now on, and whoever was is it no more.

    Writes "lead.accepted". Raises LeadRefused, MoveRefused.
    """
    _must_answer(by, lead)
    with acting_as(Scope.ALL, by.pk):
        LeadContact.objects.select_for_update(of=("self",)).get(pk=lead.pk)
        _end_others(by, lead.support)
        LEAD_MACHINE.move(lead, to=L.ACCEPTED, by=by, person=by, answered_at=timezone.now())
    _record(by, lead, "lead.accepted")
    return lead


@transaction.atomic
def decline_lead(*, by: User, lead: LeadContact, note: str = "") -> LeadContact:
    """Say that it is not possible. Writes "lead.declined". Raises LeadRefused, MoveRefused."""
    _must_answer(by, lead)
    LEAD_MACHINE.move(lead, to=L.DECLINED, by=by, note=note, answered_at=timezone.now())
    _record(by, lead, "lead.declined")
    return lead


@transaction.atomic
def withdraw_lead(*, by: User, lead: LeadContact) -> LeadContact:
    """Take back what a service of `by` asked of another. Writes "lead.withdrawn". Raises LeadRefused, MoveRefused."""
    if not lead.asked_from_id or not Support.objects.coordinated_by(by).filter(pk=lead.asked_from_id).exists():
        raise LeadRefused(_("You do not coordinate the service that asks."))
    with acting_as(Scope.ALL, by.pk):
        LEAD_MACHINE.move(lead, to=L.WITHDRAWN, by=by, answered_at=timezone.now())
    _record(by, lead, "lead.withdrawn")
    return lead


@transaction.atomic
def end_lead(*, by: User, lead: LeadContact) -> LeadContact:
    """The family has no lead contact from now on. Only the service whose it is. Writes "lead.ended".

    Raises LeadRefused, MoveRefused.
    """
    _must_answer(by, lead)
    LEAD_MACHINE.move(lead, to=L.OVER, by=by)
    _record(by, lead, "lead.ended")
    return lead


def _ours(by: User, support: Support) -> Support:
    """An open support that `by` coordinates and of which other services may know, locked."""
    mine = Support.objects.coordinated_by(by).select_for_update(of=("self",)).select_related("family", "service")
    found = mine.filter(pk=support.pk, state__in=OPEN_STATES).first()
    if found is None:
        raise LeadRefused(_("You do not coordinate this service, or this support is over."))
    if not (may := may_be_named(found)):
        raise LeadRefused(may.reason)
    return found


def _check_coordinates(person: User, support: Support) -> None:
    held = Membership.objects.active().filter(user=person, role=Role.COORDINATOR)
    held = held.filter(organisation=support.service.organisation_id)
    if not (held.filter(service=None) | held.filter(service=support.service_id)).exists():
        raise LeadRefused(_("Choose somebody who coordinates this service."))


def _check_free(by: User, support: Support) -> None:
    """Nobody takes over from another organisation: its lead contact hands on, or says so first."""
    with acting_as(Scope.ALL, by.pk):
        now = LeadContact.objects.in_force().filter(family=support.family_id).select_related("support__service").first()
    if now and now.support.service.organisation_id != support.service.organisation_id:
        words = _("{service} has the lead contact. Please talk to them: they can hand on.")
        raise LeadRefused(words.format(service=now.support.service))


def _end_others(by: User, support: Support) -> None:
    """Those of other services too, which may be of supports that are over or not named any more."""
    with acting_as(Scope.ALL, by.pk):
        for lead in LeadContact.objects.filter(family=support.family_id, state=L.ACCEPTED):
            LEAD_MACHINE.move(lead, to=L.OVER, by=by)


def _forget_stale(by: User, support: Support) -> None:
    """What a service was asked that is not with the family any more stands in nobody's way."""
    asked = LeadContact.objects.filter(family=support.family_id, state=L.ASKED)
    for lead in asked.exclude(pk__in=LeadContact.objects.waiting().values("pk")):
        LEAD_MACHINE.move(lead, to=L.WITHDRAWN, by=by, answered_at=timezone.now())


def _must_answer(by: User, lead: LeadContact) -> None:
    if not LeadContact.objects.answered_by(by).filter(pk=lead.pk).exists():
        raise LeadRefused(_("You do not coordinate this service."))


def _record(by: User, lead: LeadContact, verb: str) -> None:
    record(
        by=by,
        verb=verb,
        target=lead,
        label=lead.family.reference,
        family_id=lead.family_id,
        details={"support": lead.support_id, "person": lead.person_id},
    )

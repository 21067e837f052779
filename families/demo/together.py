"""Families of the demonstration with whom two organisations are: what each was told, who may be named, who leads."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from betterstart.access.demo import World
from betterstart.transitions.models import Transition
from families.models import (
    Address,
    AddressKind,
    Assignment,
    ChangeKind,
    ChangeState,
    Channel,
    ContactChange,
    ContactMethod,
    LeadContact,
    LeadState,
    Named,
    Support,
    SupportState,
)
from families.models.contact_change import CHANGE_MACHINE, kept
from families.models.lead_contact import LEAD_MACHINE


@dataclass(frozen=True)
class Case:
    """What one family said to each service, what the doulas were told, what became of it, and who leads."""

    home: str = Named.YES
    doula: str = Named.YES
    told: str = ""
    state: str = ChangeState.UNANSWERED
    lead: str = ""
    leads_home: bool = True


CASES = [
    Case(told="number", lead=LeadState.ASKED),
    Case(told="address", lead=LeadState.ACCEPTED),
    Case(doula=Named.NOT_ASKED, told="hidden"),
    Case(home=Named.NOT_ASKED, told="number", state=ChangeState.KEPT, lead=LeadState.DECLINED, leads_home=False),
    Case(told="number", state=ChangeState.USED, lead=LeadState.ACCEPTED, leads_home=False),
    Case(home=Named.NO, doula=Named.NO, told="stopped", lead=LeadState.OVER),
    Case(lead=LeadState.WITHDRAWN, leads_home=False),
]


def build(world: World, supports: list[Support]) -> None:
    """After the families: the doulas are with some that home visiting is with, too."""
    active = [each for each in supports if each.state == SupportState.ACTIVE and each.service == world.services["home"]]
    for number, (support, case) in enumerate(zip(active, CASES, strict=False)):
        doula = _second(world, support, case, number)
        _say(world, support, case.home, world.coordinators["home"][0])
        if case.told:
            _tell(world, support, doula, case, number)
        if case.lead:
            _lead(world, support, doula, case)


def _second(world: World, support: Support, case: Case, number: int) -> Support:
    began = world.today - dt.timedelta(days=12 + number)
    worker = world.coordinators["doula"][number % len(world.coordinators["doula"])]
    doula = Support.objects.create(
        family=support.family,
        service=world.services["doula"],
        state=SupportState.ACTIVE,
        accepted_on=began - dt.timedelta(days=7),
        started_on=began,
        agreed_on=began,
        first_wish="Somebody to talk through the birth with.",
    )
    _say(world, doula, case.doula, worker)
    Assignment.objects.create(support=doula, family=doula.family, worker=worker, starts_on=began)
    came_from = ""
    for state, day in (
        (SupportState.OFFERED, doula.accepted_on),
        (SupportState.GETTING_TO_KNOW, doula.accepted_on + dt.timedelta(days=2)),
        (SupportState.ACTIVE, began),
    ):
        _note("support", doula, came_from, state, world.moment(day, 11), worker)
        came_from = state
    return doula


def _note(machine: str, row: Any, came_from: str, to: str, at: dt.datetime, by: Any) -> None:
    Transition.objects.create(
        machine=machine,
        subject_id=row.pk,
        family_id=row.family_id,
        from_state=came_from,
        to_state=to,
        happened_at=at,
        by=by,
    )


def _say(world: World, support: Support, word: str, asked_by: Any) -> None:
    if word == Named.NOT_ASKED:
        return
    support.may_be_named, support.named_asked_by = word, asked_by
    support.named_asked_on = max(support.started_on or world.today, world.today - dt.timedelta(days=11))
    support.save(update_fields=["may_be_named", "named_asked_by", "named_asked_on"])


def _tell(world: World, support: Support, doula: Support, case: Case, number: int) -> None:
    told_on = world.today - dt.timedelta(days=2 + number % 3)
    change = ContactChange(family=support.family, support=support, state=case.state, kind=ChangeKind.CHANGED)
    change.changed_at = world.moment(told_on, 15)
    change.changed_by_service = doula.service if case.doula == Named.YES else None
    if case.told in {"address", "hidden"}:
        _move(support, doula, change, told_on, hidden=case.told == "hidden")
    else:
        contact = ContactMethod.objects.filter(family=support.family, channel=Channel.PHONE).order_by("pk")[0]
        change.contact = contact
        change.before = [] if case.state == ChangeState.USED else [kept(contact)]
        _change_number(contact, change, told_on, number, stopped=case.told == "stopped")
    if case.state != ChangeState.UNANSWERED:
        change.answered_by = world.coordinators["home"][0]
        change.answered_at = world.moment(told_on + dt.timedelta(days=1), 10)
    change.save()
    _note(CHANGE_MACHINE.name, change, "", ChangeState.UNANSWERED, change.changed_at, None)
    if change.answered_at:
        by = change.answered_by
        _note(CHANGE_MACHINE.name, change, ChangeState.UNANSWERED, change.state, change.answered_at, by)


def _change_number(
    contact: ContactMethod, change: ContactChange, told_on: dt.date, number: int, *, stopped: bool
) -> None:
    if stopped:
        change.kind, contact.valid_to = ChangeKind.STOPPED, told_on
    else:
        contact.value = f"07700 9009{number:02d}"
    contact.source, contact.told_on, contact.version = "the mother herself", told_on, contact.version + 1
    contact.save()
    contact.family.refresh_search_text()


def _move(support: Support, doula: Support, change: ContactChange, told_on: dt.date, *, hidden: bool) -> None:
    homes = list(Address.objects.current().filter(family=support.family))
    change.before = [kept(home) for home in homes if not home.is_confidential]
    Address.objects.filter(pk__in=[home.pk for home in homes]).update(valid_to=told_on)
    Address.objects.create(
        family=support.family,
        kind=AddressKind.CONFIDENTIAL if hidden else AddressKind.HOME,
        lines="" if hidden else "12 Kingfisher Walk\nBradford",
        postcode="" if hidden else "BD5 7XX",
        valid_from=told_on,
        told_on=told_on,
        source="the mother herself",
        organisation=doula.service.organisation,
    )
    support.family.refresh_search_text()


def _lead(world: World, support: Support, doula: Support, case: Case) -> None:
    ours, theirs = (support, doula) if case.leads_home else (doula, support)
    key = "home" if case.leads_home else "doula"
    asked_at = world.moment(world.today - dt.timedelta(days=5), 14)
    chosen = case.lead in {LeadState.ACCEPTED, LeadState.OVER}
    lead = LeadContact.objects.create(
        family=support.family,
        support=ours,
        state=case.lead,
        person=world.coordinators[key][0] if chosen else None,
        asked_from=None if chosen else theirs,
        asked_by=world.coordinators[key if chosen else {"home": "doula", "doula": "home"}[key]][0],
        asked_at=asked_at,
        answered_at=None if case.lead == LeadState.ASKED else asked_at + dt.timedelta(days=1),
    )
    first = LeadState.ACCEPTED if chosen else LeadState.ASKED
    _note(LEAD_MACHINE.name, lead, "", first, asked_at, lead.asked_by)
    if case.lead != first:
        _note(LEAD_MACHINE.name, lead, first, case.lead, asked_at + dt.timedelta(days=1), lead.asked_by)

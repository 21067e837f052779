"""Families of the demonstration partnership between two services: one at least in every state, both ways."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from betterstart.access.demo import World
from betterstart.access.models import User
from betterstart.transitions.models import Transition
from families.models import FamilyMember, Support, SupportState, Transfer, TransferQuestion, TransferState
from families.models.transfer import LASTS_DAYS, TRANSFER_MACHINE

T = TransferState
BABY = (
    "A second baby is due soon. She would like somebody beside her at the birth and in the first weeks."
    " Mornings suit her best."
)
HOME = (
    "The little one is nearly one now. They would like a visitor at home who comes every week and has time to listen."
)


@dataclass(frozen=True)
class Asked:
    """One transfer: from where, what the family agreed to tell, and what became of it how many days ago."""

    frm: str
    to: str
    summary: str
    state: str
    days_ago: int
    """When it was begun. The family agreed the day after, and then it was sent."""
    more: dict[str, Any] = field(default_factory=dict)
    question: tuple[str, str] | None = None
    """What the other service asked, and the answer, which may be empty."""


ASKED = [
    Asked("home", "doula", BABY, T.PROPOSED, 9),
    Asked("home", "doula", BABY, T.AGREED, 4),
    Asked("home", "doula", BABY, T.SENT, 5, question=("Would she like a doula who speaks Polish?", "")),
    Asked("home", "group", "They would like to meet other families on Tuesdays.", T.SENT, 3,
          question=("Is there somebody who could come along the first time?", "Yes, her sister.")),
    Asked("home", "doula", BABY, T.DECLINED, 12,
          {"decline_reason": "no_place", "answer_note": "From spring on, gladly."}),
    Asked("home", "doula", BABY, T.LAPSED, 18),
    Asked("home", "group", "They would like to come to the group.", T.WITHDRAWN, 30),
    Asked("doula", "home", HOME, T.SENT, 4),
    Asked("doula", "home", HOME, T.SENT, 13,
          question=("Which days suit them?", "")),
]  # fmt: skip


def build(world: World, supports: list[Support], members: list[FamilyMember]) -> None:
    """After the families: some of those who are with a service for some weeks are between two."""
    carers = {member.family_id: member for member in members if member.is_main_carer}
    for old, new in _handed_on(supports):
        day = old.ended_on or world.today
        row = _add(
            world, old, new.service, carers[old.family_id], BABY, T.ACCEPTED, day - dt.timedelta(days=6),
            new_support=new, noted_at=world.moment(day, 16),
        )  # fmt: skip
        _answer(world, row, day, world.coordinators["doula"][0])
    free = {
        key: [each for each in supports[3:] if each.service == service and each.state == SupportState.ACTIVE]
        for key, service in world.services.items()
    }
    for told in ASKED:
        if free[told.frm]:
            _tell(world, told, free[told.frm].pop(0), carers)


def _handed_on(supports: list[Support]) -> list[tuple[Support, Support]]:
    left = {support.family_id: support for support in supports if support.state == SupportState.TRANSFERRED}
    return [
        (left[support.family_id], support)
        for support in supports
        if support.family_id in left and support.state != SupportState.TRANSFERRED
    ]


def _tell(world: World, told: Asked, support: Support, carers: dict[int, FamilyMember]) -> None:
    begun = world.today - dt.timedelta(days=told.days_ago)
    to = world.services[told.to]
    row = _add(world, support, to, carers[support.family_id], told.summary, told.state, begun, **told.more)
    if told.state == T.DECLINED:
        _answer(world, row, begun + dt.timedelta(days=4), world.coordinators[told.to][0])
    elif told.state == T.LAPSED and row.lapses_on:
        _note(world, row, T.SENT, row.lapses_on, None)
    elif told.state == T.WITHDRAWN:
        _note(world, row, T.AGREED, begun + dt.timedelta(days=2), row.created_by)
    if told.question:
        question, reply = told.question
        TransferQuestion.objects.create(
            transfer=row, family=row.family, question=question, asked_by=world.coordinators[told.to][0], reply=reply,
            replied_by=row.created_by if reply else None,
            replied_at=world.moment(world.today - dt.timedelta(days=1), 15) if reply else None,
        )  # fmt: skip


def _add(
    world: World, support: Support, to: Any, carer: FamilyMember, summary: str, state: str, begun: dt.date,
    **fields: Any,
) -> Transfer:  # fmt: skip
    key = next(key for key, service in world.services.items() if service == support.service)
    by, agreed_on = world.coordinators[key][0], begun + dt.timedelta(days=1)
    agreed = {"agreed_by": carer, "agreed_how": "spoken", "agreed_on": agreed_on}
    sent = {"sent_by": by, "sent_on": agreed_on, "lapses_on": agreed_on + dt.timedelta(days=LASTS_DAYS)}
    if state == T.PROPOSED:
        agreed = {}
    if state in {T.PROPOSED, T.AGREED, T.WITHDRAWN}:
        sent = {}
    row = Transfer.objects.create(
        family=support.family, support=support, from_service=support.service, to_service=to, state=state,
        summary=summary, created_by=by, **agreed | sent | fields,
    )  # fmt: skip
    Transfer.objects.filter(pk=row.pk).update(created_at=world.moment(begun, 10))
    path = [("", T.PROPOSED, begun)]
    if agreed:
        path.append((T.PROPOSED, T.AGREED, agreed_on))
    if sent:
        path.append((T.AGREED, T.SENT, agreed_on))
    for came_from, to_state, day in path:
        _note(world, row, came_from, day, by, to_state)
    return row


def _answer(world: World, row: Transfer, day: dt.date, by: User) -> None:
    Transfer.objects.filter(pk=row.pk).update(answered_by=by, answered_on=day)
    _note(world, row, T.SENT, day, by)


def _note(world: World, row: Transfer, came_from: str, day: dt.date, by: User | None, to: str = "") -> None:
    Transition.objects.create(
        machine=TRANSFER_MACHINE.name, subject_id=row.pk, family_id=row.family_id, from_state=came_from,
        to_state=to or row.state, happened_at=world.moment(day, 11), by=by, reason="" if to else row.decline_reason,
    )  # fmt: skip

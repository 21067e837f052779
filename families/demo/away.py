"""Families of the demonstration near whom somebody is kept away, and messages that wait or were not sent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from betterstart.access.demo import World
from betterstart.access.models import User
from betterstart.clock import at_london
from betterstart.reminders.models import Audience, Message
from families.models import Channel, ContactMethod, KeptApart, KeptApartState, Safe, Support, SupportState
from families.models.kept_apart import KEPT_APART_MACHINE

K = KeptApartState
APART: list[dict[str, Any]] = [
    {
        "name": "Darren Pike",
        "relation": "former partner",
        "reached_at": "07700 900991",
        "reason": "There is a court order. He has asked other services where they live.",
        "state": K.WAITING,
    },
    {
        "name": "\u0639\u0645\u0631 \u0641\u0627\u0631\u0648\u0642",
        "relation": "father of the eldest",
        "reason": "She asked that he hears nothing of our visits.",
        "never_contact": False,
        "state": K.STANDS,
        "decision": "Spoken with her. It stands until the hearing.",
    },
    {
        "name": "Ruth",
        "relation": "grandmother",
        "reason": "They had fallen out.",
        "state": K.LIFTED,
        "decision": "The family asked us to speak with her again.",
    },
]


def build(world: World, supports: list[Support]) -> None:
    active = [each for each in supports if each.state == SupportState.ACTIVE and each.service == world.services["home"]]
    lead = User.objects.filter(email__startswith="safeguarding@").first()
    for number, (support, facts) in enumerate(zip(active[12:], APART, strict=False)):
        _keep_apart(world, support, facts, number, lead)
    for number, support in enumerate(active[20:22]):
        _not_sent(world, support, number)


def _keep_apart(world: World, support: Support, facts: dict[str, Any], number: int, lead: User | None) -> None:
    written_on = world.today - dt.timedelta(days=2 + 9 * number)
    decided: dict[str, Any] = {}
    if facts["state"] != K.WAITING:
        decided = {"decided_by": lead, "decided_at": world.moment(written_on + dt.timedelta(days=1), 11)}
    row = KeptApart.objects.create(
        family=support.family,
        organisation=support.service.organisation,
        written_by=world.coordinators["home"][0],
        written_at=world.moment(written_on, 16),
        **facts,
        **decided,
    )
    KEPT_APART_MACHINE.note_start(row, by=row.written_by)


def _not_sent(world: World, support: Support, number: int) -> None:
    """One message waits until tomorrow at eight, one is not sent: nobody has asked about this address."""
    carer = support.family.home_members.get(is_main_carer=True)
    safe = Safe.YES if number == 0 else Safe.UNKNOWN
    email = ContactMethod.objects.create(
        family=support.family,
        member=carer,
        channel=Channel.EMAIL,
        value=f"carer{number}@example.org",
        safe=safe,
        told_on=world.today - dt.timedelta(days=30),
    )
    tomorrow = at_london(world.today + dt.timedelta(days=1), dt.time(8))
    waits = {"not_before": tomorrow, "waits_because": "It waits until the morning."}
    refused = {
        "refused_at": world.moment(world.today - dt.timedelta(days=1), 12),
        "refused_because": "Nobody has asked whether this is safe, or not for a long time.",
    }
    Message.objects.create(
        key=f"demo-{number}",
        kind="demo.letter",
        to=email.value,
        subject="A letter for you",
        body="Hello.",
        audience=Audience.FAMILY,
        family_id=support.family_id,
        person_id=carer.pk,
        **(waits if safe == Safe.YES else refused),
    )

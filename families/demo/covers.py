"""Who is away in the demonstration: one whose Today a colleague holds now, and one who has asked."""

from __future__ import annotations

import datetime as dt

from betterstart.access.demo import World
from families.models import Assignment, Cover, Support, SupportState


def build(world: World, supports: list[Support]) -> None:
    shazia, martha = world.coordinators["home"][:2]
    nasreen, ewa = world.coordinators["doula"][:2]
    today = world.today
    Cover.objects.create(
        away=martha,
        held_by=shazia,
        starts_on=today - dt.timedelta(days=2),
        ends_on=today + dt.timedelta(days=9),
        note="The new matches may ring about their first visits.",
        asked_by=martha,
        agreed_at=world.moment(today - dt.timedelta(days=5), 10),
    )
    first = today + dt.timedelta(days=12)
    Cover.objects.create(
        away=nasreen, held_by=ewa, starts_on=first, ends_on=first + dt.timedelta(days=4), asked_by=nasreen
    )
    # Families that count on Martha in particular while they wait.
    hers = [support for support in supports if support.service == world.services["home"]]
    waits = [support for support in hers if support.state == SupportState.WAITING][:3]
    Assignment.objects.bulk_create(
        Assignment(support=support, family=support.family, worker=martha, starts_on=support.accepted_on)
        for support in waits
    )

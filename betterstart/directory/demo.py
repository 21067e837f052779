"""The demonstration's directory: a made-up one in the shape of Open Referral UK, and a few entries of our own."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from betterstart.access.demo import World
from betterstart.access.models import User
from betterstart.directory.actions import add_entry
from betterstart.directory.imports.comparing import preview
from betterstart.directory.imports.entries import judge
from betterstart.directory.imports.reading import read_file
from betterstart.directory.imports.saving import save
from betterstart.directory.models import DirectoryRun, Entry, RunState, Source

MADE_UP = Path(__file__).parent / "made_up" / "directory.json"
NAME = "Airebrook Council"
GONE = "airebrook-26"


def build(world: World) -> None:
    administrator = User.objects.get(email__startswith="admin@")
    services = json.loads(MADE_UP.read_text())["services"]
    source = Source.objects.create(name=NAME, url="https://directory.airebrook.example/api")
    _bring_in(source, administrator, services)
    # A later reading: one entry is gone, and the next one waits for somebody to look at it.
    later = [service for service in services if service["id"] != GONE]
    _bring_in(source, administrator, later)
    Entry.objects.filter(source=source, gone_on__isnull=False).update(gone_on=world.today - dt.timedelta(days=40))
    waiting = [*later, {"id": "airebrook-27", "name": "Pram repairs"}]
    waiting[0] = waiting[0] | {"fees_description": "£1 from September"}
    _read(source, administrator, waiting)
    _our_own(world.coordinators["home"][0])


def _read(source: Source, by: User, services: list[dict[str, object]]) -> DirectoryRun:
    reading = judge(read_file(json.dumps({"services": services}).encode()))
    found = preview(source, reading)
    return DirectoryRun.objects.create(
        source=source, by=by, state=RunState.CHECKED, entries=reading.entries, preview=found
    )


def _bring_in(source: Source, by: User, services: list[dict[str, object]]) -> None:
    run = _read(source, by, services)
    run.state = RunState.SAVING
    run.save(update_fields=["state"])
    save(run)


def _our_own(by: User) -> None:
    add_entry(
        by=by,
        name="Nani's kitchen",
        organisation_name="Neighbours in Spindle Court",
        description="Three grandmothers cook on Thursdays, and whoever is new is fed first. Ask for Bilqis.",
        topics=["Food", "Meeting others"],
        languages=["ur", "pa", "en"],
        days=[4],
        times=["Thursday 12:00 to 14:00"],
        cost="Bring what you can",
        venue={"name": "Spindle Court, flat 2", "address": "", "postcode": "QB4 8PR", "access": ""},
    )
    add_entry(
        by=by,
        name="Pram lending at Lark Avenue",
        description="Two prams and a double buggy, for a week or for a month.",
        topics=["Things for the baby", "Getting out"],
        from_months=None,
        to_months=47,
        cost="Free",
        phone="01632 960099",
        venue={"name": "Lark Avenue Centre", "address": "Lark Avenue", "postcode": "QB5 7RT", "access": "Step-free"},
    )

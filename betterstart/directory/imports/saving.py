"""Writing a directory that was looked at and confirmed, in the current transaction."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.audit.record import record
from betterstart.clock import london_today
from betterstart.directory.imports.comparing import COLUMNS, Difference, compare
from betterstart.directory.imports.reading import FeedRefused
from betterstart.directory.models import DirectoryRun, Entry, RunState, Source, Venue

AT_ONCE = 500


def save(run: DirectoryRun) -> None:
    """Add what is new, change what differs, mark what has gone; own entries and other directories stay as they are.

    Nothing is deleted but the places of an entry that moved. Writes "directory.run_saved". Raises FeedRefused when
    the run was taken over or cancelled meanwhile.
    """
    with connection.cursor() as cursor:
        # Two runs of one directory are saved one after the other, each comparing with what the other left.
        cursor.execute("select pg_advisory_xact_lock(hashtext('directory.run'), %s::int)", [run.source_id])
    difference = compare(run.source, run.entries)
    _write(run.source, difference)
    now = timezone.now()
    Source.objects.filter(pk=run.source_id).update(read_at=now)
    counts = run.preview["counts"] | {
        "new": len(difference.new),
        "changed": len(difference.changed),
        "back": len(difference.back),
        "gone": len(difference.gone),
        "same": difference.same,
    }
    record(by=run.by, verb="directory.run_saved", target=run, label=str(run.source), details=counts)
    mine = DirectoryRun.objects.filter(pk=run.pk, claim=run.claim, state=RunState.SAVING)
    done: dict[str, Any] = {"state": RunState.DONE, "claim": None, "finished_at": now, "entries": []}
    if not mine.update(preview=run.preview | {"counts": counts}, **done):
        raise FeedRefused(_("This was taken over by somebody else."))


def _write(source: Source, difference: Difference) -> None:
    new = [Entry(source=source, external_id=facts["external_id"], **_values(facts)) for facts in difference.new]
    Entry.objects.bulk_create(new, batch_size=AT_ONCE)
    venues = [(entry, facts) for entry, facts in zip(new, difference.new, strict=True)]
    for entry, facts, columns in difference.changed:
        for name, value in _values(facts).items():
            setattr(entry, name, value)
        entry.version += 1
        entry.updated_at = timezone.now()
        if "venues" in columns:
            venues.append((entry, facts))
    Entry.objects.bulk_update(
        [entry for entry, _facts, _columns in difference.changed],
        [*COLUMNS, "version", "updated_at"],
        batch_size=AT_ONCE,
    )
    Venue.objects.filter(entry__in=[entry.pk for entry, _facts in venues[len(new) :]]).delete()
    rows = [Venue(entry=entry, **venue) for entry, facts in venues for venue in facts["venues"]]
    Venue.objects.bulk_create(rows, batch_size=AT_ONCE)
    counted_up = {"version": F("version") + 1, "updated_at": timezone.now()}
    _mark([entry.pk for entry in difference.back], gone_on=None, **counted_up)
    _mark([entry.pk for entry in difference.gone], gone_on=london_today(), **counted_up)


def _mark(ids: list[int], **fields: Any) -> None:
    if ids:
        Entry.objects.filter(pk__in=ids).update(**fields)


def _values(facts: dict[str, Any]) -> dict[str, Any]:
    values = {name: facts[name] for name in COLUMNS}
    if values["assured_on"]:
        values["assured_on"] = dt.date.fromisoformat(values["assured_on"])
    return values

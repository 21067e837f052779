"""What both imports keep: one at a time, nothing lost by a file that was cut off, and a row for each new edition."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from betterstart.access.acting import Scope, acting_as
from betterstart.access.recording import record
from betterstart.places.imports.reading import PlacesFileRefused
from betterstart.places.models import PlaceFile


@dataclass(frozen=True)
class Outcome:
    """What an import did. `skipped` are rows left out on purpose."""

    edition: str
    rows: int
    added: int = 0
    changed: int = 0
    gone: int = 0
    skipped: int = 0
    names: int = 0

    @property
    def changed_nothing(self) -> bool:
        return not (self.added or self.changed or self.gone)


def one_at_a_time() -> None:
    """Hold the turn until the transaction ends. Raises PlacesFileRefused while another import has it."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(hashtext('betterstart.places'))")
        if not cursor.fetchone()[0]:
            raise PlacesFileRefused("Another import of places is running. Wait until it is done.")


def refuse_fewer(kind: str, rows: int, *, allowed: bool) -> None:
    """These files only ever grow: one with fewer rows than the last was probably cut off. Raises PlacesFileRefused."""
    if not rows:
        raise PlacesFileRefused("There are no rows under the heading of this file.")
    last = PlaceFile.objects.current(kind).first()
    if last and rows < last.rows and not allowed:
        raise PlacesFileRefused(
            f"This file has {rows:,} rows; the one before ({last.edition}) had {last.rows:,}, and these files only ever"
            " grow. It may have been cut off. If it is meant to be smaller, say so with --fewer."
        )


def note_file(kind: str, outcome: Outcome) -> None:
    """Keep which edition is here now, and that it was loaded. The same file again leaves no trace."""
    last = PlaceFile.objects.current(kind).first()
    if last and last.edition == outcome.edition and outcome.changed_nothing:
        return
    file = PlaceFile.objects.create(kind=kind, edition=outcome.edition, rows=outcome.rows)
    counts = {name: getattr(outcome, name) for name in ("rows", "added", "changed", "gone")}
    with acting_as(Scope.ALL, None):
        record(by=None, verb=f"{kind}.imported", target=file, label=outcome.edition, details=counts)

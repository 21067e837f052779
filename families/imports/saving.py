"""What a worker does with a file: check all of it, or save all of it. The same code serves the page and the command."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pghistory
from django.db import connection, connections, models
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.record import record, record_each
from betterstart.clock import london_today
from betterstart.transitions.models import Transition
from families.actions.contact import ASK_AGAIN
from families.actions.places import PLACE_FIELDS, place
from families.actions.review import reviews_ahead
from families.actions.silence import silence
from families.imports.columns import FileUse
from families.imports.household import Household, Row
from families.imports.merging import BATCH, Merge
from families.imports.opening import open_spreadsheet
from families.imports.reading import FileRefused
from families.imports.walking import FileReader
from families.models import (
    Address,
    ContactMethod,
    EndingReason,
    Family,
    FamilyMember,
    ImportRun,
    ImportState,
    Review,
    Support,
    Visit,
)

logger = logging.getLogger(__name__)
MOST_KEPT_PROBLEMS = 20_000
_WORK: dict[str, str] = {ImportState.TO_CHECK: ImportState.CHECKING, ImportState.TO_SAVE: ImportState.SAVING}


class _Blocked(Exception):
    """Something stands in the way: the transaction must go."""


class _TakenOver(Exception):
    """The claim ran out and another worker has the file, or it was cancelled: the transaction must go."""


def claim_next() -> ImportRun | None:
    """Take one file that waits for a worker, or whose worker has fallen silent; None when there is none."""
    with acting_as(Scope.ALL, None):
        for run in ImportRun.objects.due().defer("problems", "sheets").order_by("pk")[:5]:
            if claimed := claim(run):
                return claimed
    return None


def claim(run: ImportRun) -> ImportRun | None:
    """Take this file, by a conditional update, so that two workers never have the same one; None if it is taken.

    The caller acts with `Scope.ALL`.
    """
    mine = uuid.uuid4()
    same = ImportRun.objects.due().filter(pk=run.pk, state=run.state, claim=run.claim)
    if not same.update(state=_WORK.get(run.state, run.state), claim=mine, claimed_at=timezone.now()):
        return None
    return ImportRun.objects.select_related("uploaded_by", "organisation").get(pk=run.pk)


def work_on(run: ImportRun) -> None:
    """Check or save a claimed file and write the outcome on its row. Harmless when run twice."""
    try:
        with _progress(run) as tell:
            _work(run, tell)
    except FileRefused as refusal:
        _settle(run, state=ImportState.REFUSED, refusal=refusal.sentence, finished_at=timezone.now())
    except _TakenOver:
        logger.warning("import %s was taken over or cancelled; nothing was saved here", run.uuid)
    except Exception as error:
        # What was being read is people's data and stays out of the log.
        logger.error("import %s failed: %s", run.uuid, type(error).__name__)
        before = ImportState.CHECKED if run.state == ImportState.SAVING else ImportState.COLUMNS
        _settle(run, state=before, refusal=_("Something went wrong on our side. Nothing was saved. Please try again."))


def _work(run: ImportRun, tell: Callable[[int], None]) -> None:
    try:
        with acting_as(Scope.ALL, run.uploaded_by_id), pghistory.context(user=run.uploaded_by_id, reason="import"):
            merge = _merge(run, tell)
            if run.state == ImportState.SAVING:
                _save(run, merge)
                return
            for _visits in merge.read_visits():
                pass
    except _Blocked as blocked:
        merge = blocked.args[0]
    _settle(run, state=ImportState.CHECKED, **_findings(merge))


def _merge(run: ImportRun, tell: Callable[[int], None]) -> Merge:
    book = open_spreadsheet(bytes(run.file.content))
    reader = FileReader(book, FileUse.from_json(run.use), tell)
    merge = Merge(reader, by=run.uploaded_by, organisation=run.organisation)
    merge.read_households()
    return merge


def _findings(merge: Merge) -> dict[str, object]:
    problems = sorted(merge.reader.problems, key=lambda problem: not problem.blocks)
    blocking = sum(problem.blocks for problem in problems)
    return {
        "counts": merge.counts(),
        "problems": [asdict(problem) for problem in problems[:MOST_KEPT_PROBLEMS]],
        "blocking": blocking,
        "remarks": len(problems) - blocking,
    }


def _settle(run: ImportRun, **fields: object) -> None:
    """Write the outcome, unless somebody else has taken the file over or it was cancelled meanwhile."""
    with acting_as(Scope.ALL, run.uploaded_by_id):
        ImportRun.objects.filter(pk=run.pk, claim=run.claim, state=run.state).update(claim=None, **fields)


def _save(run: ImportRun, merge: Merge) -> None:
    """Write everything in the current transaction, and the end of the run with it: it is done if the data are there."""
    with connection.cursor() as cursor:
        # Two files of one organisation are saved one after the other, and each sees what the one before it saved.
        cursor.execute("select pg_advisory_xact_lock(hashtext('families.import'), %s::int)", [run.organisation_id])
    _refuse_blocked(merge)
    _save_households(run, merge.households.values())
    for visits in merge.read_visits():
        _refuse_blocked(merge)
        _save_visits(run, visits)
    _refuse_blocked(merge)
    findings = _findings(merge)
    record(by=run.uploaded_by, verb="import.saved", target=run, label=str(run.organisation), details=merge.counts())
    done = ImportRun.objects.filter(pk=run.pk, claim=run.claim, state=ImportState.SAVING).update(
        state=ImportState.DONE, claim=None, finished_at=timezone.now(), **findings
    )
    if not done:
        raise _TakenOver
    run.file.delete()


def _refuse_blocked(merge: Merge) -> None:
    if any(problem.blocks for problem in merge.reader.problems):
        raise _Blocked(merge)


def _save_households(run: ImportRun, households: Iterable[Household]) -> None:
    kept = [household for household in households if not household.is_elsewhere]
    for household in kept:
        text = household.search_text()
        if set(household.family.row.search_text.split()) != set(text.split()):
            household.family.row.search_text = text
            household.family.filled.add("search_text")
    new = [household.family.row for household in kept if household.family.is_new]
    changed = [household for household in kept if not household.family.is_new and _changes(household)]
    _create(Family, [household.family for household in kept])
    _create(FamilyMember, [member for household in kept for member in household.members])
    addresses = [address for household in kept for address in household.addresses]
    moved = [address for address in addresses if address.is_new or "postcode" in address.filled]
    place([address.row for address in moved])
    for address in moved:
        address.filled |= PLACE_FIELDS
    _create(Address, addresses)
    contacts = [contact for household in kept for contact in household.contacts]
    for contact in contacts:
        if contact.is_new:
            contact.row.review_on = london_today() + ASK_AGAIN
    _create(ContactMethod, contacts)
    supports = [support for household in kept for support in household.supports]
    _create(Support, supports)
    new_supports = [support.row for support in supports if support.is_new]
    _note_starts(run, "support", new_supports)
    reviews = reviews_ahead(new_supports)
    Review.objects.bulk_create(reviews, batch_size=BATCH)
    _note_starts(run, "review", reviews)
    record_each(by=run.uploaded_by, verb="family.imported", families=new)
    record_each(by=run.uploaded_by, verb="family.filled_in", families=[household.family.row for household in changed])
    for household in kept:
        if any(support.is_new and support.row.ending_reason == EndingReason.DEATH for support in household.supports):
            silence(by=run.uploaded_by, family=household.family.row)


def _changes(household: Household) -> bool:
    parts = [household.family, *household.members, *household.addresses, *household.contacts, *household.supports]
    return any(part.is_new or part.filled - {"search_text"} for part in parts)


def _create(model: type[models.Model], rows: list[Row]) -> None:
    """Insert what is new and update what was filled in, many at a time."""
    manager = model._default_manager
    manager.bulk_create([row.row for row in rows if row.is_new], batch_size=BATCH)
    groups: dict[frozenset[str], list[models.Model]] = {}
    for row in rows:
        if row.filled and not row.is_new:
            row.row.version += row.filled != {"search_text"}
            row.row.updated_at = timezone.now()
            groups.setdefault(frozenset(row.filled), []).append(row.row)
    for filled, changed in groups.items():
        manager.bulk_update(changed, [*sorted(filled), "version", "updated_at"], batch_size=BATCH)


def _save_visits(run: ImportRun, visits: list[Visit]) -> None:
    Visit.objects.bulk_create(visits, batch_size=BATCH)
    _note_starts(run, "visit", visits)


def _note_starts(run: ImportRun, machine: str, rows: Iterable[Support | Visit | Review]) -> None:
    Transition.objects.bulk_create(
        [
            Transition(
                machine=machine,
                subject_id=row.pk,
                family_id=row.family_id,
                to_state=row.state,
                by=run.uploaded_by,
                reason="import",
            )
            for row in rows
        ],
        batch_size=BATCH,
    )


@contextmanager
def _progress(run: ImportRun) -> Iterator[Callable[[int], None]]:
    """A way to write how far the work has come, outside the one big transaction, so that the page can show it.

    It also keeps the claim alive.
    """
    line = connections.create_connection("default")

    def tell(rows: int) -> None:
        with line.cursor() as cursor:
            cursor.execute("select set_config('role', 'app_all', false)")
            cursor.execute(
                "update families_importrun set done_rows = %s, claimed_at = now() where id = %s and claim = %s",
                [rows, run.pk, run.claim],
            )

    try:
        yield tell
    finally:
        line.close()

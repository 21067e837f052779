"""The steps a person takes with a file: choose it, say what its columns are, confirm, or let it go."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from celery import current_app
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError

from betterstart.access.models import Organisation, Service, User
from betterstart.audit.record import record
from betterstart.text import clean_line
from families.imports.checking import parse_fixed
from families.imports.columns import (
    TARGETS,
    VISIT,
    ColumnUse,
    FileUse,
    SheetUse,
    find_headings,
    fold_heading,
    guess_columns,
    heading_text,
)
from families.imports.opening import open_spreadsheet
from families.imports.reading import FileRefused, Spreadsheet, is_blank
from families.imports.values import ValueRefused, text_of
from families.models import ImportFile, ImportMapping, ImportRun, ImportState
from families.models.imports import OPEN

logger = logging.getLogger(__name__)
_LOOKED_AT = 20
_SAMPLES = 3


class ImportRefused(ValidationError):
    """This step cannot be taken now, or the columns do not make sense. `messages` are sentences for the person."""


@transaction.atomic
def start_import(*, by: User, organisation: Organisation, file_name: str, content: bytes) -> ImportRun:
    """Keep a file for a day and look at its headings; no row of it is saved.

    Writes "import.started". Raises FileRefused when it cannot be read as a table, ImportRefused when this person
    coordinates no service of the organisation.
    """
    if not Service.objects.coordinated_by(by).filter(organisation=organisation).exists():
        raise ImportRefused(_("You coordinate no service of this organisation."))
    book = open_spreadsheet(content)
    sheets = describe_sheets(book)
    if not sheets:
        raise FileRefused(_("There is nothing in this file."))
    run = ImportRun.objects.create(
        uploaded_by=by,
        organisation=organisation,
        file_name=clean_line(file_name.replace("\\", "/").rsplit("/", 1)[-1])[-200:] or _("A file without a name"),
        sheets=sheets,
        note=book.note,
        use=guess_use(sheets, remembered_columns(organisation)).as_json(),
    )
    ImportFile.objects.create(run=run, content=content)
    record(by=by, verb="import.started", target=run, label=str(organisation))
    return run


def describe_sheets(book: Spreadsheet) -> list[dict[str, Any]]:
    """What the page on columns shows of each sheet that holds anything: headings, first cells, about how many rows."""
    sheets = []
    for name in book.sheets:
        first = list(islice(book.rows(name), _LOOKED_AT))
        if not first:
            continue
        place = find_headings([row.cells for row in first])
        headings = [heading_text(cell) for cell in first[place].cells]
        below = [row.cells for row in first[place + 1 :]]
        width = max(
            (at + 1 for row in (first[place].cells, *below) for at, cell in enumerate(row) if not is_blank(cell))
        )
        columns = [
            {"heading": headings[at] if at < len(headings) else "", "samples": _samples(below, at)}
            for at in range(width)
        ]
        sheets.append(
            {"name": name, "heading_row": first[place].number, "columns": columns, "rows": book.about_rows(name)}
        )
    return sheets


def _samples(rows: Sequence[Sequence[Any]], place: int) -> list[str]:
    samples: list[str] = []
    for cells in rows:
        if place < len(cells) and not is_blank(cells[place]) and len(samples) < _SAMPLES:
            try:
                samples.append(text_of(cells[place])[:60])
            except ValueRefused:
                continue
    return samples


def remembered_columns(organisation: Organisation) -> dict[str, ColumnUse]:
    """What headings meant the last time, by folded heading."""
    stored = ImportMapping.objects.filter(organisation=organisation, target__in=TARGETS)
    return {mapping.heading: ColumnUse(mapping.target, mapping.option) for mapping in stored}


def guess_use(sheets: Sequence[Mapping[str, Any]], remembered: Mapping[str, ColumnUse]) -> FileUse:
    """Our suggestion for a file. Sheets without a column for the family's reference are left out at first."""
    use = FileUse()
    for sheet in sheets:
        columns = guess_columns([column["heading"] for column in sheet["columns"]], remembered)
        if any(column.target == "family.reference" for column in columns.values()):
            use.sheets[sheet["name"]] = SheetUse(sheet["heading_row"], columns)
    return use


@transaction.atomic
def choose_columns(*, by: User, run: ImportRun, use: FileUse) -> ImportRun:
    """Say how the file is read, remember it for the organisation, and have the whole file checked.

    Raises ImportRefused with every reason why the columns do not make sense, or when the file has moved on.
    """
    if reasons := [*_unfit(run, use)]:
        raise ImportRefused(reasons)
    changed = ImportRun.objects.filter(pk=run.pk, state__in=OPEN, file__isnull=False).update(
        state=ImportState.TO_CHECK,
        use=use.as_json(),
        all_rows=_rows_to_read(run, use),
        done_rows=0,
        problems=[],
        counts={},
        blocking=0,
        remarks=0,
        refusal="",
    )
    if not changed:
        raise ImportRefused(_("This file is no longer waiting for its columns. Choose it again."))
    _remember(run, use)
    transaction.on_commit(_wake)
    run.refresh_from_db()
    return run


def _unfit(run: ImportRun, use: FileUse) -> list[str]:
    reasons = []
    if not use.sheets:
        reasons.append(_("Choose at least one sheet, and the column with the family's reference in it."))
    for name, sheet in use.sheets.items():
        targets = [column.target for column in sheet.columns.values()]
        if "family.reference" not in targets:
            reasons.append(_("“%(sheet)s” has no column for the family's reference.") % {"sheet": name})
        elif not [target for target in targets if target != "family.reference"]:
            reasons.append(_("“%(sheet)s” has nothing but the family's reference.") % {"sheet": name})
        reasons += [
            _("“%(sheet)s” has two columns for “%(target)s”. Choose one.")
            % {"sheet": name, "target": TARGETS[target].label}
            for target in dict.fromkeys(targets)
            if targets.count(target) > 1 and not TARGETS[target].several
        ]
    for target, text in use.fixed.items():
        try:
            parse_fixed(target, text)
        except ValueRefused as refusal:
            reasons.append(f"{TARGETS[target].label}: {refusal.sentence}")
    return reasons


def _rows_to_read(run: ImportRun, use: FileUse) -> int:
    """About how many rows will be gone over: sheets with visits are read twice."""
    rows = 0
    for sheet in run.sheets:
        if chosen := use.sheets.get(sheet["name"]):
            has_visits = any(column.target.startswith(f"{VISIT}.") for column in chosen.columns.values())
            rows += sheet["rows"] * (2 if has_visits else 1)
    return rows


def _remember(run: ImportRun, use: FileUse) -> None:
    """Keep what headings mean for the next file; a heading that stands twice in a sheet says nothing by itself."""
    meant: dict[str, ColumnUse] = {}
    for sheet in run.sheets:
        chosen = use.sheets.get(sheet["name"])
        folded = [fold_heading(column["heading"]) for column in sheet["columns"]]
        for place, column in (chosen.columns if chosen else {}).items():
            if place < len(folded) and folded[place] and folded.count(folded[place]) == 1:
                meant[folded[place]] = column
    ImportMapping.objects.bulk_create(
        [
            ImportMapping(organisation=run.organisation, heading=heading, target=use.target, option=use.option)
            for heading, use in meant.items()
        ],
        update_conflicts=True,
        unique_fields=["organisation", "heading"],
        update_fields=["target", "option", "updated_at"],
    )


@transaction.atomic
def confirm_import(*, by: User, run: ImportRun) -> ImportRun:
    """Have a checked file saved, all of it or nothing. Writes "import.confirmed".

    Confirming twice is the same as once. Raises ImportRefused while anything stands in the way.
    """
    ready = ImportRun.objects.filter(pk=run.pk, state=ImportState.CHECKED, blocking=0, file__isnull=False)
    if ready.update(state=ImportState.TO_SAVE, done_rows=0, refusal=""):
        record(by=by, verb="import.confirmed", target=run, label=str(run.organisation))
        transaction.on_commit(_wake)
    run.refresh_from_db()
    if run.state not in (ImportState.TO_SAVE, ImportState.SAVING, ImportState.DONE):
        raise ImportRefused(_("This file cannot be brought in as it is. Look at what stands in the way."))
    return run


def _wake() -> None:
    """Have the sweep look now. Without the queue the file waits for the next round; nothing is lost."""
    try:
        current_app.send_task("families.tasks.sweep_imports", retry=False)
    except OperationalError:
        logger.warning("the queue does not answer; the file waits for the next sweep")


@transaction.atomic
def cancel_import(*, by: User, run: ImportRun) -> ImportRun:
    """Let a file go: it is removed with all that was found in it. Writes "import.cancelled".

    Raises ImportRefused once it is being saved or was saved.
    """
    waiting = (*OPEN, ImportState.TO_CHECK, ImportState.CHECKING, ImportState.TO_SAVE)
    if not ImportRun.objects.filter(pk=run.pk, state__in=waiting).update(
        state=ImportState.CANCELLED, claim=None, finished_at=timezone.now()
    ):
        raise ImportRefused(_("This file is being saved already and cannot be stopped any more."))
    empty(run)
    record(by=by, verb="import.cancelled", target=run, label=str(run.organisation))
    run.refresh_from_db()
    return run


@transaction.atomic
def forget_import(*, run: ImportRun) -> None:
    """After a day a file goes, and what was read from it; one that was still waiting counts as cancelled.

    Writes "import.forgotten" where a file was still waiting.
    """
    if ImportRun.objects.filter(pk=run.pk, state__in=OPEN).update(
        state=ImportState.CANCELLED, claim=None, finished_at=timezone.now()
    ):
        record(by=None, verb="import.forgotten", target=run, label=str(run.organisation))
    empty(run)


def empty(run: ImportRun) -> None:
    """Remove the file and everything read from it; what was counted stays."""
    ImportFile.objects.filter(run=run).delete()
    ImportRun.objects.filter(pk=run.pk).update(sheets=[], problems=[], use={}, emptied_at=timezone.now())

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Organisation, Service, User
from betterstart.access.permissions import Permission
from families.imports.columns import FileUse
from families.imports.mapping import MappingRefused, mapping_of, use_from_mapping
from families.imports.reading import FileRefused
from families.imports.running import ImportRefused, cancel_import, choose_columns, confirm_import, start_import
from families.imports.saving import claim, work_on
from families.models import ImportRun, ImportState

PROBLEMS_PRINTED = 100


class Command(BaseCommand):
    """Bring a file of families in without a browser: the same steps, rules and audit as the pages.

    In: a CSV or XLSX file, the coordinator it is done for, and how its columns are read (a JSON file; without one the
    headings decide, as remembered for the organisation). Out: what came in, or every problem by sheet, row and
    column; then nothing was saved and the exit status is 1.
    """

    help = "Bring in families, people, supports and past visits from a CSV or XLSX file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="the coordinator who does it")
        parser.add_argument("--organisation", help="its name, if the coordinator works in several")
        parser.add_argument("--mapping", type=Path, metavar="JSON", help="what the columns mean")
        parser.add_argument("--show-mapping", action="store_true", help="print what we would take the columns for")
        parser.add_argument("--dry-run", action="store_true", help="check every row and save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._coordinator(options["email"])
        try:
            run = self._start(by, options)
            if run is None:
                return
            self._wait(run)
            self._show(run)
            if run.state != ImportState.CHECKED or run.blocking or options["dry_run"]:
                self._let_go(by, run, expected=options["dry_run"])
                return
            with acting_as(Scope.SCOPED, by.pk):
                confirm_import(by=by, run=run)
            self._wait(run)
        except (FileRefused, MappingRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        except ImportRefused as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        if run.state != ImportState.DONE:
            self._show(run)
            raise CommandError(run.refusal or "Nothing was saved.")
        self.stdout.write(self.style.SUCCESS("Everything in this file is saved."))

    def _coordinator(self, email: str) -> User:
        by = User.objects.filter(email=email.lower(), is_active=True).first()
        if by is None or not by.may(Permission.FAMILY_IMPORT):
            raise CommandError("Nobody with this email address may bring families in.")
        return by

    def _start(self, by: User, options: dict[str, Any]) -> ImportRun | None:
        try:
            content = options["file"].read_bytes()
            mapping = json.loads(options["mapping"].read_text()) if options["mapping"] else None
        except (OSError, ValueError) as error:
            raise CommandError(f"This file cannot be read: {error}") from error
        with acting_as(Scope.SCOPED, by.pk):
            run = start_import(
                by=by,
                organisation=self._organisation(by, options["organisation"]),
                file_name=options["file"].name,
                content=content,
            )
            use = use_from_mapping(mapping, run.sheets) if mapping is not None else FileUse.from_json(run.use)
            if options["show_mapping"]:
                self.stdout.write(json.dumps(mapping_of(use, run.sheets), indent=2, ensure_ascii=False))
                cancel_import(by=by, run=run)
                return None
            return choose_columns(by=by, run=run, use=use)

    def _organisation(self, by: User, name: str | None) -> Organisation:
        mine = Organisation.objects.filter(pk__in=Service.objects.coordinated_by(by).values("organisation"))
        found = mine.filter(name=name) if name else mine
        if len(found) != 1:
            names = ", ".join(organisation.name for organisation in mine)
            raise CommandError(f"Name the organisation with --organisation. This person coordinates in: {names}.")
        return found[0]

    def _wait(self, run: ImportRun) -> None:
        """Do the work here, unless a worker was quicker."""
        while True:
            with acting_as(Scope.ALL, run.uploaded_by_id):
                run.refresh_from_db()
                mine = claim(run) if run.is_under_way else None
            if mine:
                work_on(mine)
            elif run.is_under_way:
                time.sleep(0.2)
            else:
                return

    def _show(self, run: ImportRun) -> None:
        for name, count in run.counts.items():
            self.stdout.write(f"{name.replace('_', ' ')}: {count}")
        for problem in run.problems[:PROBLEMS_PRINTED]:
            place = " · ".join(str(part) for part in (problem["sheet"], problem["row"], problem["column"]) if part)
            weight = "" if problem["blocks"] else "(good to know) "
            self.stdout.write(f"{place}: {weight}{problem['sentence']}")
        if len(run.problems) > PROBLEMS_PRINTED:
            self.stdout.write(f"… and {len(run.problems) - PROBLEMS_PRINTED} more.")

    def _let_go(self, by: User, run: ImportRun, *, expected: bool) -> None:
        refusal = run.refusal or "Put these right and try again."
        if run.state == ImportState.CHECKED:
            with acting_as(Scope.SCOPED, by.pk):
                cancel_import(by=by, run=run)
        if not expected or run.blocking or run.state == ImportState.REFUSED:
            raise CommandError(f"Nothing was saved. {refusal}")
        self.stdout.write("Nothing was saved: this was only a check.")

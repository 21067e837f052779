from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.directory.imports.running import (
    DirectoryRefused,
    cancel_run,
    claim_next,
    confirm_run,
    start_run,
    work_on,
)
from betterstart.directory.models import DirectoryRun, RunState, Source


class Command(BaseCommand):
    """Bring in a directory in the shape of Open Referral UK: the same steps, rules and audit as the pages.

    In: the name by which the directory is known here, a file or the address of its feed (without either, the address
    of last time), and the administrator it is done for. Out: what came in, changed, went, and was left out and why. A
    directory that cannot be taken changes nothing, says why, and the exit status is 1.
    """

    help = "Bring in a directory of local services from an Open Referral UK feed or file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="what the directory is called here, for example “Airebrook Council”")
        parser.add_argument("--as", dest="email", required=True, metavar="EMAIL", help="the administrator who does it")
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--file", type=Path, metavar="JSON")
        where.add_argument("--url", default="", help="https://… of its feed")
        parser.add_argument("--dry-run", action="store_true", help="read it and save nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        by = User.objects.filter(email=options["email"].lower(), is_active=True).first()
        if by is None or not by.may(Permission.DIRECTORY_IMPORT):
            raise CommandError("Nobody with this email address may bring directories in.")
        try:
            run = self._go_on(self._start(by, options))
            self._show(run)
            with acting_as(Scope.SCOPED, by.pk):
                (cancel_run if options["dry_run"] else confirm_run)(by=by, run=run)
            if options["dry_run"]:
                self.stdout.write("Nothing was saved.")
                return
            run = self._go_on(run)
        except DirectoryRefused as refusal:
            raise CommandError(f"Nothing was changed. {' '.join(refusal.messages)}") from refusal
        if run.state != RunState.DONE:
            raise CommandError(f"Nothing was changed. {run.refusal}")
        self.stdout.write(self.style.SUCCESS("The directory is brought in."))

    def _start(self, by: User, options: dict[str, Any]) -> DirectoryRun:
        upload: dict[str, Any] = {}
        if options["file"]:
            try:
                upload = {"file_name": options["file"].name, "content": options["file"].read_bytes()}
            except OSError as error:
                raise CommandError(f"{options['file']} cannot be read: {error.strerror or error}.") from error
        source = Source.objects.filter(name=options["name"]).first()
        with acting_as(Scope.SCOPED, by.pk):
            return start_run(by=by, source=source, name=options["name"], url=options["url"], **upload)

    def _go_on(self, run: DirectoryRun) -> DirectoryRun:
        """Work here, unless a worker has it already; then it is finished there."""
        while True:
            while claimed := claim_next():
                work_on(claimed)
            with acting_as(Scope.ALL, run.by_id):
                run = DirectoryRun.objects.select_related("source", "by").get(pk=run.pk)
            if not run.is_under_way:
                return run
            time.sleep(1)

    def _show(self, run: DirectoryRun) -> None:
        if run.state != RunState.CHECKED:
            raise CommandError(f"Nothing was changed. {run.refusal}")
        for title in ("left_out", "remarks", "gone"):
            for row in run.preview[title]:
                self.stdout.write(": ".join(filter(None, [title.replace("_", " "), row["name"], row.get("why")])))
        counts = run.preview["counts"]
        self.stdout.write(", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items()))

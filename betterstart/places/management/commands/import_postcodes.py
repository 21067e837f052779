from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betterstart.places.imports.postcodes import import_postcodes
from betterstart.places.imports.reading import PlacesFileRefused
from betterstart.places.management.arguments import edition
from betterstart.progress import Progress


class Command(BaseCommand):
    """Bring in the ONS Postcode Directory: the ZIP as it is published, or the CSV out of it.

    Out: what is new, changed and gone. A file that cannot be taken as a whole changes nothing; the reason names the
    line, and the exit status is 1. Stopping it half-way changes nothing either.
    """

    help = "Bring in the ONS Postcode Directory, so that addresses know their ward and small area."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="ONSPD_FEB_2026_UK.csv, or the ZIP that holds it")
        parser.add_argument("--edition", type=edition("2026-02"), help="its month, if its name does not say")
        parser.add_argument(
            "--names",
            type=Path,
            nargs="+",
            default=[],
            metavar="CSV",
            help="names of wards and councils (the ZIP has them)",
        )
        parser.add_argument("--fewer", action="store_true", help="the file is meant to be smaller than the last one")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stdout, "Postcodes")
        try:
            outcome = import_postcodes(
                options["file"],
                sign=progress.show,
                edition=options["edition"] or "",
                names=options["names"],
                fewer=options["fewer"],
            )
        except PlacesFileRefused as refusal:
            progress.leave()
            raise CommandError(f"Nothing was changed. {refusal}") from refusal
        if outcome.skipped:
            self.stdout.write(f"{outcome.skipped:,} postcodes of Northern Ireland left out: their licence is narrower.")
        if outcome.names:
            self.stdout.write(f"{outcome.names:,} names of wards and councils.")
        if outcome.changed_nothing:
            self.stdout.write(f"Edition {outcome.edition}: nothing was changed, all of it was here.")
            return
        self.stdout.write(
            f"Edition {outcome.edition}: {outcome.added:,} new, {outcome.changed:,} changed, {outcome.gone:,} gone."
        )
        self.stdout.write("Addresses that were here before: manage.py place_addresses")

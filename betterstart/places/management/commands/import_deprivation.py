from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betterstart.places.imports.deprivation import import_deprivation
from betterstart.places.imports.reading import PlacesFileRefused
from betterstart.places.management.arguments import edition
from betterstart.progress import Progress


class Command(BaseCommand):
    """Bring in File 7 of the English Indices of Deprivation, as CSV.

    Out: what is new, changed and gone. A file that cannot be taken as a whole changes nothing; the reason names the
    line, and the exit status is 1.
    """

    help = "Bring in File 7 of the English Indices of Deprivation 2025, so that addresses in England know their decile."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "file", type=Path, help="File_7_IoD2025_All_Ranks_Scores_Deciles_Population_Denominators.csv"
        )
        parser.add_argument("--edition", type=edition("2025"), help="its year, if its name does not say")
        parser.add_argument("--fewer", action="store_true", help="the file is meant to be smaller than the last one")

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(self.stdout, "Deprivation")
        try:
            outcome = import_deprivation(
                options["file"], sign=progress.show, edition=options["edition"] or "", fewer=options["fewer"]
            )
        except PlacesFileRefused as refusal:
            progress.leave()
            raise CommandError(f"Nothing was changed. {refusal}") from refusal
        if outcome.changed_nothing:
            self.stdout.write(f"Edition {outcome.edition}: nothing was changed, all of it was here.")
            return
        self.stdout.write(
            f"Edition {outcome.edition}: {outcome.added:,} new, {outcome.changed:,} changed, {outcome.gone:,} gone."
        )
        self.stdout.write("Addresses that were here before: manage.py place_addresses")

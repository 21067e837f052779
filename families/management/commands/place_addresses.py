from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.progress import Progress
from families.actions.places import NothingToPlaceBy, place_addresses


class Command(BaseCommand):
    """Note the ward, small area and decile on addresses that were here before the files, or that a new file knows.

    What was noted by an earlier edition stays. With --again, addresses where families live now are placed anew by the
    editions that are here; that needs a name and a reason, and both are kept. Out: how many got another place.
    """

    help = "Note ward, small area and decile on the addresses that have none yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="place present addresses anew by the editions here")
        parser.add_argument("--as", dest="email", metavar="EMAIL", help="with --again: the administrator who does it")
        parser.add_argument("--reason", default="", help="with --again: why")

    def handle(self, *args: Any, **options: Any) -> None:
        by, reason = None, options["reason"].strip()
        if options["again"]:
            by = User.objects.filter(email=(options["email"] or "").lower(), is_active=True).first()
            if by is None or not by.may(Permission.SERVICE_MANAGE) or not reason:
                raise CommandError("Placing anew needs --as with the email address of an administrator, and --reason.")
        progress, placed = Progress(self.stdout, "Addresses"), 0
        try:
            for done, of, so_far in place_addresses(by=by, again=options["again"], reason=reason):
                placed = so_far
                progress.show(done, of, f"{done:,} of {of:,}")
        except NothingToPlaceBy as refusal:
            raise CommandError("There are no postcodes yet. First: manage.py import_postcodes FILE") from refusal
        self.stdout.write(f"{placed:,} addresses were given another place.")

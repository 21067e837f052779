from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions import AccessRefused, found_organisation


class Command(BaseCommand):
    help = (
        "The first step of an installation: make an organisation (if there is none of that name) and invite its "
        "administrator. Everybody else is invited from the pages. Prints the link as well as sending it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("name", help="how colleagues call this person")
        parser.add_argument("organisation")
        parser.add_argument("--site", required=True, help="where people reach this installation: https://host")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} is not an email address.") from error
        addresses: list[str] = []

        def link(token: str) -> str:
            addresses.append(options["site"].rstrip("/") + reverse("access:accept", args=[token]))
            return addresses[-1]

        try:
            with acting_as(Scope.ALL, None):
                wish = {"email": options["email"], "display_name": options["name"]}
                found_organisation(organisation=options["organisation"], link=link, **wish)
        except AccessRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Invited {options['email']}. The link works once, for seven days:\n{addresses[-1]}")

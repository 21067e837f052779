from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from betterstart.translations import catalogues, compile_catalogues, drafts


class Command(BaseCommand):
    """In place of Django's own, which needs GNU gettext on the machine: the catalogues of locale/, made readable.

    Says for each language how many of its translations nobody who speaks it has looked at yet.
    """

    help = "Make the catalogues in locale/ readable for the product."

    def handle(self, *args: Any, **options: Any) -> None:
        compile_catalogues()
        for language in catalogues():
            self.stdout.write(f"{language}: {drafts(language)} translations are drafts.")

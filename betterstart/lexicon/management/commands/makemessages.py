from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from betterstart.translations import catalogues, renew, words_of


class Command(BaseCommand):
    """In place of Django's own, which needs GNU gettext and takes the words of every page.

    Each catalogue of locale/ afterwards holds the words of the pages of people without an account
    (`FAMILY_WORDS` of the settings), no more and no less. What is translated stays; what is new is empty.
    """

    help = "Bring the catalogues in locale/ up to date with the pages of people without an account."

    def handle(self, *args: Any, **options: Any) -> None:
        words = words_of(settings.FAMILY_WORDS)
        for language, path in catalogues().items():
            added, gone = renew(path, words)
            self.stdout.write(f"{language}: {len(words)} words, {added} of them new; {gone} went.")

from __future__ import annotations

import threading
from typing import Any

from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128
# Hashing is slow on purpose: more than a few at once would starve everything else this process does.
_at_once = threading.BoundedSemaphore(4)


class Argon2id(Argon2PasswordHasher):
    """Argon2id at 19 MiB, two passes, one lane: Django's 100 MiB default lets a few parallel logins starve the rest."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        with _at_once:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _at_once:
            return super().verify(password, encoded)


class MaximumLength:
    """Longer texts are a way to keep the server busy, not a better password."""

    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        return _("Your password can have at most %(most)d characters.") % {"most": LONGEST}


class NotOurName:
    """What this product is called is the first thing anybody would try."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = "".join(char for char in password.lower() if char.isalpha())
        if letters.replace("betterstart", "") != letters:
            raise ValidationError(self.get_help_text(), code="password_our_name")

    def get_help_text(self) -> str:
        return _("Your password cannot contain the name of this product.")

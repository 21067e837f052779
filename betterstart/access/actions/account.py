from __future__ import annotations

from django.db import transaction

from betterstart.access.models import User
from betterstart.access.recording import record


@transaction.atomic
def update_account(*, by: User, display_name: str, language: str, time_zone: str) -> User:
    """Change what one is called, and the language and time zone one reads in."""
    by.display_name, by.language, by.time_zone = display_name, language, time_zone
    by.save(update_fields=["display_name", "language", "time_zone", "updated_at"])
    record(by=by, verb="account.changed", target=by, label=display_name, details={"language": language})
    return by

"""Unfinished forms. Kept while somebody writes, so they are not audited: what counts is the act they end in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.text import clean_text
from families.models import Draft, Family

MOST_FIELDS = 60
LONGEST_DRAFT = 20_000
NOT_KEPT = {"csrfmiddlewaretoken", "keep_draft"}


class DraftTooLong(ValidationError):
    """There is more in the form than a draft holds."""


def keep_draft(*, by: User, family: Family, purpose: str, fields: Mapping[str, Iterable[str]]) -> None:
    """Keep the fields of a form as typed; the newest replaces what was kept before. Raises DraftTooLong."""
    kept = {
        name[:60]: [clean_text(value) for value in values] for name, values in fields.items() if name not in NOT_KEPT
    }
    length = sum(len(value) for values in kept.values() for value in values)
    if length > LONGEST_DRAFT or sum(len(values) for values in kept.values()) > MOST_FIELDS:
        raise DraftTooLong(_("This is too long to keep as a draft. Shorten the text, or send it in two parts."))
    Draft.objects.bulk_create(
        [Draft(user=by, family=family, purpose=purpose, fields=kept)],
        update_conflicts=True,
        unique_fields=["user", "family", "purpose"],
        update_fields=["fields", "updated_at"],
    )


def discard_draft(*, by: User, family: Family, purpose: str) -> None:
    """Throw the draft away, if there is one: the form was saved, or is not wanted any more."""
    Draft.objects.filter(user=by, family=family, purpose=purpose).delete()

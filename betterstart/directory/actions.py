"""Entries of our own: what a coordinator knows and no directory lists."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from betterstart.directory.models import Entry, Venue
from betterstart.places.reports import points_of


class EntryRefused(ValidationError):
    """The entry cannot be kept like this. `error_dict` has the sentences by field."""


class EntryStale(Exception):
    """Somebody saved it since the person opened it. `stored` is how it stands now; nothing was changed."""

    def __init__(self, stored: Entry) -> None:
        super().__init__(f"entry {stored.pk} was saved by somebody else meanwhile")
        self.stored = stored


@transaction.atomic
def add_entry(*, by: User, venue: dict[str, str], **fields: Any) -> Entry:
    """Keep an entry of our own, and give it. `venue` has name, address, postcode and access, empty for none.

    Writes "directory.entry_added". Raises EntryRefused when the same is here already.
    """
    _check_ages(fields)
    twin = Entry.objects.own().filter(name__iexact=fields["name"], venues__postcode=venue.get("postcode", ""))
    if twin.exists():
        raise EntryRefused({"name": _("There is an entry of this name at this postcode. Change that one.")})
    entry = Entry.objects.create(created_by=by, other_words=" ".join(fields.get("topics", [])), **fields)
    _put(entry, venue)
    record(by=by, verb="directory.entry_added", target=entry, label=entry.name)
    return entry


@transaction.atomic
def edit_entry(
    *, by: User, entry: Entry, version: int, venue: dict[str, str], is_over: bool = False, **fields: Any
) -> Entry:
    """Change an entry of our own. `is_over`: it is no longer there, and is kept for those who were told of it.

    Writes "directory.entry_changed". Raises EntryRefused for one that comes from a directory, EntryStale.
    """
    _check_ages(fields)
    if not entry.is_own:
        raise EntryRefused(_("This entry comes from a directory. It is changed there, and here the next time."))
    fields["other_words"] = " ".join(fields.get("topics", entry.topics))
    fields["gone_on"] = (entry.gone_on or london_today()) if is_over else None
    seen = Entry.objects.own().filter(pk=entry.pk, version=version)
    if not seen.update(version=F("version") + 1, updated_at=timezone.now(), **fields):
        raise EntryStale(Entry.objects.get(pk=entry.pk))
    entry.venues.all().delete()
    _put(entry, venue)
    record(by=by, verb="directory.entry_changed", target=entry, label=fields["name"])
    entry.refresh_from_db()
    return entry


def _check_ages(fields: dict[str, Any]) -> None:
    first, last = fields.get("from_months"), fields.get("to_months")
    if first is not None and last is not None and first > last:
        raise EntryRefused({"up_to": _("This is younger than the age it begins with.")})


def _put(entry: Entry, venue: dict[str, str]) -> None:
    if any(venue.values()):
        latitude, longitude = points_of([venue.get("postcode", "")]).get(venue.get("postcode", ""), (None, None))
        Venue.objects.create(entry=entry, latitude=latitude, longitude=longitude, **venue)

"""What a directory would change here: what is new, what is different, what is back, what has gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from betterstart.directory.imports.entries import Reading
from betterstart.directory.models import Entry, Source

COLUMNS = (
    "name", "organisation_name", "description", "topics", "other_words", "from_months", "to_months", "eligibility",
    "languages", "days", "times", "cost", "how_to_join", "phone", "email", "url", "alert", "assured_on", "is_remote",
    "is_paused",
)  # fmt: skip
VENUE_COLUMNS = ("name", "address", "postcode", "access", "latitude", "longitude")
MOST_NAMED = 200


@dataclass
class Difference:
    """The entries of a source beside what its directory says now."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Entry, dict[str, Any], list[str]]] = field(default_factory=list)
    """What stands here, what it says now, and the columns that differ."""
    back: list[Entry] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    same: int = 0


def compare(source: Source, entries: Iterable[dict[str, Any]]) -> Difference:
    """Match by the directory's own ids. Entries of ours and of other sources are not looked at."""
    here = {entry.external_id: entry for entry in source.entries.prefetch_related("venues")}
    difference = Difference()
    for facts in entries:
        entry = here.pop(facts["external_id"], None)
        if entry is None:
            difference.new.append(facts)
            continue
        if entry.gone_on:
            difference.back.append(entry)
        if columns := _differing(entry, facts):
            difference.changed.append((entry, facts, columns))
        elif not entry.gone_on:
            difference.same += 1
    difference.gone = [entry for entry in here.values() if entry.gone_on is None]
    return difference


def _differing(entry: Entry, facts: dict[str, Any]) -> list[str]:
    columns = [name for name in COLUMNS if _plain(getattr(entry, name)) != facts[name]]
    venues = [{name: getattr(venue, name) for name in VENUE_COLUMNS} for venue in entry.venues.all()]
    return columns + (["venues"] if venues != facts["venues"] else [])


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def preview(source: Source, reading: Reading) -> dict[str, Any]:
    """The findings for the page that asks whether to go on: numbers, and the names behind them as far as one reads."""
    difference = compare(source, reading.entries)
    ours = Entry.objects.own().filter(gone_on=None, name__in=[facts["name"] for facts in difference.new])
    like_ours = _("there is an entry of our own with this name; both stay")
    remarks = [*({"name": name, "why": like_ours} for name in ours.values_list("name", flat=True)), *reading.remarks]
    return {
        "counts": {
            "new": len(difference.new),
            "changed": len(difference.changed),
            "back": len(difference.back),
            "gone": len(difference.gone),
            "same": difference.same,
            "left_out": len(reading.left_out),
            "remarks": len(remarks),
        },
        "here": Entry.objects.filter(source=source, gone_on=None).count(),
        "new": [{"name": facts["name"]} for facts in difference.new[:MOST_NAMED]],
        "changed": [
            {"name": entry.name, "why": _in_words(columns)}
            for entry, _facts, columns in difference.changed[:MOST_NAMED]
        ],
        "back": [{"name": entry.name} for entry in difference.back[:MOST_NAMED]],
        "gone": [{"name": entry.name} for entry in difference.gone[:MOST_NAMED]],
        "left_out": reading.left_out[:MOST_NAMED],
        "remarks": remarks[:MOST_NAMED],
    }


def _in_words(columns: list[str]) -> str:
    words = {
        "from_months": _("ages"),
        "to_months": _("ages"),
        "times": _("times"),
        "venues": _("places"),
        "is_paused": _("whether it is offered"),
        "eligibility": _("who may come"),
        "other_words": _("what it helps with"),
    }
    labels = [words.get(name) or str(Entry._meta.get_field(name).verbose_name) for name in columns]  # type: ignore[union-attr]
    return ", ".join(dict.fromkeys(labels))

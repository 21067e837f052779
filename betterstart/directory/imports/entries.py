"""Each service of a feed as an entry of ours: what can be used, what is set right, what is left out and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from betterstart.directory.imports.reading import Feed
from betterstart.directory.imports.service import LeftOut, Service
from betterstart.places.reports import points_of


@dataclass
class Reading:
    """A whole feed, judged."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    """The columns of `Entry` by name, and `venues` with those of `Venue`; plain values only."""
    left_out: list[dict[str, str]] = field(default_factory=list)
    remarks: list[dict[str, str]] = field(default_factory=list)


def judge(feed: Feed) -> Reading:
    """Every service of a feed as an entry, or left out with its reason; never an error for what one of them holds."""
    reading = Reading()
    ids: set[str] = set()
    looks: set[tuple[str, ...]] = set()
    for number, row in enumerate(feed.services, start=1):
        service = Service(row, feed)
        called = service.called or _("Number {n} in the feed").format(n=number)
        try:
            entry = service.entry()
            if entry["external_id"] in ids:
                raise LeftOut(_("its id is there twice; the first one counts"))
        except LeftOut as reason:
            reading.left_out.append({"name": called, "why": str(reason)})
            continue
        look = (entry["name"].casefold(), entry["organisation_name"].casefold(), *_where(entry))
        if look in looks:
            service.remark(_("looks the same as another one in this feed"))
        ids.add(entry["external_id"])
        looks.add(look)
        reading.entries.append(entry)
        reading.remarks += [{"name": called, "why": why} for why in service.remarks]
    _place(reading.entries)
    return reading


def _where(entry: dict[str, Any]) -> list[str]:
    return sorted(venue["postcode"] for venue in entry["venues"])


def _place(entries: list[dict[str, Any]]) -> None:
    """Give a place that its directory does not put on the map the middle of its postcode, if we know it."""
    venues = [venue for entry in entries for venue in entry["venues"] if venue["latitude"] is None]
    points = points_of({venue["postcode"] for venue in venues})
    for venue in venues:
        venue["latitude"], venue["longitude"] = points.get(venue["postcode"], (None, None))

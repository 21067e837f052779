"""Services in the shape of Open Referral UK, all of them made up, and a place in the network that gives them out."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

from betterstart.access.models import User
from betterstart.directory.imports.running import claim_next, confirm_run, start_run, work_on
from betterstart.directory.models import DirectoryRun, Source

FEED = "https://directory.example.org/api"


def service(id: str = "s1", name: str = "Baby sleep group", **fields: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": id,
        "name": name,
        "status": "active",
        "description": "For parents who are tired.",
        "organization": {"id": "o1", "name": "Kiln Street Friends", "description": "Neighbours."},
        "minimum_age": 0,
        "maximum_age": 4,
        "languages": [{"code": "ur", "name": "Urdu"}, {"code": "eng", "name": "English"}],
        "schedules": [{"freq": "WEEKLY", "byday": "TU,TH", "opens_at": "10:00", "closes_at": "11:30:00"}],
        "cost_options": [{"option": "Each time", "amount": 0}],
        "phones": [{"number": "01632 960100"}],
        "service_at_locations": [{"location": location()}],
        "attributes": [{"taxonomy_term": {"id": "t1", "name": "Sleep"}}],
    }
    return row | fields


def location(**fields: Any) -> dict[str, Any]:
    return {
        "location_type": "physical",
        "name": "Kiln Street Hall",
        "latitude": 53.79,
        "longitude": -1.75,
        "addresses": [{"address_1": "4 Kiln Street", "city": "Airebrook", "postal_code": "qb39ld"}],
    } | fields


def content(*services: dict[str, Any], **beside: Any) -> bytes:
    return json.dumps({"services": list(services), **beside}).encode()


def read(by: User, *services: Any, source: Source | None = None, **beside: Any) -> DirectoryRun:
    """A file that was read and waits for the answer of whoever brought it in."""
    name = {} if source else {"name": "Airebrook council"}
    run = start_run(by=by, source=source, file_name="a.json", content=content(*services, **beside), **name)
    return go_on(run)


def bring_in(by: User, *services: Any, source: Source | None = None, **beside: Any) -> DirectoryRun:
    run = read(by, *services, source=source, **beside)
    return go_on(confirm_run(by=by, run=run))


def go_on(run: DirectoryRun) -> DirectoryRun:
    """What the worker does."""
    while claimed := claim_next():
        work_on(claimed)
    run.refresh_from_db()
    return run


class FakeFeed:
    """Pages of a directory by address. `asked` remembers what was asked for."""

    def __init__(self, services: list[Any], size: int = 2, **page: Any) -> None:
        self.services, self.size, self.page, self.asked = services, size, page, []  # type: ignore[var-annotated]

    def __call__(self, url: str, **_limits: Any) -> bytes:
        self.asked.append(url)
        parts = urlsplit(url)
        if not parts.query:
            return json.dumps(next(each for each in self.services if parts.path.endswith(each["id"]))).encode()
        number = int(parse_qs(parts.query)["page"][0])
        rows = self.services[(number - 1) * self.size : number * self.size]
        facts = {"total_items": len(self.services), "total_pages": -(-len(self.services) // self.size)}
        return json.dumps({**facts, "page_number": number, "contents": rows, **self.page}).encode()

"""A feed as bytes: is it one, is it whole, and which services are in it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _

LARGEST = 20_000_000
MOST_SERVICES = 10_000
MOST_PAGES = 1_000
A_PAGE = 100
# What a list of names does not hold.
DETAILS = {"service_at_locations", "schedules", "languages", "attributes", "phones", "cost_options"}

Fetch = Callable[[str], bytes]
Tell = Callable[[int, int], None]


class FeedRefused(Exception):
    """Nothing of this can be brought in. `sentence` is for the person who chose it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass
class Feed:
    """What a feed holds, not yet judged one by one."""

    services: list[Any] = field(default_factory=list)
    organisations: dict[str, Any] = field(default_factory=dict)
    terms: dict[str, Any] = field(default_factory=dict)


def read_json(content: bytes) -> Any:
    """The document. Raises FeedRefused saying in which way it is none."""
    if len(content) > LARGEST:
        raise FeedRefused(_("This is larger than {n} MB.").format(n=LARGEST // 1_000_000))
    try:
        text = content.decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise FeedRefused(_("This is not text in UTF-8, so it is no Open Referral feed.")) from error
    if not text:
        raise FeedRefused(_("There is nothing in it."))
    if text.startswith("<"):
        raise FeedRefused(_("This is a web page, not a feed. The feed has an address of its own; ask who keeps it."))
    try:
        return json.loads(text)
    except RecursionError as error:
        raise FeedRefused(_("This is nested so deeply that it cannot be an Open Referral feed.")) from error
    except json.JSONDecodeError as error:
        if error.pos >= len(text) - 1 or error.msg.startswith("Unterminated"):
            raise FeedRefused(_("This ends in the middle: it was cut off on its way. Fetch it again.")) from error
        raise FeedRefused(_("Line {n} is no valid JSON. Fetch it again.").format(n=error.lineno)) from error


def read_file(content: bytes) -> Feed:
    """A file: a page of services, a list of them, or one. Raises FeedRefused."""
    document = read_json(content)
    feed = Feed(services=_services(document))
    _add_tables(feed, document)
    if isinstance(document, dict) and _number(document, "total_items", "totalElements") > len(feed.services):
        sentence = _("This is one page of several: it says {all}, and holds {n}. Read it from its address instead.")
        raise FeedRefused(sentence.format(all=_number(document, "total_items", "totalElements"), n=len(feed.services)))
    return _not_empty(feed)


def read_feed(url: str, fetch: Fetch, tell: Tell) -> Feed:
    """Page after page of the services at an address; each service by itself where the list holds only its name.

    Raises FeedRefused, also when the pages do not add up to what the feed says it has: half a directory would mark
    the other half as gone.
    """
    feed = Feed()
    base = url.strip().split("?")[0].rstrip("/")
    base = base if base.endswith("/services") else f"{base}/services"
    for document, pages in _pages(base, fetch):
        feed.services += _services(document)
        _add_tables(feed, document)
        if len(feed.services) > MOST_SERVICES:
            raise FeedRefused(_("This feed has more than {n} services.").format(n=MOST_SERVICES))
        tell(len(feed.services), _number(document, "total_items", "totalElements") or pages * A_PAGE)
        said = _number(document, "total_items", "totalElements")
    if said > len(feed.services):
        sentence = _("The feed says it has {all} services, and gave {n}. Nothing was brought in; try again later.")
        raise FeedRefused(sentence.format(all=said, n=len(feed.services)))
    for place, service in enumerate(feed.services):
        if _is_only_a_name(service):
            feed.services[place] = read_json(fetch(f"{base}/{quote(str(service['id']), safe='')}"))
            tell(place, len(feed.services))
    return _not_empty(feed)


def _pages(base: str, fetch: Fetch) -> Iterator[tuple[Any, int]]:
    """Each page and how many there are. A feed that gives the same page again and again is refused."""
    number, pages, before = 1, 1, None
    while number <= pages:
        document = read_json(fetch(f"{base}?{urlencode({'page': number, 'per_page': A_PAGE})}"))
        found = [str(each.get("id")) for each in _services(document) if isinstance(each, dict)]
        if found and found == before:
            sentence = _("Pages {n} and {next} of this feed are the same. It does not turn its pages, so we stopped.")
            raise FeedRefused(sentence.format(n=number - 1, next=number))
        before = found
        pages = _number(document, "total_pages", "totalPages") if isinstance(document, dict) else 1
        if pages > MOST_PAGES:
            raise FeedRefused(_("This feed says it has more than {n} pages.").format(n=MOST_PAGES))
        yield document, max(pages, 1)
        number += 1


def _services(document: Any) -> list[Any]:
    if isinstance(document, list):
        return list(document)
    if isinstance(document, dict):
        for name in ("contents", "content", "services"):
            if isinstance(document.get(name), list):
                return list(document[name])
        if "id" in document and "name" in document and "organization" in document:
            return [document]
    raise FeedRefused(_("There are no services in it: it is not in the shape of Open Referral UK."))


def _add_tables(feed: Feed, document: Any) -> None:
    """Organisations and topics that stand beside the services, by their id."""
    if isinstance(document, dict):
        for name, table in (("organizations", feed.organisations), ("taxonomy_terms", feed.terms)):
            found = document.get(name)
            rows = found if isinstance(found, list) else []
            table.update({str(row["id"]): row for row in rows if isinstance(row, dict) and row.get("id")})


def _is_only_a_name(service: Any) -> bool:
    return isinstance(service, dict) and bool(service.get("id")) and not DETAILS & service.keys()


def _number(document: Any, *names: str) -> int:
    for name in names:
        value = document.get(name) if isinstance(document, dict) else None
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
    return 0


def _not_empty(feed: Feed) -> Feed:
    if not feed.services:
        raise FeedRefused(_("There is not one service in it, so nothing was changed."))
    if len(feed.services) > MOST_SERVICES:
        raise FeedRefused(_("This feed has more than {n} services.").format(n=MOST_SERVICES))
    return feed

"""One service in the shape of Open Referral UK (HSDS 3), read piece by piece; nothing in it is believed."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from django.utils.translation import gettext as _

from betterstart.directory.imports.plain import plain, plain_line
from betterstart.directory.imports.reading import Feed
from betterstart.directory.imports.times import times_of
from betterstart.directory.models import LONGEST_DESCRIPTION
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from betterstart.places.postcodes import NotAPostcode, normalise_postcode

MOST_VENUES, MOST_TOPICS, MOST_LANGUAGES = 20, 20, 40
OLDEST = 120
# Three-letter codes of languages that we know by two letters.
SHORT = {
    "eng": "en", "urd": "ur", "pan": "pa", "ara": "ar", "ben": "bn", "ces": "cs", "cze": "cs", "fas": "fa", "per": "fa",
    "fra": "fr", "fre": "fr", "guj": "gu", "hin": "hi", "hun": "hu", "kur": "ku", "lav": "lv", "lit": "lt", "pus": "ps",
    "pol": "pl", "por": "pt", "ron": "ro", "rum": "ro", "rus": "ru", "slk": "sk", "slo": "sk", "som": "so", "spa": "es",
    "swa": "sw", "tir": "ti", "tur": "tr", "ukr": "uk", "vie": "vi", "zho": "zh", "chi": "zh",
}  # fmt: skip
CODES_BY_NAME = {str(name).casefold(): code for code, name in SPOKEN_LANGUAGES}
STATUSES = {"active", "inactive", "defunct", "temporarily closed"}


class LeftOut(Exception):
    """This service cannot come in; the message says why."""


class Service:
    """One service, and what was set right in it (`remarks`)."""

    def __init__(self, row: Any, feed: Feed) -> None:
        self.row: dict[str, Any] = row if isinstance(row, dict) else {}
        self.feed = feed
        self.remarks: list[str] = []
        self.called = self._line("name", 200, quietly=True)

    def remark(self, sentence: str) -> None:
        if sentence not in self.remarks:
            self.remarks.append(sentence)

    def entry(self) -> dict[str, Any]:
        """The entry. Raises LeftOut where something is missing without which it is of no use."""
        external_id = _text(self.row.get("id"))
        status = _text(self.row.get("status")).lower()
        missing = [
            name for name, value in (("id", external_id), ("name", self.called), ("status", status)) if not value
        ]
        organisation = self._organisation()
        missing += [f"organization {name}" for name in ("id", "name") if not _text(organisation.get(name))]
        if missing:
            raise LeftOut(_("it lacks what must be there: {fields}").format(fields=", ".join(missing)))
        if status not in STATUSES:
            raise LeftOut(_("its status is “{status}”, which is none of Open Referral").format(status=status[:40]))
        if len(external_id) > 100:
            raise LeftOut(_("its id is longer than 100 letters"))
        if not _text(organisation.get("description")):
            self.remark(_("its organisation has no description"))
        first, last = self._ages()
        schedules = [*_rows(self.row, "schedules"), *(each for place in self._at() for each in self._schedules(place))]
        days, times = times_of(schedules)
        venues, is_remote = self._venues()
        topics, above = self._topics()
        return {
            "external_id": external_id,
            "name": self._line("name", 200),
            "organisation_name": plain_line(_text(organisation.get("name")))[:200],
            "description": self._description(),
            "topics": topics,
            "other_words": " ".join([*topics, *above]),
            "from_months": first,
            "to_months": last,
            "eligibility": self._line("eligibility_description", 500),
            "languages": self._languages(),
            "days": days,
            "times": times,
            "cost": self._cost(),
            "how_to_join": self._line("application_process", 1000),
            "phone": self._phone(),
            "email": self._email(),
            "url": self._url(),
            "alert": self._line("alert", 500),
            "assured_on": self._day("assured_date"),
            "is_remote": is_remote,
            "is_paused": status != "active",
            "venues": venues,
        }

    def _organisation(self) -> dict[str, Any]:
        """Within the service, or beside it by its id."""
        inside = self.row.get("organization")
        if isinstance(inside, dict):
            return inside
        found = self.feed.organisations.get(_text(self.row.get("organization_id")))
        return found if isinstance(found, dict) else {}

    def _line(self, name: str, longest: int, *, quietly: bool = False) -> str:
        text = plain_line(_text(self.row.get(name)))
        if len(text) > longest and not quietly:
            self.remark(_("“{field}” was shortened to {n} letters").format(field=name, n=longest))
        return text[:longest]

    def _description(self) -> str:
        raw = _text(self.row.get("description"))
        text = plain(raw)
        if len(text) > LONGEST_DESCRIPTION or len(raw) > 4 * LONGEST_DESCRIPTION:
            sentence = _("its description has {n} letters; the first {kept} come in")
            self.remark(sentence.format(n=f"{len(raw):,}", kept=f"{min(len(text), LONGEST_DESCRIPTION):,}"))
        if re.search(r"<[a-zA-Z/!]", raw):
            self.remark(_("markup was taken out of its description"))
        return text[:LONGEST_DESCRIPTION]

    def _ages(self) -> tuple[int | None, int | None]:
        first, last = (_number(self.row.get(name)) for name in ("minimum_age", "maximum_age"))
        given = [self.row.get(name) not in (None, "") for name in ("minimum_age", "maximum_age")]
        impossible = [age is not None and not 0 <= age <= OLDEST for age in (first, last)]
        crossed = first is not None and last is not None and first > last
        if crossed or any(impossible) or given != [first is not None, last is not None]:
            self.remark(_("its ages make no sense, so it counts as being for everybody"))
            return None, None
        from_months = None if not first else math.ceil(first * 12)
        # "Up to 4" holds until the fifth birthday.
        to_months = None if last is None else int(last) * 12 + 11 if last == int(last) else int(last * 12)
        return from_months, to_months

    def _at(self) -> list[dict[str, Any]]:
        return _rows(self.row, "service_at_locations")

    def _schedules(self, place: dict[str, Any]) -> list[dict[str, Any]]:
        location = place.get("location")
        return [*_rows(place, "schedules"), *(_rows(location, "schedules") if isinstance(location, dict) else [])]

    def _venues(self) -> tuple[list[dict[str, Any]], bool]:
        venues, is_remote = [], False
        for place in self._at()[:MOST_VENUES]:
            location = place.get("location")
            kind = _text(location.get("location_type")) if isinstance(location, dict) else ""
            if not isinstance(location, dict) or not kind:
                self.remark(_("one of its places has no kind of location, so that place is left out"))
            elif kind == "virtual":
                is_remote = True
            elif kind == "physical":
                venues.append(self._venue(location))
        if len(self._at()) > MOST_VENUES:
            self.remark(_("it has more than {n} places; the first ones come in").format(n=MOST_VENUES))
        return venues, is_remote

    def _venue(self, location: dict[str, Any]) -> dict[str, Any]:
        address = next(iter(_rows(location, "addresses")), {})
        lines = [plain_line(_text(address.get(name))) for name in ("address_1", "address_2", "city")]
        latitude, longitude = _number(location.get("latitude")), _number(location.get("longitude"))
        if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            if location.get("latitude") not in (None, ""):
                self.remark(_("one of its places is nowhere on the map; its postcode is used instead"))
            latitude = longitude = None
        access = [
            _text(each.get("description")) or _text(each.get("details")) for each in _rows(location, "accessibility")
        ]
        return {
            "name": plain_line(_text(location.get("name")))[:200],
            "address": ", ".join(filter(None, lines))[:300],
            "postcode": self._postcode(_text(address.get("postal_code"))),
            "access": plain_line(". ".join(filter(None, access)))[:500],
            "latitude": latitude,
            "longitude": longitude,
        }

    def _postcode(self, text: str) -> str:
        try:
            return normalise_postcode(text)
        except NotAPostcode:
            self.remark(_("“{postcode}” is no postcode, and is left out").format(postcode=plain_line(text)[:20]))
            return ""

    def _topics(self) -> tuple[list[str], list[str]]:
        """The topics themselves, and those above them, by which it is found too."""
        topics: list[str] = []
        above: list[str] = []
        for attribute in _rows(self.row, "attributes")[: 5 * MOST_TOPICS]:
            term = attribute.get("taxonomy_term")
            if not isinstance(term, dict):
                term = self.feed.terms.get(_text(attribute.get("taxonomy_term_id")), {})
            if name := plain_line(_text(term.get("name")))[:100]:
                topics.append(name)
                above += self._above(term)
        return list(dict.fromkeys(topics))[:MOST_TOPICS], list(dict.fromkeys(above))[:MOST_TOPICS]

    def _above(self, term: dict[str, Any]) -> Iterator[str]:
        """Up from one topic to the next; some feeds go round in circles."""
        seen = {_text(term.get("id"))}
        while parent_id := _text(term.get("parent_id")):
            if parent_id in seen:
                name = plain_line(_text(term.get("name")))[:60]
                self.remark(_("its topic “{topic}” lies above itself; the circle was cut").format(topic=name))
                return
            seen.add(parent_id)
            term = self.feed.terms.get(parent_id) or {}
            if name := plain_line(_text(term.get("name")))[:100]:
                yield name

    def _languages(self) -> list[str]:
        codes = []
        for each in _rows(self.row, "languages"):
            code, name = _text(each.get("code")).lower(), plain_line(_text(each.get("name"))).casefold()
            codes.append(SHORT.get(code) or CODES_BY_NAME.get(name) or code[:35] or name[:35])
        return list(dict.fromkeys(filter(None, codes)))[:MOST_LANGUAGES]

    def _cost(self) -> str:
        if text := self._line("fees_description", 300):
            return text
        said = []
        for each in _rows(self.row, "cost_options"):
            words = plain_line(_text(each.get("option")) or _text(each.get("amount_description")))
            amount = _number(each.get("amount"))
            pounds = "" if amount is None else _("free") if amount == 0 else f"£{amount:.2f}"
            said.append(" ".join(filter(None, [words, pounds])))
        return "; ".join(filter(None, said))[:300]

    def _phone(self) -> str:
        contacts = [each for who in _rows(self.row, "contacts") for each in _rows(who, "phones")]
        numbers = [plain_line(_text(each.get("number"))) for each in [*_rows(self.row, "phones"), *contacts]]
        return next(filter(None, numbers), "")[:50]

    def _email(self) -> str:
        email = plain_line(_text(self.row.get("email")))
        try:
            validate_email(email or "nobody@example.org")
        except ValidationError:
            self.remark(_("its email address is none, and is left out"))
            return ""
        return email[:254]

    def _url(self) -> str:
        url = plain_line(_text(self.row.get("url")))
        if not url:
            return ""
        if "://" not in url and not url.lower().startswith(("javascript:", "data:", "mailto:")):
            url = f"https://{url}"
        try:
            URLValidator(["http", "https"])(url)
        except ValidationError:
            self.remark(_("its website is no address of one, and is left out"))
            return ""
        return url if len(url) <= 500 else ""

    def _day(self, name: str) -> str | None:
        text = _text(self.row.get(name))
        try:
            return dt.date.fromisoformat(text[:10]).isoformat() if text else None
        except ValueError:
            self.remark(_("“{text}” is no date, and is left out").format(text=plain_line(text)[:20]))
            return None


def _text(value: Any) -> str:
    """What is text or a number, as text; anything else is nothing."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _number(value: Any) -> float | None:
    try:
        number = float(_text(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _rows(row: Any, name: str) -> list[dict[str, Any]]:
    rows = row.get(name) if isinstance(row, dict) else None
    return [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []

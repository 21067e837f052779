"""Looking something up in the directories: by words, topic, age, language, day and distance, in one query."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value, Window
from django.db.models.fields.json import KT
from django.db.models.functions import ASin, Cast, Cos, JSONObject, Least, Radians, Sin, Sqrt
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.directory.models import Entry, Venue

PAGE = 20
MOST_TOPICS = 40
MOST_WORDS = 8
METRES_IN_A_MILE = 1609.344
EARTH = 6_371_000.0
# Months of age, first and last: what somebody looks for, and what an entry is for, must overlap.
AGES: dict[str, tuple[int, int, Any]] = {
    "0": (0, 11, gettext_lazy("Under 1")),
    "1": (12, 23, gettext_lazy("1 year")),
    "2": (24, 35, gettext_lazy("2 years")),
    "3": (36, 47, gettext_lazy("3 years")),
    "4": (48, 59, gettext_lazy("4 years")),
    "5": (60, 143, gettext_lazy("5 to 11")),
    "12": (144, 215, gettext_lazy("12 to 17")),
    "18": (216, 1200, gettext_lazy("Grown-ups")),
}


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; empty where it does not matter."""

    text: str = ""
    topic: str = ""
    age: str = ""
    """A key of AGES."""
    language: str = ""
    day: int | None = None
    miles: int | None = None
    near: tuple[float, float] | None = None
    """Latitude and longitude to measure from."""
    after: str = ""
    """The key of the page before."""

    @property
    def is_anything(self) -> bool:
        return bool(self.text or self.topic or self.age or self.language or self.day or self.miles)


@dataclass(frozen=True)
class FoundEntry:
    entry: Entry
    place: str
    """The nearest place, or the first one."""
    distance: str
    days: str


@dataclass(frozen=True)
class FoundEntries:
    rows: list[FoundEntry] = field(default_factory=list)
    total: int = 0
    """From this page on."""
    next_after: str = ""


def _metres_from(latitude: float, longitude: float) -> Any:
    """How far a place is from a point, along the surface of the earth."""
    north = Sin(Radians(F("latitude") - latitude) / 2)
    east = Sin(Radians(F("longitude") - longitude) / 2)
    part = north * north + Cos(Radians(F("latitude"))) * math.cos(math.radians(latitude)) * east * east
    return ASin(Sqrt(Least(part, 1.0))) * 2 * EARTH


def find(asked: Asked) -> FoundEntries:
    """One page of what is offered, the nearest first, then by name. Entries without a known place come last.

    A distance keeps what is by phone or online, wherever one lives.
    """
    entries: Any = _matching(asked).annotate(nearest=_nearest(asked), metres=_metres())
    if asked.miles and asked.near:
        entries = entries.filter(Q(metres__lte=asked.miles * METRES_IN_A_MILE) | Q(is_remote=True))
    entries = _behind(entries, asked.after).annotate(total=Window(models.Count("*")))
    columns = ("search", "other_words", "description", "how_to_join", "eligibility", "times")
    rows = list(
        entries.select_related("source")
        .defer(*columns)
        .order_by(F("metres").asc(nulls_last=True), "name", "pk")[: PAGE + 1]
    )
    page = rows[:PAGE]
    return FoundEntries(
        [_found(row) for row in page],
        rows[0].total if rows else 0,
        f"{'' if page[-1].metres is None else int(page[-1].metres)}-{page[-1].pk}" if len(rows) > PAGE else "",
    )


def _matching(asked: Asked) -> Any:
    entries = Entry.objects.offered()
    if query := _query(asked.text):
        entries = entries.filter(search=query)
    if asked.topic:
        entries = entries.filter(topics__contains=[asked.topic])
    if asked.age in AGES:
        first, last, _label = AGES[asked.age]
        entries = entries.filter(
            Q(from_months=None) | Q(from_months__lte=last), Q(to_months=None) | Q(to_months__gte=first)
        )
    if asked.language:
        entries = entries.filter(languages__contains=[asked.language])
    if asked.day:
        entries = entries.filter(days__contains=[asked.day])
    return entries


def _query(text: str) -> SearchQuery | None:
    """Every word must be there, or begin a word that is."""
    words = re.findall(r"\w+", text, re.UNICODE)[:MOST_WORDS]
    raw = " & ".join(f"{word}:*" for word in words)
    return SearchQuery(raw, config="english", search_type="raw") if raw else None


def _nearest(asked: Asked) -> Any:
    venues: Any = Venue.objects.filter(entry=OuterRef("pk"))
    metres = _metres_from(*asked.near) if asked.near else Value(None, output_field=models.FloatField())
    # Whole metres, so that the key of a page says exactly where it ended.
    venues = venues.annotate(metres=Cast(metres, models.IntegerField()))
    facts = JSONObject(metres="metres", name="name", address="address", postcode="postcode")
    return Subquery(venues.order_by(F("metres").asc(nulls_last=True), "pk").values_list(facts)[:1])


def _metres() -> Any:
    return Cast(KT("nearest__metres"), models.IntegerField())


def _behind(entries: Any, after: str) -> Any:
    """From the row behind the key on; what is no key gives the first page."""
    key = re.fullmatch(r"(\d{0,9})-(\d{1,18})", after, re.ASCII)
    if not key:
        return entries
    name = Subquery(Entry.objects.filter(pk=key[2]).values("name"))
    later = Q(name__gt=name) | Q(name=name, pk__gt=int(key[2]))
    if not key[1]:
        return entries.filter(later, metres=None)
    return entries.filter(Q(metres=None) | Q(metres__gt=int(key[1])) | Q(later, metres=int(key[1])))


def _found(row: Any) -> FoundEntry:
    place = row.nearest or {}
    where = ", ".join(filter(None, [place.get("name") or place.get("address"), place.get("postcode")]))
    return FoundEntry(
        entry=row,
        place=where or (_("by phone or online") if row.is_remote else ""),
        distance=distance_in_words(row.metres),
        days=", ".join(row.days_in_words) if len(row.days) < 7 else _("every day"),
    )


def distance_in_words(metres: float | None) -> str:
    """As the crow flies."""
    if metres is None:
        return ""
    miles = metres / METRES_IN_A_MILE
    if miles < 0.1:
        return _("very near")
    return _("{n} miles").format(n=f"{miles:.1f}" if miles < 10 else f"{miles:.0f}")


def topics() -> list[str]:
    """What entries help with, the most common first; as many as one can choose from."""
    each = Entry.objects.offered().annotate(topic=models.Func(F("topics"), function="unnest"))
    counted = each.order_by().values("topic").annotate(n=models.Count("pk")).order_by("-n", "topic")
    return [str(row["topic"]) for row in counted[:MOST_TOPICS]]


def languages_spoken() -> list[str]:
    """The codes of languages in which something is offered."""
    each = Entry.objects.offered().annotate(code=models.Func(F("languages"), function="unnest"))
    return list(each.order_by("code").values_list("code", flat=True).distinct()[:MOST_TOPICS])

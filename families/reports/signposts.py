"""Where families were pointed to: what is to be asked, one family's list, and where it lives for measuring."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import at_london, day_in_words, london_today
from betterstart.directory.reports import AGES
from betterstart.places.reports import points_of
from families.models import Address, Family, Signpost, SignpostResult, Support
from families.reports.needs import Found, Need

MOST_LISTED = 100
ON_THE_PAGE = 5


def to_ask(user: User, today: dt.date, limit: int) -> Found:
    """Families of this person who were told of something four weeks ago, in one query."""
    supports = Support.objects.coordinated_by(user)
    rows: Any = Signpost.objects.to_ask(today).filter(support__in=supports).select_related("family")
    found = list(rows.annotate(total=models.Window(models.Count("*"))).order_by("ask_on", "pk")[:limit])
    return Found([_need(row) for row in found], found[0].total if found else 0)


def _need(row: Signpost) -> Need:
    return Need(
        reason=_("was told of “{name}”: did it help?").format(name=row.entry_name),
        detail=_("on {day}").format(day=day_in_words(row.happened_on)),
        family=row.family,
        since=at_london(row.ask_on, dt.time()),
        url=reverse("families:signpost-answer", args=[row.family.reference, row.pk]),
        action=_("Ask them"),
        icon="place",
    )


def signposts_of(user: User, family: Family) -> list[Signpost]:
    """What this person may read of one family's, those to be asked first, then the latest."""
    rows = Signpost.objects.visible_to(user).standing().filter(family=family)
    rows = rows.select_related("entry", "by", "answered_by").order_by("-happened_on", "-pk")[:MOST_LISTED]
    return sorted(rows, key=lambda row: not row.is_to_ask)


def told_already(user: User, family: Family) -> set[int]:
    """The entries this family knows of already."""
    rows = Signpost.objects.visible_to(user).standing().filter(family=family)
    return set(rows.values_list("entry_id", flat=True))


def on_the_page(user: User) -> Any:
    """For the page of one family: the latest, as an expression over families."""
    rows = Signpost.objects.visible_to(user).standing().filter(family=OuterRef("pk"))
    facts = JSONObject(pk="pk", name="entry_name", how="how", result="result", ask_on="ask_on", day="happened_on")
    return rows.order_by("-happened_on", "-pk").values_list(facts)[:ON_THE_PAGE]


@dataclass(frozen=True)
class Line:
    """One of them on the family's page."""

    pk: int
    name: str
    result: str
    is_to_ask: bool
    day: dt.date

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Line:
        is_open = facts["result"] in {"", SignpostResult.WAITING}
        return cls(
            facts["pk"],
            facts["name"],
            str(SignpostResult(facts["result"]).label) if facts["result"] else "",
            is_open and dt.date.fromisoformat(facts["ask_on"]) <= london_today(),
            dt.date.fromisoformat(facts["day"]),
        )


@dataclass(frozen=True)
class Child:
    """One tap to what is for this child."""

    name: str
    age: str
    """A key of the directory's ages."""


def home_point(user: User, family: Family) -> tuple[float, float] | None:
    """Where the family lives, for measuring only; None where its postcode is not known or lies nowhere."""
    address = Address.objects.visible_to(user).filter(family=family).current().exclude(postcode="").first()
    return points_of([address.postcode]).get(address.postcode) if address else None


def children_of(family: Family) -> list[Child]:
    """The children whose birthday is known, with the age to look for."""
    born: Any = family.members.current().filter(date_of_birth__isnull=False, role="child").order_by("-date_of_birth")
    children = []
    for member in born[:8]:
        months = (london_today() - member.date_of_birth).days * 12 // 365
        age = next((key for key, (first, last, _label) in AGES.items() if first <= months <= last), "")
        children.append(Child(str(member), age))
    return children

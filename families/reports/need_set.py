"""The needs of an organisation under their headings, for whoever words them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from betterstart.access.models import Organisation
from families.actions.need import need_set
from families.models import Heading, NeedItem


@dataclass(frozen=True)
class NeedSet:
    organisation: Organisation
    headings: list[tuple[str, list[NeedItem]]]
    retired: list[NeedItem]


def sets_of(organisations: QuerySet[Organisation]) -> list[NeedSet]:
    """One for each organisation; with the usual needs where nobody has set up anything."""
    return [_set(organisation) for organisation in organisations.order_by("name")]


def _set(organisation: Organisation) -> NeedSet:
    items = need_set(organisation)
    in_use = [item for item in items if item.retired_on is None]
    headings = [(str(heading.label), [item for item in in_use if item.heading == heading]) for heading in Heading]
    return NeedSet(organisation, headings, [item for item in items if item.retired_on])

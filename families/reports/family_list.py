"""The families a person looks after, or may see: why to look, the oldest broken promise first."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from betterstart.access.models import User
from families.models import Family, Support
from families.models.family import FamilyQuerySet
from families.models.support import SupportQuerySet
from families.reports.promise import AS_JSON, Promise

PAGE = 25
MOST_COUNTED = 500
MOST_FOUND = 50


@dataclass(frozen=True)
class FamilyRow:
    family: Family
    promise: Promise | None


@dataclass(frozen=True)
class FamilyList:
    rows: list[FamilyRow]
    count: int
    """How many there are in all, up to MOST_COUNTED + 1."""
    next_after: uuids.UUID | None
    """The key of the next page."""

    most = MOST_COUNTED

    @property
    def is_capped(self) -> bool:
        return self.count > MOST_COUNTED


def family_list(
    user: User,
    *,
    everyone: bool = False,
    text: str = "",
    service: int | None = None,
    state: str = "",
    after: uuids.UUID | None = None,
) -> FamilyList:
    """One page of families for this person.

    `everyone`: all they may see instead of those they look after. `text` searches and shows the closest first, not
    paged. `service` and `state` keep the families with such a support. `after` is the key of the page before; one
    that is not there any more gives the first page.
    """
    followed = Support.objects.visible_to(user) if everyone else Support.objects.looked_after_by(user)
    families = Family.objects.visible_to(user) if everyone else Family.objects.looked_after_by(user)
    if service or state:
        wanted = followed.filter(**{k: v for k, v in (("service", service), ("state", state)) if v})
        families, followed = families.filter(pk__in=wanted.values("family")), wanted
    families = families.matching(text) if text else families
    counted = families.order_by().values("pk")[: MOST_COUNTED + 1].count()
    explained = _with_pressing(families, followed)
    if text:
        return FamilyList(_rows(explained[:MOST_FOUND]), counted, None)
    page = _rows(_after(explained, after)[: PAGE + 1])
    return FamilyList(page[:PAGE], counted, page[PAGE - 1].family.uuid if len(page) > PAGE else None)


def _with_pressing(families: FamilyQuerySet, supports: SupportQuerySet) -> models.QuerySet:
    pressing = supports.filter(family=models.OuterRef("pk")).with_promise().most_pressing_first()
    return families.annotate(
        pressing=models.Subquery(pressing.values_list(AS_JSON)[:1]),
        due=Cast(KT("pressing__due_on"), models.DateField()),
    )


def _after(families: models.QuerySet, after: uuids.UUID | None) -> models.QuerySet:
    """In order of the promise, then the name; from the row behind the key on."""
    ordered = families.order_by(models.F("due").asc(nulls_last=True), "name", "uuid")
    last = families.filter(uuid=after).values("due", "name", "uuid").first() if after else None
    if last is None:
        return ordered
    behind = models.Q(name__gt=last["name"]) | models.Q(name=last["name"], uuid__gt=last["uuid"])
    if last["due"] is None:
        return ordered.filter(behind, due=None)
    return ordered.filter(models.Q(due=None) | models.Q(due__gt=last["due"]) | models.Q(behind, due=last["due"]))


def _rows(families: models.QuerySet) -> list[FamilyRow]:
    return [FamilyRow(family, Promise.from_json(family.pressing) if family.pressing else None) for family in families]

"""The rows that belong to a family, found by the fields of the models: how they go over to another record, and back.

Rows that the database lets nobody change (history, moves, the audit trail, who looked) are not among them: they keep
saying what was so when they were written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import IntegrityError, OperationalError, connection, models, transaction
from django.db.models import F
from psycopg.errors import LockNotAvailable

from betterstart.clock import london_today
from families.models import Family, FamilyMember, FamilyMerge, Relationship, SharedCare, Support

Column = tuple[type[models.Model], models.Field]

# Columns of the platform, which knows no family: plain ids.
BY_ID = {Family: "family_id", FamilyMember: "person_id"}
# Columns that say which record a signpost once was; it stays that.
SIGNPOSTS = {(FamilyMerge, "merged")}


@cache
def columns_to(target: type[models.Model]) -> list[Column]:
    """Every column that says to which family (or person) a row belongs, without row history."""
    columns = [
        (model, column)
        for model in apps.get_models(include_auto_created=True)
        if not hasattr(model, "pgh_tracked_model")
        for column in model._meta.concrete_fields
        if column.related_model is target or (column.related_model is None and column.column == BY_ID.get(target))
    ]
    return [(model, column) for model, column in columns if (model, column.name) not in SIGNPOSTS]


def columns_that_move(target: type[models.Model]) -> list[Column]:
    """Those of them in tables whose rows may be changed at all. Ask as the role that will change them."""
    columns = columns_to(target)
    tables = [model._meta.db_table for model, _column in columns]
    with connection.cursor() as cursor:
        cursor.execute("select t from unnest(%s::text[]) t where has_table_privilege(t, 'update')", [tables])
        changeable = {table for (table,) in cursor.fetchall()}
    return [(model, column) for model, column in columns if model._meta.db_table in changeable]


class StillWriting(Exception):
    """Others kept writing about one of these families for as long as anybody would wait."""


LOCK_TRIES = 20
LOCK_TIMEOUT_MS = 400


def lock_families(*family_ids: int) -> None:
    """Let nobody else write about these families until the transaction ends; wait for those who do just now.

    What belongs to them first, the families last: who writes may hold a row of theirs before asking for the family
    (trigger `families_not_into_joined`). Some hold the family and then ask for a row; so that neither waits for the
    other for ever, this one lets go of everything after a moment and begins again. Raises StillWriting.
    """
    for _try in range(LOCK_TRIES):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(f"set local lock_timeout = {LOCK_TIMEOUT_MS}")
                _lock(family_ids)
                cursor.execute("set local lock_timeout = 0")
                return
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
    raise StillWriting


def _lock(family_ids: Collection[int]) -> None:
    for model, column in columns_that_move(Family):
        rows = model._base_manager.filter(**{f"{column.attname}__in": family_ids}).order_by("pk")
        list(rows.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))
    list(Family.objects.filter(pk__in=family_ids).order_by("pk").select_for_update().values_list("pk", flat=True))


@dataclass
class Moves:
    """What is turned and what is changed, written down so that it can be taken back."""

    moved: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)

    def turn(self, columns: list[Column], came_from: int, to: int, staying: Mapping[type, Collection[int]]) -> None:
        """Let every row that points at `came_from` point at `to`, without those that stay."""
        for model, column in columns:
            rows = model._base_manager.filter(**{column.attname: came_from})
            ids = sorted(rows.exclude(pk__in=staying.get(model, ())).values_list("pk", flat=True))
            if ids:
                model._base_manager.filter(pk__in=ids).update(**{column.attname: to})
                self.moved.append(
                    {"model": model._meta.label, "column": column.attname, "from": came_from, "to": to, "ids": ids}
                )

    def change(self, row: models.Model, **fields: Any) -> None:
        """Set these fields of a row and count its version up; what was there before is kept."""
        before = {name: getattr(row, name) for name, value in fields.items() if getattr(row, name) != value}
        for name, old in before.items():
            setattr(row, name, fields[name])
            self.changed.append(
                {
                    "model": row._meta.label,
                    "id": row.pk,
                    "field": name,
                    "before": _plain(row, name, old),
                    "after": _plain(row, name, fields[name]),
                }
            )
        if before:
            if hasattr(row, "version"):
                row.version += 1
            row.save()


def _plain(row: models.Model, name: str, value: Any) -> Any:
    """A value as it can be kept in JSON, and read back by `to_python`."""
    if value is None or isinstance(value, bool | int | str | list):
        return value
    holder = type(row)(**{name: value})
    return row._meta.get_field(name).value_to_string(holder)  # type: ignore[union-attr]


def take_back(merge: FamilyMerge) -> None:
    """Turn back exactly what was turned, then let what hangs on it follow; undo changes nobody has written over."""
    for move in reversed(merge.moved):
        rows = apps.get_model(move["model"])._base_manager.filter(pk__in=move["ids"])
        rows.filter(**{move["column"]: move["to"]}).update(**{move["column"]: move["from"]})
    _follow(kept=merge.merged_into_id, merged=merge.merged_id)
    for model, column in columns_that_move(FamilyMember):
        for here, there in merge.people if _belongs_to_one(model) else ():
            rows = model._base_manager.filter(family_id=merge.merged_id, **{column.attname: here})
            rows.update(**{column.attname: there})
    for (label, row_id), changes in groupby(
        reversed(merge.undo.changed), lambda change: (change["model"], change["id"])
    ):
        _undo_changes(apps.get_model(label), row_id, list(changes))
    _end_what_became_of_two(merge)


def _follow(*, kept: int, merged: int) -> None:
    """What came since and hangs on a row that went back goes along: a visit with its support, a note with its visit."""
    carriers = [model for model, _column in columns_that_move(Family) if _belongs_to_one(model)]
    hanging = [(model, parent) for model in carriers if (parent := _hangs_on(model, carriers))]
    turned = 1
    while turned:
        turned = 0
        for model, parent in hanging:
            rows = model._base_manager.filter(family_id=kept, **{f"{parent.name}__family_id": merged})
            turned += rows.update(family_id=merged)


def _belongs_to_one(model: type[models.Model]) -> bool:
    """Its rows belong to the family that they name. That a child is shared names the other family, not the child's."""
    return model is not SharedCare and any(column.attname == "family_id" for column in model._meta.concrete_fields)


def _hangs_on(model: type[models.Model], carriers: Collection[type[models.Model]]) -> models.Field | None:
    """The column that decides whose the row is: the support it came about in, or whatever else of a family."""
    others = set(carriers) - {model}
    columns = [column for column in model._meta.concrete_fields if column.related_model in others]
    return next((column for column in columns if column.related_model is Support), next(iter(columns), None))


def _undo_changes(model: type[models.Model], row_id: int, changes: list[dict[str, Any]]) -> None:
    row = model._base_manager.filter(pk=row_id).first()
    for change in changes if row else ():
        name, column = change["field"], model._meta.get_field(change["field"])
        before, after = (column.to_python(change[when]) for when in ("before", "after"))  # type: ignore[union-attr]
        if getattr(row, name) == after:
            setattr(row, name, before)
    if row is None:
        return
    if hasattr(row, "version"):
        row.version += 1
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        """Somebody changed a part of it since, with which the rest of what was before does not go."""


def _end_what_became_of_two(merge: FamilyMerge) -> None:
    """What two people were said to be to each other while they were one family's, and are two families' again."""
    both = (merge.merged_into_id, merge.merged_id)
    rows = Relationship.objects.in_force().filter(family__in=both, created_at__gt=merge.happened_at)
    rows = rows.filter(person__family__in=both, relative__family__in=both)
    rows = rows.filter(person__is_shared=False, relative__is_shared=False)
    rows.exclude(person__family=F("relative__family")).update(ended_on=london_today())

"""Rows that many tests need: made once in a process by their factories, then laid out again in one statement."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.db import connection

from betterstart.clock import london_today

Rows = dict[str, set[str]]
_kept: dict[tuple[Any, ...], tuple[bytes, str, list[str]]] = {}


def laid_out(make: Callable[[], SimpleNamespace]) -> SimpleNamespace:
    """What `make()` returns, with its rows in the database of this test.

    Days in them count from today, so a test that travels in time has rows of its own. Row history comes by its
    triggers again; everything else is what `make` wrote.
    """
    key = (make, london_today())
    if key not in _kept:
        before = rows_now()
        made = make()
        new = {table: sorted(rows - before[table]) for table, rows in rows_now().items() if rows - before[table]}
        statement = ";".join(map(insert_into, new))
        _kept[key] = pickle.dumps(made), statement, [f"[{','.join(rows)}]" for rows in new.values()]
        return made
    made, statement, rows = _kept[key]
    with connection.cursor() as cursor:
        # Bound on this side: several statements in one journey cannot be bound by the server.
        cursor.execute(statement, rows)
    return pickle.loads(made)  # noqa: S301  (written above, in this process)


def insert_into(table: str) -> str:
    """All columns of a table, but for those that the database works out by itself."""
    fields = {model._meta.db_table: model._meta.concrete_fields for model in apps.get_models()}.get(table, ())
    columns = ", ".join(field.column for field in fields if not field.generated)
    into, what = (f"{table} ({columns})", columns) if any(field.generated for field in fields) else (table, "*")
    return f"insert into {into} select {what} from json_populate_recordset(null::{table}, %s)"  # noqa: S608  (our own)


def rows_now() -> Rows:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        return {table: rows_of(cursor, table) for table in tables if not is_row_history(table)}


def is_row_history(table: str) -> bool:
    return table.endswith("event") and not table.startswith("audit_")


def rows_of(cursor: Any, table: str) -> set[str]:
    cursor.execute(f"select row_to_json(each)::text from {table} each")  # noqa: S608  (names of our own tables)
    return {row for (row,) in cursor.fetchall()}

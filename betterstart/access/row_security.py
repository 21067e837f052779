"""Migration operations of our own: they put a table behind row-level security, and add triggers without delay.

The pattern is the one measured as free of cost: policies per database role, and `= any(array(select ...))`, so that
the set of families is worked out once per statement and drives an index. An EXISTS, or an OR with the scope in it,
would be tested row by row. Where an OR is needed, the part before it drives the index and the rest is hashed
(`in (select ...)`), since no index can be driven from inside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import migrations
from django.db.migrations.state import ProjectState
from pgtrigger import migrations as pgtrigger_migrations

ME = "(select access_user_id())"
VISIBLE_FAMILIES = "any(array(select families_visible_ids()))"
RESPONSIBLE_FAMILIES = "any(array(select families_responsible_ids()))"
VISIBLE_SUPPORTS = "any(array(select families_visible_support_ids()))"
RESPONSIBLE_SUPPORTS = "(select families_responsible_support_ids())"


def _unprotect(table: str) -> str:
    return (
        f"drop policy {table}_scoped on {table}; drop policy {table}_all on {table}; "
        f"alter table {table} disable row level security;"
    )


def protect(table: str, condition: str) -> migrations.RunSQL:
    """People see and write the rows that meet the condition, `app_all` every row, anyone else none."""
    return migrations.RunSQL(
        f"""
        alter table {table} enable row level security;
        create policy {table}_scoped on {table} to app_scoped using ({condition});
        create policy {table}_all on {table} to app_all using (true);
        """,
        _unprotect(table),
    )


def protect_log(table: str, condition: str) -> migrations.RunSQL:
    """For rows that are only ever added: adding is free (triggers do it), reading follows the condition.

    The runtime roles lose the right to change or remove a row.
    """
    return migrations.RunSQL(
        f"""
        alter table {table} enable row level security;
        create policy {table}_scoped on {table} for select to app_scoped using ({condition});
        create policy {table}_add on {table} for insert to app_scoped with check (true);
        create policy {table}_all on {table} to app_all using (true);
        revoke update, delete, truncate on {table} from app_rw, app_scoped, app_all;
        """,
        f"drop policy {table}_add on {table}; {_unprotect(table)}"
        f"grant update, delete on {table} to app_rw, app_scoped, app_all;",
    )


def show_to_family(table: str, condition: str, columns: Sequence[str] = ()) -> migrations.RunSQL:
    """An adult on their own page (`app_family`) reads the rows that meet the condition, and of them these columns.

    Without this a table does not exist for them. No column named: all of them, also those that come later.
    """
    listed = f" ({', '.join(columns)})" if columns else ""
    return migrations.RunSQL(
        f"""
        grant select{listed} on {table} to app_family;
        create policy {table}_family on {table} for select to app_family using ({condition});
        """,
        f"drop policy {table}_family on {table}; revoke select{listed} on {table} from app_family;",
    )


def let_family_add(table: str, condition: str, history: str = "") -> migrations.RunSQL:
    """An adult on their own page adds rows that meet the condition; to change or remove one they have no right.

    `history`: the table of its row history, which a trigger fills.
    """
    sql = f"""
        grant insert on {table} to app_family;
        create policy {table}_family_add on {table} for insert to app_family with check ({condition});
        """
    undo = f"drop policy {table}_family_add on {table}; revoke insert on {table} from app_family;"
    if history:
        sql += f"""
        grant insert on {history} to app_family;
        create policy {history}_family_add on {history} for insert to app_family with check (true);
        """
        undo += f"drop policy {history}_family_add on {history}; revoke insert on {history} from app_family;"
    return migrations.RunSQL(sql, undo)


def change_policy(table: str, condition: str, before: str) -> migrations.RunSQL:
    """The rows people see (and, where `protect` was used, write) are from now on those that meet the condition."""
    sql = "alter policy {table}_scoped on {table} using ({condition})"
    return migrations.RunSQL(sql.format(table=table, condition=condition), sql.format(table=table, condition=before))


def watch_added(table: str, function: str) -> migrations.RunSQL:
    """Every statement that adds rows to the table calls this trigger function, which sees them as `added`."""
    return migrations.RunSQL(
        f"create trigger {function} after insert on {table} referencing new table as added"
        f" for each statement execute function {function}()",
        f"drop trigger {function} on {table}",
    )


class _WithoutDrawingModels:
    """A trigger is no part of what a table looks like to the operations that follow. The operations of pgtrigger draw
    every model around the table anew all the same, which was a third of the time that all migrations took.
    """

    model_name: str

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        drawn = state.__dict__.pop("apps", None)
        super().state_forwards(app_label, state)  # type: ignore[misc]
        if drawn is not None:
            state.__dict__["apps"] = drawn


class AddTrigger(_WithoutDrawingModels, pgtrigger_migrations.AddTrigger):
    """In migrations in place of the one that `makemigrations` writes."""


class RemoveTrigger(_WithoutDrawingModels, pgtrigger_migrations.RemoveTrigger):
    """Likewise."""

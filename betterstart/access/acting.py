"""Who the database believes we are. Scope is a database role, not a condition (docs/decisions.md)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from django.db import connection, transaction


class Scope(StrEnum):
    SCOPED = "app_scoped"
    """Rows of the families this user may see, decided by the policies."""
    ALL = "app_all"
    """Every family: for counting, sweeping and registering. The caller names who it acts for all the same."""
    FAMILY = "app_family"
    """What one adult of a family may read and say on their own page; the caller names the adult."""


@contextmanager
def acting_as(scope: Scope, user_id: int | None, *, adult_id: int | None = None) -> Iterator[None]:
    """Run the block in a transaction as this database role, for this user, or for an adult without an account.

    Nested use is fine: the identity of the outer block comes back when the inner one ends. A failed block's
    identity is undone by the rollback to its savepoint.
    """
    nested = connection.in_atomic_block
    before = getattr(connection, "acting_identity", ("none", "", ""))
    identity = (str(scope), str(user_id or ""), str(adult_id or ""))
    with transaction.atomic():
        _set_identity(identity)
        try:
            yield
        finally:
            connection.acting_identity = before  # type: ignore[attr-defined]
        if nested and not connection.needs_rollback:
            _set_identity(before)


def _set_identity(identity: tuple[str, str, str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "select set_config('role', %s, true), set_config('app.user_id', %s, true),"
            " set_config('app.adult_id', %s, true)",
            identity,
        )
    connection.acting_identity = identity  # type: ignore[attr-defined]

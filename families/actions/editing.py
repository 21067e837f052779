from __future__ import annotations

from typing import Any, TypeVar

from django.db import models
from django.db.models import F

Row = TypeVar("Row", bound=models.Model)


class StaleEdit(Exception):
    """Somebody saved this row since the person opened it. `stored` is how it stands now; nothing was changed."""

    def __init__(self, stored: models.Model) -> None:
        super().__init__(f"{stored._meta.label_lower} {stored.pk} was saved by somebody else meanwhile")
        self.stored = stored


def save_edit(row: Row, *, version: int, **fields: Any) -> list[str]:
    """Write the fields if the stored row still has the version the person saw, and count the version up.

    `row` is updated in place. Gives the names of the fields that changed. Raises StaleEdit. Needs a transaction.
    """
    stored = type(row)._base_manager.select_for_update(of=("self",)).get(pk=row.pk)
    if stored.version != version:  # type: ignore[attr-defined]
        raise StaleEdit(stored)
    changed = [name for name, value in fields.items() if getattr(stored, name) != value]
    for name, value in fields.items():
        setattr(row, name, value)
    if changed:
        row.version = F("version") + 1  # type: ignore[attr-defined]
        touched = [field.name for field in row._meta.concrete_fields if field.name == "updated_at"]
        row.save(update_fields=["version", *changed, *touched])
        row.version = version + 1  # type: ignore[attr-defined]
    return changed

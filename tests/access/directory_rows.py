"""An entry of the directory and one on its way in, and the addresses made from them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from betterstart.directory.actions import add_entry
from betterstart.directory.imports.running import start_run


def add_directory(cast: SimpleNamespace) -> None:
    cast.entry = add_entry(by=cast.coordinator, name="Story corner", venue={})
    cast.directory_run = start_run(by=cast.administrator, name="Council", content=b"{}")


def entry(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.entry.uuid}


def directory_run(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.directory_run.uuid}

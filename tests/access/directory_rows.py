"""An entry of the directory and one on its way in, and the addresses made from them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from betterstart.directory.actions import add_entry
from betterstart.directory.imports.running import start_run
from tests import factories


def add_directory(cast: SimpleNamespace) -> None:
    cast.entry = add_entry(by=cast.coordinator, name="Story corner", venue={})
    cast.signpost = factories.signpost(cast.family, cast.coordinator)
    cast.reply = factories.reply(cast.family)
    cast.far_reply = factories.reply(cast.far_family)
    cast.far_signpost = factories.signpost(cast.far_family, cast.other_coordinator)
    cast.directory_run = start_run(by=cast.administrator, name="Council", content=b"{}")


def entry(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.entry.uuid}


def directory_run(cast: SimpleNamespace) -> dict[str, Any]:
    return {"uuid": cast.directory_run.uuid}


def family_entry(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "uuid": cast.entry.uuid}


def far_family_entry(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "uuid": cast.entry.uuid}


def signpost(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "pk": cast.signpost.pk}


def far_signpost(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "pk": cast.far_signpost.pk}


def reply(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.family.reference, "uuid": cast.reply.uuid}


def far_reply(cast: SimpleNamespace) -> dict[str, Any]:
    return {"reference": cast.far_family.reference, "uuid": cast.far_reply.uuid}

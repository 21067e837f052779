"""One row of everything that has a page, here and in the other organisation, and the addresses made from them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from betterstart.lexicon.models import FairWordingPrompt


def add_rows(cast: SimpleNamespace) -> None:
    cast.prompt = FairWordingPrompt.objects.first()


def prompt(cast: SimpleNamespace) -> dict[str, Any]:
    return {"prompt_id": cast.prompt.pk}

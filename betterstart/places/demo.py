"""The demonstration's places. All of them are made up, in files of the same shape as the official ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from betterstart.access.demo import World
from betterstart.places.imports.deprivation import import_deprivation
from betterstart.places.imports.postcodes import import_postcodes
from betterstart.places.reports import MADE_UP

MADE_UP_FILES = Path(__file__).parent / "made_up"


def build(_world: World) -> None:
    names = [MADE_UP_FILES / "wards.csv", MADE_UP_FILES / "councils.csv"]
    import_postcodes(MADE_UP_FILES / "postcodes.csv", sign=_quietly, edition=MADE_UP, names=names)
    import_deprivation(MADE_UP_FILES / "deprivation.csv", sign=_quietly, edition=MADE_UP)


def _quietly(*_how_far: Any) -> None:
    """The demo tells how long all of it took."""

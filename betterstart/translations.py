"""The words of the product in other languages. What is kept is what people translate (.po); the rest is made of it."""

from __future__ import annotations

import os
from pathlib import Path

import polib

FOLDER = Path(__file__).resolve().parent.parent / "locale"
DRAFT = "draft"
"""The comment of a translation that nobody who speaks the language has looked at yet."""


def catalogues() -> dict[str, Path]:
    """The catalogue of each language: {"ur": .../django.po}."""
    return {path.parent.parent.name: path for path in sorted(FOLDER.glob("*/LC_MESSAGES/django.po"))}


def compile_catalogues() -> list[str]:
    """Make of each catalogue what gettext reads, if that is missing or older. Gives the languages that were made."""
    made = []
    for language, path in catalogues().items():
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        unfinished = compiled.with_suffix(f".{os.getpid()}")
        polib.pofile(str(path)).save_as_mofile(str(unfinished))
        unfinished.replace(compiled)
        made.append(language)
    return made


def drafts(language: str) -> int:
    """How many translations of this language still wait for somebody who speaks it."""
    path = catalogues().get(language)
    entries = polib.pofile(str(path)).translated_entries() if path else []
    return sum(DRAFT in entry.tcomment for entry in entries)

"""What wards and councils are called: small CSVs beside the directory, with columns such as WD25CD and WD25NM."""

from __future__ import annotations

import csv
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from betterstart.places.imports.reading import PlacesFileRefused, headings_of, tables_in, tidy
from betterstart.places.models import Area
from betterstart.text import clean_line

CODE_HEADING = re.compile(r"(wd|lad)\d\dcd", re.ASCII)
CODE = re.compile(r"[A-Z](?!9{8})\d{8}", re.ASCII)
LARGEST = 20_000_000


def names_inside(path: Path) -> Iterator[bytes]:
    """The names that come in the same ZIP as the directory; nothing for a plain CSV."""
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        for member in tables_in(archive):
            if member.file_size <= LARGEST and _pairs(headings_of(archive, member)):
                yield archive.read(member)


def names_in(path: Path) -> bytes:
    """A file of names that is given by itself. Raises PlacesFileRefused when it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise PlacesFileRefused(f"{path} cannot be read: {error.strerror or error}.") from error


def load_names(content: bytes) -> int:
    """Keep the names of one file, and give how many there are. Raises PlacesFileRefused for a file without any.

    Some of these files are in UTF-8 and some are not: Welsh names have letters that differ.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    rows = csv.reader(text.splitlines())
    headings = tidy(next(rows, []))
    pairs = _pairs(headings)
    if not pairs:
        raise PlacesFileRefused(
            "A file of names needs two columns such as “WD25CD” and “WD25NM”, or “LAD25CD” and “LAD25NM”."
        )
    names = {}
    for row in rows:
        for code, name in pairs:
            if len(row) > max(code, name) and CODE.fullmatch(row[code]):
                names[row[code]] = clean_line(row[name])[:100]
    areas = [Area(code=code, name=name) for code, name in names.items() if name]
    Area.objects.bulk_create(
        areas, batch_size=2_000, update_conflicts=True, unique_fields=["code"], update_fields=["name"]
    )
    return len(areas)


def _pairs(headings: list[str]) -> list[tuple[int, int]]:
    """Where a column of codes and the column of its names stand."""
    return [
        (index, headings.index(f"{heading[:-2]}nm"))
        for index, heading in enumerate(headings)
        if CODE_HEADING.fullmatch(heading) and f"{heading[:-2]}nm" in headings
    ]

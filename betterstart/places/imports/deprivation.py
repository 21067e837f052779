"""File 7 of the English Indices of Deprivation: ranks, scores and deciles of each small area."""

from __future__ import annotations

import re
from pathlib import Path

from django.db import transaction

from betterstart.places.imports.reading import PlacesFileRefused, Sign, Wanted, open_table
from betterstart.places.imports.whole import Outcome, note_file, one_at_a_time, refuse_fewer
from betterstart.places.models import Deprivation, PlaceFile

AREAS_RANKED = 33_755
"""Small areas of England in the census of 2021. An index of the areas of 2011 ranked 32,844 and is refused."""

LSOA = Wanted(re.compile(r"lsoa code \(2021\)"), "the small area of 2021", "LSOA code (2021)")
_INDEX = "Index of Multiple Deprivation (IMD)"
DECILE = Wanted(re.compile(rf"{re.escape(_INDEX.lower())} decile\b.*"), "the decile", f"{_INDEX} Decile")
RANK = Wanted(re.compile(rf"{re.escape(_INDEX.lower())} rank\b.*"), "the rank", f"{_INDEX} Rank")
ENGLAND = re.compile(r"E01\d{6}", re.ASCII)
EDITION = re.compile(r"IoD(20\d\d)", re.I)
AT_ONCE = 5_000


def decile_of_rank(rank: int) -> int:
    """The tenth in which a rank of the index lies: ceil(rank x 10 / N), for the areas of 2021. 1 is most deprived."""
    return -(-rank * 10 // AREAS_RANKED)


def import_deprivation(path: Path, *, sign: Sign, edition: str = "", fewer: bool = False) -> Outcome:
    """Take the deciles of a file over, in one transaction. England only.

    The edition ("2025") is read from the file's name unless given. A decile that is missing is worked out from the
    rank. Raises PlacesFileRefused, naming the line; then nothing was changed.
    """
    with transaction.atomic():
        one_at_a_time()
        edition, deciles = _read(path, sign, edition)
        refuse_fewer(PlaceFile.Kind.DEPRIVATION, len(deciles), allowed=fewer)
        here = dict(Deprivation.objects.values_list("lsoa", "decile"))
        gone = here.keys() - deciles.keys()
        changed = [lsoa for lsoa in here.keys() & deciles.keys() if here[lsoa] != deciles[lsoa]]
        added = deciles.keys() - here.keys()
        Deprivation.objects.filter(pk__in=gone).delete()
        Deprivation.objects.bulk_create(
            [Deprivation(lsoa=lsoa, decile=deciles[lsoa]) for lsoa in sorted([*added, *changed])],
            batch_size=AT_ONCE,
            update_conflicts=True,
            unique_fields=["lsoa"],
            update_fields=["decile"],
        )
        outcome = Outcome(edition, len(deciles), added=len(added), changed=len(changed), gone=len(gone))
        note_file(PlaceFile.Kind.DEPRIVATION, outcome)
    return outcome


def _read(path: Path, sign: Sign, edition: str) -> tuple[str, dict[str, int]]:
    deciles: dict[str, int] = {}
    lines: dict[str, int] = {}
    with open_table(path, LSOA.heading) as table:
        _refuse_old_areas(table.headings)
        edition = edition or _edition_in(table.name) or _edition_in(path.name)
        if not edition:
            raise PlacesFileRefused("The name of this file does not say its year. Give it, for example: --edition 2025")
        measures = [each for each in (DECILE, RANK) if any(map(each.heading.fullmatch, table.headings))]
        columns = table.columns([LSOA, *(measures or [DECILE])])
        for number, (lsoa, *cells) in table.rows(columns, sign):
            if not ENGLAND.fullmatch(lsoa):
                raise PlacesFileRefused(f"{table.name}, line {number}: “{lsoa[:40]}” is no small area of England.")
            if lsoa in deciles:
                raise PlacesFileRefused(f"{table.name}: {lsoa} stands on lines {lines[lsoa]} and {number}.")
            deciles[lsoa] = _decile(f"{table.name}, line {number}", cells if DECILE in measures else ["", *cells])
            lines[lsoa] = number
    return edition, deciles


def _edition_in(name: str) -> str:
    found = EDITION.search(name)
    return found[1] if found else ""


def _refuse_old_areas(headings: list[str]) -> None:
    if "lsoa code (2011)" in headings:
        raise PlacesFileRefused(
            "This index is for the small areas of 2011, and postcodes here are placed in those of 2021. The two must"
            " not be joined. Use File 7 of the index of 2025."
        )


def _decile(place: str, cells: list[str]) -> int:
    """From the cells of the decile and, where the file has one, the rank."""
    decile, rank = (*(cell.strip().replace(",", "") for cell in cells), "")[:2]
    if _is_from_one_to(10, decile):
        return int(decile)
    if not decile and _is_from_one_to(AREAS_RANKED, rank):
        return decile_of_rank(int(rank))
    said = f"“{decile[:40]}” is not a decile from 1 to 10" if decile else "there is no decile"
    raise PlacesFileRefused(f"{place}: {said}, and no rank from 1 to {AREAS_RANKED:,} to work one out from.")


def _is_from_one_to(most: int, cell: str) -> bool:
    return bool(re.fullmatch("[0-9]{1,6}", cell)) and 1 <= int(cell) <= most

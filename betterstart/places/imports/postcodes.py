"""The ONS Postcode Directory: one row for each postcode of the United Kingdom, ended ones too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from betterstart.places.imports.names import load_names, names_in, names_inside
from betterstart.places.imports.reading import PlacesFileRefused, Sign, Table, Wanted, open_table
from betterstart.places.imports.whole import Outcome, note_file, one_at_a_time, refuse_fewer
from betterstart.places.models import PlaceFile

# Most headings carry a year that moves on; the small area must be the one that the index ranks. `imd20ind` is a rank
# within each nation, so it is never read.
WANTED = [
    Wanted(re.compile("pcds"), "the postcode", "pcds"),
    Wanted(re.compile("doterm"), "the month a postcode ended", "doterm"),
    Wanted(re.compile(r"lad\d\dcd", re.ASCII), "the council", "lad"),
    Wanted(re.compile(r"wd\d\dcd", re.ASCII), "the ward", "wd"),
    Wanted(re.compile("lsoa21cd"), "the small area of 2021", "lsoa21"),
    Wanted(re.compile("lat"), "the latitude", "lat"),
    Wanted(re.compile("long"), "the longitude", "long"),
]
# In England each kind of area has its own first letters, so columns that changed places are noticed.
CELLS = [
    r"[A-Z]{1,3}[0-9]?[A-Z0-9]? [0-9][A-Z]{2}",
    r"(?:(?:19|20)\d\d(?:0[1-9]|1[0-2]))?",
    r"(?:E(?:0[6-9]|99)\d{6}|[A-DF-Z]\d{8})?",
    r"(?:E(?:05|36|99)\d{6}|[A-DF-Z]\d{8})?",
    r"(?:E(?:01|99)\d{6}|[A-DF-Z][0-9A-Z]{8})?",
    r"(?:(?:49|5\d|6[01]|99)\.\d{1,8})?",
    r"(?:-?\d\.\d{1,8})?",
]
ROW = re.compile("\t".join(CELLS), re.ASCII)
EDITION = re.compile(r"ONSPD_([A-Z]{3})_(20\d\d)", re.I)
MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
NORTHERN_IRELAND = "BT"
ROWS_AT_ONCE = 5_000
READING = 60
"""Percent of the whole work that reading the file is; the rest is comparing it with what is here."""
NAMED = 5

_STAGE = """
create temporary table places_stage (
    line integer, postcode text collate "C", ended text collate "C",
    council text collate "C", ward text collate "C", lsoa text collate "C",
    lat text, long text
) on commit drop
"""
_COPY = "copy places_stage (line, postcode, ended, council, ward, lsoa, lat, long) from stdin"
_TWICE = """
select postcode, array_agg(line order by line) from places_stage
group by postcode having count(*) > 1 order by min(line) limit %s
"""
# Codes that end in 99999999, and a latitude of 99.999999, stand for "nowhere in particular".
_NOWHERE = """
update places_stage set
    council = case when council like '_99999999' then '' else council end,
    ward = case when ward like '_99999999' then '' else ward end,
    lsoa = case when lsoa like '_99999999' then '' else lsoa end,
    lat = case when lat = '' or lat like '99%' then null else lat end,
    long = case when lat = '' or lat like '99%' then null else long end
where council like '_99999999' or ward like '_99999999' or lsoa like '_99999999' or lat like '99%' or lat = ''
"""
_MERGE = [
    "delete from places_postcode p where not exists (select from places_stage s where s.postcode = p.postcode)",
    """
    update places_postcode p
    set council = s.council, ward = s.ward, lsoa = s.lsoa, ended_on = to_date(nullif(s.ended, ''), 'YYYYMM'),
        latitude = s.lat::float8, longitude = s.long::float8
    from places_stage s
    where p.postcode = s.postcode and (p.council, p.ward, p.lsoa, p.ended_on, p.latitude, p.longitude) is distinct from
        (s.council, s.ward, s.lsoa, to_date(nullif(s.ended, ''), 'YYYYMM'), s.lat::float8, s.long::float8)
    """,
    """
    insert into places_postcode (postcode, council, ward, lsoa, ended_on, latitude, longitude)
    select s.postcode, s.council, s.ward, s.lsoa, to_date(nullif(s.ended, ''), 'YYYYMM'), s.lat::float8, s.long::float8
    from places_stage s
    where not exists (select from places_postcode p where p.postcode = s.postcode)
    """,
]


def import_postcodes(
    path: Path, *, sign: Sign, edition: str = "", names: list[Path] | None = None, fewer: bool = False
) -> Outcome:
    """Take the postcodes of a file over, in one transaction: what is new, what changed, what is gone.

    `path` is the CSV of the directory or the ZIP it comes in; the edition ("2026-02") is read from its name unless
    given. `names` are files with the names of wards and councils; the ZIP holds them already. Rows of Northern Ireland
    are left out: their licence is narrower. Memory does not grow with the file. Raises PlacesFileRefused, naming the
    line; then nothing was changed.
    """
    with transaction.atomic(), open_table(path, WANTED[0].heading) as table:
        one_at_a_time()
        edition = edition or _edition_in(table.name) or _edition_in(path.name)
        if not edition:
            raise PlacesFileRefused(
                "The name of this file does not say its month. Give it, for example: --edition 2026-02"
            )
        skipped = _stage(table, lambda done, of, detail: sign(done * READING, of * 100, detail))
        outcome = _merge(edition, sign, skipped=skipped, fewer=fewer)
        named = sum(map(load_names, [*names_inside(path), *map(names_in, names or [])]))
        note_file(PlaceFile.Kind.POSTCODES, outcome)
    return replace(outcome, names=named)


def _edition_in(name: str) -> str:
    found = EDITION.search(name)
    if not found or found[1].upper() not in MONTHS:
        return ""
    return f"{found[2]}-{MONTHS.index(found[1].upper()) + 1:02}"


def _stage(table: Table, sign: Sign) -> int:
    """Copy the rows into a table of their own, and give how many were left out."""
    columns = table.columns(WANTED)
    skipped = 0

    def lines() -> Iterator[str]:
        nonlocal skipped
        for number, cells in table.rows(columns, sign):
            row = "\t".join(cells)
            if not ROW.fullmatch(row):
                _refuse(table.name, number, cells)
            if row.startswith(NORTHERN_IRELAND):
                skipped += 1
            else:
                yield f"{number}\t{row}\n"

    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        with cursor.copy(_COPY) as copy:  # type: ignore[attr-defined]
            batch: list[str] = []
            for line in lines():
                batch.append(line)
                if len(batch) == ROWS_AT_ONCE:
                    copy.write("".join(batch))
                    batch.clear()
            copy.write("".join(batch))
    return skipped


def _refuse(file: str, number: int, cells: tuple[str, ...]) -> None:
    for wanted, pattern, cell in zip(WANTED, CELLS, cells, strict=True):
        if not re.fullmatch(pattern, cell, re.ASCII):
            raise PlacesFileRefused(f"{file}, line {number}: “{cell[:40]}” cannot be {wanted.name}.")


def _merge(edition: str, sign: Sign, *, skipped: int, fewer: bool) -> Outcome:
    with connection.cursor() as cursor:
        cursor.execute("analyze places_stage")
        _refuse_twice(cursor)
        cursor.execute("select count(*) from places_stage")
        (rows,) = cursor.fetchone()
        refuse_fewer(PlaceFile.Kind.POSTCODES, rows, allowed=fewer)
        cursor.execute(_NOWHERE)
        counts: list[int] = []
        for step, statement in enumerate(_MERGE):
            sign(READING + 10 + 10 * step, 100, f"{rows:,} rows are being compared")
            cursor.execute(statement)
            counts.append(cursor.rowcount)
        cursor.execute("drop table places_stage")
    sign(100, 100, f"{rows:,} postcodes")
    gone, changed, added = counts
    return Outcome(edition=edition, rows=rows, added=added, changed=changed, gone=gone, skipped=skipped)


def _refuse_twice(cursor: Any) -> None:
    cursor.execute(_TWICE, [NAMED])
    twice = [f"{postcode} (lines {', '.join(map(str, lines))})" for postcode, lines in cursor.fetchall()]
    if twice:
        raise PlacesFileRefused(f"Postcodes that stand there more than once: {'; '.join(twice)}.")

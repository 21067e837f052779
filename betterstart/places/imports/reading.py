"""A CSV as it comes from the publisher, plain or inside its ZIP, line by line."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import IO

ROWS_BETWEEN_SIGNS = 20_000
LONGEST_HEADING = 100_000
Sign = Callable[[int, int, str], None]


class PlacesFileRefused(Exception):
    """The file cannot be taken as it is; the message says why and where. Nothing was saved."""


@dataclass(frozen=True)
class Wanted:
    """A column that must be there: how its heading looks, and how people call it."""

    heading: re.Pattern[str]
    name: str
    likely: str
    """How such a heading begins, or the whole of it."""


class Table:
    """The heading and the rows of one CSV."""

    def __init__(self, name: str, raw: IO[bytes], size: int) -> None:
        self.name, self._raw, self._size = name, raw, size
        self._reader = csv.reader(io.TextIOWrapper(raw, encoding="utf-8-sig", newline=""), strict=True)
        self.headings = tidy(next(self._lines(), []))

    def columns(self, wanted: list[Wanted]) -> list[int]:
        """Where each wanted column stands, in whatever order the file has them. Of several years, the latest.

        Raises PlacesFileRefused naming what is missing, or what stands there twice.
        """
        found = []
        for each in wanted:
            matching = sorted(heading for heading in self.headings if each.heading.fullmatch(heading))
            if not matching:
                raise PlacesFileRefused(
                    f"{self.name} has no column for {each.name}: one that begins with “{each.likely}”."
                )
            if self.headings.count(matching[-1]) > 1:
                raise PlacesFileRefused(f"{self.name} has two columns called “{matching[-1]}”.")
            found.append(self.headings.index(matching[-1]))
        return found

    def rows(self, columns: list[int], sign: Sign) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each row's line number and the wanted cells. `sign` is told now and then how far we are.

        Raises PlacesFileRefused for a row that is longer or shorter than the heading, and for a file that is no CSV.
        """
        width, pick = len(self.headings), itemgetter(*columns)
        count = 0
        for row in self._lines():
            if len(row) != width:
                if not any(row):
                    continue
                raise PlacesFileRefused(
                    f"{self.name}, line {self._reader.line_num}: {len(row)} cells where the heading has {width}."
                    " The file may have been cut off or changed on its way; fetch it again."
                )
            yield self._reader.line_num, pick(row)
            count += 1
            if count % ROWS_BETWEEN_SIGNS == 0:
                sign(self._raw.tell(), self._size, f"{count:,} rows")
        sign(self._size, self._size, f"{count:,} rows")

    def _lines(self) -> Iterator[list[str]]:
        try:
            yield from self._reader
        except csv.Error as error:
            raise PlacesFileRefused(
                f"{self.name}, line {self._reader.line_num}: the quotation marks do not fit together ({error})."
                " The file may have been cut off there."
            ) from error
        except UnicodeDecodeError as error:
            raise PlacesFileRefused(
                f"{self.name}, after line {self._reader.line_num}: this is not text in UTF-8. Give the CSV itself."
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise PlacesFileRefused(f"The ZIP is damaged after line {self._reader.line_num} of {self.name}.") from error


@contextmanager
def open_table(path: Path, has: re.Pattern[str]) -> Iterator[Table]:
    """Open a CSV, or the one CSV in a ZIP whose heading has such a column. Raises PlacesFileRefused."""
    try:
        with path.open("rb") as raw:
            if raw.read(2) == b"PK":
                with _open_zip(path) as archive:
                    member = _the_table(archive, has)
                    with archive.open(member) as inside:
                        yield Table(Path(member.filename).name, inside, member.file_size)
                return
            size = raw.seek(0, io.SEEK_END)
            _must_end_with_a_line(path, raw, size)
            raw.seek(0)
            yield Table(path.name, raw, size)
    except OSError as error:
        raise PlacesFileRefused(f"{path} cannot be read: {error.strerror or error}.") from error


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except zipfile.BadZipFile as error:
        raise PlacesFileRefused(f"{path.name} is a ZIP that is damaged or was cut off; fetch it again.") from error


def _the_table(archive: zipfile.ZipFile, has: re.Pattern[str]) -> zipfile.ZipInfo:
    """Beside the whole directory, the publisher's ZIP holds the same rows again by area, in the folder multi_csv."""
    found = [
        member
        for member in tables_in(archive)
        if "multi_csv" not in member.filename and any(map(has.fullmatch, headings_of(archive, member)))
    ]
    if len(found) != 1:
        names = ", ".join(member.filename for member in found)
        raise PlacesFileRefused(
            f"This ZIP holds several files that could be meant: {names}. Unpack it and give one of them."
            if found
            else "There is no CSV with the columns we need in this ZIP. An Excel workbook must be saved as CSV first."
        )
    return found[0]


def tables_in(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [member for member in archive.infolist() if member.filename.lower().endswith(".csv")]


def headings_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> list[str]:
    """The headings of a CSV in a ZIP, in lower case; none where it has no readable first line."""
    with archive.open(member) as raw:
        first = raw.readline(LONGEST_HEADING).decode("utf-8-sig", errors="replace")
    return tidy(next(csv.reader([first]), []))


def tidy(headings: list[str]) -> list[str]:
    return [" ".join(heading.lower().split()) for heading in headings]


def _must_end_with_a_line(path: Path, raw: IO[bytes], size: int) -> None:
    if not size:
        raise PlacesFileRefused(f"{path.name} is empty.")
    raw.seek(-1, io.SEEK_END)
    if raw.read(1) not in b"\r\n":
        raise PlacesFileRefused(
            f"{path.name} ends in the middle of a line, so it was probably cut off; fetch it again."
            " If it is whole, add a line end after its last row."
        )

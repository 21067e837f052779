"""What every kind of file gives: sheets of rows with plain cells, within limits, or a refusal in a sentence."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _

LARGEST_FILE = 50 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 200

Cell = str | int | float | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None


class FileRefused(Exception):
    """The file cannot be read as a table. The message is a sentence for the person who chose the file."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    """As the person sees it in their spreadsheet: the first row is 1, blank rows count."""
    cells: list[Cell]


class Spreadsheet(Protocol):
    sheets: list[str]
    starts_1904: bool
    """Whether the file counts its days from 1904 (old Macs) and not from 1900."""
    note: str
    """How the file was read, when a person should know (the letters of an old Windows file), or empty."""

    def rows(self, sheet: str, columns: int = MOST_COLUMNS) -> Iterator[Row]:
        """The rows of a sheet that hold anything, with at most so many columns. Raises FileRefused part-way too."""

    def about_rows(self, sheet: str) -> int:
        """A quick guess of how many rows a sheet has, to show how far reading has come."""


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def too_many_rows() -> FileRefused:
    return FileRefused(
        _("This sheet has more than 200,000 rows. Split it into smaller files and bring them in one after another.")
    )

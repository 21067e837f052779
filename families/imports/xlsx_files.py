"""Excel workbooks, read as data: no formulas are worked out, no macros are carried, nothing unpacks without bound."""

from __future__ import annotations

import io
import itertools
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from xml.etree.ElementTree import ParseError

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.utils.escape import unescape

from families.imports.reading import MOST_COLUMNS, MOST_ROWS, Cell, FileRefused, Row, is_blank, too_many_rows

MOST_UNPACKED = 300 * 1024 * 1024
MOST_SHARED_TEXT = 64 * 1024 * 1024
MOST_PARTS = 2_000
_SMALL_PART = 1024 * 1024
_DENSEST = 200
_LAST_EXCEL_ROW = 1_048_576
_DAMAGE = (
    ArithmeticError, AttributeError, LookupError, NotImplementedError, OSError, ParseError, RuntimeError, TypeError,
    ValueError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


def damaged() -> FileRefused:
    return FileRefused(_("This workbook is damaged and cannot be read. Open it in Excel and save it again as .xlsx."))


@contextmanager
def _quietly() -> Iterator[None]:
    """Refuse damage in one sentence, and leave out the library's remarks on features nobody asked for."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except _DAMAGE as error:
        raise damaged() from error


class XlsxFile:
    note = ""

    def __init__(self, content: bytes) -> None:
        with _quietly():
            _refuse_dangerous(zipfile.ZipFile(io.BytesIO(content)))
            self._book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            self._sheets = {sheet.title: sheet for sheet in self._book.worksheets}
            self._declared = {sheet.title: sheet.max_row or 0 for sheet in self._book.worksheets}
            self.starts_1904 = self._book.epoch == MAC_EPOCH
        self.sheets = list(self._sheets)
        if not self.sheets:
            raise FileRefused(_("This workbook has no sheet with cells."))

    def rows(self, sheet: str, columns: int = MOST_COLUMNS) -> Iterator[Row]:
        source = self._sheets[sheet]
        self._refuse_long(source)
        found = 0
        values = source.iter_rows(max_row=_LAST_EXCEL_ROW, max_col=columns, values_only=True)
        for number, cells in enumerate(_in_pieces(values), start=1):
            if cells.count(None) == len(cells) or all(is_blank(cell) for cell in cells):
                continue
            found += 1
            if found > MOST_ROWS:
                raise too_many_rows()
            yield Row(number, [_plain(cell) for cell in cells])

    def about_rows(self, sheet: str) -> int:
        return min(self._declared[sheet], MOST_ROWS)

    def _refuse_long(self, source: openpyxl.worksheet._read_only.ReadOnlyWorksheet) -> None:
        """Count the rows before reading them, but only where the sheet itself says it is that long."""
        with _quietly():
            declared, source._max_row = source.max_row, None
            if declared is not None and declared <= MOST_ROWS:
                return
            filled = 0
            with self._book._archive.open(source._worksheet_path) as packed:
                while chunk := packed.read(_SMALL_PART):
                    filled += chunk.count(b"</row>")
        if filled > MOST_ROWS:
            raise too_many_rows()


def _in_pieces(values: Iterator[Sequence[Cell]]) -> Iterator[Sequence[Cell]]:
    """The rows as they come, but fetched many at a time, since quietness has its price."""
    while True:
        with _quietly():
            piece = list(itertools.islice(values, 200))
        if not piece:
            return
        yield from piece


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return unescape(cell)
    return cell


def _refuse_dangerous(archive: zipfile.ZipFile) -> None:
    """Judge an archive by what it declares. Python reads no part beyond its declared size, so that is a bound."""
    parts = {part.filename: part for part in archive.infolist()}
    if "[Content_Types].xml" not in parts or not any(name.startswith("xl/") for name in parts):
        if any(name.startswith("mimetype") or name.endswith((".iwa", ".numbers")) for name in parts):
            raise FileRefused(_("This was made by another office program. Save it there as .xlsx or CSV."))
        raise FileRefused(
            _("This is a ZIP file, not an Excel workbook, whatever its name. Unpack it and choose the workbook inside.")
        )
    if any(part.flag_bits & 1 for part in parts.values()):
        raise FileRefused(
            _("This workbook is locked with a password. Open it, save a copy without a password, and choose that.")
        )
    if any("vbaproject" in name.lower() for name in parts) or b"macroEnabled" in _beginning_of_types(archive):
        raise FileRefused(_("This workbook contains macros. Open it in Excel and save it as .xlsx (without macros)."))
    if any(name.lower().endswith("workbook.bin") for name in parts):
        raise FileRefused(_("This is a binary Excel file (.xlsb). Open it in Excel and save it as .xlsx or CSV."))
    unpacked = sum(part.file_size for part in parts.values())
    shared = sum(part.file_size for name, part in parts.items() if name.lower().endswith("sharedstrings.xml"))
    dense = any(
        part.file_size > _SMALL_PART and part.file_size > _DENSEST * max(part.compress_size, 1)
        for part in parts.values()
    )
    if unpacked > MOST_UNPACKED or shared > MOST_SHARED_TEXT or dense or len(archive.infolist()) > MOST_PARTS:
        raise FileRefused(
            _("This workbook unpacks to far more than it seems. Save only the sheets you need as a new .xlsx or CSV.")
        )


def _beginning_of_types(archive: zipfile.ZipFile) -> bytes:
    with archive.open("[Content_Types].xml") as types:
        return types.read(_SMALL_PART)

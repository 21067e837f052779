"""Every export passes through here: CSV and XLSX, inert in a spreadsheet and equal after an import."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import Cell as XlsxCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from betterstart.documents.cells import Cell, Value, cell, guarded

MOST_XLSX_ROWS = 1_048_576
MOST_XLSX_LETTERS = 32_767
# Excel keeps 15 digits of a number; a longer one is written as text.
MOST_XLSX_DIGITS = 15
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
# Excel writes characters that XML lacks as _xHHHH_, and reads any text of that shape as one.
_XLSX_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_DATE, _MOMENT, _TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"


class TooManyRows(ValueError):
    """An Excel sheet holds 1,048,576 rows; this export has more. CSV has no such limit."""


@dataclass(frozen=True)
class Sheet:
    """A table to be written. `rows` is read once, row by row. `definitions` says what each column or figure means."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Value]]
    definitions: Sequence[tuple[str, str]] = ()


def write_csv(sheet: Sheet, to: IO[bytes], *, bom: bool = True) -> None:
    """The table as CSV in UTF-8: text in quotes, numbers as numbers, dates as 2025-08-04 and 2025-08-04 14:30.

    `bom` marks the file for Excel, which otherwise takes it for the code page of the machine.
    """
    text = io.TextIOWrapper(to, encoding="utf-8-sig" if bom else "utf-8", errors="replace", newline="")
    lines = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC)
    lines.writerow([guarded(str(column)) for column in sheet.columns])
    lines.writerows([_plain(cell(value)) for value in row] for row in sheet.rows)
    text.flush()
    text.detach()


def _plain(value: Cell) -> Cell:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, dt.time):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, dt.date) else value


def write_xlsx(sheet: Sheet, to: IO[bytes]) -> None:
    """The table as an Excel workbook: numbers and dates typed, text always text, the heading bold and kept in view.

    A second sheet holds the definitions, if there are any. Text of more than 32,767 characters, the most that a cell
    holds, is cut with a remark. Raises TooManyRows.
    """
    book = Workbook(write_only=True)
    book.properties.creator = "Better Start"
    try:
        _fill(book, sheet.name, sheet.columns, sheet.rows)
        if sheet.definitions:
            _fill(book, _("Definitions"), (_("Name"), _("Meaning")), sheet.definitions)
    except BaseException:
        # Saving is how openpyxl clears its temporary files, and they hold people's data.
        book.save(io.BytesIO())
        raise
    book.save(to)


def _fill(book: Workbook, name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    page: WriteOnlyWorksheet = book.create_sheet(_SHEET_NAME.sub(" ", str(name)).strip("' ")[:31] or _("Sheet"))
    page.freeze_panes = "A2"
    for at, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(at)].width = min(max(len(str(column)) + 3, 12), 44)
    page.append([_heading(page, column) for column in columns])
    for at, row in enumerate(rows, start=2):
        if at > MOST_XLSX_ROWS:
            raise TooManyRows(_("This is more than an Excel sheet can hold. Choose CSV, or a shorter time."))
        page.append([_typed(page, cell(value)) for value in row])


def _heading(page: WriteOnlyWorksheet, column: str) -> XlsxCell:
    written = _text(page, guarded(str(column)))
    written.font = Font(bold=True)
    written.alignment = Alignment(wrap_text=True, vertical="top")
    return written


def _typed(page: WriteOnlyWorksheet, value: Cell) -> XlsxCell | None:
    if value is None:
        return None
    if isinstance(value, int | float | Decimal):
        too_long = isinstance(value, int) and abs(value) >= 10**MOST_XLSX_DIGITS
        return _text(page, str(value)) if too_long else WriteOnlyCell(page, value)
    if isinstance(value, dt.date | dt.time):
        return _moment(page, value)
    return _text(page, value)


def _moment(page: WriteOnlyWorksheet, value: dt.date | dt.time) -> XlsxCell:
    # Excel's calendar begins in 1900.
    if isinstance(value, dt.date) and value.year < 1900:
        return _text(page, str(_plain(value)))
    written = WriteOnlyCell(page, value)
    written.number_format = (
        _MOMENT if isinstance(value, dt.datetime) else _DATE if isinstance(value, dt.date) else _TIME
    )
    return written


def _text(page: WriteOnlyWorksheet, text: str) -> XlsxCell:
    """Text as text, whatever it looks like: openpyxl by itself would make formulas and error values of some."""
    escaped = _escaped(text)
    if len(escaped) > MOST_XLSX_LETTERS:
        remark = _(" … (cut here: the CSV has all of it)")
        room = MOST_XLSX_LETTERS - len(remark) - (len(escaped) - len(text))
        escaped = _escaped(text[: max(room, 0)]) + remark
    written = WriteOnlyCell(page, escaped)
    written.data_type = "s"
    return written


def _escaped(text: str) -> str:
    return _XLSX_ESCAPED.sub(lambda found: f"_x{ord(found.group()):04X}_", text)

"""Small files of every kind, made in memory."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

from betterstart.clock import london_today

Rows = Sequence[Sequence[Any]]


def csv_text(rows: Rows, separator: str = ",", ending: str = "\r\n") -> str:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator, lineterminator=ending).writerows(rows)
    return text.getvalue()


def csv_bytes(rows: Rows, encoding: str = "utf-8", separator: str = ",", ending: str = "\r\n") -> bytes:
    return csv_text(rows, separator, ending).encode(encoding)


def xlsx_bytes(sheets: dict[str, Rows], *, from_1904: bool = False, formulas: bool = False) -> bytes:
    """A workbook; text that looks like a formula is text in it unless `formulas` says otherwise."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    if from_1904:
        book.epoch = openpyxl.utils.datetime.MAC_EPOCH
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f" and not formulas):
            cell.data_type = "s"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def changed_zip(content: bytes, *, add: dict[str, bytes] | None = None, drop: Sequence[str] = ()) -> bytes:
    """A copy of a ZIP with parts replaced, added or left out."""
    add = add or {}
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            if part not in drop and part not in add:
                after.writestr(part, before.read(part))
        for name, part_content in add.items():
            after.writestr(name, part_content)
    return result.getvalue()


def plain_zip(parts: dict[str, bytes]) -> bytes:
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return result.getvalue()


def days_ago(days: int) -> dt.date:
    return london_today() - dt.timedelta(days=days)

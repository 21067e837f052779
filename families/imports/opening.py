"""A file of bytes, opened as named sheets of rows. The kind is told by what is in it, not by its name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from families.imports.csv_files import CsvFile
from families.imports.reading import LARGEST_FILE, FileRefused, Spreadsheet
from families.imports.xlsx_files import XlsxFile


def open_spreadsheet(content: bytes) -> Spreadsheet:
    """Open a CSV or XLSX file of up to 50 MB. Raises FileRefused with a sentence for the person who chose it."""
    if len(content) > LARGEST_FILE:
        raise FileRefused(
            _("This file is larger than 50 MB. Leave out sheets and columns you do not need, or split it.")
        )
    if not content or content.isspace():
        raise FileRefused(_("This file is empty."))
    if content.startswith(b"PK\x03\x04"):
        return XlsxFile(content)
    _refuse_other_kinds(content)
    return CsvFile(content)


def _refuse_other_kinds(content: bytes) -> None:
    beginning = content[:512].lstrip()
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise FileRefused(
                _("This workbook is locked with a password. Open it, save a copy without a password, and choose that.")
            )
        raise FileRefused(_("This is an old Excel file (.xls). Open it in Excel and save it as .xlsx or CSV."))
    if beginning.startswith(b"%PDF"):
        raise FileRefused(_("This is a PDF. Ask for the table as an Excel workbook (.xlsx) or a CSV file."))
    if beginning[:9].lower() == b"<!doctype" or beginning[:5].lower() in (b"<html", b"<?xml"):
        raise FileRefused(_("This is a web page, not a table. Open it in Excel and save it as .xlsx or CSV."))

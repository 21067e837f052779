"""CSV as it comes out of real systems: several alphabets, three separators, quotes, and every kind of line end."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from families.imports.reading import MOST_COLUMNS, MOST_ROWS, FileRefused, Row, is_blank, too_many_rows

THE_SHEET = "CSV"
_SEPARATORS = ",;\t"
_CHUNK = 1024 * 1024
_LOOKED_AT = 65_536
_LONGEST_CELL = 100_000
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_NEVER_IN_TEXT = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")


class CsvFile:
    starts_1904 = False

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._encoding, self.note = _encoding_of(content)
        self._skipped = 0
        beginning = self._beginning()
        declared = re.match(r"sep=(.)\r?\n?", beginning)
        if declared:
            self._separator, self._skipped = declared.group(1), 1
        else:
            self._separator = _separator_of(beginning)
        self.sheets = [THE_SHEET]

    def _lines(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self._content), encoding=self._encoding, newline="")

    def _beginning(self) -> str:
        text = self._lines().read(_LOOKED_AT)
        if len(_NEVER_IN_TEXT.findall(text)) + text.count("\x00") > max(10, len(text) / 100):
            raise FileRefused(_("This is not a table we can read. Choose an Excel workbook (.xlsx) or a CSV file."))
        return text

    def rows(self, sheet: str, columns: int = MOST_COLUMNS) -> Iterator[Row]:
        csv.field_size_limit(_LONGEST_CELL)
        found, number = 0, 0
        try:
            for number, cells in enumerate(csv.reader(self._lines(), delimiter=self._separator, strict=True), start=1):
                if number <= self._skipped or all(is_blank(cell) for cell in cells):
                    continue
                found += 1
                if found > MOST_ROWS:
                    raise too_many_rows()
                yield Row(number - self._skipped, list(cells[:columns]))
        except csv.Error as error:
            raise FileRefused(
                _(
                    'The quote marks (") in row %(row)s do not match: one is opened and never closed, or a cell is '
                    "longer than 100,000 characters. Correct that row and choose the file again."
                )
                % {"row": number + 1 - self._skipped}
            ) from error

    def about_rows(self, sheet: str) -> int:
        return max(self._content.count(b"\n"), self._content.count(b"\r")) + 1


def _encoding_of(content: bytes) -> tuple[str, str]:
    """The encoding of a text file, and a note when it had to be assumed. Raises FileRefused when none fits."""
    if content.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = [*_utf_16_without_mark(content), "utf-8"]
    for encoding in candidates:
        if _decodes(content, encoding):
            return encoding, ""
    if candidates != ["utf-8"] or not _decodes(content, "windows-1252"):
        raise FileRefused(
            _("We cannot read the letters in this file. Save it again as “CSV UTF-8” or as an Excel workbook (.xlsx).")
        )
    if len(_UTF8_LETTER.findall(content)) * 2 > len(re.findall(rb"[\x80-\xff]+", content)):
        raise FileRefused(
            _("This file mixes two ways of writing accented letters. Save it again as “CSV UTF-8” or as .xlsx.")
        )
    return "windows-1252", _(
        "The letters were read as an older Windows file. Check a few names with accents before you confirm."
    )


def _utf_16_without_mark(content: bytes) -> list[str]:
    beginning = content[:4096]
    half = len(beginning) / 2
    if half and beginning[1::2].count(0) > half * 0.4:
        return ["utf-16-le"]
    if half and beginning[0::2].count(0) > half * 0.4:
        return ["utf-16-be"]
    return []


def _decodes(content: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(content)
    try:
        for start in range(0, len(view), _CHUNK):
            decoder.decode(bytes(view[start : start + _CHUNK]))
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _separator_of(beginning: str) -> str:
    """The separator that cuts the first rows into most columns, most evenly; a comma when nothing is cut."""

    def evenness(separator: str) -> tuple[int, int]:
        rows = csv.reader(io.StringIO(beginning, newline=""), delimiter=separator)
        widths: list[int] = []
        try:
            for cells in rows:
                if any(cells):
                    widths.append(len(cells))
                if len(widths) == 20:
                    break
        except csv.Error:
            pass
        if not widths or widths[0] == 1:
            return 0, 0
        return round(100 * widths.count(widths[0]) / len(widths)), widths[0]

    return max(_SEPARATORS, key=evenness)

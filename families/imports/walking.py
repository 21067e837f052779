"""Going through a whole file, row by row, in the order in which it can be understood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from django.utils.translation import gettext as _

from families.imports.checking import Problem, Record, SheetReader, complete, parse_fixed
from families.imports.columns import VISIT, FileUse, SheetUse, heading_text
from families.imports.reading import Row, Spreadsheet

TOLD_EVERY = 250


class FileReader:
    """Reads the sheets of a file as they are used, and gathers what is wrong with it.

    Households are understood before their visits: `records` goes over all sheets, `visit_records` once more over
    those that hold visits, and does not complain about the same cell twice. `tell` hears how many rows were gone over.
    """

    def __init__(self, book: Spreadsheet, use: FileUse, tell: Callable[[int], None] = lambda rows: None) -> None:
        self.book = book
        self.use = use
        self.rows = 0
        self._gone_over = 0
        self._tell = tell
        self.fixed = {target: parse_fixed(target, text) for target, text in use.fixed.items() if text.strip()}
        self._readers: list[SheetReader] = []
        self._doubts: list[Problem] = []

    def records(self) -> Iterator[tuple[SheetReader, Record]]:
        for sheet, use in self.use.sheets.items():
            reader = self._reader(sheet, use)
            for row in self._rows_below(sheet, use):
                self.rows += 1
                record = reader.read(row)
                for target, sentence in complete(record, self.fixed):
                    reader.complain(row.number, target, sentence)
                yield reader, record
            self._doubts += reader.doubts()
        if not self.rows:
            self._doubts.append(Problem("", 0, "", "", _("There are no rows below the headings.")))

    def visit_records(self) -> Iterator[tuple[SheetReader, Record]]:
        for sheet, use in self.use.sheets.items():
            if not any(column.target.startswith(f"{VISIT}.") for column in use.columns.values()):
                continue
            reader = self._reader(sheet, use)
            for row in self._rows_below(sheet, use):
                known = len(reader.problems)
                record = reader.read(row)
                del reader.problems[known:]
                if record.speaks_of(VISIT) and not complete(record, self.fixed) and not record.refused:
                    yield reader, record

    @property
    def problems(self) -> Iterator[Problem]:
        """Questions about whole columns first, then the rest in the order of the file."""
        return chain(self._doubts, *(reader.problems for reader in self._readers))

    def _reader(self, sheet: str, use: SheetUse) -> SheetReader:
        headings = next((row.cells for row in self.book.rows(sheet) if row.number == use.heading_row), [])
        reader = SheetReader(sheet, use, [heading_text(cell) for cell in headings], self.book.starts_1904)
        self._readers.append(reader)
        return reader

    def _rows_below(self, sheet: str, use: SheetUse) -> Iterator[Row]:
        columns = max(use.columns, default=0) + 1
        for row in self.book.rows(sheet, columns):
            if row.number > use.heading_row:
                self._gone_over += 1
                if self._gone_over % TOLD_EVERY == 0:
                    self._tell(self._gone_over)
                yield row

import datetime as dt

import pytest

from families.imports import xlsx_files
from families.imports.opening import open_spreadsheet
from families.imports.reading import FileRefused
from tests.imports.files import changed_zip, csv_bytes, plain_zip, xlsx_bytes

ROWS = [["Ref", "Name", "Born"], ["F1", "Zoë", dt.datetime(2024, 8, 4)], ["F2", "=1+1", None]]  # noqa: DTZ001
BOOK = xlsx_bytes({"Families": ROWS, "Visits": [["Ref", "Minutes"], ["F1", 80]]}, formulas=True)
SHEET = "xl/worksheets/sheet1.xml"
WORKSHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'


def with_text(text):
    row = b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></sheetData>' % text
    return changed_zip(BOOK, add={SHEET: WORKSHEET % row})


def read(content, sheet=None):
    book = open_spreadsheet(content)
    return [row.cells for row in book.rows(sheet or book.sheets[0], 3)]


def test_workbook_gives_its_sheets_with_typed_cells():
    book = open_spreadsheet(BOOK)

    assert book.sheets == ["Families", "Visits"]
    assert read(BOOK)[1] == ["F1", "Zoë", dt.datetime(2024, 8, 4)]  # noqa: DTZ001
    assert read(BOOK, "Visits")[1][:2] == ["F1", 80]
    assert not book.starts_1904


def test_workbook_from_1904_says_so():
    assert open_spreadsheet(xlsx_bytes({"A": ROWS}, from_1904=True)).starts_1904


def test_formula_is_never_worked_out_and_never_shown():
    assert read(BOOK)[2][1] is None


def test_cell_of_text_that_looks_like_a_formula_is_text():
    assert read(with_text(b'=HYPERLINK("x")'))[0][0] == '=HYPERLINK("x")'


def test_workbook_is_told_by_its_content_not_by_its_name():
    assert read(csv_bytes([["a", "b"]])) == [["a", "b"]]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (plain_zip({"families.csv": b"Ref\nF1\n"}), "ZIP file"),
        (plain_zip({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "ZIP file"),
        (plain_zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), "another office program"),
        (changed_zip(BOOK, add={"xl/vbaProject.bin": b"macro"}), "macros"),
        (changed_zip(BOOK, add={"xl/workbook.bin": b"x"}), "binary Excel file"),
        (changed_zip(BOOK, drop=["xl/workbook.xml"]), "damaged"),
        (changed_zip(BOOK, add={"xl/styles.xml": b"<not closed"}), "damaged"),
        (changed_zip(BOOK, add={"[Content_Types].xml": b""}), "damaged"),
        (BOOK[: len(BOOK) // 2], "damaged"),
        (b"PK\x03\x04" + b"\x00" * 100, "damaged"),
    ],
)
def test_workbook_that_is_none_or_damaged_is_refused(content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        read(content)


def test_sheet_damaged_in_the_middle_is_refused_while_reading():
    content = changed_zip(BOOK, add={SHEET: b"<worksheet><sheetData><row r='1'><c r='A1'"})

    with pytest.raises(FileRefused, match="damaged"):
        read(content)


def test_workbook_with_a_password_is_refused():
    content = bytearray(BOOK)
    for at in range(len(content) - 4):
        if content[at : at + 4] == b"PK\x01\x02":
            content[at + 8] |= 1

    with pytest.raises(FileRefused, match="password"):
        read(bytes(content))


def test_bomb_is_refused_by_what_it_declares():
    content = changed_zip(BOOK, add={SHEET: b"<worksheet>" + b" " * 30_000_000 + b"</worksheet>"})
    assert len(content) < 100_000

    with pytest.raises(FileRefused, match="unpacks to far more"):
        read(content)


def test_workbook_of_many_parts_is_refused():
    content = changed_zip(BOOK, add={f"xl/extra/{n}.xml": b"<x/>" for n in range(2_001)})

    with pytest.raises(FileRefused, match="unpacks to far more"):
        read(content)


def test_entities_that_unfold_without_end_are_refused():
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    declared = f'<!DOCTYPE x [<!ENTITY a0 "{"x" * 1000}">{entities}]>'.encode()
    cells = b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData>'

    with pytest.raises(FileRefused, match="damaged"):
        read(changed_zip(BOOK, add={SHEET: declared + WORKSHEET % cells}))


def sheet_of(rows, dimension):
    cells = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in rows)
    declared = b'<dimension ref="%s"/>' % dimension if dimension else b""
    return WORKSHEET % (declared + b"<sheetData>%s</sheetData>" % cells)


@pytest.mark.parametrize("dimension", [b"A1:A1000000", b"A1:A2", b""])
def test_sheet_of_too_many_rows_is_refused_whatever_it_declares(dimension, monkeypatch):
    monkeypatch.setattr(xlsx_files, "MOST_ROWS", 200)
    content = changed_zip(BOOK, add={SHEET: sheet_of(range(1, 1_000), dimension)})

    with pytest.raises(FileRefused, match="more than 200,000 rows"):
        read(content)


def test_sheet_that_only_declares_many_rows_is_read():
    content = changed_zip(BOOK, add={SHEET: sheet_of([1, 2, 900_000], b"A1:XFD1048576")})

    book = open_spreadsheet(content)

    assert [row.number for row in book.rows("Families", 3)] == [1, 2, 900_000]


def test_rows_and_columns_beyond_the_end_of_excel_do_not_take_long():
    far = b'<sheetData><row r="99999999999"><c r="A99999999999"><v>1</v></c></row></sheetData>'

    assert read(changed_zip(BOOK, add={SHEET: WORKSHEET % far})) == []


def test_characters_that_excel_escapes_come_back():
    assert read(with_text(b"one_x000D_two"))[0][0] == "one\rtwo"

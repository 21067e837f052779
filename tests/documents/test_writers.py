import csv
import datetime as dt
import io
import tempfile
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from betterstart.documents import writers
from betterstart.documents.cells import unguarded
from betterstart.documents.download import download
from betterstart.documents.writers import Sheet, TooManyRows, write_csv, write_xlsx
from tests.documents.test_cells import PREFIXES


def written_csv(rows, columns=("Name", "Note"), **more):
    file = io.BytesIO()
    write_csv(Sheet("Families", columns, rows), file, **more)
    return file.getvalue()


def written_xlsx(rows, columns=("Name", "Note"), name="Families", definitions=()):
    file = io.BytesIO()
    write_xlsx(Sheet(name, columns, rows, definitions), file)
    return file


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def read_xlsx(file, sheet=0):
    return [list(row) for row in load_workbook(file).worksheets[sheet].iter_rows()]


def imported(text):
    """What an import makes of a cell of text."""
    return unguarded(unescape(text or ""))


RISKY = [[f"{prefix}1+1", f"{prefix}cmd|' /C calc'!A0"] for prefix in PREFIXES]


def test_csv_of_forty_prefixes_begins_no_cell_with_a_sign_and_comes_back():
    rows = read_csv(written_csv(RISKY))[1:]

    assert all(text.startswith("'") for row in rows for text in row)
    assert [[unguarded(text) for text in row] for row in rows] == RISKY


def test_xlsx_of_forty_prefixes_holds_text_only_and_comes_back():
    file = written_xlsx(RISKY)
    rows = read_xlsx(file)[1:]

    assert {cell.data_type for row in rows for cell in row} == {"s"}
    assert b"<f>" not in zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml")
    assert [[imported(cell.value) for cell in row] for row in rows] == RISKY


words = st.text(max_size=30) | st.text(alphabet="'=+-@\t\r\n ＝;,\"_x0041_#N/A", max_size=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(words, words), max_size=5))
def test_text_is_equal_after_csv_export_and_import(rows):
    assert [tuple(unguarded(text) for text in row) for row in read_csv(written_csv(rows))[1:]] == rows


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(words, words), max_size=5))
def test_text_is_equal_after_xlsx_export_and_import(rows):
    found = [tuple(imported(cell.value) for cell in row) for row in read_xlsx(written_xlsx([("a", "b"), *rows]))[2:]]

    assert found == rows[: len(found)]
    assert all(row == ("", "") for row in rows[len(found) :])


KINDS = [
    [-5, Decimal("2.50")],
    [1.25, 10**17],
    [dt.date(2025, 8, 4), dt.datetime(2025, 8, 4, 13, 30, tzinfo=dt.UTC)],
    [dt.time(14, 30), dt.date(1899, 3, 1)],
    [True, None],
    [float("inf"), "07700 900123"],
]


def test_csv_keeps_numbers_as_numbers_and_writes_dates_in_iso_form():
    assert written_csv(KINDS, bom=False).decode().splitlines() == [
        '"Name","Note"',
        "-5,2.50",
        "1.25,100000000000000000",
        '"2025-08-04","2025-08-04 14:30"',
        '"14:30","1899-03-01"',
        '"yes",""',
        '"","07700 900123"',
    ]


def test_xlsx_types_numbers_and_dates_and_leaves_the_rest_as_text():
    rows = read_xlsx(written_xlsx(KINDS))[1:]

    assert [[cell.value for cell in row] for row in rows] == [
        [-5, 2.5],
        [1.25, "100000000000000000"],
        [dt.datetime.fromisoformat("2025-08-04"), dt.datetime.fromisoformat("2025-08-04 14:30")],
        [dt.time(14, 30), "1899-03-01"],
        ["yes", None],
        [None, "07700 900123"],
    ]
    assert [cell.number_format for cell in rows[2]] == ["yyyy-mm-dd", "yyyy-mm-dd hh:mm"]


def test_csv_marks_itself_for_excel_unless_told_not_to():
    assert written_csv([]).startswith(b"\xef\xbb\xbf")
    assert written_csv([], bom=False).startswith(b'"Name"')


def test_names_in_every_script_survive_both_forms():
    names = [("Żaneta Ćwik", "עֲדִינָה"), ("ਅਮਨਦੀਪ", "王芳 👶🏽")]

    assert [tuple(row) for row in read_csv(written_csv(names))[1:]] == names
    assert [tuple(cell.value for cell in row) for row in read_xlsx(written_xlsx(names))[1:]] == names


@pytest.mark.parametrize("looks_like", ["#N/A", "#REF!", "=1", "TRUE", "1e5", "2025-08-04", "_x0041_"])
def test_xlsx_text_that_looks_like_something_else_stays_text(looks_like):
    cell = read_xlsx(written_xlsx([(looks_like, "")]))[1][0]

    assert cell.data_type == "s"
    assert imported(cell.value) == looks_like


def test_xlsx_heading_is_bold_guarded_and_kept_in_view():
    file = written_xlsx([], columns=("=Name", "Note"))
    heading = read_xlsx(file)[0]

    assert [cell.value for cell in heading] == ["'=Name", "Note"]
    assert all(cell.font.b for cell in heading)
    assert load_workbook(file).worksheets[0].freeze_panes == "A2"


def test_xlsx_definitions_are_a_second_sheet():
    file = written_xlsx([], definitions=[("Visits", "=Visits that took place")])

    assert load_workbook(file).sheetnames == ["Families", "Definitions"]
    assert [[cell.value for cell in row] for row in read_xlsx(file, 1)] == [
        ["Name", "Meaning"],
        ["Visits", "'=Visits that took place"],
    ]


@pytest.mark.parametrize(
    ("name", "kept"), [("Visits: May/June [all]?", "Visits  May June  all"), ("'", "Sheet"), ("x" * 40, "x" * 31)]
)
def test_xlsx_sheet_name_that_excel_refuses_is_mended(name, kept):
    assert load_workbook(written_xlsx([], name=name)).sheetnames == [kept]


def test_xlsx_text_longer_than_a_cell_is_cut_with_a_remark_and_whole_in_csv():
    long = "word " * 10_000
    cell = read_xlsx(written_xlsx([(long, "")]))[1][0]

    assert len(cell.value) == 32_767
    assert cell.value.endswith("(cut here: the CSV has all of it)")
    assert read_csv(written_csv([(long, "")]))[1][0] == long


def test_xlsx_with_more_rows_than_a_sheet_is_refused(monkeypatch):
    monkeypatch.setattr(writers, "MOST_XLSX_ROWS", 3)
    written_xlsx([("a", "b")] * 2)

    with pytest.raises(TooManyRows, match="Choose CSV"):
        written_xlsx([("a", "b")] * 3)


def test_xlsx_leaves_no_file_behind_when_its_rows_fail(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def failing():
        yield ("Amina", "a note")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        written_xlsx(failing())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "kind", "start"), [("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbf"), ("xlsx", "sheet", b"PK")]
)
def test_download_is_an_attachment_that_no_cache_keeps(form, kind, start):
    response = download(Sheet("Families", ("Name",), [("Amina",)]), filename="Families, 4 August", form=form)

    assert response["Content-Type"].endswith(kind)
    assert response["Content-Disposition"] == f'attachment; filename="Families, 4 August.{form}"'
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(start)

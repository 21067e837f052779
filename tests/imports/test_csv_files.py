import codecs
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from families.imports import csv_files
from families.imports.opening import open_spreadsheet
from families.imports.reading import FileRefused
from tests.imports.files import csv_bytes

ROWS = [["Ref", "Name", "Notes"], ["F1", "Zoë Łukasz", "a, b; c"], ["F2", "O'Brien", 'said "hello"']]


def read(content):
    book = open_spreadsheet(content)
    return [row.cells for row in book.rows(book.sheets[0])]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_csv_is_read_whatever_the_alphabet_separator_and_line_end(separator, ending, encoding):
    assert read(csv_bytes(ROWS, encoding, separator, ending)) == ROWS


def test_csv_of_an_old_windows_file_is_read_with_a_note():
    rows = [["Ref", "Name"], ["F1", "Zoë Café"], ["F2", "“quoted” – dash €"]]

    book = open_spreadsheet(csv_bytes(rows, "windows-1252"))

    assert [row.cells for row in book.rows(book.sheets[0])] == rows
    assert "older Windows file" in book.note


def test_csv_in_unicode_needs_no_note():
    assert open_spreadsheet(csv_bytes(ROWS)).note == ""


def test_csv_that_mixes_two_encodings_is_refused():
    content = "Ref,Name\nF1,Zoë\nF2,Renée\n".encode() + "F3,Zoë\n".encode("windows-1252")

    with pytest.raises(FileRefused, match="mixes two ways"):
        read(content)


@pytest.mark.parametrize(
    "content",
    [codecs.BOM_UTF8 + b"Ref\n\xff\xfe\xff", codecs.BOM_UTF16_LE + b"a\x00b", b"Ref,Name\nF1,\x81\x8d\x8f\n"],
)
def test_csv_with_letters_nobody_can_read_is_refused(content):
    with pytest.raises(FileRefused, match="cannot read the letters"):
        read(content)


def test_csv_says_which_separator_it_uses_and_excel_does_not_count_that_row():
    book = open_spreadsheet(b"sep=|\r\nRef|Name\r\nF1|a,b,c\r\n")

    assert [(row.number, row.cells) for row in book.rows("CSV")] == [(1, ["Ref", "Name"]), (2, ["F1", "a,b,c"])]


def test_csv_keeps_line_ends_inside_quotes_and_counts_rows_as_a_spreadsheet_does():
    book = open_spreadsheet(b'Ref,Notes\n\nF1,"one\ntwo"\n , \nF2,x\n')

    assert [(row.number, row.cells) for row in book.rows("CSV")] == [
        (1, ["Ref", "Notes"]),
        (3, ["F1", "one\ntwo"]),
        (5, ["F2", "x"]),
    ]


@pytest.mark.parametrize(
    ("content", "row"),
    [(b'Ref,Notes\nF1,ok\nF2,"never closed\nF3,x\n', 3), (b'Ref,Notes\nF1,"a"b\n', 2)],
)
def test_csv_with_a_quote_that_does_not_match_is_refused_with_its_row(content, row):
    with pytest.raises(FileRefused, match=f"in row {row} do not match"):
        read(content)


def test_csv_with_a_cell_without_end_is_refused():
    with pytest.raises(FileRefused, match="longer than 100,000 characters"):
        read(b"Ref,Notes\nF1," + b"x" * 200_000 + b"\n")


def test_csv_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(csv_files, "MOST_ROWS", 3)

    with pytest.raises(FileRefused, match=r"more than 200,000 rows"):
        read(csv_bytes([["Ref"], *[[f"F{n}"] for n in range(4)]]))


def test_csv_of_one_column_is_read():
    assert read(b"Ref\nF1\nF2\n") == [["Ref"], ["F1"], ["F2"]]


@pytest.mark.parametrize("content", [b"", b"   \r\n \n"])
def test_empty_file_is_refused(content):
    with pytest.raises(FileRefused, match="empty"):
        read(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"\n<!DOCTYPE html><table>", "web page"),
        (b"<html><table><tr><td>Ref", "web page"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Excel file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(1, 32)) * 40, "not a table"),
        (b"\x7fELF\x02\x01\x01" + b"\x00\x01\x02\x03" * 200, "not a table"),
    ],
)
def test_other_kinds_of_file_are_refused_by_what_they_are(content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        read(content)


def test_file_over_50_mb_is_refused():
    with pytest.raises(FileRefused, match="larger than 50 MB"):
        open_spreadsheet(b"x" * (50 * 1024 * 1024 + 1))


@given(st.binary(max_size=400))
def test_no_bytes_bring_reading_down(content):
    with contextlib.suppress(FileRefused):
        read(content)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12),
            min_size=3,
            max_size=3,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_csv_comes_back_as_it_was_written(rows):
    rows = [["Reference", "Name of family", "Notes on it"], *rows]

    assert [cells for cells in read(csv_bytes(rows)) if any(map(str.strip, cells))] == [
        cells for cells in rows if any(map(str.strip, cells))
    ]

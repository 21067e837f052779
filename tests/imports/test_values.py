import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterstart.documents.cells import guarded
from families.imports import values
from families.imports.values import ValueRefused


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        ("  Zoë\u00a0 Łukasz ", "Zoë Łukasz"),
        ("Zoe\u0308", "Zoë"),
        ("آمنہ", "آمنہ"),
        ("Amina\u202eanimA", "AminaanimA"),
        ("one\x0btwo", "one two"),
        (12, "12"),
        (12.0, "12"),
        (0.5, "0.5"),
        (True, "yes"),
        (dt.date(2026, 8, 4), "2026-08-04"),
        ("=HYPERLINK(1)", "=HYPERLINK(1)"),
        ("@home", "@home"),
        ("-5", "-5"),
        ("＝1+1", "＝1+1"),
        ("'=1+1", "=1+1"),
        ("'tis", "'tis"),
        ("Null", "Null"),
        ("林", "林"),
    ],
)
def test_line_gives_the_cell_as_text(cell, text):
    assert values.line(cell) == text


@pytest.mark.parametrize("text", ["=1+1", "+44 1274", "-5", "@x", "＝1+1", "'=x", "plain", "'quoted'"])
def test_line_takes_off_the_mark_that_our_exports_put_on(text):
    assert values.line(guarded(text)) == text


@pytest.mark.parametrize("cell", ["a\x00b", "a\ud800b", "a\ufffe", "#REF!", " #N/A "])
def test_line_refuses_what_is_not_text(cell):
    with pytest.raises(ValueRefused):
        values.line(cell)


def test_line_refuses_what_is_too_long_with_its_length():
    with pytest.raises(ValueRefused, match="1000000 characters, and 200"):
        values.line("x" * 1_000_000)


def test_paragraphs_keep_their_lines():
    assert values.paragraphs("one \r\n\r\n\r\n\r\ntwo\rthree  ") == "one\n\ntwo\nthree"


@pytest.mark.parametrize(("cell", "reference"), [("F-001", "F-001"), (42.0, "42"), (7, "7"), ("007", "007"), ("", "")])
def test_reference_keeps_its_form(cell, reference):
    assert values.reference(cell) == reference


@pytest.mark.parametrize("cell", ["1E+11", "4.47701E+11", "4,4E11"])
def test_numbers_that_excel_shortened_are_asked_for(cell):
    for read in (values.reference, values.phone):
        with pytest.raises(ValueRefused, match="Excel has shortened"):
            read(cell)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("", ""),
        ("07700 900123", "07700900123"),
        ("+44 7700 900123", "07700900123"),
        ("+44 (0)7700 900123", "07700900123"),
        ("0044 7700 900123", "07700900123"),
        ("'+447700900123", "07700900123"),
        (447700900123.0, "07700900123"),
        (7700900123, "07700900123"),
        ("(01274) 496-000", "01274496000"),
        ("1274496000", "01274496000"),
        ("+92 300 1234567", "+923001234567"),
        ("٠٧٧٠٠٩٠٠١٢٣", "07700900123"),
    ],
)
def test_phone_is_a_number_with_its_first_digit(cell, number):
    assert values.phone(cell) == number


@pytest.mark.parametrize("cell", ["999", "112", "12", "1" * 40, "ask her mother", "07700 900123 (mum)", "½"])
def test_phone_refuses_what_cannot_be_called(cell):
    with pytest.raises(ValueRefused):
        values.phone(cell)


@pytest.mark.parametrize(
    ("cell", "address"),
    [("", ""), ("Amina.K+post@Example.ORG", "amina.k+post@example.org"), ("mailto:a@example.org", "a@example.org")],
)
def test_email_is_kept_in_small_letters(cell, address):
    assert values.email(cell) == address


@pytest.mark.parametrize("cell", ["a@b", "a@example.org\r\nBcc: x@example.org", "none", "a" * 320 + "@example.org"])
def test_email_refuses_what_is_none(cell):
    with pytest.raises(ValueRefused):
        values.email(cell)


@pytest.mark.parametrize(("cell", "postcode"), [("bd72aa", "BD7 2AA"), ("", ""), ("zz993wz", "ZZ99 3WZ")])
def test_postcode_has_its_official_shape(cell, postcode):
    assert values.postcode(cell) == postcode


def test_postcode_refuses_words():
    with pytest.raises(ValueRefused, match="BD7 2AA"):
        values.postcode("refuge")


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("Yes", True),
        ("Y", True),
        (1, True),
        (True, True),
        ("✓", True),
        ("no", False),
        (0, False),
        (None, None),
        ("", None),
    ],
)
def test_yes_or_no_tells_not_asked_from_no(cell, answer):
    assert values.yes_or_no(cell) is answer


def test_yes_or_no_refuses_anything_else():
    with pytest.raises(ValueRefused):
        values.yes_or_no("maybe")


@given(st.one_of(st.text(max_size=60), st.integers(), st.floats(), st.dates(), st.datetimes(), st.times()))
def test_every_reader_gives_a_value_or_a_sentence(cell):
    sentences = []
    for read in (values.line, values.reference, values.phone, values.email, values.postcode, values.yes_or_no):
        try:
            read(cell)
        except ValueRefused as refusal:
            sentences.append(refusal.sentence)
    assert all(sentence.endswith(".") for sentence in sentences)

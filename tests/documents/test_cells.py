import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from betterstart.documents.cells import cell, guarded, unguarded

# Forty beginnings that one spreadsheet or another has taken for a formula, a new cell or a command.
PREFIXES = [
    *["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫", "⁼", "⁺"],
    *[
        " =",
        "  +",
        "\xa0-",
        "\u3000@",
        "\u200b=",
        "\ufeff=",
        "\u2060+",
        "\u200e-",
        "\u202e=",
        "\x00=",
        "\x0b=",
        "\x85=",
    ],
    *["\t=", "\r\n=", "\n+", "==", "=-", "+-@", "-=", "@=", "'=", "''+", "'\t"],
]


def test_there_are_forty_prefixes():
    assert len(set(PREFIXES)) == 40


@pytest.mark.parametrize("prefix", PREFIXES, ids=ascii)
def test_text_with_risky_beginning_gets_one_apostrophe_and_comes_back(prefix):
    text = f"{prefix}HYPERLINK(1)"

    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize(
    "text",
    ["", "Amina", "3 = three", "a\t=1", "'tis the season", "''", "'", "–5", "#N/A", "07700 900123", "x@example.org"],
)
def test_plain_text_is_left_alone(text):
    assert guarded(text) == text
    assert unguarded(text) == text


@given(st.text() | st.text(alphabet="'=+-@\t\r\n ＝a"))
def test_guarding_is_always_undone_exactly(text):
    assert unguarded(guarded(text)) == text


@given(st.text(alphabet="'=+-@\t\r\n ＝a\u200b"))
def test_guarded_text_never_begins_with_a_sign(text):
    assert guarded(text)[:1] not in set("\t\r\n")
    assert guarded(text).lstrip(" \t\r\n\u200b")[:1] not in set("=+-@＝")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, None),
        (True, "yes"),
        (False, "no"),
        (-5, -5),
        (Decimal("-1.50"), Decimal("-1.50")),
        (float("nan"), None),
        (float("-inf"), None),
        (dt.date(2025, 8, 4), dt.date(2025, 8, 4)),
        (dt.datetime(2025, 8, 4, 13, 30, tzinfo=dt.UTC), dt.datetime.fromisoformat("2025-08-04 14:30")),
        (
            dt.datetime(2025, 1, 4, 13, 30, tzinfo=ZoneInfo("Europe/London")),
            dt.datetime.fromisoformat("2025-01-04 13:30"),
        ),
        (gettext_lazy("Visits"), "Visits"),
        ("-5", "'-5"),
    ],
)
def test_value_is_written_by_its_kind(value, written):
    assert cell(value) == written

"""One cell made into one value, or refused with a sentence. What can be read in two ways is asked, never guessed."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from betterstart.documents.cells import unguarded
from betterstart.places.postcodes import NotAPostcode, normalise_postcode
from betterstart.text import clean_text
from families.imports.reading import Cell

_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_NEVER_TEXT = re.compile(r"[\x00\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile(r"[\x0b\x0c\x85\u2028\u2029]")
_SHORTENED = re.compile(r"[0-9][.,]?[0-9]*e\+?[0-9]+", re.IGNORECASE)


class ValueRefused(ValueError):
    """The cell cannot be kept as it is. The message is the sentence shown beside it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def text_of(cell: Cell) -> str:
    """The cell as the person sees it, cleaned of what cannot be seen; formulas are only text. Raises ValueRefused."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == dt.time() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, dt.time):
        return f"{cell:%H:%M}"
    text = str(cell).strip(" ")
    if text.isascii() and text.isprintable() and not text.startswith(("'", "#")):
        return text  # most cells: nothing in them to clean
    if _NEVER_TEXT.search(text):
        raise ValueRefused(_("This cell holds a character that is not text. Type the cell again."))
    text = clean_text(_LINE_ENDS.sub("\n", text))
    if text in _EXCEL_ERRORS:
        raise ValueRefused(_("Excel shows an error here. Correct the cell."))
    return unguarded(text)


def _at_most(text: str, longest: int) -> str:
    if len(text) > longest:
        raise ValueRefused(
            _("This is too long: %(length)s characters, and %(longest)s is the most.")
            % {"length": len(text), "longest": longest}
        )
    return text


def line(cell: Cell, longest: int = 200) -> str:
    """One line of text with single spaces. Raises ValueRefused."""
    return _at_most(" ".join(text_of(cell).split()), longest)


def paragraphs(cell: Cell, longest: int = 2000) -> str:
    """Text that keeps its lines. Raises ValueRefused."""
    lines = [part.rstrip() for part in text_of(cell).split("\n")]
    return _at_most(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip(), longest)


def reference(cell: Cell) -> str:
    """What another system calls a record. A number keeps no ".0". Raises ValueRefused."""
    return _at_most(_unshortened(" ".join(text_of(cell).split())), 100)


def _unshortened(text: str) -> str:
    if _SHORTENED.fullmatch(text):
        raise ValueRefused(_("Excel has shortened this number and digits are lost. Format the column as text."))
    return text


def plain_digits(text: str) -> str:
    """Digits of every script as 0 to 9; everything else stays."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in text)


def phone(cell: Cell) -> str:
    """A phone number; a British one begins with 0, which spreadsheets like to lose. Raises ValueRefused."""
    text = plain_digits(_unshortened(line(cell)))
    if not text:
        return ""
    if not re.fullmatch(r"\+?[0-9 ().\-/]+", text):
        raise ValueRefused(_("Write only the number here, and anything else in the notes."))
    number = re.sub(r"[^0-9+]", "", text.replace("(0)", ""))
    number = re.sub(r"^00", "+", number)
    digits = number.lstrip("+")
    if digits.startswith("44") and len(digits) in (11, 12):
        number = f"0{digits[2:]}"
    elif len(number) == 10 and number[0] in "1237":
        number = f"0{number}"
    if not 7 <= len(number.lstrip("+")) <= 15 or number.startswith(("999", "112")):
        raise ValueRefused(_("This is not a phone number we know. Write it with its area code, like 01274 496000."))
    return number


def email(cell: Cell) -> str:
    """An email address in lower case. Raises ValueRefused."""
    text = text_of(cell).removeprefix("mailto:")
    if not text:
        return ""
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueRefused(_("This is not an email address. It should look like name@example.org.")) from error
    return text.lower()


def postcode(cell: Cell) -> str:
    """A postcode in its official shape. Raises ValueRefused."""
    try:
        return normalise_postcode(line(cell))
    except NotAPostcode as error:
        raise ValueRefused(
            _("This is not a postcode. It should look like BD7 2AA. Leave it empty when there is none.")
        ) from error


_YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓", "✔", "☑"})
_NO = frozenset({"no", "n", "false", "f", "0", "✗", "✘", "☐"})


def yes_or_no(cell: Cell) -> bool | None:
    """True, False, or None for an empty cell: not asked is not the same as no. Raises ValueRefused."""
    word = plain_digits(line(cell)).casefold()
    if not word:
        return None
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueRefused(_("Write yes or no here, or leave it empty."))

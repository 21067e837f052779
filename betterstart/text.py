"""Cleaning of what people type or paste, without touching what they meant."""

from __future__ import annotations

import unicodedata

# Overrides can make a text read as something else; the marks and isolates that Arabic and Urdu need stay.
_BIDI_OVERRIDES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\ufffe\uffff\ufeff"))
_CONTROL = {code: None for code in [*range(32), 127, *range(128, 160)] if chr(code) not in "\n\t"}


def clean_text(text: str) -> str:
    """Normalise to composed letters and unix line ends; drop control characters and direction overrides."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.translate(_CONTROL).translate(_BIDI_OVERRIDES)
    return "".join(char for char in text if not 0xD800 <= ord(char) <= 0xDFFF).strip()


def clean_line(text: str) -> str:
    """The same for one line: inner white space, non-breaking too, becomes single spaces."""
    return " ".join(clean_text(text).split())

"""Postcodes as people type them, made into the one shape the official files use (`pcds`)."""

import re

NO_FIXED_ABODE = "ZZ99 3VZ"
NOT_KNOWN = "ZZ99 3WZ"
PSEUDO_POSTCODES = frozenset({NO_FIXED_ABODE, NOT_KNOWN})

_SHAPE = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][ABD-HJLNP-UW-Z]{2}")  # V is never used, except in the pseudo ones
_LONGEST_TYPED = 20


class NotAPostcode(ValueError):
    """The text has not the shape of a postcode in the United Kingdom."""


def normalise_postcode(text: str) -> str:
    """Give the postcode in upper case with one space before its last three characters.

    Spaces of every kind, dots and hyphens are overlooked. An empty text gives an empty text (an address needs no
    postcode). Raises NotAPostcode when what is left has not the shape. The shape says nothing about whether the
    postcode exists; the pseudo postcodes for "no fixed abode" and "not known" are valid and lie nowhere.
    """
    if len(text) > _LONGEST_TYPED:
        raise NotAPostcode(text[:_LONGEST_TYPED])
    compact = re.sub(r"[\s.\-]", "", text).upper()
    if not compact:
        return ""
    spaced = f"{compact[:-3]} {compact[-3:]}"
    if spaced not in PSEUDO_POSTCODES and not _SHAPE.fullmatch(spaced):
        raise NotAPostcode(text)
    return spaced


def has_geography(postcode: str) -> bool:
    """Whether a normalised postcode can be looked up: not empty and not one of the pseudo postcodes."""
    return bool(postcode) and postcode not in PSEUDO_POSTCODES

"""What one side is told of the other before they meet says nothing by which anybody could be found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from django.utils.translation import gettext as _

from families.models import Family
from volunteers.actions.pairing import MatchRefused
from volunteers.models import Volunteer
from volunteers.models.match_offer import LONGEST_DESCRIPTION

POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE)
NUMBER = re.compile(r"(?:\d[\s()./-]?){7,}")
MAILBOX = re.compile(r"\S+@\S+\.\S+")
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
SHORTEST_NAME = 3
"""Anybody called in two letters, and the lines under a street, count only where they stand as names do: capitalised."""
# How people are called who have no name here yet; a description may say these.
NO_NAMES = frozenset(
    {
        "baby",
        "little",
        "mum",
        "mother",
        "dad",
        "father",
        "child",
        "twin",
        "unborn",
        "new",
        "our",
        "the",
        "mr",
        "ms",
        "dr",
    }
)
ROADS = frozenset(["street", "road", "avenue", "lane", "close", "drive", "court", "place", "terrace", "flat"])


def check_description(words: str, *, family: Family, volunteer: Volunteer) -> None:
    """Raises MatchRefused for the field `description` where it is empty or too long, or names anybody.

    Names of either side, their address, a postcode, a telephone number or an address for letters is named in the
    sentence, so that it can be taken out.
    """
    if not words.strip():
        raise MatchRefused({"description": _("Please write a few words.")})
    if len(words) > LONGEST_DESCRIPTION:
        sentence = _("Here is room for at most {n} characters.").format(n=LONGEST_DESCRIPTION)
        raise MatchRefused({"description": sentence})
    if found := telling(words, family=family, volunteer=volunteer):
        sentence = _("Before both have said yes, nobody is named. Please take out: {words}.")
        raise MatchRefused({"description": sentence.format(words=", ".join(found))})


def telling(words: str, *, family: Family, volunteer: Volunteer) -> list[str]:
    """What in these words tells who somebody is, as it stands there."""
    found = [match.group().strip() for match in POSTCODE.finditer(words)]
    found += [match.group().strip() for match in MAILBOX.finditer(words)]
    found += [match.group().strip() for match in NUMBER.finditer(words)]
    names, capitalised = _names(family, volunteer)
    for match in WORD.finditer(words):
        telling_now = names if match.group()[0].islower() else names | capitalised
        found += [match.group()] if any(part in telling_now for part in _parts(match.group())) else []
    return list(dict.fromkeys(found))


def _names(family: Family, volunteer: Volunteer) -> tuple[set[str], set[str]]:
    """What names them however it is written, and what does so only where it is capitalised."""
    people = family.members.all()
    called = [family.name, volunteer.display_name]
    called += [name for person in people for name in (person.display_name, person.known_as)]
    lines = [line for address in family.addresses.current() for line in _lines(address.lines)]
    named = {folded for name in called for folded in _words(name)} - NO_NAMES
    streets = {folded for first, line in lines if first for folded in _words(line)} - ROADS
    below = {folded for first, line in lines if not first for folded in _words(line)} - ROADS
    short = {folded for name in called for folded in _short(name)} - NO_NAMES
    return named | streets, below | short


def _lines(text: str) -> list[tuple[bool, str]]:
    """Each line of an address, and whether it is the first."""
    return [(n == 0, line) for n, line in enumerate(text.splitlines())]


def _words(text: str) -> Iterable[str]:
    return (part for word in WORD.findall(text) for part in _parts(word) if len(part) >= SHORTEST_NAME)


def _short(text: str) -> Iterable[str]:
    """Of "Jo de Vries" it is "jo"."""
    capitalised = (word for word in WORD.findall(text) if not word[0].islower())
    return (part for word in capitalised for part in _parts(word) if len(part) == SHORTEST_NAME - 1)


def _parts(word: str) -> list[str]:
    """ "Łukasz’s" is "łukasz", without accents; of a double name each half."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).replace("’", "'")
    return [part for part in re.split(r"[-']", plain) if part]

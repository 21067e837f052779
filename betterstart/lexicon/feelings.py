"""Choosing feelings: which words are offered in a language, and what counts as a pick."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from betterstart.lexicon.models import ENGLISH, Feeling, FeelingWord

MOST_FEELINGS = 3
OWN_WORD_LENGTH = 60
SOMETHING_ELSE = "something_else"
RATHER_NOT_SAY = "rather_not_say"


class FeelingsRefused(ValidationError):
    """The feelings cannot be kept as they were picked; the message says what to change."""


@dataclass(frozen=True)
class FeelingOption:
    key: str
    group: str
    group_label: str
    word: str
    example: str
    language: str


def base_language(code: str | None) -> str:
    """The language without its region: "en-gb" gives "en"."""
    return (code or ENGLISH).split("-")[0].lower()


def feelings_for(language: str | None) -> list[FeelingOption]:
    """The feelings offered in a language, in order.

    Only reviewed words are offered. A feeling without a reviewed word falls back to English, unless the language
    leaves it out on purpose (a reviewed entry without a word); a feeling local to another language is not offered.
    """
    wanted = base_language(language)
    words: dict[str, FeelingWord] = {}
    for entry in FeelingWord.objects.reviewed(wanted, ENGLISH):
        if entry.feeling.local_to in ("", wanted) and (entry.language == wanted or entry.feeling.key not in words):
            words[entry.feeling.key] = entry
    return [
        FeelingOption(
            key=key,
            group=entry.feeling.group,
            group_label=entry.feeling.get_group_display(),
            word=entry.word,
            example=entry.example,
            language=entry.language,
        )
        for key, entry in words.items()
        if entry.word
    ]


def words_by_key(language: str | None) -> dict[str, str]:
    """How to name every feeling that may have been chosen, in any language: for lists, charts and reports."""
    preference = (base_language(language), ENGLISH)
    entries = FeelingWord.objects.filter(status=FeelingWord.Status.REVIEWED).exclude(word="")
    rows = list(entries.values_list("feeling__key", "language", "word"))
    rows.sort(key=lambda row: preference.index(row[1]) if row[1] in preference else len(preference))
    words = {RATHER_NOT_SAY: _("rather not say"), SOMETHING_ELSE: _("something else")}
    for key, _language, word in rows:
        words.setdefault(key, word)
    return words


def check_feelings(keys: Sequence[str], own_word: str = "") -> tuple[list[str], str]:
    """Give the feelings and the own word as they are to be stored.

    Up to three feelings; "something else" is one of them and carries the person's own word (an own word implies it);
    "rather not say" stands alone. Choosing nothing is allowed. Raises FeelingsRefused.
    """
    chosen = list(dict.fromkeys(keys))
    own_word = " ".join(own_word.split())
    if own_word and SOMETHING_ELSE not in chosen and RATHER_NOT_SAY not in chosen:
        chosen.append(SOMETHING_ELSE)
    if RATHER_NOT_SAY in chosen:
        if len(chosen) > 1 or own_word:
            raise FeelingsRefused(_("Choose feelings, or “rather not say”, not both."), code="exclusive")
        return chosen, ""
    if len(chosen) > MOST_FEELINGS:
        raise FeelingsRefused(_("Choose up to three feelings."), code="too_many")
    if SOMETHING_ELSE in chosen and not own_word:
        raise FeelingsRefused(_("Write your own word, or untick “something else”."), code="own_word_missing")
    if len(own_word) > OWN_WORD_LENGTH:
        raise FeelingsRefused(_("Your own word can have up to 60 characters."), code="own_word_long")
    known = [key for key in chosen if key != SOMETHING_ELSE]
    if Feeling.objects.filter(key__in=known).count() != len(known):
        raise FeelingsRefused(_("Choose feelings from the list."), code="unknown")
    return chosen, own_word

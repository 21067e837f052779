"""Fair wording: which gentle prompts belong to a text. Nothing is blocked, nothing is rewritten, nothing is stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from betterstart.lexicon.feelings import base_language
from betterstart.lexicon.models import FairWordingPrompt

LONGEST_READ = 20_000
_WORD = re.compile(r"\w+(?:['’]\w+)*")


@dataclass(frozen=True)
class FoundWording:
    prompt: FairWordingPrompt
    written: str
    """The words as they stand in the text, the first time they occur."""


def _tokens(text: str) -> list[tuple[str, int, int]]:
    return [(found.group().replace("’", "'").casefold(), *found.span()) for found in _WORD.finditer(text)]


def match_prompts(text: str, prompts: Iterable[FairWordingPrompt]) -> list[FoundWording]:
    """Prompts with a phrase that stands in the text as whole words, whatever the capitals and the spacing.

    The text is cut into words once and each word looked up, so the time grows with the length of the text and not
    with what stands in it. Each prompt is given once, in the order of the list.
    """
    ordered = list(prompts)
    starts: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    for number, prompt in enumerate(ordered):
        for phrase in prompt.phrases:
            words = tuple(token for token, _start, _end in _tokens(phrase))
            if words:
                starts.setdefault(words[0], []).append((words, number))
    tokens = _tokens(text[:LONGEST_READ])
    written: dict[int, str] = {}
    for place, (token, start, _end) in enumerate(tokens):
        for words, number in starts.get(token, ()):
            stretch = tokens[place : place + len(words)]
            if number not in written and tuple(word for word, _start, _end in stretch) == words:
                written[number] = text[start : stretch[-1][2]]
    return [FoundWording(ordered[number], written[number]) for number in sorted(written)]


def prompts_for(text: str, language: str | None = None) -> list[FoundWording]:
    """The active prompts of a language that a text calls for (English when none is named)."""
    if not text.strip():
        return []
    return match_prompts(text, FairWordingPrompt.objects.active(base_language(language)))

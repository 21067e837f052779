"""Text without markup. What others write is shown as plain words and never as HTML."""

from __future__ import annotations

import re
from html import unescape

from betterstart.text import clean_text

_LONGEST_READ = 200_000
_TAG = re.compile(r"(/?)([a-zA-Z][a-zA-Z0-9]*)")
_NOT_TEXT = frozenset({"script", "style", "template", "noscript", "iframe", "object", "svg", "title", "head"})
_NEW_LINE = frozenset({"p", "br", "li", "div", "ul", "ol", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"})


def plain(text: str) -> str:
    """The words of a text that may hold HTML, with its paragraphs as lines.

    Not a parser: Python's own takes minutes over a text made to hurt it (`<b<b<b...`), and what is left here is shown
    escaped anyway. One pass, whatever comes.
    """
    text = _without_tags(text[:_LONGEST_READ])
    lines = [" ".join(line.split()) for line in clean_text(unescape(text)).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without_tags(text: str) -> str:
    first, *pieces = text.split("<")
    words, inside = [first], ""
    for piece in pieces:
        tag, closed, rest = piece.partition(">")
        found = _TAG.match(tag)
        is_mark = bool(found or tag.startswith(("!", "/", "?"))) and bool(closed)
        name = found[2].lower() if found else ""
        if inside:
            if found and found[1] and name == inside:
                inside = ""
                words.append(rest)
            continue
        if not is_mark:
            words.append(f"<{piece}" if not found else piece)
        elif name in _NOT_TEXT and not found[1]:  # type: ignore[index]
            inside = name
        else:
            words.append(f"\n{rest}" if name in _NEW_LINE else rest)
    return "".join(words)


def plain_line(text: str) -> str:
    return " ".join(plain(text).split())

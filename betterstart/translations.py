"""The words of the product in other languages. What is kept is what people translate (.po); the rest is made of it."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "locale"
DRAFT = "draft"
"""The comment of a translation that nobody who speaks the language has looked at yet."""

# How many words of each kind a call begins with: (context, one, many).
_CALLS = {"_": "1", "gettext": "1", "gettext_lazy": "1", "gettext_noop": "1", "ngettext": "1n", "ngettext_lazy": "1n"}
_CALLS |= {"pgettext": "c1", "pgettext_lazy": "c1", "npgettext": "c1n", "npgettext_lazy": "c1n"}
_PERCENT, _BRACES = re.compile(r"%(?:\(\w+\)[a-z]|%)"), re.compile(r"{\w*}")
_TEXT = r"""u?('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_IN_TEMPLATE = re.compile(rf"(?<![\w.])(\w+)\(\s*{_TEXT}(?:\s*,\s*{_TEXT})?(?:\s*,\s*{_TEXT})?", re.DOTALL)


class Words(NamedTuple):
    """What a translator gives other words for."""

    one: str
    many: str = ""
    context: str | None = None


def words_in(path: Path, names: Iterable[str] = ()) -> set[Words]:
    """The words marked for translation in a template or a Python file, or only in its classes, functions and constants
    of these names. Raises ValueError for a name that the file does not have.
    """
    text = path.read_text()
    if path.suffix == ".py":
        return set(_in_python(ast.parse(text), set(names)))
    calls = (match.groups() for match in _IN_TEMPLATE.finditer(templatize(text, origin=str(path))))
    return set(_told((name, [ast.literal_eval(word) for word in words if word]) for name, *words in calls))


def words_of(patterns: Iterable[str]) -> set[Words]:
    """The words in all that these patterns name: files ("templates/*.html"), or parts of one ("models.py::Kind,Way").

    Raises ValueError for a pattern that names no file, and for a part that is not there.
    """
    found: set[Words] = set()
    for pattern in patterns:
        files, _, names = pattern.partition("::")
        paths = sorted(ROOT.glob(files))
        if not paths:
            raise ValueError(f"no file is called {pattern}")
        for path in paths:
            found |= words_in(path, names.split(",") if names else ())
    return found


def _in_python(tree: ast.Module, names: set[str]) -> Iterator[Words]:
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    called = {each.asname: each.name for node in imported for each in node.names if each.asname and each.name in _CALLS}
    parts = {name: node for node in tree.body for name in _names_of(node)}
    if missing := names - set(parts):
        raise ValueError(f"nothing is called {', '.join(sorted(missing))}")
    for node in ast.walk(ast.Module([parts[name] for name in names], []) if names else tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            name = called.get(name, name)
            words = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            yield from _told([(name, words)])


def _names_of(node: ast.stmt) -> list[str]:
    """What a line at the outermost level of a file makes."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _told(calls: Iterable[tuple[str, list[str]]]) -> Iterator[Words]:
    for name, words in calls:
        order = _CALLS.get(name, "")
        if order and len(words) >= len(order):
            given = dict(zip(order, words, strict=False))
            yield Words(given["1"], given.get("n", ""), given.get("c"))


def catalogues() -> dict[str, Path]:
    """The catalogue of each language: {"ur": .../django.po}."""
    return {path.parent.parent.name: path for path in sorted(FOLDER.glob("*/LC_MESSAGES/django.po"))}


def untranslated(path: Path, words: Iterable[Words]) -> set[Words]:
    """Of these words those that the catalogue has nothing for."""
    return set(words) - {_key(entry) for entry in polib.pofile(str(path)).translated_entries()}


def renew(path: Path, words: Iterable[Words]) -> tuple[int, int]:
    """Let the catalogue hold exactly these words, in their order; what is translated stays.

    Gives how many were added and how many went.
    """
    catalogue, wanted = (
        polib.pofile(str(path), wrapwidth=110),
        sorted(words, key=lambda each: (each.context or "", each)),
    )
    known = {_key(entry): entry for entry in catalogue}
    forms = _plural_forms(catalogue)
    entries = [known.get(each) or _empty(each, forms) for each in wanted]
    catalogue[:] = entries
    catalogue.save()
    return len(set(wanted) - set(known)), len(set(known) - set(wanted))


def _key(entry: polib.POEntry) -> Words:
    return Words(entry.msgid, entry.msgid_plural, entry.msgctxt)


def _plural_forms(catalogue: polib.POFile) -> int:
    """How many forms a word has that is said of several things: two in Urdu, three in Polish."""
    told = re.search(r"nplurals=(\d+)", catalogue.metadata.get("Plural-Forms", ""))
    return int(told[1]) if told else 2


def _empty(words: Words, forms: int) -> polib.POEntry:
    several = {"msgid_plural": words.many, "msgstr_plural": dict.fromkeys(range(forms), "")} if words.many else {}
    flags = ["python-format"] if _PERCENT.search(words.one + words.many) else []
    flags += ["python-brace-format"] if _BRACES.search(words.one + words.many) else []
    return polib.POEntry(msgid=words.one, msgctxt=words.context, flags=flags, **several)


def placeholders(text: str) -> list[str]:
    """What stands in these words for something else: "%(name)s", "{day}", "%%"."""
    return sorted(_PERCENT.findall(text) + _BRACES.findall(text))


def compile_catalogues() -> list[str]:
    """Make of each catalogue what gettext reads, if that is missing or older. Gives the languages that were made."""
    made = []
    for language, path in catalogues().items():
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        unfinished = compiled.with_suffix(f".{os.getpid()}")
        polib.pofile(str(path)).save_as_mofile(str(unfinished))
        unfinished.replace(compiled)
        made.append(language)
    return made


@cache
def is_draft(language: str) -> bool:
    """Whether a page in this language may hold words that nobody who speaks it has looked at."""
    return drafts(language) > 0


def drafts(language: str) -> int:
    """How many translations of this language still wait for somebody who speaks it."""
    path = catalogues().get(language)
    entries = polib.pofile(str(path)).translated_entries() if path else []
    return sum(DRAFT in entry.tcomment for entry in entries)

"""How a file is read, as a person can write it down: by the headings of its columns, in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from families.imports.columns import OPTIONS, TARGETS, ColumnUse, FileUse, SheetUse, column_letter, fold_heading


class MappingRefused(ValueError):
    """The mapping does not fit the file. The message is a sentence that says where."""


def mapping_of(use: FileUse, sheets: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The use of a file in words: {"sheets": {name: {heading: target or [target, option]}}, "fixed": {target: text}}.

    A column is named by its heading, or by its letter where it has none or shares it with another.
    """
    written: dict[str, Any] = {}
    for sheet in sheets:
        if chosen := use.sheets.get(sheet["name"]):
            names = _names(sheet)
            written[sheet["name"]] = {
                names[place]: [column.target, column.option] if column.option else column.target
                for place, column in chosen.columns.items()
            }
    return {"sheets": written, "fixed": use.fixed}


def use_from_mapping(mapping: Mapping[str, Any], sheets: Sequence[Mapping[str, Any]]) -> FileUse:
    """The use of a file from how it was written down. Raises MappingRefused for what the file or we do not know."""
    if not isinstance(mapping, Mapping) or not mapping.keys() <= {"sheets", "fixed"}:
        raise MappingRefused(_("A mapping has “sheets” and “fixed”, and nothing else."))
    known = {sheet["name"]: sheet for sheet in sheets}
    use = FileUse(fixed={_target(key): str(text) for key, text in mapping.get("fixed", {}).items()})
    for name, columns in mapping.get("sheets", {}).items():
        if name not in known:
            raise MappingRefused(_("The file has no sheet “%(name)s”.") % {"name": name})
        use.sheets[name] = SheetUse(known[name]["heading_row"], dict(_columns(columns, known[name])))
    return use


def _columns(columns: Mapping[str, Any], sheet: Mapping[str, Any]) -> list[tuple[int, ColumnUse]]:
    places = {fold_heading(name): place for place, name in enumerate(_names(sheet))}
    places |= {column_letter(place).casefold(): place for place in range(len(sheet["columns"]))} | places
    found = []
    for name, meaning in columns.items():
        place = places.get(fold_heading(name))
        if place is None:
            raise MappingRefused(_("“%(sheet)s” has no column “%(name)s”.") % {"sheet": sheet["name"], "name": name})
        target, option = meaning if isinstance(meaning, list) and len(meaning) == 2 else (meaning, "")
        if option and option not in OPTIONS.get(TARGETS[_target(target)].kind, {}):
            raise MappingRefused(_("“%(option)s” is no way to read “%(name)s”.") % {"option": option, "name": name})
        found.append((place, ColumnUse(_target(target), option)))
    return found


def _target(key: Any) -> str:
    if not isinstance(key, str) or key not in TARGETS:
        raise MappingRefused(
            _("We do not know “%(key)s”. Known are: %(known)s.") % {"key": key, "known": ", ".join(TARGETS)}
        )
    return key


def _names(sheet: Mapping[str, Any]) -> list[str]:
    headings = [column["heading"] for column in sheet["columns"]]
    folded = [fold_heading(heading) for heading in headings]
    return [
        heading if folded[place] and folded.count(folded[place]) == 1 else column_letter(place)
        for place, heading in enumerate(headings)
    ]

"""Two versions of one visit: where they differ, and what comes of choosing between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import duration_in_words, moment_in_words
from families.models import FamilyMember, SupportKind, Visit, VisitMode, VisitPurpose
from families.reports.visit import as_recorded

MINE, THEIRS, BOTH = "mine", "theirs", "both"
# What is chosen together, with the fields of the form behind it.
PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "when": (gettext_lazy("When"), ("day", "time", "which")),
    "minutes": (gettext_lazy("How long"), ("minutes",)),
    "mode": (gettext_lazy("Where"), ("mode",)),
    "purpose": (gettext_lazy("What kind of visit"), ("purpose",)),
    "worker": (gettext_lazy("Who went"), ("worker",)),
    "present": (gettext_lazy("Who was there"), ("present",)),
    "someone_else": (gettext_lazy("Someone else who was there"), ("someone_else",)),
    "what_happened": (gettext_lazy("What you did together, what went well"), ("what_happened",)),
    "kinds_of_support": (gettext_lazy("What it was about"), ("kinds_of_support",)),
    "travel_minutes": (gettext_lazy("Travel"), ("travel_minutes",)),
}


@dataclass(frozen=True)
class Difference:
    key: str
    label: str
    theirs: str
    mine: str
    choice: str
    """What was chosen when the page was sent without choosing everywhere."""

    @property
    def is_words(self) -> bool:
        return self.key in ("what_happened", "someone_else")

    @property
    def can_keep_both(self) -> bool:
        return self.key == "what_happened" and bool(self.theirs and self.mine)


def differences(form: forms.Form, stored: Visit) -> list[Difference]:
    """Where a valid form says something else than what is stored now."""
    mine, theirs = _words(_typed(form.cleaned_data)), _words(_kept(stored))
    return [
        Difference(key, str(label), theirs[key], mine[key], form.data.get(f"keep-{key}", ""))
        for key, (label, _fields) in PARTS.items()
        if theirs[key] != mine[key]
    ]


def undecided(post: QueryDict) -> bool:
    """The page with two versions was sent without a choice for every part that differs."""
    return any(post.get(f"keep-{key}") not in (MINE, THEIRS, BOTH) for key in post.getlist("differs") if key in PARTS)


def merged(post: QueryDict, stored: Visit) -> QueryDict:
    """The posted form with the chosen parts taken from what is stored."""
    data, theirs = post.copy(), _as_posted(as_recorded(stored))
    for key, (_label, fields) in PARTS.items():
        choice = post.get(f"keep-{key}")
        if choice == BOTH and key == "what_happened":
            data[key] = f"{stored.what_happened}\n\n{post.get(key, '')}"
        elif choice == THEIRS:
            for name in fields:
                data.setlist(name, theirs[name])
    return data


def _as_posted(values: Mapping[str, Any]) -> dict[str, list[str]]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return {name: ["" if item is None else str(item) for item in items] for name, items in lists.items()}


def _typed(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    return dict(cleaned) | {"present": list(cleaned["present"])}


def _kept(visit: Visit) -> dict[str, Any]:
    return as_recorded(visit) | {
        "moment": visit.actual_start,
        "worker": visit.worker,
        "present": list(FamilyMember.objects.filter(pk__in=visit.presences.values("member"))),
    }


def _words(facts: Mapping[str, Any]) -> dict[str, str]:
    plain = ("someone_else", "what_happened")
    return {name: facts[name] for name in plain} | {
        "when": moment_in_words(facts["moment"]),
        "minutes": duration_in_words(facts["minutes"]),
        "mode": str(VisitMode(facts["mode"]).label),
        "purpose": str(VisitPurpose(facts["purpose"]).label),
        "worker": facts["worker"].display_name,
        "present": ", ".join(sorted(map(str, facts["present"]))) or _("nobody of the family"),
        "kinds_of_support": ", ".join(sorted(str(SupportKind(kind).label) for kind in facts["kinds_of_support"])),
        "travel_minutes": duration_in_words(facts["travel_minutes"]) if facts["travel_minutes"] is not None else "",
    }

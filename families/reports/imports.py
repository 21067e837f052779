"""What the page about one file shows: how far it has come, what would come in, what stands in the way."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from families.models import ImportRun

PROBLEMS_SHOWN = 50
KINDS: dict[str, Promise] = {
    "families": _("Families"),
    "people": _("People"),
    "supports": _("Supports"),
    "visits": _("Visits"),
}


def import_page(run: ImportRun, start: str = "") -> dict[str, Any]:
    """The run with its counts by kind and one page of its problems, `start` counting from 0."""
    first = min(int(start), len(run.problems)) if start.isdecimal() and len(start) < 7 else 0
    shown = run.problems[first : first + PROBLEMS_SHOWN]
    return {
        "run": run,
        "counts": [
            {
                "label": label,
                "new": run.counts.get(f"{kind}_new", 0),
                "filled": run.counts.get(f"{kind}_filled", 0),
                "same": run.counts.get(f"{kind}_same", 0),
            }
            for kind, label in KINDS.items()
        ],
        "blocking": [problem for problem in shown if problem["blocks"]],
        "remarks": [problem for problem in shown if not problem["blocks"]],
        "more_from": first + PROBLEMS_SHOWN if len(run.problems) > first + PROBLEMS_SHOWN else None,
        "fewer_from": max(first - PROBLEMS_SHOWN, 0) if first else None,
        "brings_nothing": not any(run.counts.get(f"{kind}_{what}") for kind in KINDS for what in ("new", "filled")),
    }

"""One kind of happening on the thread: which rows, and what they say. Apps register theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import F
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import User
from betterstart.clock import LONDON
from families.models import Family, Support

LETTERS_SHOWN = 280
# What a reader may choose to see alone, in this order.
GROUPS: dict[str, str | Promise] = {
    "visits": _("Visits and groups"),
    "wishes": _("Goals and reviews"),
    "said": _("What they told us"),
    "people": _("Who came and went"),
    "nearby": _("Help nearby"),
    "steps": _("Beginnings and endings"),
}


@dataclass(frozen=True)
class Asker:
    """Who reads the story of whom, and what for: rows of a source start from these."""

    user: User
    family: Family
    supports: Sequence[Support]
    now: dt.datetime


@dataclass(frozen=True)
class Teller:
    """What a source needs to put its rows into words."""

    services: dict[int, str]
    """The name of each support's service."""
    feelings: dict[str, str]
    reads_reasons: bool
    """Whether the reader learns why things moved, or only that they did."""


@dataclass
class Entry:
    """One knot of the thread, as components/timeline.html draws it."""

    kind: str
    at: dt.datetime
    title: str
    when: str
    who: str = ""
    url: str = ""
    text: str = ""
    feelings: list[str] = field(default_factory=list)
    state: str = ""
    state_word: str = ""
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """What somebody of the family said to an entry: it stands beside it for everybody who reads it."""

    who: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Source:
    """`rows` gives a queryset of what the asker may see, annotated with `at` (a moment) and `detail` (JSON); `tell`
    makes an entry of such a row. `name` is in addresses and must not change; `group` is one of `GROUPS`.
    """

    name: str
    group: str
    rows: Callable[[Asker], models.QuerySet[Any]]
    tell: Callable[[dt.datetime, dict[str, Any], Teller], Entry]


SOURCES: dict[str, Source] = {}
"""Of what happened in the same moment the first registered is told first."""


def register_source(source: Source) -> None:
    """Called in `AppConfig.ready`, also by higher apps. Raises KeyError for a group nobody can choose."""
    GROUPS[source.group]
    SOURCES[source.name] = source


def shortened(words: str) -> str:
    """As much of what somebody wrote as a thread holds; the whole stands on its own page."""
    return Truncator(words).chars(LETTERS_SHOWN)


def midnight(day: str | models.expressions.Combinable) -> models.Func:
    """The moment a day begins in London, for sources that only know the day."""
    return models.Func(
        F(day) if isinstance(day, str) else day,
        template=f"(%(expressions)s::timestamp at time zone '{LONDON.key}')",
        output_field=models.DateTimeField(),
    )

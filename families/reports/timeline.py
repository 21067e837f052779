"""What happened with a family, newest first: visits, people joining and leaving, moves of its supports."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, JSONObject, NullIf, TruncDate
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import LONDON, day_in_words, duration_in_words, london_date, moment_in_words
from betterstart.lexicon.feelings import words_by_key
from betterstart.transitions.models import Transition
from families.models import (
    Assignment,
    Family,
    GroupAttendance,
    GroupSession,
    NotDeliveredReason,
    Pointing,
    Signpost,
    SignpostResult,
    Support,
    SupportState,
    Visit,
    VisitMode,
    VisitPurpose,
    VisitState,
)
from families.models.reasons import REASON_WORDS
from families.models.visit import DELIVERED_STATES

PAGE = 20
COMING = 5
LETTERS_SHOWN = 280

# Kinds of entry, in the order of those that happened in the same moment.
COMING_VISIT, VISIT, MOVE, LEFT, JOINED, GROUP, POINTED, ANSWERED = range(8)

# `volunteers` knows what people felt: it registers an expression that gives, for the visit in the outer query, JSON
# with `said` and `seemed` (lists of feelings) and `own` (a word of their own), among what this user may see.
FeelingsOfVisit = Callable[[User], models.expressions.Combinable]
_feelings: list[FeelingsOfVisit] = []


def register_feelings(expression: FeelingsOfVisit) -> None:
    """Called in `AppConfig.ready` by the app that keeps check-ins."""
    _feelings[:] = [expression]


@dataclass(frozen=True)
class Key:
    """Where a page of the timeline begins: behind this entry."""

    at: dt.datetime
    kind: int
    pk: int

    def __str__(self) -> str:
        return f"{int(self.at.timestamp() * 1_000_000)}-{self.kind}-{self.pk}"

    @classmethod
    def parse(cls, text: str) -> Key | None:
        """From an address; what is not a key gives None, and the page begins at the top."""
        parts = text.split("-")
        if len(text) > 60 or len(parts) != 3 or not all(part.isascii() and part.isdecimal() for part in parts):
            return None
        micros, kind, pk = map(int, parts)
        try:
            at = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=micros)
        except OverflowError:
            return None
        return cls(at, kind, min(pk, 2**63 - 1))

    def behind(self, kind: int) -> Q:
        """The entries of this kind that come after the key."""
        if kind > self.kind:
            return Q(at__lte=self.at)
        return Q(at__lt=self.at) | Q(at=self.at, pk__lt=self.pk) if kind == self.kind else Q(at__lt=self.at)


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


@dataclass(frozen=True)
class Month:
    label: str
    entries: list[Entry]


@dataclass(frozen=True)
class Timeline:
    coming: list[Entry]
    months: list[Month]
    earlier: Key | None


def timeline(
    user: User,
    family: Family,
    supports: Sequence[Support],
    *,
    now: dt.datetime,
    before: Key | None = None,
    reads_reasons: bool = True,
) -> Timeline:
    """One page of what happened under these supports, in one query, and (on the first page) what is planned next.

    `reads_reasons`: whether the person reads why a support moved, or only that it did.
    """
    parts = _parts(user, family, supports, now)
    if before:
        parts = {kind: part.filter(before.behind(kind)) for kind, part in parts.items()}
    pieces = [part.order_by("-at", "-pk")[: PAGE + 1] for part in parts.values()]
    if not before:
        pieces.append(_coming(user, supports, now).order_by("at")[:COMING])
    first, *others = [piece.values_list("kind", "pk", "at", "detail") for piece in pieces]
    rows = list(first.union(*others, all=True).order_by("-at", "kind", "-pk")[: PAGE + 1 + COMING])
    past = [row for row in rows if row[0] != COMING_VISIT]
    more, past = len(past) > PAGE, past[:PAGE]
    words = words_by_key(get_language()) if _feelings else {}
    of_support = {support.pk: support.service.name for support in supports}
    draw = _Drawing(words, of_support, reads_reasons)
    return Timeline(
        coming=[draw.coming(at, detail) for kind, _pk, at, detail in reversed(rows) if kind == COMING_VISIT],
        months=_by_month([draw.entry(kind, at, detail) for kind, _pk, at, detail in past]),
        earlier=Key(past[-1][2], past[-1][0], past[-1][1]) if more else None,
    )


def _parts(
    user: User, family: Family, supports: Sequence[Support], now: dt.datetime
) -> dict[int, models.QuerySet[Any]]:
    visits = _visits(user, supports).standing().filter(at__lte=now)
    feelings = _feelings[0](user) if _feelings else Value(None, output_field=models.JSONField())
    visits = visits.annotate(
        detail=JSONObject(
            uuid="uuid",
            state="state",
            purpose="purpose",
            mode="mode",
            who="worker__display_name",
            minutes="duration_minutes",
            reason="not_delivered_reason",
            text="what_happened",
            feelings=feelings,
        )
    )
    moves = Transition.objects.filter(machine="support", subject_id__in=[support.pk for support in supports]).annotate(
        at=F("happened_at"),
        detail=JSONObject(
            to="to_state",
            came_from="from_state",
            support="subject_id",
            reason="reason",
            note="note",
            who="by__display_name",
        ),
    )
    together = Assignment.objects.visible_to(user).filter(support__in=supports)
    who = JSONObject(who="worker__display_name", support="support_id")
    left = together.filter(ends_on__gt=F("starts_on")).annotate(parted_on=_PARTED_ON)
    left = left.annotate(at=_midnight("parted_on"), detail=who)
    joined = together.exclude(ends_on=F("starts_on")).annotate(at=_midnight("starts_on"), detail=who)
    parts = {VISIT: visits, MOVE: moves, LEFT: left.filter(at__lte=now), JOINED: joined.filter(at__lte=now)}
    parts[GROUP] = _sessions(user, supports)
    parts |= _signposts(user, supports)
    return {kind: _of_kind(part, kind) for kind, part in parts.items()}


def _sessions(user: User, supports: Sequence[Support]) -> models.QuerySet[Any]:
    """Sessions of a group that somebody of the family came to, with the names of those who did."""
    came = GroupAttendance.objects.visible_to(user).standing().filter(support__in=supports)
    name = Coalesce(NullIf("member__known_as", Value("")), "member__display_name")
    names = came.filter(session=OuterRef("pk")).order_by("-member__is_main_carer", "member").values_list(name)
    detail = JSONObject(group="series__name", who=ArraySubquery(names))
    return GroupSession.objects.filter(pk__in=came.values("session")).annotate(at=F("starts_at"), detail=detail)


def _signposts(user: User, supports: Sequence[Support]) -> dict[int, models.QuerySet[Any]]:
    """What they were told of, and what came of it, for whoever may read that."""
    rows = Signpost.objects.visible_to(user).standing().filter(support__in=supports)
    of_all = {"pk": "pk", "name": "entry_name"}
    pointed = JSONObject(how="how", text="note", who="by__display_name", **of_all)
    answered = JSONObject(result="result", text="helped", who="answered_by__display_name", **of_all)
    return {
        POINTED: rows.annotate(at=_midnight("happened_on"), detail=pointed),
        ANSWERED: rows.filter(answered_on__isnull=False).annotate(at=_midnight("answered_on"), detail=answered),
    }


def _coming(user: User, supports: Sequence[Support], now: dt.datetime) -> models.QuerySet[Any]:
    visits = _visits(user, supports).filter(state=VisitState.PLANNED, planned_start__gt=now)
    detail = JSONObject(uuid="uuid", purpose="purpose", mode="mode", who="worker__display_name")
    return _of_kind(visits.annotate(detail=detail), COMING_VISIT)


def _visits(user: User, supports: Sequence[Support]) -> Any:
    visits = Visit.objects.visible_to(user).filter(support__in=supports)
    return visits.annotate(at=Coalesce("actual_start", "planned_start"))


def _of_kind(part: models.QuerySet[Any], kind: int) -> models.QuerySet[Any]:
    return part.annotate(kind=Value(kind, output_field=models.IntegerField()))


# Who leaves has the whole of the last day; who had to leave at once left on the day it was written down.
_PARTED_ON = Case(
    When(
        ends_on__gt=TruncDate("updated_at", tzinfo=LONDON),
        then=ExpressionWrapper(F("ends_on") - Value(1), output_field=models.DateField()),
    ),
    default=F("ends_on"),
    output_field=models.DateField(),
)


def _midnight(day: str) -> models.Func:
    """The moment a day begins in London."""
    return models.Func(
        F(day),
        template=f"(%(expressions)s::timestamp at time zone '{LONDON.key}')",
        output_field=models.DateTimeField(),
    )


def _by_month(entries: list[Entry]) -> list[Month]:
    def month(entry: Entry) -> str:
        return date_format(london_date(entry.at), "F Y")

    return [Month(label, list(group)) for label, group in groupby(entries, month)]


class _Drawing:
    """Rows of the query in words."""

    def __init__(self, feelings: dict[str, str], services: dict[int, str], reads_reasons: bool) -> None:
        self.feelings, self.services, self.reads_reasons = feelings, services, reads_reasons

    def entry(self, kind: int, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        draw = {VISIT: self._visit, MOVE: self._move, JOINED: self._joined, LEFT: self._left, GROUP: self._group}
        draw |= {POINTED: self._pointed, ANSWERED: self._answered}
        return draw[kind](at, detail)

    def coming(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        return Entry(
            "planned", at, _kind_of_visit(detail), moment_in_words(at), who=detail["who"], url=_visit_url(detail)
        )

    def _visit(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        entry = Entry(
            "visit",
            at,
            _kind_of_visit(detail),
            moment_in_words(at),
            who=detail["who"],
            url=_visit_url(detail),
            text=Truncator(detail["text"]).chars(LETTERS_SHOWN),
            feelings=self._felt(detail["feelings"] or {}),
        )
        if detail["state"] in DELIVERED_STATES:
            entry.title = f"{entry.title} · {duration_in_words(detail['minutes'])}"
        elif detail["state"] == VisitState.PLANNED:
            entry.kind, entry.state, entry.state_word = "planned", "warn", _("not logged yet")
        else:
            entry.kind, entry.state = "missed", "still"
            entry.state_word = str(NotDeliveredReason(detail["reason"]).label)
        return entry

    def _felt(self, feelings: dict[str, Any]) -> list[str]:
        keys = feelings.get("said") or feelings.get("seemed") or []
        words = [self.feelings[key] for key in keys if key in self.feelings and key != "something_else"]
        return [*words, *filter(None, [feelings.get("own")])]

    def _move(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        service = self.services[detail["support"]]
        state = str(SupportState(detail["to"]).label)
        reason = REASON_WORDS.get(detail["reason"], "") if self.reads_reasons else ""
        return Entry(
            "change",
            at,
            " · ".join(filter(None, [service, state, str(reason)])),
            day_in_words(london_date(at)),
            who=detail["who"] or "" if self.reads_reasons else "",
            text=detail["note"] if self.reads_reasons else "",
        )

    def _group(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        return Entry("visit", at, detail["group"], moment_in_words(at), who=", ".join(detail["who"]))

    def _pointed(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        return self._nearby(at, detail, str(Pointing(detail["how"]).label))

    def _answered(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        return self._nearby(at, detail, str(SignpostResult(detail["result"]).label))

    def _nearby(self, at: dt.datetime, detail: dict[str, Any], what: str) -> Entry:
        title = f"{detail['name']} · {what}"
        return Entry("note", at, title, day_in_words(london_date(at)), who=detail["who"], text=detail["text"])

    def _joined(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        title = _("{name} joins the family").format(name=detail["who"])
        return Entry("joining", at, title, day_in_words(london_date(at)), who=self.services[detail["support"]])

    def _left(self, at: dt.datetime, detail: dict[str, Any]) -> Entry:
        title = _("{name} says goodbye").format(name=detail["who"])
        return Entry("leaving", at, title, day_in_words(london_date(at)), who=self.services[detail["support"]])


def _kind_of_visit(detail: dict[str, Any]) -> str:
    if detail["purpose"] != VisitPurpose.ORDINARY:
        return str(VisitPurpose(detail["purpose"]).label)
    return str(VisitMode(detail["mode"]).label)


def _visit_url(detail: dict[str, Any]) -> str:
    return reverse("families:visit-detail", args=[detail["uuid"]])

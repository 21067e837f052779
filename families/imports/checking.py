"""One row made into values and problems. Pure: it knows the calendar and the code lists, and nothing that is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from betterstart.clock import LONDON, at_london, london_today
from families.imports import moments, values, words
from families.imports.columns import (
    CHILD,
    CHILDREN,
    MEMBER,
    TARGETS,
    VISIT,
    ColumnUse,
    SheetUse,
    column_letter,
)
from families.imports.reading import Cell, Row, is_blank
from families.imports.values import ValueRefused
from families.models import EndingReason, NotDeliveredReason, SupportState
from families.models.reasons import PLANNED_REASONS
from families.models.support import CLOSED_STATES
from families.models.visit import MAX_WORDS, SHORTEST_VISIT_MINUTES

LONGEST_VISIT_MINUTES = 720
_OLDEST_ADULT_YEARS = 110
_DUE_SINCE, _DUE_WITHIN = dt.timedelta(days=21), dt.timedelta(days=300)

Parser = Callable[[Cell], Any]
_PARSERS: dict[str, Parser] = {
    "reference": values.reference,
    "name": values.line,
    "address": partial(values.paragraphs, longest=500),
    "paragraphs": partial(values.paragraphs, longest=MAX_WORDS),
    "phone": values.phone,
    "email": values.email,
    "postcode": values.postcode,
    "yes_no": values.yes_or_no,
    "time": moments.clock_time,
    "language": words.language_of,
    "service": values.line,
    "worker": values.line,
    **{
        kind: partial(words.code_of, kind)
        for kind in ("role", "state", "ending_reason", "mode", "outcome", "not_delivered_reason")
    },
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What stands in the way of a row (`blocks`), or what a person should know about it."""

    sheet: str
    row: int
    column: str
    value: str
    sentence: str
    blocks: bool = True
    family: str = ""
    """The reference of the family here that the sentence is about, where there is one to look at."""


@dataclass(slots=True)
class Record:
    """What one row says, by the key of the target. Empty cells say nothing and are missing."""

    sheet: str
    row: int
    values: dict[str, Any]
    refused: frozenset[str] = frozenset()
    """Targets whose cell could not be read: they are not complained about a second time."""
    columns: frozenset[str] = frozenset()
    """Targets that have a column in this sheet, filled or not."""

    def speaks_of(self, group: str) -> bool:
        return any(key.startswith(f"{group}.") for key in self.values)


@dataclass
class SheetReader:
    """Reads the rows of one sheet as its columns are used."""

    sheet: str
    use: SheetUse
    headings: Sequence[str]
    starts_1904: bool = False
    problems: list[Problem] = field(default_factory=list)
    _children: dict[str, SheetReader] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._days = {
            place: moments.DayReader(column.option, self.starts_1904)
            for place, column in self.use.columns.items()
            if TARGETS[column.target].kind == "day"
        }
        self._places = {column.target: place for place, column in self.use.columns.items()}
        self._targets = frozenset(self._places)

    def of_child(self, prefix: str) -> SheetReader:
        """The same sheet, with the columns of one of several children taken for those of a person."""
        if prefix not in self._children:
            uses = {
                place: ColumnUse(column.target.replace(prefix, MEMBER, 1), column.option)
                for place, column in self.use.columns.items()
                if column.target.startswith(f"{prefix}.")
            }
            use = SheetUse(self.use.heading_row, uses)
            self._children[prefix] = SheetReader(self.sheet, use, self.headings, self.starts_1904, self.problems)
        return self._children[prefix]

    def column_name(self, target: str) -> str:
        """Where the person finds it: "C Date of birth"; empty for what no column holds."""
        place = self._places.get(target)
        if place is None:
            return ""
        heading = self.headings[place] if place < len(self.headings) else ""
        return f"{column_letter(place)} {heading}".strip()

    def read(self, row: Row) -> Record:
        """The values of a row; what cannot be read is added to `problems`."""
        said: dict[str, Any] = {}
        refused: set[str] = set()
        for place, column in self.use.columns.items():
            cell = row.cells[place] if place < len(row.cells) else None
            if is_blank(cell):
                continue
            try:
                value = self._parse(place, column, cell, row.number)
            except ValueRefused as refusal:
                refused.add(column.target)
                self.complain(row.number, column.target, refusal.sentence, cell, place=place)
                continue
            if value in (None, ""):
                continue
            if TARGETS[column.target].several and column.target in said:
                value = f"{said[column.target]}\n{value}"
            said[column.target] = value
        return Record(self.sheet, row.number, said, frozenset(refused), self._targets)

    def _parse(self, place: int, column: ColumnUse, cell: Cell, row: int) -> Any:
        kind = TARGETS[column.target].kind
        if kind == "day":
            moment = self._days[place].read(cell, row)
            return moment if moment is None or column.target == "visit.date" else moment.day
        if kind == "minutes":
            return moments.minutes(cell, column.option)
        return _PARSERS[kind](cell)

    def complain(
        self,
        row: int,
        target: str,
        sentence: str,
        cell: Cell = None,
        *,
        place: int | None = None,
        blocks: bool = True,
        family: str = "",
    ) -> None:
        place = self._places.get(target) if place is None else place
        column = self.column_name(target) if place is None else self._column_at(place)
        self.problems.append(Problem(self.sheet, row, column, _shown(cell), sentence, blocks, family))

    def _column_at(self, place: int) -> str:
        heading = self.headings[place] if place < len(self.headings) else ""
        return f"{column_letter(place)} {heading}".strip()

    def doubts(self) -> Iterator[Problem]:
        """Questions about whole columns, once all rows are read."""
        for place, reader in self._days.items():
            if sentence := reader.doubt():
                row = reader.month_first_row or reader.typed_early_row
                yield Problem(self.sheet, row, self._column_at(place), "", sentence)


def _shown(cell: Cell) -> str:
    if isinstance(cell, str):
        return "".join(letter if letter.isprintable() else "·" for letter in cell.strip()[:80])
    try:
        return values.text_of(cell)[:80]
    except ValueRefused:
        return ""


def parse_fixed(target: str, text: str) -> Any:
    """A value given once for all rows, read like a cell. Raises ValueRefused."""
    kind = TARGETS[target].kind
    return moments.minutes(text, moments.MINUTES) if kind == "minutes" else _PARSERS[kind](text)


def children_of(record: Record) -> Iterator[tuple[str, Record]]:
    """Each of several children in one row, as a record of a person of its own, with the first part of its targets."""
    for prefix in CHILDREN:
        if not record.speaks_of(prefix):
            continue
        said = {
            f"{MEMBER}{key[len(prefix) :]}": value for key, value in record.values.items() if key.startswith(prefix)
        }
        refused = frozenset(f"{MEMBER}{key[len(prefix) :]}" for key in record.refused if key.startswith(prefix))
        yield prefix, Record(record.sheet, record.row, said | {"member.role": "child"}, refused)


Complaint = tuple[str, str]
"""The key of a target and a sentence."""


def complete(record: Record, fixed: dict[str, Any]) -> list[Complaint]:
    """Work out what follows from the values of a row, fill in what holds for all rows, and name what cannot be.

    Changes `record.values`: roles, states and outcomes that are only implied become explicit, and the day and time of
    a visit become one moment (`visit.at`).
    """
    said = record.values
    complaints: list[Complaint] = []
    if "family.reference" not in said and "family.reference" not in record.refused:
        complaints.append(("family.reference", _("This row does not say which family it is about.")))
    if record.speaks_of("member"):
        complaints += _complete_member(record)
    if any(key.startswith(CHILD) for key in said):
        for prefix, child in children_of(record):
            complaints += [(target.replace(MEMBER, prefix, 1), words) for target, words in _complete_member(child)]
    if record.speaks_of("support"):
        complaints += _complete_support(record)
    if record.speaks_of(VISIT):
        complaints += _complete_visit(record, fixed)
    return [complaint for complaint in complaints if complaint[0] not in record.refused]


def _complete_member(record: Record) -> Iterator[Complaint]:
    said, today = record.values, london_today()
    born, due, role = said.get("member.date_of_birth"), said.get("member.due_date"), said.get("member.role")
    if role is None and "member.role" not in record.refused:
        role = _implied_role(said, today)
        if role is None and "member.date_of_birth" not in record.refused:
            yield "member.role", _("Say who this person is: parent, child, unborn child or other adult.")
        elif role:
            said["member.role"] = role
    if "member.name" not in said:
        if role == "unborn":
            said["member.name"] = _("Baby")
        else:
            yield "member.name", _("This row speaks of a person and does not say the name.")
    if born and born > today:
        yield "member.date_of_birth", _("This date of birth lies in the future. For an unborn child use the due date.")
    if born and role == "unborn":
        yield "member.date_of_birth", _("An unborn child has no date of birth yet. After the birth the role is child.")
    if born and role not in ("child", "unborn", None) and today.year - born.year > _OLDEST_ADULT_YEARS:
        yield "member.date_of_birth", _("This person would be older than 110. Check the year.")
    if born and role == "child" and today.year - born.year > 18:
        yield "member.date_of_birth", _("This child would be older than 18. Check the year, or who this person is.")
    if due and role not in ("child", "unborn", None):
        yield "member.due_date", _("A due date belongs to an unborn child.")
    if due and role == "unborn" and not today - _DUE_SINCE <= due <= today + _DUE_WITHIN:
        yield "member.due_date", _("This due date is too far from today. If the child is born, give the date of birth.")


def _implied_role(said: dict[str, Any], today: dt.date) -> str | None:
    if said.get("member.main_carer"):
        return "parent"
    born = said.get("member.date_of_birth")
    if born is None:
        return "unborn" if "member.due_date" in said else None
    return "child" if today.year - born.year < 16 else None


def _complete_support(record: Record) -> Iterator[Complaint]:
    said, today = record.values, london_today()
    state, reason = said.get("support.state"), said.get("support.ending_reason")
    ended, started = said.get("support.ended_on"), said.get("support.started_on")
    if ended and ended > today:
        yield "support.ended_on", _("This ending lies in the future. Leave it empty until the support has ended.")
    if started and started > today:
        yield "support.started_on", _("This start lies in the future. Leave it empty until the support has started.")
    if ended and started and ended < started:
        yield "support.ended_on", _("This support would end before it starts.")
    if (ended or reason) and state in (None, words.ENDED_SOMEHOW):
        state = _ending_state(reason)
        if state is None:
            yield "support.ending_reason", _("Say why it ended, or write in the state whether it ended as planned.")
    closed = state in CLOSED_STATES or state == words.ENDED_SOMEHOW
    if closed and not ended:
        yield "support.ended_on", _("This support has ended. Give the day.")
    if ended and state and not closed:
        yield "support.state", _("This support has an end date, and its state says that it goes on.")
    if state == SupportState.PAUSED and "support.paused_until" not in said:
        yield "support.paused_until", _("This support is paused. Give the day it starts again.")
    if state is None and started:
        state = SupportState.ACTIVE
    if state:
        said["support.state"] = str(state)


def _ending_state(reason: str | None) -> str | None:
    if not reason:
        return None
    planned = EndingReason(reason) in PLANNED_REASONS
    return SupportState.ENDED_PLANNED if planned else SupportState.ENDED_UNPLANNED


def _complete_visit(record: Record, fixed: dict[str, Any]) -> Iterator[Complaint]:
    said = record.values
    outcome, reason = said.get("visit.outcome"), said.get("visit.reason")
    if outcome in NotDeliveredReason.values:
        outcome, reason = words.NOT_DELIVERED, reason or outcome
    elif outcome is None and reason:
        outcome = words.NOT_DELIVERED
    elif outcome is None and ("visit.outcome" not in record.columns or "visit.duration" in said):
        outcome = words.DELIVERED
    elif outcome is None:
        yield "visit.outcome", _("Say whether this visit happened.")
    said |= {"visit.outcome": outcome, "visit.reason": reason}
    for target in ("visit.duration", "visit.worker"):
        if target in fixed:
            said.setdefault(target, fixed[target])
    if "visit.date" in said:
        yield from _place_in_time(record, said["visit.date"], fixed.get("visit.start_time"))
    else:
        yield "visit.date", _("This row speaks of a visit and does not say the day.")
    if outcome == words.DELIVERED and reason:
        yield "visit.reason", _("This visit happened, and yet it has a reason why it did not.")
    if outcome == words.NOT_DELIVERED and not reason:
        yield "visit.reason", _("This visit did not happen. Say why not.")
    minutes = said.get("visit.duration")
    if outcome == words.DELIVERED and minutes is None:
        yield "visit.duration", _("Say how long this visit was.")
    if minutes is not None and not SHORTEST_VISIT_MINUTES <= minutes <= LONGEST_VISIT_MINUTES:
        yield (
            "visit.duration",
            _("A visit lasts from 5 minutes to 12 hours. This one would last %(minutes)s minutes.")
            % {"minutes": minutes},
        )
    if "visit.worker" not in said:
        yield "visit.worker", _("Say who went on this visit.")


def _place_in_time(record: Record, moment: moments.Moment, usual: dt.time | None) -> Iterator[Complaint]:
    said = record.values
    time = said.get("visit.start_time") or moment.time or usual
    if time is None:
        yield "visit.start_time", _("Say when this visit began, or choose one time for all rows.")
        return
    try:
        at = at_london(moment.day, time)
    except ValueError:
        yield "visit.start_time", _("This hour did not exist on that day: the clocks went forward.")
        return
    if at.replace(fold=1).utcoffset() != at.utcoffset():
        yield "visit.start_time", _("This hour came twice on that day: the clocks went back. Choose another minute.")
    if at > dt.datetime.now(LONDON):
        yield "visit.date", _("This visit lies in the future. Only visits that are over can be brought in.")
    said["visit.at"] = at

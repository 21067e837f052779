"""What a column may mean, and a careful guess from its heading. A guess is only a suggestion on a page."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from families.imports.moments import DAY_FIRST, HOURS, MINUTES, MONTH_FIRST
from families.imports.reading import Cell, is_blank
from families.imports.values import ValueRefused, text_of

FAMILY, MEMBER, CHILD, SUPPORT, VISIT = "family", "member", "child", "support", "visit"
GROUPS = {
    FAMILY: _("The family"),
    MEMBER: _("One person"),
    CHILD: _("Children who stand in one row"),
    SUPPORT: _("The support"),
    VISIT: _("A visit"),
}
# The first part of the keys that speak of one of several children in a row.
CHILDREN = tuple(f"{CHILD}{number}" for number in range(1, 7))
OPTIONS: dict[str, dict[str, str | Promise]] = {
    "day": {DAY_FIRST: _("day first: 04/08 is 4 August"), MONTH_FIRST: _("month first: 04/08 is 8 April")},
    "minutes": {MINUTES: _("plain numbers are minutes"), HOURS: _("plain numbers are hours")},
}


@dataclass(frozen=True)
class Target:
    """One thing a column can hold. `kind` decides how its cells are read (see checking)."""

    key: str
    label: str | Promise
    kind: str
    headings: tuple[str, ...] = ()
    """Headings that other systems use for it, folded as `fold_heading` does."""
    several: bool = False
    """Whether more than one column may hold it (the lines of an address)."""

    @property
    def group(self) -> str:
        return self.key.split(".")[0].rstrip("0123456789")


def _t(key: str, label: str | Promise, kind: str, headings: str, *, several: bool = False) -> Target:
    return Target(key, label, kind, tuple(heading.strip() for heading in headings.split("|")), several)


TARGETS: dict[str, Target] = {
    target.key: target
    for target in (
        _t("family.reference", _("The family's reference"), "reference",
           "family reference|family ref|family id|family number|family no|reference|ref|urn|household id|client id"
           "|client ref|client reference|case id|case ref|case number|record id|service user id|external reference"),
        _t("family.name", _("What you call the family"), "name",
           "family name|family|name of family|household|household name|surname|family surname|last name"),
        _t("family.carer", _("Main carer's name"), "name",
           "main carer|main carer name|carer|carer name|parent|parent name|parent carer|parent or carer|mother|mum"
           "|mothers name|mums name|primary carer|primary contact|contact name|adult name|parent full name"),
        _t("family.language", _("Language they like to speak"), "language",
           "language|first language|main language|preferred language|home language|spoken language|mother tongue"),
        _t("family.interpreter", _("Needs an interpreter"), "yes_no",
           "interpreter|interpreter needed|interpreter required|needs interpreter"),
        _t("family.address", _("Address"), "address",
           "address|address 1|address 2|address 3|address line 1|address line 2|address line 3|street|road|house"
           "|house number|town|city|home address|full address", several=True),
        _t("family.postcode", _("Postcode"), "postcode", "postcode|post code|postal code|zip|home postcode"),
        _t("family.address_confidential", _("The address is confidential"), "yes_no",
           "confidential address|address confidential|refuge|hidden address|address hidden"),
        _t("family.phone", _("Phone"), "phone",
           "phone|phone number|telephone|telephone number|tel|tel no|mobile|mobile number|mobile phone|contact number"
           "|contact phone|home phone|phone no|mobile no"),
        _t("family.email", _("Email"), "email", "email|e mail|email address|contact email|parent email"),
        _t("family.may_leave_message", _("May leave a message"), "yes_no",
           "safe to leave message|safe to leave a message|leave message|can leave message|may leave message"
           "|may leave a message|ok to leave message|voicemail ok|safe voicemail|leave voicemail"),
        _t("family.safety_notes", _("Need to know before a visit"), "paragraphs",
           "safety notes|need to know|access notes|visit notes for safety|risk notes|alerts|before a visit"),
        _t("member.reference", _("The person's reference"), "reference",
           "person reference|person id|person ref|member id|member ref|member reference|child id|child ref"
           "|child reference|individual id|child number"),
        _t("member.name", _("Person's name"), "name",
           "name|full name|person|person name|member name|child|child name|childs name|child full name|name of child"
           "|first name|forename"),
        _t("member.role", _("Who they are"), "role", "role|relationship|who|person type|member type|type of person"),
        _t("member.date_of_birth", _("Date of birth"), "day",
           "date of birth|dob|d o b|birth date|birthday|child dob|childs dob|child date of birth|born"),
        _t("member.due_date", _("Due date"), "day",
           "due date|edd|expected date of delivery|estimated due date|baby due|expected due date"),
        _t("member.main_carer", _("Does most of the caring"), "yes_no",
           "is main carer|main carer yes no|is primary carer"),
        _t("support.reference", _("The support's reference"), "reference",
           "support reference|support id|support ref|episode id|enrolment id|referral id|intervention id"),
        _t("support.service", _("Service"), "service",
           "service|service name|project|project name|programme|scheme|support type|intervention"),
        _t("support.state", _("How the support stands"), "state",
           "status|state|support status|support state|current status|case status|family status"),
        _t("support.accepted_on", _("Accepted on"), "day",
           "accepted|accepted on|date accepted|referral date|date of referral|referred|referred on|date referred"),
        _t("support.started_on", _("Started on"), "day",
           "started|started on|start date|support start|support start date|support started|date started"
           "|date support started"),
        _t("support.paused_until", _("Paused until"), "day", "paused until|restart date|restarts on"),
        _t("support.ended_on", _("Ended on"), "day",
           "ended|ended on|end date|support end|support end date|support ended|date ended|closed|closed on|date closed"
           "|closure date|exit date|date support ended"),
        _t("support.ending_reason", _("Why it ended"), "ending_reason",
           "ending reason|end reason|reason ended|reason for ending|closure reason|reason closed|exit reason"
           "|reason for closure|why it ended"),
        _t("visit.reference", _("The visit's reference"), "reference",
           "visit reference|visit id|visit ref|contact id|appointment id|session id|activity id|visit number"),
        _t("visit.date", _("Visit: day"), "day",
           "visit date|date of visit|visited|visited on|contact date|date of contact|date|appointment date"
           "|activity date"),
        _t("visit.start_time", _("Visit: began at"), "time",
           "start time|time|visit time|began|time started|visit start|from|arrival time|start"),
        _t("visit.duration", _("Visit: how long"), "minutes",
           "duration|length|length of visit|visit length|minutes|mins|hours|visit duration|duration minutes"
           "|duration mins|duration hours|how long|time spent"),
        _t("visit.mode", _("Visit: where or how"), "mode",
           "mode|visit type|type|type of visit|contact type|type of contact|method|how|where|contact method|location"),
        _t("visit.worker", _("Visit: who went (email or name)"), "worker",
           "worker|worker email|worker name|volunteer|volunteer email|volunteer name|visited by|visitor|staff"
           "|staff member|practitioner|seen by|home visitor|key worker"),
        _t("visit.outcome", _("Visit: did it happen"), "outcome",
           "outcome|visit outcome|attendance|attended|delivered|happened|did it happen|visit status|attendance status"),
        _t("visit.reason", _("Visit: why not"), "not_delivered_reason",
           "reason|reason not delivered|not delivered reason|cancellation reason|why not|reason cancelled"
           "|reason for non attendance"),
        _t("visit.notes", _("Visit: notes"), "paragraphs",
           "notes|visit notes|note|comments|comment|summary|what happened|details|description|diary"),
    )
}  # fmt: skip

for _number, _child in enumerate(CHILDREN, start=1):
    for _said, _label, _kind in (
        ("name", _("Child {n}: name"), "name"),
        ("date_of_birth", _("Child {n}: date of birth"), "day"),
    ):
        _key = f"{_child}.{_said}"
        TARGETS[_key] = Target(_key, format_lazy(_label, n=_number), _kind)

_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6}
_SAID_OF_CHILD = {
    **dict.fromkeys(("", "name", "full name", "first name", "forename"), "name"),
    **dict.fromkeys(("date birth", "dob", "d o b", "birth date", "birthday", "born"), "date_of_birth"),
}

_KNOWN = {heading: target.key for target in reversed(TARGETS.values()) for heading in target.headings}

# What may be said once for every row, where there is no column or the cell is empty.
FIXED = ("support.service", "visit.start_time", "visit.duration", "visit.worker")


@dataclass(frozen=True)
class Column:
    """One column of a sheet as the person will see it."""

    place: int
    heading: str
    samples: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        return column_letter(self.place)


@dataclass(frozen=True)
class ColumnUse:
    """What a column is taken for: the key of a target, and how to read cells that could mean two things."""

    target: str
    option: str = ""


@dataclass
class SheetUse:
    """How one sheet is read: the row with the headings, and the use of each column by its place (from 0)."""

    heading_row: int
    columns: dict[int, ColumnUse] = field(default_factory=dict)


@dataclass
class FileUse:
    """How a whole file is read: sheets by name (those left out are missing), and what holds for every row."""

    sheets: dict[str, SheetUse] = field(default_factory=dict)
    fixed: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """As lists, because the database keeps no order of keys, and sheets are read in theirs."""
        sheets = [
            [name, use.heading_row, [[place, column.target, column.option] for place, column in use.columns.items()]]
            for name, use in self.sheets.items()
        ]
        return {"sheets": sheets, "fixed": self.fixed}

    @classmethod
    def from_json(cls, stored: Mapping) -> FileUse:
        sheets = {
            name: SheetUse(heading_row, {place: ColumnUse(target, option) for place, target, option in columns})
            for name, heading_row, columns in stored.get("sheets", [])
        }
        return cls(sheets, dict(stored.get("fixed", {})))


def column_letter(place: int) -> str:
    """The letter a spreadsheet shows for a column (from 0): A, Z, AA."""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def fold_heading(heading: str) -> str:
    """Headings that differ only in case, marks or spacing are the same: "Child's D.O.B" gives "childs d o b"."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading.replace("'", "").replace("’", ""))
    return re.sub(r"[\W_]+", " ", words.casefold()).strip()


def heading_text(cell: Cell) -> str:
    try:
        return " ".join(text_of(cell).split())[:100]
    except ValueRefused:
        return ""


def find_headings(rows: Sequence[Sequence[Cell]]) -> int:
    """Which of the first rows (counted from 0) holds the headings: the one with most that we know, else the fullest."""

    def worth(place: int) -> tuple[int, int, int]:
        folded = [fold_heading(heading_text(cell)) for cell in rows[place]]
        words = [cell for cell in rows[place] if isinstance(cell, str) and not is_blank(cell)]
        return len(set(folded) & _KNOWN.keys()), len(words), -place

    return max(range(len(rows)), key=worth)


def guess_columns(headings: Sequence[str], remembered: Mapping[str, ColumnUse] | None = None) -> dict[int, ColumnUse]:
    """A use for each column whose heading we understand: as remembered, by a known heading, or by a near spelling.

    Where two columns would be taken for the same thing, the better known heading has it. Two columns with one heading
    are left to the person.
    """
    remembered = remembered or {}
    folded = [fold_heading(heading) for heading in headings]
    people = _speaks_of_people(folded)
    candidates: list[tuple[int, int, ColumnUse]] = []
    for place, heading in enumerate(folded):
        if not heading or folded.count(heading) > 1:
            continue
        if heading in remembered:
            candidates.append((-1, place, remembered[heading]))
        elif target := _target_for(heading, people):
            known = TARGETS[target].headings
            rank = known.index(heading) if heading in known else len(known)
            candidates.append((rank, place, ColumnUse(target, _option_for(target, heading))))
    uses: dict[int, ColumnUse] = {}
    taken: set[str] = set()
    for _rank, place, use in sorted(candidates, key=lambda candidate: candidate[:2]):
        if use.target not in taken or TARGETS[use.target].several:
            uses[place] = use
            taken.add(use.target)
    return dict(sorted(uses.items()))


def _speaks_of_people(folded: Sequence[str]) -> bool:
    person = {heading for key in ("member.date_of_birth", "member.due_date", "member.role", "member.reference")
              for heading in TARGETS[key].headings}  # fmt: skip
    return bool(person.intersection(folded))


def _target_for(heading: str, people: bool) -> str:
    if heading in ("name", "full name") and not people:
        return "family.name"
    if (child := _target_of_child(heading)) is not None:
        return child
    without_unit = re.sub(r" (in )?(minutes|mins|min|hours|hrs)$", "", heading)
    for known in (heading, without_unit):
        if known in _KNOWN:
            return _KNOWN[known]
    near = difflib.get_close_matches(heading, _KNOWN, n=1, cutoff=0.87)
    return _KNOWN[near[0]] if near else ""


def _target_of_child(heading: str) -> str | None:
    """Of "child 2 dob" or "name of first child"; None for a heading that counts no children, "" if it says no more."""
    words = re.findall(r"[^\W\d]+|\d+", heading)
    words = [str(_ORDINALS.get(word, word)) for word in words if word not in {"of", "st", "nd", "rd", "th"}]
    numbers = [word for word in words if word.isdecimal()]
    if len(numbers) != 1 or not {"child", "childs"} & set(words):
        return None
    said = " ".join(word for word in words if not word.isdecimal() and word not in {"child", "childs"})
    key = f"{CHILD}{numbers[0]}.{_SAID_OF_CHILD.get(said)}"
    return key if key in TARGETS else ""


def _option_for(target: str, heading: str) -> str:
    if target == "visit.duration":
        words = set(heading.split())
        if words & {"hours", "hour", "hrs"}:
            return HOURS
        if words & {"minutes", "minute", "mins", "min"}:
            return MINUTES
    return ""

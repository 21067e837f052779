"""Two records side by side, line by line: what only one of them says stands out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import london_date
from families.models import Address, ContactMethod, Family, FamilyMember, SharedCare, Support, Visit
from families.models.contact import as_reached
from families.models.family import fold
from families.models.member import ADULT_ROLES
from families.models.support import OPEN_STATES
from families.reports.duplicates import alike


@dataclass(frozen=True)
class Line:
    text: str
    only_here: bool


@dataclass(frozen=True)
class Aspect:
    label: str
    left: list[Line]
    right: list[Line]


@dataclass(frozen=True)
class Comparison:
    kept: Family
    merged: Family
    aspects: list[Aspect]
    ours: list[FamilyMember]
    theirs: list[FamilyMember]
    open_in_both: list[Support]
    """Supports of the joined record in services the other one is in too: one of each two must end first."""


def compare(user: User, kept: Family, merged: Family) -> Comparison:
    """What this person may read of both, in a fixed number of questions. The caller notes that both were opened."""
    both = [kept, merged]
    members = list(FamilyMember.objects.visible_to(user).filter(family__in=both))
    shares = SharedCare.objects.visible_to(user).filter(family__in=both).select_related("member")
    people = [{"family_id": each.family_id, "member": each} for each in members]
    people += [{"family_id": each.family_id, "member": each.member} for each in shares if not each.until]
    in_both = {share.member_id for share in shares if share.family_id != share.member.family_id}
    contacts = list(ContactMethod.objects.visible_to(user).filter(family__in=both).current().select_related("member"))
    homes = list(Address.objects.visible_to(user).filter(family__in=both).current())
    supports = list(Support.objects.visible_to(user).filter(family__in=both).select_related("service"))
    last = Visit.objects.visible_to(user).filter(family__in=both).standing().delivered().order_by()
    visits = last.values("family_id", "support__service__name").annotate(at=Max("actual_start"))
    aspects = [
        _aspect(_("What we call them"), both, both, lambda each: each.name),
        _aspect(_("Language"), both, both, lambda each: each.language_in_words),
        _aspect(_("Interpreter"), both, both, lambda each: _("needed") if each.interpreter_needed else ""),
        _aspect(_("Before a visit"), both, both, lambda each: each.safety_notes),
        _aspect(_("Messages"), both, both, lambda each: _("nothing automatic is sent") if each.silent_since else ""),
        _aspect(_("People"), both, people, _person_line, _person_key),
        _aspect(_("How to reach them"), both, contacts, _contact_line, _contact_key),
        _aspect(_("Where they live"), both, homes, _home_line, lambda home: fold(_home_line(home))),
        _aspect(_("What they are in"), both, supports, str),
        _aspect(_("Last seen"), both, list(visits), _visit_line),
    ]
    here = {support.service_id for support in supports if support.family_id == kept.pk and support.is_open}
    return Comparison(
        kept=kept,
        merged=merged,
        aspects=[aspect for aspect in aspects if aspect.left or aspect.right],
        ours=[each for each in members if each.family_id == kept.pk and each.pk not in in_both],
        theirs=[each for each in members if each.family_id == merged.pk and each.pk not in in_both],
        open_in_both=[
            each
            for each in supports
            if each.family_id == merged.pk and each.state in OPEN_STATES and each.service_id in here
        ],
    )


def who_may_be_who(ours: Sequence[FamilyMember], theirs: Sequence[FamilyMember]) -> dict[int, int]:
    """For each person of the joined record the one of the kept record they may be, each of those once."""
    free, found = list(ours), {}
    for other in theirs:
        likely = [one for one in free if may_be_one(one, other) and _is_likely(one, other)]
        if likely:
            best = max(likely, key=lambda one: one.date_of_birth == other.date_of_birth)
            free.remove(best)
            found[other.pk] = best.pk
    return found


def may_be_one(one: FamilyMember, other: FamilyMember) -> bool:
    """Not a child in one record and an adult, or not born yet, in the other."""
    return one.role == other.role or {one.role, other.role} <= ADULT_ROLES


def _is_likely(one: FamilyMember, other: FamilyMember) -> bool:
    days = {one.date_of_birth or one.due_date, other.date_of_birth or other.due_date} - {None}
    names = [[name for name in (each.display_name, each.known_as) if name] for each in (one, other)]
    return len(days) < 2 and any(alike(here, there) for here, there in product(*names))


def _aspect(
    label: str,
    both: Sequence[Family],
    rows: Iterable[Any],
    line: Callable[[Any], str],
    key: Callable[[Any], str] | None = None,
) -> Aspect:
    """Each row as a line on the side of its family; one whose key is on the other side too does not stand out."""
    sides: list[dict[str, str]] = [{}, {}]
    for row in rows:
        family_id = row["family_id"] if isinstance(row, dict) else row.family_id
        if text := line(row):
            sides[family_id == both[1].pk][(key or line)(row)] = text
    left, right = (
        [Line(text, name not in other) for name, text in side.items()] for side, other in (sides, reversed(sides))
    )
    return Aspect(label, left, right)


def _person_line(row: dict[str, Any]) -> str:
    member: FamilyMember = row["member"]
    born = member.date_of_birth and _("born {day}").format(day=date_format(member.date_of_birth, "j F Y"))
    due = not born and member.due_date and _("due {day}").format(day=date_format(member.due_date, "j F Y"))
    left = member.left_on and _("left {day}").format(day=date_format(member.left_on, "j F Y"))
    role = member.get_role_display() if not due else ""
    return " · ".join(str(part) for part in (_apart(member), role, born, due, left) if part)


def _apart(member: FamilyMember) -> str:
    """A name among our own words, so that its script turns none of them round."""
    return f"\u2068{member}\u2069"


def _person_key(row: dict[str, Any]) -> str:
    member: FamilyMember = row["member"]
    return f"{fold(str(member))} {member.role} {member.date_of_birth} {member.due_date} {member.left_on}"


def _contact_line(contact: ContactMethod) -> str:
    rules = [
        _("do not use") if contact.is_forbidden else "",
        _("not asked if safe") if contact.is_unasked else "",
        _("others may see it") if contact.shared_device else "",
        _("no messages") if contact.forbids_messages else "",
        contact.only_when,
    ]
    return " · ".join(
        filter(None, [f"{_apart(contact.member)}: {contact.get_channel_display()} {contact.value}", *rules])
    )


def _contact_key(contact: ContactMethod) -> str:
    """The line, with the number as it is dialled however it is written."""
    reached = as_reached(contact.channel, contact.value)
    return _contact_line(contact).replace(contact.value, reached) if reached else _contact_line(contact)


def _home_line(home: Address) -> str:
    hidden = _("hidden, never say it") if home.is_confidential else ""
    return " · ".join(filter(None, [str(home), hidden]))


def _visit_line(row: dict[str, Any]) -> str:
    return f"{row['support__service__name']}: {date_format(london_date(row['at']), 'j F Y')}"

"""What this service goes on with, beside what another organisation was told: to compare before one answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from betterstart.access.models import User
from families.models import Address, ContactChange, ContactMethod, Family
from families.models.contact import WEEKDAYS
from families.models.contact_change import (
    ADDRESS_FACTS,
    CONTACT_FACTS,
    address_as_kept,
    carefully,
    contact_as_kept,
    facts_of,
)

Row = ContactMethod | Address


@dataclass(frozen=True)
class Line:
    label: str
    ours: str
    theirs: str

    @property
    def differs(self) -> bool:
        return self.ours != self.theirs


@dataclass(frozen=True)
class Side:
    """What one of the two goes by: nothing, one way to reach somebody, or the addresses that hold."""

    rows: Sequence[Row]

    @property
    def told(self) -> list[tuple[str, dt.date]]:
        """Who told it, and when."""
        return [(row.source, row.told_on) for row in self.rows]


@dataclass(frozen=True)
class Comparison:
    change: ContactChange
    title: str
    ours: Side
    theirs: Side
    lines: list[Line]
    warnings_stay: bool
    """The other organisation noted something looser: our warnings stay until somebody here has asked."""
    told_to: str
    """The service that was told, where the family agreed that it is named."""

    @property
    def moved_out_of_sight(self) -> bool:
        """They do not live where we look for them, and where they live now is not shared."""
        return self.change.contact_id is None and not self.theirs.rows


def comparisons(user: User, family: Family) -> list[Comparison]:
    """The changes that this person may answer or may still take over, unanswered ones first: two questions."""
    changes = list(
        ContactChange.objects.not_taken()
        .answered_by(user)
        .filter(family=family)
        .select_related("contact__member", "support__service", "changed_by_service")
        .order_by("-state", "changed_at", "pk")
    )
    addresses = list(Address.objects.visible_to(user).current().filter(family=family)) if changes else []
    return [_compared(family, change, addresses) for change in changes]


def _compared(family: Family, change: ContactChange, addresses: list[Address]) -> Comparison:
    ours: list[Row]
    theirs: list[Row]
    contact, stays = change.contact, False
    if contact is None:
        ours, theirs = [address_as_kept(family, values) for values in change.before], [*addresses]
        lines, title = _address_lines(ours, theirs), _("Where they live")
    else:
        was = [contact_as_kept(contact, values) for values in change.before]
        now = [contact] if contact.valid_to is None else []
        stays = bool(was and now) and facts_of(carefully(contact, was)) != facts_of(contact)
        ours, theirs = [*was], [*now]
        lines, title = _contact_lines(ours, theirs), f"{contact.member} · {contact.get_channel_display()}"
    told_to = change.changed_by_service.name if change.changed_by_service else ""
    return Comparison(change, title, Side(ours), Side(theirs), lines, stays, told_to)


def _contact_lines(ours: Sequence[Row], theirs: Sequence[Row]) -> list[Line]:
    lines = [
        Line(
            _label(ContactMethod, name), _word(ours[0], name) if ours else "", _word(theirs[0], name) if theirs else ""
        )
        for name in CONTACT_FACTS
    ]
    return [line for line in lines if line.ours or line.theirs]


def _address_lines(ours: Sequence[Row], theirs: Sequence[Row]) -> list[Line]:
    """One line for each thing; of a family with two homes both, one under the other."""
    lines = [
        Line(
            _label(Address, name),
            "\n".join(filter(None, (_word(row, name) for row in ours))),
            "\n".join(filter(None, (_word(row, name) for row in theirs))),
        )
        for name in ADDRESS_FACTS
    ]
    return [line for line in lines if line.ours or line.theirs]


def _label(model: type[Row], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(capfirst(field.verbose_name))


def _word(row: Row, name: str) -> str:
    """How one fact reads; empty where there is nothing to say."""
    value: Any = getattr(row, name)
    if name == "safe_days":
        return ", ".join(str(words) for day, words in WEEKDAYS if day in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    display = getattr(row, f"get_{name}_display", None)
    return str(display() if display else value or "")

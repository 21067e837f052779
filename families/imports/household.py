"""A family in the making: what is here, what the file adds, where the two differ. Nothing is overwritten."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from families.imports.checking import Record, SheetReader, children_of
from families.models import Address, AddressKind, Family, FamilyMember, MemberRole, Support
from families.models.family import fold, words_to_find
from families.reports.duplicates import Candidate

FAMILY_FIELDS = {
    "family.name": "name",
    "family.language": "language",
    "family.interpreter": "interpreter_needed",
    "family.safety_notes": "safety_notes",
}
MEMBER_FIELDS = {
    "member.name": "display_name",
    "member.role": "role",
    "member.date_of_birth": "date_of_birth",
    "member.due_date": "due_date",
    "member.main_carer": "is_main_carer",
}


@dataclass(slots=True, eq=False)
class Row:
    """A stored row, or one to be stored, with what this file said of it and which fields it filled."""

    row: Any
    is_new: bool
    said: dict[str, tuple[Any, int]] = field(default_factory=dict)
    filled: set[str] = field(default_factory=set)

    def agree(self, reader: SheetReader, record: Record, target: str) -> bool:
        """Whether all rows of the file say the same of this; complains when they do not."""
        value = record.values[target]
        before, row = self.said.setdefault(target, (value, record.row))
        if before == value:
            return True
        reader.complain(
            record.row,
            target,
            _("Row %(row)s says “%(before)s” of the same one. Both rows must agree.") % {"row": row, "before": before},
            value,
        )
        return False

    def fill(self, reader: SheetReader, record: Record, target: str, name: str) -> None:
        """Take over what the file says where nothing is known; note a difference, and keep what is here."""
        if target not in record.values or not self.agree(reader, record, target):
            return
        value, here = record.values[target], getattr(self.row, name)
        if here == value:
            return
        if here in (None, "", False):
            setattr(self.row, name, value)
            if not self.is_new:
                self.filled.add(name)
        else:
            differ(reader, record, target, self.row, name)


def differ(reader: SheetReader, record: Record, target: str, row: models.Model, name: str) -> None:
    """Say that the file and what is here are not the same. What is here stays."""
    shown = getattr(row, f"get_{name}_display", lambda: getattr(row, name))()
    shown = {True: _("yes"), False: _("no")}.get(shown, shown) if isinstance(shown, bool) else shown
    reader.complain(
        record.row,
        target,
        _("Here it says “%(here)s”. That stays; change it on the family's page if the file is right.")
        % {"here": shown},
        record.values[target],
        blocks=False,
    )


@dataclass(slots=True, eq=False)
class Household:
    """One family of the file with everything that belongs to it except its visits."""

    family: Row
    reader: SheetReader
    first_row: int
    members: list[Row] = field(default_factory=list)
    addresses: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    supports: list[Row] = field(default_factory=list)
    first_visit: dt.date | None = None
    asked_for_name: bool = False
    pending: list[tuple[SheetReader, Record]] = field(default_factory=list)
    """Rows with a phone or an email, kept until it is known who the main carer is."""
    is_elsewhere: bool = False
    """Known to the organisation, but not to this person."""
    is_joined: bool = False
    """Elsewhere because its record was joined into another one."""

    def take(self, reader: SheetReader, record: Record) -> None:
        """What a row says of the family itself, its address and its people."""
        self.asked_for_name |= bool({"family.name", "family.carer"} & record.refused)
        for target, name in FAMILY_FIELDS.items():
            self.family.fill(reader, record, target, name)
        self._take_carer(reader, record)
        self._take_address(reader, record)
        if record.speaks_of("member") and {"member.name", "member.role"} <= record.values.keys():
            self._take_member(reader, record)
        for prefix, child in children_of(record):
            if "member.name" in child.values:
                self._take_member(reader.of_child(prefix), child)
        if not record.values.keys().isdisjoint({"family.phone", "family.email", "family.may_leave_message"}):
            self.pending.append((reader, record))

    @property
    def main_carer(self) -> Row | None:
        return next((member for member in self.members if member.row.is_main_carer), None)

    @property
    def adult(self) -> Row | None:
        """Whose number it is when nobody says: the main carer, else the only parent."""
        parents = [member for member in self.members if member.row.role == MemberRole.PARENT]
        return self.main_carer or (parents[0] if len(parents) == 1 else None)

    def member_called(self, name: str, reference: str = "") -> Row | None:
        """The person with this reference, else the one of this name whom no other reference claims."""
        for member in self.members:
            if reference and member.row.external_reference == reference:
                return member
        wanted = fold(name) or name
        for member in self.members:
            names = {fold(own) or own for own in (member.row.display_name, member.row.known_as) if own}
            if wanted in names and not (reference and member.row.external_reference):
                return member
        return None

    def _take_carer(self, reader: SheetReader, record: Record) -> None:
        name = record.values.get("family.carer")
        if not name or not self.family.agree(reader, record, "family.carer"):
            return
        known, carer = self.member_called(name), self.main_carer
        if carer is not None and carer is not known:
            differ(reader, record, "family.carer", carer.row, "display_name")
        elif known is None:
            self._add_member(display_name=name, role=MemberRole.PARENT, is_main_carer=True)
        elif not known.row.is_main_carer:
            known.row.is_main_carer = True
            known.filled.add("is_main_carer")

    def _take_member(self, reader: SheetReader, record: Record) -> None:
        reference = record.values.get("member.reference", "")
        member = self.member_called(record.values["member.name"], reference)
        if member is None:
            member = self._add_member(
                external_reference=reference,
                display_name=record.values["member.name"],
                role=record.values["member.role"],
            )
        elif reference and not member.row.external_reference:
            member.row.external_reference = reference
            member.filled.add("external_reference")
        if self._was_born(member, record):
            member.row.role = MemberRole.CHILD
            member.filled.add("role")
        for target, name in MEMBER_FIELDS.items():
            if name in ("date_of_birth", "due_date") and member.row.role != record.values["member.role"]:
                continue
            if target == "member.main_carer" and self.main_carer not in (None, member):
                if record.values.get(target):
                    differ(reader, record, target, self.main_carer.row, "display_name")
                continue
            member.fill(reader, record, target, name)

    def _was_born(self, member: Row, record: Record) -> bool:
        """An unborn child whose date of birth the file knows. After a loss nothing is concluded."""
        return (
            not member.is_new
            and member.row.role == MemberRole.UNBORN
            and record.values["member.role"] == MemberRole.CHILD
            and "member.date_of_birth" in record.values
            and self.family.row.silent_since is None
        )

    def _add_member(self, **fields: Any) -> Row:
        member = Row(FamilyMember(family=self.family.row, **fields), is_new=True)
        self.members.append(member)
        return member

    def _take_address(self, reader: SheetReader, record: Record) -> None:
        hidden = record.values.get("family.address_confidential")
        if hidden is None and record.values.keys().isdisjoint({"family.address", "family.postcode"}):
            return
        if not self.addresses:
            kind = AddressKind.CONFIDENTIAL if hidden else AddressKind.HOME
            if hidden is False and record.values.keys().isdisjoint({"family.address", "family.postcode"}):
                return
            self.addresses.append(
                Row(Address(family=self.family.row, kind=kind, source=_("brought in from a file")), is_new=True)
            )
        address = self.addresses[0]
        if hidden and not address.row.is_confidential:
            reader.complain(
                record.row,
                "family.address_confidential",
                _("The file says this address is confidential; here it is not. Change it on the family's page first."),
            )
        if hidden is not None:
            address.agree(reader, record, "family.address_confidential")
        address.fill(reader, record, "family.address", "lines")
        address.fill(reader, record, "family.postcode", "postcode")

    def name_family(self) -> None:
        """A new family without a name of its own goes by the main carer's; complains when there is none either."""
        family, carer = self.family.row, self.main_carer
        if not family.name and carer:
            family.name = carer.row.display_name
        if not family.name and not self.asked_for_name:
            sentence = _("No family here has this reference, and no row of the file says what it is called.")
            self.reader.complain(self.first_row, "family.reference", sentence, family.external_reference)

    def compare_ages(self) -> None:
        """Complain about a child that the file makes older than its parent."""
        births = {
            role: [member for member in self.members if member.row.role == role and member.row.date_of_birth]
            for role in (MemberRole.PARENT, MemberRole.CHILD)
        }
        for child in births[MemberRole.CHILD]:
            said = child.said.get("member.date_of_birth")
            born = child.row.date_of_birth
            if said and any(parent.row.date_of_birth >= born for parent in births[MemberRole.PARENT]):
                sentence = _("This child would be older than its parent.")
                self.reader.complain(said[1], "member.date_of_birth", sentence, born)

    def candidate(self) -> Candidate:
        """What makes a new family known again as one that is here already."""
        return Candidate(
            people=[
                {name: getattr(member.row, name) for name in ("display_name", "date_of_birth", "role")}
                for member in self.members
            ],
            contacts=[{"channel": contact.row.channel, "value": contact.row.value} for contact in self.contacts],
            postcode=next((address.row.postcode for address in self.addresses), ""),
        )

    def search_text(self) -> str:
        """As `Family.describe_for_search`, from what is in hand."""
        family = self.family.row
        people = [name for member in self.members for name in (member.row.display_name, member.row.known_as)]
        phones = [contact.row.value for contact in self.contacts if contact.row.channel in ("phone", "text")]
        postcodes = [address.row.postcode for address in self.addresses if not address.row.is_confidential]
        words = words_to_find([family.name, *people], family.reference, phones, postcodes)
        return f"{words} {family.joined_words()}".strip()


def new_household(family: Family, reader: SheetReader, record: Record) -> Household:
    return Household(Row(family, is_new=True), reader, record.row)


def stored_household(family: Family, known_services: Collection[int], reader: SheetReader, record: Record) -> Household:
    """A family that is here already, with all that was fetched along with it."""
    household = Household(Row(family, is_new=False), reader, record.row)
    household.members = [Row(member, is_new=False) for member in _people(family)]
    held = [address for address in family.addresses.all() if address.valid_to is None]
    # A hidden one that another organisation was told is not here, whatever the file says.
    ours = [row for row in held if not row.is_confidential or row.told_to(family) == family.organisation_id]
    household.addresses = [Row(address, is_new=False) for address in ours]
    household.contacts = [Row(contact, is_new=False) for contact in family.contact_methods.all()]
    supports: list[Support] = list(family.supports.all())
    household.supports = [Row(support, is_new=False) for support in supports if support.service_id in known_services]
    household.is_elsewhere = not household.supports
    return household


def _people(family: Family) -> list[FamilyMember]:
    """As `Family.members`, from what was fetched for the whole batch."""
    return [*family.home_members.all(), *(share.member for share in family.shares.all())]

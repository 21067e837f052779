"""Phone numbers and email addresses of a file. They belong to a person; no permission is ever assumed."""

from __future__ import annotations

from django.utils.translation import gettext as _

from families.imports.checking import Record, SheetReader
from families.imports.household import Household, Row, differ
from families.models import Channel, ContactMethod

CHANNELS = {"family.phone": Channel.PHONE, "family.email": Channel.EMAIL}


def take_contacts(household: Household) -> None:
    """Give the numbers of the file to the main carer, once all rows about the family are read."""
    for reader, record in household.pending:
        for target, channel in CHANNELS.items():
            if target in record.values and household.family.agree(reader, record, target):
                _take(household, reader, record, target, channel)
        _take_permission(household, reader, record)
    household.pending.clear()


def _take(household: Household, reader: SheetReader, record: Record, target: str, channel: Channel) -> None:
    value = record.values[target]
    known = [contact for contact in household.contacts if contact.row.channel == channel]
    if any(_is_same(contact.row, value) for contact in known):
        return
    used = [contact.row for contact in known if contact.row.valid_to is None]
    if used:
        differ(reader, record, target, used[0], "value")
        return
    adult = household.adult
    if adult is None:
        reader.complain(
            record.row, target, _("We need to know whose this is. Say who the main carer of this family is."), value
        )
        return
    contact = ContactMethod(family=household.family.row, member=adult.row, channel=channel, value=value)
    household.contacts.append(Row(contact, is_new=True))


def _take_permission(household: Household, reader: SheetReader, record: Record) -> None:
    """An empty cell is no permission, and a permission that is here already is not changed by a file."""
    target = "family.may_leave_message"
    if target not in record.values or not household.family.agree(reader, record, target):
        return
    for contact in household.contacts:
        if contact.row.channel != Channel.PHONE or contact.row.may_leave_message == record.values[target]:
            continue
        if contact.is_new:
            contact.row.may_leave_message = record.values[target]
        else:
            differ(reader, record, target, contact.row, "may_leave_message")


def _is_same(contact: ContactMethod, value: str) -> bool:
    if contact.channel == Channel.EMAIL:
        return contact.value.lower() == value
    return _digits(contact.value) == _digits(value)


def _digits(value: str) -> str:
    return "".join(filter(str.isdigit, value))

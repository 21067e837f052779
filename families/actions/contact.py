from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.contact_change import current_addresses, tell_addresses, tell_contact
from families.actions.editing import save_edit
from families.actions.places import place, placed
from families.models import Address, AddressKind, Channel, ContactChange, ContactMethod, Family, FamilyMember, Safe
from families.models.contact_change import facts_of
from families.models.known import acts_for
from families.models.safe_contact import ASKED_HOLDS

ASK_AGAIN = ASKED_HOLDS
SPOKEN_CHANNELS = frozenset({Channel.PHONE, Channel.TEXT})


class ContactRefused(ValidationError):
    """This way to reach somebody cannot be kept so. `error_dict` has a sentence for each field."""


def check_contact(
    *,
    channel: str,
    value: str = "",
    safe_from: dt.time | None = None,
    safe_until: dt.time | None = None,
    safe_third_person: str = "",
    **_other: Any,
) -> None:
    """What must hold for one way to reach a person. Raises ContactRefused."""
    errors: dict[str, str] = {}
    if channel in SPOKEN_CHANNELS and not re.fullmatch(r"\+?[\d\s().\-]{3,30}", value):
        errors["value"] = _("Type the number with digits, for example 07700 900123.")
    if channel == Channel.EMAIL:
        try:
            validate_email(value)
        except ValidationError:
            errors["value"] = _("This is not an email address. It looks like name@example.org.")
    if (safe_from is None) != (safe_until is None):
        errors["safe_until" if safe_from else "safe_from"] = _("Give both times, or none.")
    elif safe_from and safe_from == safe_until:
        errors["safe_until"] = _("Give two different times, or none.")
    if errors:
        raise ContactRefused(errors)


@transaction.atomic
def add_contact(*, by: User, member: FamilyMember, **fields: Any) -> ContactMethod:
    """Add a way to reach a person, with what makes it safe, and give the new row.

    Fields are those of ContactMethod. Other organisations that support the family are asked whether they use it too.
    Writes "contact.added". Raises ContactRefused.
    """
    check_contact(**fields)
    fields.setdefault("review_on", london_today() + ASK_AGAIN)
    contact = ContactMethod.objects.create(
        family_id=member.family_id, member=member, verified_at=_asked_at(fields.get("safe")), **fields
    )
    member.family.refresh_search_text()
    tell_contact(by=by, contact=contact, was=None)
    _record(by, contact, "contact.added", channel=contact.channel)
    return contact


@transaction.atomic
def edit_contact(*, by: User, contact: ContactMethod, version: int, **fields: Any) -> ContactMethod:
    """Change a way to reach a person. The old values stay in the row's history.

    Other organisations that support the family are asked whether they use it too. Writes "contact.changed" with the
    names of the fields. Raises ContactRefused, StaleEdit.
    """
    check_contact(**{"channel": contact.channel, **fields})
    was = ContactMethod.objects.get(pk=contact.pk)
    if was.valid_to and goes_on_with_own(by=by, contact=contact):
        fields["valid_to"] = None
    changed = save_edit(contact, version=version, **fields)
    told = facts_of(contact) != facts_of(was) or contact.source != was.source or contact.valid_to != was.valid_to
    tell_contact(by=by, contact=contact, was=was)
    if changed:
        contact.verified_at = _asked_at(contact.safe)
        contact.told_on = london_today() if told else was.told_on
        contact.save(update_fields=["verified_at", "told_on"])
        contact.family.refresh_search_text()
        _record(by, contact, "contact.changed", fields=changed)
    return contact


@transaction.atomic
def stop_contact(*, by: User, contact: ContactMethod, version: int) -> ContactMethod:
    """This number or address is not used any more; it stays in the record. Writes "contact.stopped".

    Other organisations that support the family are asked whether they stop too. Raises ContactRefused, StaleEdit.
    """
    if goes_on_with_own(by=by, contact=contact):
        raise ContactRefused(_("Something newer was told. Answer that first."))
    was = ContactMethod.objects.get(pk=contact.pk)
    save_edit(contact, version=version, valid_to=london_today(), told_on=london_today())
    tell_contact(by=by, contact=contact, was=was)
    _record(by, contact, "contact.stopped", channel=contact.channel)
    return contact


@transaction.atomic
def ask_again(*, by: User, contact: ContactMethod, version: int) -> ContactMethod:
    """They were asked again, and it is still the same: it counts for another twelve weeks.

    Writes "contact.asked_again". Raises ContactRefused where nobody ever asked, or something newer was told; StaleEdit.
    """
    if contact.safe == Safe.UNKNOWN:
        raise ContactRefused(_("Nobody has asked yet. Write down what they say."))
    if goes_on_with_own(by=by, contact=contact):
        raise ContactRefused(_("Something newer was told. Answer that first."))
    today = london_today()
    fields: dict[str, Any] = {"review_on": today + ASK_AGAIN, "told_on": today, "verified_at": timezone.now()}
    save_edit(contact, version=version, **fields)
    _record(by, contact, "contact.asked_again", channel=contact.channel)
    return contact


def goes_on_with_own(*, by: User, contact: ContactMethod) -> bool:
    """Another organisation changed it, and a service of this person has not taken that over."""
    return ContactChange.objects.visible_to(by).not_taken().filter(contact=contact).exists()


def _asked_at(safe: str | None) -> dt.datetime | None:
    return timezone.now() if safe in {Safe.YES, Safe.NO} else None


def check_address(
    *,
    kind: str,
    lines: str = "",
    postcode: str = "",
    valid_from: dt.date | None = None,
    valid_to: dt.date | None = None,
    **_other: Any,
) -> None:
    """What must hold for an address: a hidden one and no fixed abode need neither street nor postcode."""
    errors: dict[str, str] = {}
    if not (lines or postcode) and kind in {AddressKind.HOME, AddressKind.TEMPORARY}:
        errors["lines"] = _("Type the street, or at least the postcode.")
    if valid_from and valid_from > london_today():
        errors["valid_from"] = _("This day has not come yet.")
    if valid_from and valid_to and valid_to < valid_from:
        errors["valid_to"] = _("This is before the first day.")
    if errors:
        raise ContactRefused(errors)


@transaction.atomic
def add_address(
    *, by: User, family: Family, keep_old: bool = False, organisation_id: int | None = None, **fields: Any
) -> Address:
    """Add where the family lives now, and give the new row. Earlier addresses end that day and stay in the record.

    `keep_old` is for a family with two homes. `organisation_id` says in whose name somebody writes who coordinates
    nothing: at the door of a group. Other organisations that support the family are asked whether they use
    it too; of a hidden one they hear only that theirs does not hold. Writes "address.added". Raises ContactRefused.
    """
    check_address(**fields)
    was = current_addresses(by=by, family=family)
    address = Address(family=family, organisation_id=organisation_id or acts_for(by, family), **fields)
    address.valid_from = address.valid_from or london_today()
    place([address])
    if not keep_old:
        for old in family.addresses.current():
            old.valid_to = max(address.valid_from, old.valid_from or address.valid_from)
            old.version += 1
            old.save(update_fields=["valid_to", "version", "updated_at"])
    address.save()
    tell_addresses(by=by, family=family, was=was)
    family.refresh_search_text()
    _record(by, address, "address.added", kind=address.kind)
    return address


@transaction.atomic
def edit_address(*, by: User, address: Address, version: int, **fields: Any) -> Address:
    """Correct an address, or say until when it held. Another postcode or kind is placed by today's editions.

    Other organisations that support the family are asked, as for a new one. Writes "address.changed". Raises
    ContactRefused, StaleEdit.
    """
    check_address(**{"kind": address.kind, **fields})
    was = current_addresses(by=by, family=address.family)
    stored = Address.objects.get(pk=address.pk)
    kind, postcode = fields.get("kind", stored.kind), fields.get("postcode", stored.postcode)
    moved = (kind, postcode) != (stored.kind, stored.postcode)
    beside: dict[str, Any] = placed(kind, postcode) if moved else {}
    if any(getattr(stored, name) != value for name, value in fields.items()):
        beside |= {"told_on": london_today(), "organisation_id": acts_for(by, address.family)}
    changed = [name for name in save_edit(address, version=version, **fields, **beside) if name not in beside]
    if changed:
        tell_addresses(by=by, family=address.family, was=was)
        address.family.refresh_search_text()
        _record(by, address, "address.changed", fields=changed)
    return address


def _record(by: User, row: ContactMethod | Address, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=row, label=row.family.reference, family_id=row.family_id, details=details)

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.actions.places import place, placed
from families.models import Address, AddressKind, Channel, ContactMethod, Family, FamilyMember, Safe

ASK_AGAIN = dt.timedelta(weeks=12)
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
    elif safe_from and safe_until and safe_until <= safe_from:
        errors["safe_until"] = _("This is not after the first time.")
    if errors:
        raise ContactRefused(errors)


@transaction.atomic
def add_contact(*, by: User, member: FamilyMember, **fields: Any) -> ContactMethod:
    """Add a way to reach a person, with what makes it safe, and give the new row.

    Fields are those of ContactMethod. Writes "contact.added". Raises ContactRefused.
    """
    check_contact(**fields)
    fields.setdefault("review_on", london_today() + ASK_AGAIN)
    contact = ContactMethod.objects.create(
        family_id=member.family_id, member=member, verified_at=_asked_at(fields.get("safe")), **fields
    )
    member.family.refresh_search_text()
    _record(by, contact, "contact.added", channel=contact.channel)
    return contact


@transaction.atomic
def edit_contact(*, by: User, contact: ContactMethod, version: int, **fields: Any) -> ContactMethod:
    """Change a way to reach a person. The old values stay in the row's history.

    Writes "contact.changed" with the names of the fields. Raises ContactRefused, StaleEdit.
    """
    check_contact(**{"channel": contact.channel, **fields})
    changed = save_edit(contact, version=version, **fields)
    if changed:
        contact.verified_at = _asked_at(contact.safe)
        contact.save(update_fields=["verified_at"])
        contact.family.refresh_search_text()
        _record(by, contact, "contact.changed", fields=changed)
    return contact


@transaction.atomic
def stop_contact(*, by: User, contact: ContactMethod, version: int) -> ContactMethod:
    """This number or address is not used any more; it stays in the record. Writes "contact.stopped".

    Raises StaleEdit.
    """
    save_edit(contact, version=version, valid_to=london_today())
    _record(by, contact, "contact.stopped", channel=contact.channel)
    return contact


CAREFUL_FIRST = (Safe.NO, Safe.UNKNOWN, Safe.YES)


def strictest(contacts: Sequence[ContactMethod]) -> dict[str, Any]:
    """One set of rules for the same number kept several times: the stricter of each; days and hours that all allow.

    Where no day or no hour is left, it may not be used at all.
    """
    days = [set(contact.safe_days) for contact in contacts if contact.safe_days]
    common_days = sorted(set.intersection(*days)) if days else []
    froms = [contact.safe_from for contact in contacts if contact.safe_from]
    untils = [contact.safe_until for contact in contacts if contact.safe_until]
    begins, ends = (max(froms), min(untils)) if froms and untils else (None, None)
    never = (days and not common_days) or (begins and ends and begins >= ends)
    safe = min((Safe(contact.safe) for contact in contacts), key=CAREFUL_FIRST.index)
    rules: dict[str, Any] = {
        "safe": Safe.NO if never else safe,
        "may_leave_message": all(contact.may_leave_message for contact in contacts),
        "may_say_who_we_are": all(contact.may_say_who_we_are for contact in contacts),
        "shared_device": any(contact.shared_device for contact in contacts),
        "review_on": min((contact.review_on for contact in contacts if contact.review_on), default=None),
    }
    return rules if never else rules | {"safe_days": common_days, "safe_from": begins, "safe_until": ends}


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
def add_address(*, by: User, family: Family, keep_old: bool = False, **fields: Any) -> Address:
    """Add where the family lives now, and give the new row. Earlier addresses end that day and stay in the record.

    `keep_old` is for a family with two homes. Writes "address.added". Raises ContactRefused.
    """
    check_address(**fields)
    address = Address(family=family, **fields)
    address.valid_from = address.valid_from or london_today()
    place([address])
    if not keep_old:
        for old in family.addresses.current():
            old.valid_to = max(address.valid_from, old.valid_from or address.valid_from)
            old.version += 1
            old.save(update_fields=["valid_to", "version", "updated_at"])
    address.save()
    family.refresh_search_text()
    _record(by, address, "address.added", kind=address.kind)
    return address


@transaction.atomic
def edit_address(*, by: User, address: Address, version: int, **fields: Any) -> Address:
    """Correct an address, or say until when it held. Another postcode or kind is placed by today's editions.

    Writes "address.changed". Raises ContactRefused, StaleEdit.
    """
    check_address(**{"kind": address.kind, **fields})
    stored = Address.objects.get(pk=address.pk)
    kind, postcode = fields.get("kind", stored.kind), fields.get("postcode", stored.postcode)
    moved = (kind, postcode) != (stored.kind, stored.postcode)
    where = placed(kind, postcode) if moved else {}
    changed = [name for name in save_edit(address, version=version, **fields, **where) if name not in where]
    if changed:
        address.family.refresh_search_text()
        _record(by, address, "address.changed", fields=changed)
    return address


def _record(by: User, row: ContactMethod | Address, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=row, label=row.family.reference, family_id=row.family_id, details=details)

"""One demonstration household: who is in it, where it lives, and how it may be reached."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import dataclass, field
from typing import Any

from betterstart.access.models import Organisation, User
from families.demo import words
from families.demo.names import pick_names
from families.models import Address, AddressKind, Channel, ContactMethod, Family, FamilyMember, Safe
from families.models.family import REFERENCE_LENGTH, REFERENCE_LETTERS, fold


@dataclass
class Household:
    family: Family
    members: list[FamilyMember] = field(default_factory=list)
    addresses: list[Address] = field(default_factory=list)
    contacts: list[ContactMethod] = field(default_factory=list)

    @property
    def parent_name(self) -> str:
        return self.members[0].display_name.split()[0]

    @property
    def child_name(self) -> str:
        return next((member.display_name for member in self.members if member.role == "child"), "the baby")


def household(
    rng: random.Random, number: int, organisation: Organisation, coordinator: User, today: dt.date
) -> Household:
    children = rng.choices([1, 2, 3, 4, 5, 7], weights=[38, 33, 17, 8, 3, 1])[0]
    names = pick_names(rng, children)
    family = Family(
        **codes(rng),
        organisation=organisation,
        name=names.parent if number != 20 else "Bartholomew-Featherstonehaugh and Wolverhampton-Szczepańska",
        language=names.language,
        interpreter_needed=names.language != "en" and rng.random() < 0.25,
        safety_notes=rng.choice(words.SAFETY_NOTES) if number % 6 == 1 else "",
        created_by=coordinator,
    )
    home = Household(family)
    home.members.append(
        _person(rng, home, names.parent, "parent", is_main_carer=True, born=_years_ago(rng, today, 21, 41))
    )
    if number % 3:
        home.members.append(_person(rng, home, names.partner, "parent", born=_years_ago(rng, today, 22, 45)))
    _add_children(rng, home, names.children, number, today)
    if number % 19 == 6:
        home.members.append(_person(rng, home, "Nani", "helper"))
    _add_address(rng, home, number, today)
    _add_contacts(rng, home, number, today)
    family.search_text = " ".join(
        fold(word)
        for word in (
            family.name,
            family.reference,
            *(member.display_name for member in home.members),
            *("".join(filter(str.isalnum, contact.value)) for contact in home.contacts if contact.channel != "email"),
            *(address.postcode.replace(" ", "") for address in home.addresses if not address.is_confidential),
        )
        if word
    )
    return home


def codes(rng: random.Random) -> dict[str, Any]:
    """What a family is known by, the same in every demonstration."""
    return {
        "uuid": uuid.UUID(int=rng.getrandbits(128), version=4),
        "reference": "".join(rng.choice(REFERENCE_LETTERS) for _letter in range(REFERENCE_LENGTH)),
    }


def _person(
    rng: random.Random, home: Household, name: str, role: str, born: dt.date | None = None, **fields: object
) -> FamilyMember:
    return FamilyMember(
        uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
        family=home.family,
        display_name=name,
        role=role,
        date_of_birth=born,
        **fields,
    )


def _years_ago(rng: random.Random, today: dt.date, low: int, high: int) -> dt.date:
    return today - dt.timedelta(days=rng.randint(low * 365, high * 365))


def _add_children(rng: random.Random, home: Household, names: tuple[str, ...], number: int, today: dt.date) -> None:
    age_days = rng.randint(40, 500)
    for index, name in enumerate(names):
        if number % 8 == 3 and index == 0:  # expecting
            unborn = _person(rng, home, "Baby", "unborn", due_date=today + dt.timedelta(days=rng.randint(5, 140)))
            home.members.append(unborn)
            continue
        home.members.append(_person(rng, home, name, "child", born=today - dt.timedelta(days=age_days)))
        twins = number % 23 == 9 and index == 0
        age_days += 0 if twins else rng.randint(340, 900)


def _add_address(rng: random.Random, home: Household, number: int, today: dt.date) -> None:
    kind = AddressKind.HOME
    if number % 29 == 11:
        kind = AddressKind.CONFIDENTIAL
    elif number % 29 == 17:
        kind = AddressKind.TEMPORARY
    street = f"{rng.randint(1, 140)} {rng.choice(words.STREETS)}"
    home.addresses.append(
        Address(
            family=home.family,
            kind=kind,
            lines=f"{street}\nBradford",
            postcode=rng.choice(words.POSTCODES),
            valid_from=today - dt.timedelta(days=rng.randint(30, 900)),
            source="the family, at the initial visit",
            told_on=today - dt.timedelta(days=20 + number % 160),
        )
    )


def _add_contacts(rng: random.Random, home: Household, number: int, today: dt.date) -> None:
    """Numbers are from the range kept for film and television. One family in twenty must never get a message left."""
    unsafe = number % 20 == 4
    carer = home.members[0]
    phone = f"07700 900{number % 1000:03d}"
    told_on = today - dt.timedelta(days=20 + number % 160)
    home.contacts.append(
        ContactMethod(
            family=home.family,
            member=carer,
            told_on=told_on,
            source="the family, at the initial visit" if number % 3 else "",
            channel=Channel.PHONE,
            value=phone,
            safe=Safe.YES if number % 7 else Safe.UNKNOWN,
            may_leave_message=not unsafe and number % 7 != 0,
            shared_device=unsafe,
            code_word="Sunflower" if unsafe else "",
            review_on=today + dt.timedelta(days=-6 if number % 40 == 5 else max(1, rng.randint(-10, 80))),
        )
    )
    home.contacts.append(
        ContactMethod(
            family=home.family,
            member=carer,
            told_on=told_on,
            channel=Channel.TEXT,
            value=phone,
            safe=Safe.NO if unsafe else Safe.YES,
            safe_days=[1, 2, 3, 4, 5] if number % 9 == 2 else [],
            safe_from=dt.time(10) if number % 9 == 2 else None,
            safe_until=dt.time(15) if number % 9 == 2 else None,
            review_on=today + dt.timedelta(days=1 + number % 80),
        )
    )

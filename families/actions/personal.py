"""What a person tells of themselves, and what is kept closest."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.clock import london_today
from families.actions.editing import save_edit
from families.actions.member import record_member, save_personal
from families.models import Family, FamilyMember, Interpreter, NhsNumber, Personal, StatutoryStatus
from families.models.known import acts_for
from families.models.private import OWN_WORD_GROUPS

LANGUAGE_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*")
PERSONAL_FIELDS = ("gender", "ethnic_group", "ethnic_words")
LONGEST_CODE = 35
SHORTEST_GATEWAY = 5


class PersonalRefused(ValidationError):
    """This cannot be kept so. `error_dict` has a sentence for each field."""


def check_languages(languages: Sequence[dict[str, Any]]) -> None:
    """Each language once, by a code of the usual shape (BCP 47), and at most one liked best. Raises PersonalRefused."""
    codes = [str(each["code"]) for each in languages]
    if not all(len(code) <= LONGEST_CODE and LANGUAGE_CODE.fullmatch(code) for code in codes):
        raise PersonalRefused({"languages": _("Choose a language from the list, or write its code, such as “pnb”.")})
    if len(set(codes)) < len(codes):
        raise PersonalRefused({"languages": _("This language is there twice.")})
    if sum(bool(each.get("preferred")) for each in languages) > 1:
        raise PersonalRefused({"languages": _("Only one language can be the one they like best.")})


@transaction.atomic
def tell_more(
    *, by: User, family: Family, member: FamilyMember, version: int, languages: Sequence[dict[str, Any]], **fields: Any
) -> FamilyMember:
    """Write what a person told of themselves: languages, interpreter, what helps, gender, ethnic group.

    `languages` are {code, speaks, reads, preferred}. Writes "member.changed" with the names of the fields. Raises
    PersonalRefused, StaleEdit.
    """
    check_languages(languages)
    personal = {name: fields.pop(name) for name in PERSONAL_FIELDS if name in fields}
    if personal.get("ethnic_words") and personal.get("ethnic_group") not in OWN_WORD_GROUPS:
        raise PersonalRefused(
            {
                "ethnic_words": _(
                    "Their own word goes beside a group that says “any other”. Choose one, or leave it out."
                )
            }
        )
    if fields.get("interpreter") not in {Interpreter.LANGUAGE, Interpreter.SIGN}:
        fields["interpreter_gender"] = ""
    changed = save_edit(member, version=version, languages=list(languages), **fields)
    told = _unlike_before(personal_of(by, family, member), personal)
    if told:
        save_personal(by, family, member, **personal)
        if not changed:  # so that whoever saves next is told that somebody was here
            member.version += 1
            member.save(update_fields=["version", "updated_at"])
    if changed or told:
        record_member(by, family, member, "member.changed", fields=[*changed, *told])
    return member


def personal_of(by: User, family: Family, member: FamilyMember) -> Personal:
    """What the organisation `by` acts for was told by this person; a blank row where that is nothing."""
    kept = Personal.objects.filter(member=member, organisation=acts_for(by, family))
    return kept.first() or Personal()


def _unlike_before(before: Personal, personal: dict[str, Any]) -> list[str]:
    """The names of what differs from what is kept; where nothing is kept yet, from not having been asked."""
    return [name for name, value in personal.items() if value != getattr(before, name)]


def clean_nhs_number(typed: str) -> str:
    """The ten digits of an NHS number. Raises PersonalRefused.

    Its last digit checks the others (NHS Data Dictionary): the first nine times 10, 9 ... 2, added up; 11 less the
    remainder by 11, where 11 counts as 0 and 10 is no digit, so that no number ends so.
    """
    digits = "".join(str(unicodedata.digit(char, char)) for char in typed if char not in " -\u00a0\u2009\u202f")
    if not re.fullmatch(r"[0-9]{10}", digits):
        raise PersonalRefused({"number": _("An NHS number has ten digits, for example 943 476 5919.")})
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    if check % 11 != int(digits[9]):
        raise PersonalRefused({"number": _("This is not an NHS number: a digit is wrong or two changed places.")})
    return digits


@transaction.atomic
def keep_nhs_number(
    *, by: User, family: Family, member: FamilyMember, number: str, gateway: str, version: int = 0
) -> NhsNumber:
    """Keep a person's NHS number, with the law or agreement that allows it. Writes "nhs_number.kept".

    `version` is that of the number somebody saw, 0 for none. Raises PersonalRefused, StaleEdit.
    """
    digits = clean_nhs_number(number)
    if len(gateway) < SHORTEST_GATEWAY:
        raise PersonalRefused({"gateway": _("Name the law or the agreement. Without one we must not keep the number.")})
    kept = nhs_number_of(by, family, member)
    if kept is None:
        kept = NhsNumber.objects.create(
            member=member,
            family_id=member.family_id,
            organisation_id=acts_for(by, family),
            number=digits,
            gateway=gateway,
            created_by=by,
        )
    else:
        save_edit(kept, version=version, number=digits, gateway=gateway)
    record_member(by, family, member, "nhs_number.kept")
    return kept


def nhs_number_of(by: User, family: Family, member: FamilyMember) -> NhsNumber | None:
    """The number as the organisation `by` acts for keeps it."""
    return NhsNumber.objects.filter(member=member, organisation=acts_for(by, family)).first()


@transaction.atomic
def remove_nhs_number(*, by: User, family: Family, member: FamilyMember, version: int) -> None:
    """Take away a number that was entered by mistake, or may no longer be kept; its history never held it.

    Writes "nhs_number.removed". Raises PersonalRefused where there is none, StaleEdit.
    """
    kept = nhs_number_of(by, family, member)
    if kept is None:
        raise PersonalRefused(_("There is no number any more."))
    save_edit(kept, version=version)
    kept.delete()
    record_member(by, family, member, "nhs_number.removed")


@transaction.atomic
def note_status(
    *, by: User, family: Family, member: FamilyMember, status: str, since: dt.date, source: str
) -> StatutoryStatus:
    """What the council has decided for a child, since a day; the newest holds. Writes "member.status_noted".

    Raises PersonalRefused.
    """
    if since > london_today():
        raise PersonalRefused({"since": _("This day has not come yet.")})
    if not member.is_child:
        raise PersonalRefused({"status": _("Only a child has such a status.")})
    decided = {"organisation_id": acts_for(by, family), "status": status, "since": since, "source": source}
    if same := StatutoryStatus.objects.filter(member=member, **decided).first():
        return same  # sent twice
    row = StatutoryStatus.objects.create(member=member, family_id=member.family_id, created_by=by, **decided)
    record_member(by, family, member, "member.status_noted")
    return row

"""Writing down what visits to a family must fit, as it was said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.audit.record import record
from families.actions.editing import StaleEdit, save_edit
from families.actions.own_words import day_it_was_said, listen
from families.models import Enjoyed, FamilyMember, HomeFact, Support, VisitNeeds, WhoComes
from families.models.member import LANGUAGE_NAMES
from families.models.visit_needs import SLOT_CODES


class VisitNeedsRefused(ValidationError):
    """This cannot be kept so. `error_dict` has a sentence for each field."""


NOTHING_SPECIAL: dict[str, Any] = {
    "suits": [],
    "at_home": [],
    "no_pets": False,
    "who_comes": WhoComes.ONE,
    "why": "",
    "language": "",
    "interpreter_will_do": False,
    "words": "",
}
"""Any time, one volunteer, nothing at home to mind, no language that has to be."""


@transaction.atomic
def say_visit_needs(
    *,
    by: User,
    support: Support,
    version: int,
    suits: Collection[str] | None,
    at_home: Collection[str] | None,
    no_pets: bool = False,
    who_comes: str = WhoComes.ONE,
    why: str = "",
    language: str = "",
    interpreter_will_do: bool = False,
    enjoys: Collection[str] = (),
    words: str = "",
    said_by: FamilyMember | None = None,
    said_on: dt.date | None = None,
) -> VisitNeeds:
    """Keep what visits must fit in this support, who said so and when, and give the row.

    `suits` are codes such as "mon-morning", `at_home` of HomeFact; None is "not asked yet", nothing in it an
    answer. `version` is the one the person saw, 0 where there was none. Writes "visit_needs.said", without what was
    said. Raises NotYourService, PlanRefused, VisitNeedsRefused, StaleEdit.
    """
    if said_by is not None:
        day = listen(by=by, support=support, adult=said_by, on=said_on)
    else:
        day = day_it_was_said(by=by, support=support, on=said_on)
    _check(who_comes, why, language)
    _check_codes(
        {"suits": (suits, SLOT_CODES), "at_home": (at_home, HomeFact.values), "enjoys": (enjoys, Enjoyed.values)}
    )
    fields: dict[str, Any] = {
        "suits": _in_order(suits, SLOT_CODES),
        "at_home": _in_order(at_home, HomeFact.values),
        "no_pets": no_pets,
        "who_comes": who_comes,
        "why": why.strip() if who_comes != WhoComes.ONE else "",
        "language": language,
        "interpreter_will_do": bool(language) and interpreter_will_do,
        "enjoys": _in_order(enjoys, Enjoyed.values),
        "words": words.strip(),
        "said_by": said_by,
        "said_on": day,
    }
    Support.objects.select_for_update(of=("self",)).get(pk=support.pk)
    row = VisitNeeds.objects.filter(support=support).first()
    if row is None:
        row = VisitNeeds.objects.create(support=support, family_id=support.family_id, recorded_by=by, **fields)
    elif version == 0:
        raise StaleEdit(row)
    else:
        save_edit(row, version=version, recorded_by=by, **fields)
    family = support.family
    record(by=by, verb="visit_needs.said", target=row, label=family.reference, family_id=family.pk)
    return row


def _in_order(given: Collection[str] | None, codes: Collection[str]) -> list[str] | None:
    return None if given is None else [code for code in codes if code in given]


def _check_codes(given: Mapping[str, tuple[Collection[str] | None, Collection[str]]]) -> None:
    errors = {
        name: _("Choose from the list.") for name, (codes, known) in given.items() if not set(codes or ()) <= set(known)
    }
    if errors:
        raise VisitNeedsRefused(errors)


def _check(who_comes: str, why: str, language: str) -> None:
    errors: dict[str, str] = {}
    if who_comes not in WhoComes.values:
        errors["who_comes"] = _("Please choose one.")
    elif who_comes != WhoComes.ONE and not why.strip():
        errors["why"] = _("Say in a sentence why. Coordinators read it.")
    if language and language not in LANGUAGE_NAMES:
        errors["language"] = _("Choose a language from the list.")
    if errors:
        raise VisitNeedsRefused(errors)

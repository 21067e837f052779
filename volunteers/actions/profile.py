"""What a volunteer tells of themselves: saved section by section, by them, or by a coordinator they told it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.clock import london_today
from betterstart.places.postcodes import NotAPostcode, has_geography, normalise_postcode
from families.actions.editing import StaleEdit, save_edit
from families.models import Enjoyed, HomeFact
from families.models.member import LANGUAGE_NAMES
from families.models.need import USUAL_NEEDS
from families.models.visit_needs import SLOT_CODES
from volunteers.models import Experience, Match, Means, OfferedAs, Section, Volunteer, VolunteerProfile, WithIt

FIELDS: dict[str, tuple[str, ...]] = {
    Section.TIMES: ("times",),
    Section.ROOM: ("hours_a_week", "most_families"),
    Section.TRAVEL: ("postcode", "miles", "means", "has_car"),
    Section.LANGUAGES: ("languages",),
    Section.HELPS: ("skills", "skills_words", "enjoys"),
    Section.SHARED: ("shared", "shared_words"),
    Section.HOMES: ("homes", "has_pets"),
    Section.ME: ("limits", "gender", "offered_as"),
}
MOST_FAMILIES = 3
MOST_HOURS = 40
MOST_MILES = 60


class ProfileRefused(ValidationError):
    """This cannot be kept so. `error_dict` has a sentence for each field."""


@transaction.atomic
def say_profile(
    *, by: User, volunteer: Volunteer, section: str, version: int, said_on: dt.date | None = None, **fields: Any
) -> VolunteerProfile:
    """Keep what a volunteer said in one section (the fields of FIELDS), on which day, and give their profile.

    `by` is the volunteer, or a coordinator who writes down what they told. `version` is the one the person saw, 0
    where there was none. Writes "profile.said" with the section, without what was said. Raises ProfileRefused, also
    where they are with more families than they now agree to; StaleEdit.
    """
    if not (volunteer.user_id == by.pk or Volunteer.objects.kept_by(by).filter(pk=volunteer.pk).exists()):
        raise ProfileRefused(_("Only they themselves, and their coordinators, write this."))
    day = said_on or london_today()
    if day > london_today():
        raise ProfileRefused({"said_on": _("This day has not come yet.")})
    kept = {name: fields[name] for name in FIELDS[section]}
    _CHECKS[section](kept)
    volunteer = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
    if section == Section.ROOM:
        _agree(by, volunteer, kept.pop("most_families"))
    profile = VolunteerProfile.objects.filter(volunteer=volunteer).first()
    said = (profile.said if profile else {}) | {section: {"on": day.isoformat(), "by": by.pk}}
    if profile is None:
        profile = VolunteerProfile.objects.create(volunteer=volunteer, said=said, **kept)
    elif version == 0:
        raise StaleEdit(profile)
    else:
        save_edit(profile, version=version, said=said, **kept)
    _record(by, volunteer, "profile.said", section=str(section))
    return profile


@transaction.atomic
def see_insurance(*, by: User, volunteer: Volunteer, version: int, seen_on: dt.date | None) -> VolunteerProfile:
    """Note that a coordinator saw the business-use insurance of a volunteer who drives; None: it no longer counts.

    Writes "profile.insurance_seen". Raises ProfileRefused, StaleEdit.
    """
    if not Volunteer.objects.kept_by(by).filter(pk=volunteer.pk).exists():
        raise ProfileRefused(_("Only their coordinators write this."))
    if seen_on and seen_on > london_today():
        raise ProfileRefused({"seen_on": _("This day has not come yet.")})
    profile, _is_new = VolunteerProfile.objects.get_or_create(volunteer=volunteer)
    seen = {"insurance_seen_on": seen_on, "insurance_seen_by": by if seen_on else None}
    save_edit(profile, version=version or profile.version, **seen)
    _record(by, volunteer, "profile.insurance_seen")
    return profile


def places_taken(by: User, volunteer: Volunteer) -> int:
    """How many families a volunteer is with, or about to meet, also those the asker may not see."""
    with acting_as(Scope.ALL, by.pk):
        return Match.objects.taking_a_place().filter(volunteer=volunteer).count()


def _agree(by: User, volunteer: Volunteer, most: int) -> None:
    taken = places_taken(by, volunteer)
    if most < taken:
        raise ProfileRefused({"most_families": _too_few(by, volunteer, taken)})
    if most != volunteer.most_families:
        volunteer.most_families = most
        volunteer.save(update_fields=["most_families", "updated_at"])


def _too_few(by: User, volunteer: Volunteer, taken: int) -> str:
    if volunteer.user_id == by.pk:
        sentence = ngettext(
            "You are with {n} family now, or about to meet them. Talk with your coordinator first: nobody is left "
            "without a goodbye.",
            "You are with {n} families now, or about to meet them. Talk with your coordinator first: nobody is left "
            "without a goodbye.",
            taken,
        )
        return sentence.format(n=taken)
    sentence = ngettext(
        "{name} is with {n} family now, or about to meet them. Agree first how that one ends or who goes on.",
        "{name} is with {n} families now, or about to meet them. Agree first how one of them ends or who goes on.",
        taken,
    )
    return sentence.format(n=taken, name=volunteer.display_name)


def _record(by: User, volunteer: Volunteer, verb: str, **details: Any) -> None:
    record(by=by, verb=verb, target=volunteer, label=volunteer.organisation.name, details=details)


# --- what may be kept in each section: values are put in order, or refused -------------------------------------------


def _pick(kept: dict[str, Any], name: str, codes: Collection[str]) -> None:
    if not set(kept[name]) <= set(codes):
        raise ProfileRefused({name: _("Choose from the list.")})
    kept[name] = [code for code in codes if code in kept[name]]


def _times(kept: dict[str, Any]) -> None:
    _pick(kept, "times", SLOT_CODES)


def _room(kept: dict[str, Any]) -> None:
    hours, most = kept["hours_a_week"], kept["most_families"]
    if hours is not None and not Decimal("0.5") <= hours <= MOST_HOURS:
        raise ProfileRefused({"hours_a_week": _("Between half an hour and 40 hours a week.")})
    if not 1 <= most <= MOST_FAMILIES:
        raise ProfileRefused({"most_families": _("One, two or three families at the same time.")})


def _travel(kept: dict[str, Any]) -> None:
    _pick(kept, "means", Means.values)
    try:
        kept["postcode"] = normalise_postcode(kept["postcode"])
    except NotAPostcode as error:
        raise ProfileRefused({"postcode": _("This does not look like a postcode, for example BD7 2AA.")}) from error
    if kept["postcode"] and not has_geography(kept["postcode"]):
        raise ProfileRefused({"postcode": _("This postcode lies nowhere. Leave it empty where you would rather.")})
    if kept["miles"] is not None and not 1 <= kept["miles"] <= MOST_MILES:
        raise ProfileRefused({"miles": _("Between 1 and 60 miles.")})


def _languages(kept: dict[str, Any]) -> None:
    codes = [each["code"] for each in kept["languages"]]
    if not set(codes) <= set(LANGUAGE_NAMES):
        raise ProfileRefused({"languages": _("Choose a language from the list.")})
    if len(set(codes)) < len(codes):
        raise ProfileRefused({"languages": _("This language is there twice.")})
    if not all(each["speaks"] or each["reads"] for each in kept["languages"]):
        raise ProfileRefused({"languages": _("Say whether you speak it, read it, or both.")})


def _helps(kept: dict[str, Any]) -> None:
    _pick(kept, "skills", USUAL_NEEDS)
    _pick(kept, "enjoys", Enjoyed.values)


def _shared(kept: dict[str, Any]) -> None:
    _pick(kept, "shared", Experience.values)


def _homes(kept: dict[str, Any]) -> None:
    homes = kept["homes"]
    if not (set(homes) <= set(HomeFact.values) and set(homes.values()) <= set(WithIt.values)):
        raise ProfileRefused({"homes": _("Choose from the list.")})
    kept["homes"] = {fact: homes[fact] for fact in HomeFact.values if fact in homes}


def _me(kept: dict[str, Any]) -> None:
    if kept["offered_as"] not in OfferedAs.values:
        raise ProfileRefused({"offered_as": _("Choose from the list.")})


_CHECKS: dict[str, Callable[[dict[str, Any]], None]] = {
    Section.TIMES: _times,
    Section.ROOM: _room,
    Section.TRAVEL: _travel,
    Section.LANGUAGES: _languages,
    Section.HELPS: _helps,
    Section.SHARED: _shared,
    Section.HOMES: _homes,
    Section.ME: _me,
}

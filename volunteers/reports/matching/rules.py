"""Why one volunteer cannot be brought together with one family now: rules for safety and possibility, and no others.

Each rule is one function of the two sides that says yes or no. A fact nobody knows bars nobody: it is shown beside the
suggestion as missing (`reasons.py`). Readiness alone is the other way round, because safety asks for it: without
evidence somebody is not ready. A wish for a woman or a man in the home bars whoever is known to be somebody else; who
has not said is not barred, since that would press people to say it, and the coordinator asks before offering.

Nothing here knows of anything that neither side was asked about, and no wish about ethnic origin can be stated.
No database is asked: the same rules run over one family and over ten thousand.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import cos, hypot, radians
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from volunteers.reports.matching.sides import FamilySide, Point, VolunteerSide
from volunteers.reports.matching.words import in_miles, languages

KM_OF_A_DEGREE = 111.195


class About(StrEnum):
    """Which side a rule can be judged by alone."""

    VOLUNTEER = "volunteer"
    FAMILY = "family"
    BOTH = "both"


@dataclass(frozen=True)
class Rule:
    """A named reason why not. `title` says what it looks at, `sentence` why not, with words of `told`."""

    key: str
    about: About
    title: str | Promise
    sentence: str | Promise
    bars: Callable[[FamilySide, VolunteerSide], bool]
    told: Callable[[FamilySide, VolunteerSide], dict[str, object]] = lambda family, volunteer: {}


class Barrier(NamedTuple):
    """One rule that bars one pair. Its words are made when somebody reads them."""

    rule: Rule
    family: FamilySide
    volunteer: VolunteerSide

    @property
    def key(self) -> str:
        return self.rule.key

    @property
    def sentence(self) -> str:
        return str(self.rule.sentence).format_map(self.rule.told(self.family, self.volunteer))

    @property
    def told_on(self) -> dt.date | None:
        """The day of the newest fact the rule rests on; None where it is worked out from what holds today."""
        days = {About.VOLUNTEER: [self.volunteer.told_on], About.FAMILY: [self.family.told_on]}
        both = [self.family.told_on, self.volunteer.told_on]
        return max((day for day in days.get(self.rule.about, both) if day), default=None)


def km_between(here: Point, there: Point) -> float:
    """As the crow flies. On the scale of a town, a flat map is right to the metre."""
    north = there[0] - here[0]
    east = (there[1] - here[1]) * cos(radians((here[0] + there[0]) / 2))
    return KM_OF_A_DEGREE * hypot(north, east)


def distance(family: FamilySide, volunteer: VolunteerSide) -> float | None:
    """In km; None where one of the places is not known, or kept hidden."""
    here, there = family.position, volunteer.position
    return None if here is None or there is None else km_between(here, there)


def _is_not_ready(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return not volunteer.is_ready


def _has_no_place(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return volunteer.places_left < 1


def _is_elsewhere(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return family.organisation_id != volunteer.organisation_id


def _needs_more_than_one(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return family.worker_led


def _never_with(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return volunteer.volunteer_id in family.never


def _are_together(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return volunteer.volunteer_id in family.matched_before


def _no_pets(family: FamilySide, volunteer: VolunteerSide) -> bool:
    none_at_all = family.has_pets is True and volunteer.accepts_pets is False
    return none_at_all or not family.animals.isdisjoint(volunteer.cannot_animals)


def _brings_pets(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return family.no_pets and volunteer.keeps_pets is True


def _no_smoke(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return family.somebody_smokes is True and volunteer.accepts_smoke is False


def _no_stairs(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return family.has_stairs is True and volunteer.manages_stairs is False


def _wished_somebody_else(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return bool(family.wishes_gender and volunteer.gender) and family.wishes_gender != volunteer.gender


def _share_no_language(family: FamilySide, volunteer: VolunteerSide) -> bool:
    ours, theirs = volunteer.languages, family.languages
    return not family.interpreter and bool(ours and theirs) and ours.isdisjoint(theirs)


def _is_too_far(family: FamilySide, volunteer: VolunteerSide) -> bool:
    limit = volunteer.travels_km
    if limit is None:
        return False
    far = distance(family, volunteer)
    return far is not None and far > limit


def _how_far(family: FamilySide, volunteer: VolunteerSide) -> dict[str, object]:
    return {"far": in_miles(distance(family, volunteer) or 0), "limit": in_miles(volunteer.travels_km or 0)}


GENDERS = {"woman": _("a woman"), "man": _("a man")}
V, F, B = About
RULES = (
    Rule(
        "ready",
        V,
        _("Checks, training and agreements are in date"),
        "{because}",
        _is_not_ready,
        lambda family, volunteer: {"because": volunteer.not_ready_because or _("Not ready to visit families yet.")},
    ),
    Rule("places", V, _("Room for one more family"), _("Visits as many families as agreed."), _has_no_place),
    Rule("organisation", B, _("The same organisation"), _("Volunteers with another organisation."), _is_elsewhere),
    Rule(
        "alone",
        F,
        _("One volunteer alone may come"),
        _("This family is visited by two people, or by a paid worker."),
        _needs_more_than_one,
    ),
    Rule("never", B, _("Nobody said “not with them”"), _("It was said that these two do not meet."), _never_with),
    Rule(
        "together",
        B,
        _("Not asked already"),
        _("Already asked for this family or with it, or the two parted because it did not feel right."),
        _are_together,
    ),
    Rule("pets", B, _("Pets"), _("The family has a pet, and the volunteer cannot be near one."), _no_pets),
    Rule(
        "animals",
        B,
        _("Animals at the volunteer’s home"),
        _("Somebody in the family cannot be near animals, and the volunteer has some at home."),
        _brings_pets,
    ),
    Rule("smoke", B, _("Smoke"), _("Somebody smokes at home, and the volunteer cannot be in smoke."), _no_smoke),
    Rule("stairs", B, _("Stairs"), _("There are stairs, and the volunteer cannot climb them."), _no_stairs),
    Rule(
        "wish",
        B,
        _("Who the family would like in their home"),
        _("The family asked for {wished}."),
        _wished_somebody_else,
        lambda family, volunteer: {"wished": GENDERS[family.wishes_gender]},
    ),
    Rule(
        "language",
        B,
        _("A language in common, or an interpreter"),
        _("No language in common, and no interpreter: the family speaks {theirs}, the volunteer {ours}."),
        _share_no_language,
        lambda family, volunteer: {"theirs": languages(family.languages), "ours": languages(volunteer.languages)},
    ),
    Rule(
        "travel",
        B,
        _("Near enough"),
        _("Lives about {far} miles away, and travels {limit} at most."),
        _is_too_far,
        _how_far,
    ),
)
BY_KEY = {rule.key: rule for rule in RULES}

_CHECKS = tuple((rule, rule.bars) for rule in RULES)


def why_not(family: FamilySide, volunteer: VolunteerSide) -> list[Barrier]:
    """Every rule that bars this pair now; an empty list where none does, and a coordinator may suggest it."""
    return [Barrier(rule, family, volunteer) for rule, bars in _CHECKS if bars(family, volunteer)]


def may_meet(family: FamilySide, volunteer: VolunteerSide) -> bool:
    """Whether no rule bars this pair: `not why_not(...)`, ended at the first that does."""
    for _rule, bars in _CHECKS:  # noqa: SIM110  a generator here costs twice the rules
        if bars(family, volunteer):
            return False
    return True

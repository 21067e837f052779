"""Up to five people who could come to one family, as cards in an order that means nothing; and everybody who was
considered and cannot, with the rule. What a coordinator sees, and what is kept with the decision.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from betterstart.access.models import User
from families.models import Support
from volunteers.models import Volunteer, VolunteerProfile, VolunteerState
from volunteers.reports.matching.loading import family_sides, volunteer_sides
from volunteers.reports.matching.reasons import Reasons, facts_of, known_of, missing_of, reasons
from volunteers.reports.matching.rules import RULES, Barrier, Rule, distance, why_not
from volunteers.reports.matching.sides import FamilySide, VolunteerSide

MOST_CARDS = 5
CONSIDERED = (VolunteerState.PREPARING, VolunteerState.READY, VolunteerState.ON_BREAK, VolunteerState.SUSPENDED)
"""Who has only asked or applied is not considered yet; who has left is not any more."""

KEYS = {
    "": gettext_lazy("In no order"),
    "near": gettext_lazy("Nearest first"),
    "longest": gettext_lazy("Longest since their last match"),
    "language": gettext_lazy("A language in common first"),
}


def lot(family: FamilySide, volunteer: VolunteerSide) -> bytes:
    """Where this volunteer lands for this family: as by drawing lots, the same whenever one looks, and different for
    the next family, so that nobody is always first.
    """
    return hashlib.blake2b(f"{family.support_id}:{volunteer.volunteer_id}".encode(), digest_size=8).digest()


def _nearness(family: FamilySide, volunteer: VolunteerSide) -> float:
    far = distance(family, volunteer)
    return float("inf") if far is None else far


def _since_last(family: FamilySide, volunteer: VolunteerSide) -> dt.date:
    """Whoever never had a family has waited longest; whoever is with their first one has not begun to."""
    return dt.date.min if volunteer.is_new else volunteer.last_match_ended_on or dt.date.max


def _speaks_another(family: FamilySide, volunteer: VolunteerSide) -> bool:
    return family.languages.isdisjoint(volunteer.languages)


ORDERS: dict[str, Callable[[FamilySide, VolunteerSide], Any]] = {
    "near": _nearness,
    "longest": _since_last,
    "language": _speaks_another,
}


def in_order(family: FamilySide, volunteers: Sequence[VolunteerSide], key: str = "") -> list[VolunteerSide]:
    """By the key a coordinator picked; where that says nothing, and without one, by lot."""
    by_lot = sorted(volunteers, key=lambda volunteer: lot(family, volunteer))
    order = ORDERS.get(key)
    return sorted(by_lot, key=lambda volunteer: order(family, volunteer)) if order else by_lot


@dataclass(frozen=True)
class Considered:
    """One family, and everybody looked at for it: pure, no database."""

    family: FamilySide
    key: str
    could: list[VolunteerSide]
    """Whom no rule bars, in the order of the key."""
    barred: list[tuple[VolunteerSide, list[Barrier]]]

    @property
    def by_rule(self) -> list[tuple[Rule, int]]:
        """How many each rule bars, in the order of the rules. One person may be barred by several."""
        counts = Counter(barrier.key for _volunteer, barriers in self.barred for barrier in barriers)
        return [(rule, counts[rule.key]) for rule in RULES if counts[rule.key]]


def consider(family: FamilySide, volunteers: Sequence[VolunteerSide], key: str = "") -> Considered:
    """Who could come and who could not. The order in which the volunteers are given changes nothing."""
    looked_at = [(volunteer, why_not(family, volunteer)) for volunteer in volunteers]
    could = [volunteer for volunteer, barriers in looked_at if not barriers]
    barred = [(volunteer, barriers) for volunteer, barriers in looked_at if barriers]
    barred.sort(key=lambda each: lot(family, each[0]))
    return Considered(family, key if key in KEYS else "", in_order(family, could, key), barred)


@dataclass(frozen=True)
class Card:
    """One person as a coordinator meets them here."""

    volunteer: Volunteer
    side: VolunteerSide
    reasons: Reasons
    facts: list[str]
    """In a few words: which part of town, which languages, when."""


@dataclass(frozen=True)
class NotNow:
    """Somebody who was considered and cannot come to this family now."""

    volunteer: Volunteer
    barriers: list[Barrier]


@dataclass(frozen=True)
class Shortlist:
    """What lies before a coordinator who looks for somebody for one family."""

    support: Support
    considered: Considered
    people: dict[int, Volunteer]
    """Everybody who was considered, by id."""

    @property
    def family(self) -> FamilySide:
        return self.considered.family

    @property
    def could(self) -> int:
        return len(self.considered.could)

    @property
    def all(self) -> int:
        return len(self.people)

    @cached_property
    def known(self) -> list[str]:
        return known_of(self.family)

    @cached_property
    def missing(self) -> list[str]:
        """What nobody knows of the family, where it would matter."""
        return missing_of(self.family)

    def cards(self, start: int = 0, most: int = MOST_CARDS) -> list[Card]:
        return self._cards(self.considered.could[start : start + most])

    def card_of(self, volunteer_id: int) -> Card | None:
        """The card of somebody who could come; None where a rule bars them."""
        found = [side for side in self.considered.could if side.volunteer_id == volunteer_id]
        return next(iter(self._cards(found)), None)

    def _cards(self, sides: Sequence[VolunteerSide]) -> list[Card]:
        profiles = VolunteerProfile.objects.filter(volunteer__in=[side.volunteer_id for side in sides])
        areas = {profile.volunteer_id: profile.area for profile in profiles.only("volunteer_id", "postcode")}
        return [
            Card(
                self.people[side.volunteer_id],
                side,
                reasons(self.family, side),
                [*filter(None, [areas.get(side.volunteer_id)]), *facts_of(side)],
            )
            for side in sides
        ]

    def put_first(self, cards: list[Card], volunteer_id: int) -> list[Card]:
        """These cards, with that of somebody a joint plan proposes before them; unless a rule bars them by now."""
        first = self.card_of(volunteer_id)
        return [first, *(card for card in cards if card.side.volunteer_id != volunteer_id)] if first else cards

    def barriers_of(self, volunteer_id: int) -> list[Barrier]:
        found = (each for side, each in self.considered.barred if side.volunteer_id == volunteer_id)
        return next(found, [])

    def not_now(self, rule: str = "", start: int = 0, most: int = 50) -> tuple[list[NotNow], bool]:
        """Those some rule bars, or this one; and whether more come after."""
        rows = [
            (side, barriers)
            for side, barriers in self.considered.barred
            if not rule or any(barrier.key == rule for barrier in barriers)
        ]
        page = rows[start : start + most]
        return [NotNow(self.people[side.volunteer_id], barriers) for side, barriers in page], len(rows) > start + most

    def as_facts(self, chosen: int | None = None) -> dict[str, Any]:
        """What is kept with a decision: who lay on the table with which words, and who was left out by which rule."""
        cards = self.cards()
        if chosen and chosen not in {card.side.volunteer_id for card in cards}:
            cards += filter(None, [self.card_of(chosen)])
        barred: dict[str, list[int]] = {}
        for side, barriers in self.considered.barred:
            for barrier in barriers:
                barred.setdefault(barrier.key, []).append(side.volunteer_id)
        return {
            "order": self.considered.key,
            "considered": self.all,
            "could": self.could,
            "cards": [_facts(card) for card in cards],
            "barred": barred,
            "missing": [str(words) for words in self.missing],
            "family_told_on": _iso(self.family.told_on),
        }


def _facts(card: Card) -> dict[str, Any]:
    return {
        "volunteer": card.side.volunteer_id,
        "for": card.reasons.speaks_for,
        "think_about": card.reasons.think_about,
        "missing": card.reasons.missing,
        "told_on": _iso(card.side.told_on),
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def shortlist(user: User, support: Support, key: str = "") -> Shortlist:
    """Everybody of the organisation who is with us or nearly so, judged for this support. A fixed number of queries."""
    considered = Volunteer.objects.kept_by(user).filter(
        organisation=support.service.organisation_id, state__in=CONSIDERED
    )
    people = {each.pk: each for each in considered.select_related("user")}
    family = family_sides(user, [support])[0]
    sides = volunteer_sides(user, list(people.values()))
    return Shortlist(support, consider(family, sides, key), people)

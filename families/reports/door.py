"""The list at the door of a session: names as people like to be called, and who is here. Nothing else."""

from __future__ import annotations

import uuid as uuids
from dataclasses import dataclass
from itertools import groupby

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from families.actions.sign_in import coordinates, on_the_list, why_closed
from families.models import FamilyMember, GroupSession
from families.models.family import fold
from families.models.member import ADULT_ROLES

MOST_HOUSEHOLDS = 60
# With more than so many a name is quicker found by typing than by looking.
SEARCH_FROM = 12


@dataclass(frozen=True)
class DoorPerson:
    uuid: uuids.UUID
    name: str
    is_child: bool
    is_here: bool


@dataclass(frozen=True)
class Household:
    """People who come together, adults first."""

    people: list[DoorPerson]

    @property
    def awaited(self) -> list[DoorPerson]:
        return [person for person in self.people if not person.is_here]

    @property
    def is_begun(self) -> bool:
        return len(self.awaited) < len(self.people)

    @property
    def all_at_once(self) -> str:
        """What one tap sends for several people who arrive together; nothing where one is alone."""
        return ",".join(str(person.uuid) for person in self.awaited) if len(self.awaited) > 1 else ""

    def holds(self, text: str) -> bool:
        return any(fold(text) in fold(person.name) for person in self.people)


@dataclass(frozen=True)
class Door:
    session: GroupSession
    households: list[Household]
    """Everybody who may be tapped, or was; by the name of the first. None for a reader who need not know any more."""
    closed: str
    """Why nobody can be signed in now; empty while the list is open."""
    text: str = ""

    @property
    def shown(self) -> list[Household]:
        return self._found[:MOST_HOUSEHOLDS]

    @property
    def others(self) -> int:
        return len(self._found) - len(self.shown)

    @property
    def _found(self) -> list[Household]:
        return [each for each in self.households if not fold(self.text) or each.holds(self.text)]

    @property
    def offers_search(self) -> bool:
        return bool(self.text) or len(self.households) > SEARCH_FROM

    @property
    def here(self) -> list[DoorPerson]:
        return [person for household in self.households for person in household.people if person.is_here]

    @property
    def adults(self) -> int:
        return sum(not person.is_child for person in self.here)

    @property
    def children(self) -> int:
        return sum(person.is_child for person in self.here)

    @property
    def is_full(self) -> bool:
        places = self.session.series.places
        return places is not None and len(self.here) >= places

    def of(self, people: list[uuids.UUID]) -> tuple[Household | None, DoorPerson | None]:
        """The household of those who were tapped, and the person where it was one alone."""
        household = next((each for each in self.households if any(p.uuid in people for p in each.people)), None)
        person = next((each for each in household.people if [each.uuid] == people), None) if household else None
        return household, person


def door(user: User, session: GroupSession, text: str = "") -> Door:
    """Who may be tapped at this session. The caller has made sure that this person runs it.

    While the list is closed, names are for the coordinator only.
    """
    closed = why_closed(user, session)
    if closed and not coordinates(user, session):
        return Door(session, [], closed)
    with acting_as(Scope.ALL, user.pk):
        arrived = dict(session.attendances.standing().values_list("member", "family"))
        families = {} if session.cancelled_at else on_the_list(session) | arrived
        members = FamilyMember.objects.filter(pk__in=families).order_by("-is_main_carer", "pk")
        rows = list(members.values("pk", "uuid", "known_as", "display_name", "role"))
    rows.sort(key=lambda row: (families[row["pk"]], row["role"] not in ADULT_ROLES))
    households = [
        Household(
            [
                DoorPerson(
                    row["uuid"],
                    row["known_as"] or row["display_name"],
                    row["role"] not in ADULT_ROLES,
                    row["pk"] in arrived,
                )
                for row in together
            ]
        )
        for _family, together in groupby(rows, key=lambda row: families[row["pk"]])
    ]
    return Door(session, sorted(households, key=lambda each: fold(each.people[0].name)), closed, text)

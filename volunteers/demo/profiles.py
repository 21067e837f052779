"""What the volunteers told of themselves, and what visits to the families must fit: so that matching has something to
say. Everybody told something but three; one in five families was not asked yet.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from betterstart.access.demo import World
from families.demo.words import POSTCODES
from families.models import Enjoyed, FamilyMember, HomeFact, Support, SupportState, VisitNeeds, WhoComes
from families.models.need import USUAL_NEEDS
from families.models.visit_needs import SLOT_CODES
from volunteers.models import Experience, Means, NeverWith, OfferedAs, Section, Volunteer, VolunteerProfile, WithIt

URDU_SPEAKERS = frozenset(
    [
        "Rukhsana",
        "Farida",
        "Samina",
        "Aisha",
        "Noor",
        "Parveen",
        "Sadia",
        "Imran",
        "Yasmin",
        "Shabana",
        "Bushra",
        "Nighat",
    ]
)
OTHER_TONGUES = {"Łukasz": "pl", "Kulwinder": "pa", "Renáta": "sk", "Olga": "uk", "Émilie": "fr", "Jamila": "bn"}
MEN = frozenset(
    ["Peter", "Łukasz", "Brian", "Tom", "Imran", "Kulwinder", "Graham", "Kevin", "Ian", "Gurpreet", "Clifford"]
)
LIMITS = ["Not after dark.", "", "", "Not in my own street.", "", "Not in the school holidays.", "", ""]
OWN_WORDS = ["I had twins at nineteen. Somebody came, and it changed everything.", "", "", ""]
SKILLS_WORDS = ["I sew, and can show how.", "", "", "I drove a minibus for years.", "", ""]
WHY_TWO = "He was threatening at the door once. Two come until the coordinator says otherwise."
WORDS = ["", "No perfume, please: it gives her a headache.", "", "", "Shoes off at the door.", ""]
WEEKDAY_SLOTS = SLOT_CODES[:15]
EVERY_SO_MANY_UNASKED = 5
QUIET_ONES = frozenset({9, 19, 29})
"""The places in the list of the volunteers who have told nothing yet."""


def build(world: World) -> None:
    keeper = world.coordinators["home"][0]
    people = list(Volunteer.objects.exclude(user=None).select_related("user").order_by("pk"))
    VolunteerProfile.objects.bulk_create(
        VolunteerProfile(volunteer=row, **_told(world, row, number))
        for number, row in enumerate(people)
        if number not in QUIET_ONES
    )
    open_now = (SupportState.GETTING_TO_KNOW, SupportState.WAITING, SupportState.ACTIVE, SupportState.PAUSED)
    supports = list(Support.objects.filter(service=world.services["home"], state__in=open_now).order_by("pk"))
    carers = FamilyMember.objects.filter(is_main_carer=True, family__in=[row.family_id for row in supports])
    carer_of = {member.family_id: member for member in carers}
    VisitNeeds.objects.bulk_create(
        VisitNeeds(
            support=row,
            family_id=row.family_id,
            said_by=carer_of.get(row.family_id),
            said_on=max(row.accepted_on, world.today - dt.timedelta(days=7 + number % 90)),
            recorded_by=keeper,
            **_fits(number),
        )
        for number, row in enumerate(supports)
        if number % EVERY_SO_MANY_UNASKED != EVERY_SO_MANY_UNASKED - 1
    )
    _never(world, people, [row for row in supports if row.state == SupportState.WAITING])


def _some(codes: Any, number: int, count: int, step: int = 5) -> list[str]:
    """A few of a list, others for each number, in the order of the list."""
    codes = list(codes)
    picked = {(number * step + each * (step + 2)) % len(codes) for each in range(count)}
    return [code for place, code in enumerate(codes) if place in picked]


def _told(world: World, row: Volunteer, number: int) -> dict[str, Any]:
    first_name = row.display_name.split()[0]
    drives = number % 3 == 0
    days = {
        section: {
            "on": (world.today - dt.timedelta(days=(number * 17 + place * 9) % 300)).isoformat(),
            "by": row.user_id,
        }
        for place, section in enumerate(Section.values)
    }
    return {
        "times": _some(WEEKDAY_SLOTS, number, 4 + number % 4),
        "hours_a_week": Decimal(6 if row.most_families > 1 else 3) + Decimal(number % 2) / 2,
        "postcode": POSTCODES[number % len(POSTCODES)],
        "miles": 2 + number % 4,
        "means": [Means.BUS, Means.DRIVES] if drives else [Means.WALKS, Means.BUS],
        "has_car": drives,
        "insurance_seen_on": world.today - dt.timedelta(days=40) if number % 6 == 0 else None,
        "insurance_seen_by": world.coordinators["home"][0] if number % 6 == 0 else None,
        "languages": _languages(first_name, number),
        "skills": _some(USUAL_NEEDS, number, 3),
        "skills_words": SKILLS_WORDS[number % len(SKILLS_WORDS)],
        "enjoys": _some(Enjoyed.values, number, 3),
        "shared": _some(Experience.values, number, 2) if number % 3 != 1 else [],
        "shared_words": OWN_WORDS[number % len(OWN_WORDS)],
        "homes": _homes(number),
        "has_pets": number % 4 == 0,
        "limits": LIMITS[number % len(LIMITS)],
        "offered_as": _offered_as(first_name, number),
        "said": days,
    }


def _offered_as(first_name: str, number: int) -> str:
    if number % 10 == 7:
        return OfferedAs.NOT_SAID
    return OfferedAs.MAN if first_name in MEN else OfferedAs.WOMAN


def _languages(first_name: str, number: int) -> list[dict[str, Any]]:
    known = [{"code": "en", "speaks": True, "reads": True}]
    if first_name in URDU_SPEAKERS:
        known += [{"code": "ur", "speaks": True, "reads": number % 2 == 0}]
        known += [{"code": "pa", "speaks": True, "reads": False}] if number % 3 == 0 else []
    elif tongue := OTHER_TONGUES.get(first_name):
        known += [{"code": tongue, "speaks": True, "reads": True}]
    return known


def _homes(number: int) -> dict[str, str]:
    homes = dict.fromkeys(HomeFact.values, WithIt.FINE)
    if number % 5 == 1:
        homes[HomeFact.CAT] = WithIt.CANNOT
    if number % 4 == 2:
        homes[HomeFact.SMOKE] = WithIt.CANNOT if number % 8 == 2 else WithIt.RATHER_NOT
    if number % 7 == 3:
        homes[HomeFact.STAIRS] = WithIt.CANNOT
    if number % 6 == 4:
        del homes[HomeFact.OTHER_ANIMAL]
    return homes


def _fits(number: int) -> dict[str, Any]:
    home = {0: [], 1: [HomeFact.CAT], 2: [], 3: [HomeFact.STAIRS], 4: [HomeFact.DOG], 5: [HomeFact.SMOKE], 6: None}
    two = number % 17 == 12
    return {
        "suits": [] if number % 4 == 0 else _some(WEEKDAY_SLOTS, number, 5, 7),
        "at_home": home[number % 7],
        "no_pets": number % 9 == 8,
        "who_comes": WhoComes.TWO if two else WhoComes.ONE,
        "why": WHY_TWO if two else "",
        "enjoys": _some(Enjoyed.values, number, 2),
        "words": WORDS[number % len(WORDS)],
    }


def _never(world: World, people: list[Volunteer], waiting: list[Support]) -> None:
    """Two who know each other, and one family that asked for somebody else."""
    keeper = world.coordinators["home"][0]
    stories = [("volunteer", "knows_them", "We go to the same mosque."), ("family", "asked", "")]
    NeverWith.objects.bulk_create(
        NeverWith(
            family_id=support.family_id,
            volunteer=volunteer,
            said_by=said_by,
            reason=reason,
            words=words,
            said_on=world.today - dt.timedelta(days=12),
            recorded_by=keeper,
        )
        for support, volunteer, (said_by, reason, words) in zip(waiting, people[2:], stories, strict=False)
    )

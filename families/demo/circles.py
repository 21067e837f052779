"""Circles of support of the demonstration's families: some drawn twice, some to be looked at again, one under way."""

from __future__ import annotations

import datetime as dt
import uuid
from itertools import pairwise
from typing import Any

from betterstart.access.demo import World
from families.models import Circle, CircleLink, CircleTie, FamilyMember, Support, SupportState
from families.models.circle import ASK_AGAIN, FINISH_WITHIN, FORMAL_KINDS

# Name, kind, strength then and now (- is not there), who gives (g: they to them, r: they receive, s: strained), help.
STORIES = [
    """
    امی | kin | 3 | 3 | gr | emotional practical
    Sis Farah | kin | 2 | 2 | gr | company
    Bhai | kin | 1 | - | rs |
    Bev next door | neighbour | 1 | 2 | gr | practical company
    Health visitor | service | 2 | 2 | r | information
    Stay and play | community | - | 2 | gr | company
    Little Oaks nursery | service | - | 1 | r | practical
    {worker} | programme | - | 3 | gr | emotional
    """,
    """
    Mama | kin | 3 | 3 | r | emotional
    Ciocia Ela | kin | 2 | 2 | gr | practical
    Kasia z pracy | friend | 2 | 1 | gr | company
    Polska sobota | community | 1 | 3 | gr | company information
    GP | service | 1 | 1 | r | information
    {worker} | programme | 2 | 3 | r | emotional practical
    """,
    """
    Mum | kin | 2 | 1 | rs | practical
    Dad | kin | ? | ? | |
    Jo | friend | 3 | - | gr | company emotional
    Number 14 | neighbour | 2 | - | gr | practical
    Midwife | service | 2 | - | r | information
    Advice shop | service | - | 1 | r | information
    {worker} | programme | 2 | 3 | gr | emotional
    {coordinator} | programme | - | 2 | r | information practical
    """,
    """
    奶奶 | kin | 3 | 3 | gr | practical company
    小美 | friend | - | 2 | gr | company
    Mosque on Leeds Road | community | 2 | 2 | gr | company practical
    Playgroup mums | friend | 0 | 2 | gr | company
    {worker} | programme | 3 | 2 | gr | emotional
    """,
]
SINCE = ["I was born", "school", "2019", "the baby came", "", ""]
# Weeks ago each circle was drawn: a year of both, one that is to be looked at again, and one drawn once.
DAYS = [(30, 13), (36, 17), (28, 9), (24, None)]


def build(world: World, supports: list[Support]) -> None:
    carers = {each.family_id: each for each in _main_carers(supports)}
    with_us = [each for each in supports if each.state in (SupportState.ACTIVE, SupportState.ENDING)]
    coordinators = {world.services[key].pk: people[0] for key, people in world.coordinators.items()}
    chosen = [each for each in with_us if each.family_id in carers][: 2 * len(STORIES) + 1]
    ties: list[CircleTie] = []
    links: list[CircleLink] = []
    for number, support in enumerate(chosen):
        by = coordinators[support.service_id]
        worker = support.assignments.order_by("-starts_on").first()
        names = {"worker": _first_name(worker.worker if worker else by), "coordinator": _first_name(by)}
        story = _story(STORIES[number % len(STORIES)].format(**names))
        whos = [uuid.uuid5(uuid.NAMESPACE_OID, f"{support.family.reference} {row[0]}") for row in story]
        weeks = [each for each in DAYS[number % len(DAYS)] if each]
        is_open = number == len(chosen) - 1
        for place, ago in enumerate(weeks):
            is_last = place == len(weeks) - 1
            circle = _circle(
                world, support, carers[support.family_id], by, ago, is_last=is_last, is_open=is_open and is_last
            )
            rows = [_tie(circle, row, who, place) for row, who in zip(story, whos, strict=True)]
            here = [row for row in rows if row]
            ties += here
            links += [
                CircleLink(circle=circle, family=support.family, one=one, other=other) for one, other in _pairs(here)
            ]
    CircleTie.objects.bulk_create(ties)
    for link in links:
        link.one_id, link.other_id = link.one.pk, link.other.pk
    CircleLink.objects.bulk_create(links)


def _first_name(person: Any) -> str:
    return str(person.display_name).split()[0]


def _story(lines: str) -> list[list[str]]:
    """The rows of a story; who is both worker and coordinator stands in it once."""
    rows = [[part.strip() for part in line.split("|")] for line in lines.strip().splitlines()]
    return list({row[0]: row for row in reversed(rows)}.values())[::-1]


def _main_carers(supports: list[Support]) -> Any:
    return FamilyMember.objects.filter(
        family__in=[each.family_id for each in supports], is_main_carer=True, left_on=None
    )


def _circle(
    world: World, support: Support, member: Any, by: Any, weeks: int, *, is_last: bool, is_open: bool
) -> Circle:
    day = world.today - dt.timedelta(weeks=0 if is_open else weeks)
    asked = day + (FINISH_WITHIN if is_open else ASK_AGAIN)
    return Circle.objects.create(
        family=support.family,
        organisation=support.service.organisation,
        member=member,
        drawn_on=day,
        drawn_with=by,
        finished_at=None if is_open else world.moment(day, 11),
        ask_on=asked if is_last else None,
    )


def _tie(circle: Circle, row: list[str], who: uuid.UUID, place: int) -> CircleTie | None:
    name, kind, *strengths, between, helps = row
    if strengths[place] == "-":
        return None
    return CircleTie(
        circle=circle,
        family_id=circle.family_id,
        who=who,
        nickname=name,
        kind=kind,
        formal=kind in FORMAL_KINDS,
        strength=None if strengths[place] == "?" else int(strengths[place]),
        gives="g" in between,
        receives="r" in between,
        strained="s" in between,
        helps=helps.split(),
        since=SINCE[len(name) % len(SINCE)] if kind != "programme" else "",
    )


def _pairs(ties: list[CircleTie]) -> list[tuple[CircleTie, CircleTie]]:
    """Those of a family know each other, and the first friend or neighbour knows the first of them."""
    kin = [tie for tie in ties if tie.kind == "kin"]
    near = [tie for tie in ties if tie.kind in ("friend", "neighbour")]
    return [*pairwise(kin), *zip(kin[:1], near[:1], strict=False)]

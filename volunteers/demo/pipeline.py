"""People on their way to us, one break, and one goodbye that is not finished. Everybody here is made up."""

from __future__ import annotations

import datetime as dt
from typing import Any

from betterstart.access.demo import DOMAIN, World
from betterstart.transitions.models import Transition
from volunteers.models import Application, Break, Interview, Leaving, Reference, Volunteer, VolunteerState
from volunteers.models.away import ExitTalk, LeavingReason, WouldReturn
from volunteers.models.interview import InterviewOutcome
from volunteers.models.match import OPEN

V = VolunteerState
# Name, state, how many days ago they came to it, what draws them, and what else is so.
PEOPLE: list[tuple[str, str, int, str, dict[str, Any]]] = [
    ("Hafsa Mirza", V.ENQUIRY, 1, "I had nobody when mine were small. I would like to be that somebody.", {}),
    ("Callum Reeve", V.ENQUIRY, 4, "My nan volunteered with you for years.", {"how": "phone"}),
    ("Teodora Ilieva", V.ENQUIRY, 9, "", {"answered": True}),
    ("BEST-SEO-4U", V.ENQUIRY, 2, "We bring your website to page one.", {"set_aside_because": "trap"}),
    ("Maryam Sheikh", V.APPLIED, 3, "I am a grandmother of five, and Tuesdays are empty.", {}),
    ("Gareth Tate", V.APPLIED, 19, "I was a playworker until my knees said no.", {}),
    ("Ola Adebayo", V.APPLIED, 24, "I want to give something back.", {"talk": InterviewOutcome.NOT_NOW}),
    (
        "Nusrat Jahan",
        V.CHECKING,
        12,
        "I speak Bengali and Sylheti, and I know how quiet a flat can be.",
        {"talk": "go_on"},
    ),
]
NOTES = "An hour over tea. Warm, listens before she answers, and asked what a family would want from her."
REFEREES = [
    {
        "name": "Jean Holdsworth",
        "email": "jean.holdsworth@demo.example",
        "relation": "We worked together for six years",
    },
    {"name": "Bilal Anwar", "email": "bilal.anwar@demo.example", "relation": "He runs the library reading group"},
]


def build(world: World) -> None:
    rows = [
        Volunteer(
            organisation=world.services["home"].organisation,
            service=world.services["home"],
            state=state,
            name=name,
            email="" if more.get("how") == "phone" else f"{name.split()[0].lower()}.{number}@{DOMAIN}",
            phone=f"07700 9002{number:02d}",
            date_of_birth=None if state == V.ENQUIRY else dt.date(1958 + 4 * number, 3, 1 + number),
        )
        for number, (name, state, _days, _draws, more) in enumerate(PEOPLE)
    ]
    Volunteer.objects.bulk_create(rows)
    people = list(zip(rows, PEOPLE, strict=True))
    Application.objects.bulk_create(_application(world, row, *told[2:]) for row, told in people)
    coordinator = world.coordinators["home"][0]
    Interview.objects.bulk_create(
        Interview(
            volunteer=row,
            held_on=world.today - dt.timedelta(days=days),
            held_by=coordinator,
            notes=NOTES,
            outcome=more["talk"],
        )
        for row, (_name, _state, days, _draws, more) in people
        if "talk" in more
    )
    Reference.objects.bulk_create(
        Reference(volunteer=row, **person) for row in rows if row.state == V.CHECKING for person in REFEREES
    )
    moves = [_move(world, row.pk, days, "", row.state) for row, (_name, _state, days, _draws, _more) in people]
    Transition.objects.bulk_create([*moves, *_break(world), *_goodbye(world)])


def _application(world: World, row: Volunteer, days: int, draws: str, more: dict[str, Any]) -> Application:
    came = world.moment(world.today - dt.timedelta(days=days), 10)
    asked = came if row.state == V.ENQUIRY else came - dt.timedelta(days=6)
    answered = more.get("answered") or row.state != V.ENQUIRY
    told: dict[str, Any] = {}
    if row.state != V.ENQUIRY:
        told = {"applied_at": came, "dbs_agreed_at": came, "privacy_told_at": came, "referees": REFEREES}
        told |= {"lines": "12 Park View", "postcode": "BD7 2AA", "languages": ["en", "ur"], "why": draws}
        told |= {
            "experience": "Three of my own, and two foster children.",
            "availability": "Tuesday and Thursday mornings.",
        }
    return Application(
        volunteer=row,
        how=more.get("how", "online"),
        heard_of="friend",
        draws=draws,
        set_aside_because=more.get("set_aside_because", ""),
        enquired_at=asked,
        answered_at=asked + dt.timedelta(days=1) if answered else None,
        answered_by=world.coordinators["home"][0] if answered else None,
        **told,
    )


def _move(world: World, volunteer: int, days: int, came_from: str, to: str) -> Transition:
    moment = world.moment(world.today - dt.timedelta(days=days), 10)
    states = {"from_state": came_from, "to_state": to}
    return Transition(machine="volunteer", subject_id=volunteer, happened_at=moment, **states)


def _break(world: World) -> list[Transition]:
    """One who is away until soon, of those who are with no family."""
    row = Volunteer.objects.filter(state=V.READY).exclude(matches__state__in=OPEN).order_by("-pk").first()
    if row is None:
        return []
    days = {"starts_on": world.today - dt.timedelta(days=20), "back_on": world.today + dt.timedelta(days=8)}
    Break.objects.create(volunteer=row, created_by=world.coordinators["home"][0], words="A new grandchild.", **days)
    Volunteer.objects.filter(pk=row.pk).update(state=V.ON_BREAK)
    return [_move(world, row.pk, 20, V.READY, V.ON_BREAK)]


def _goodbye(world: World) -> list[Transition]:
    day = world.today - dt.timedelta(days=16)
    row = Volunteer.objects.create(
        organisation=world.services["home"].organisation,
        service=world.services["home"],
        name="Winifred Shaw",
        phone="07700 900299",
        state=V.LEFT,
        left_on=day,
        joined_on=world.today - dt.timedelta(days=2100),
    )
    Leaving.objects.create(
        volunteer=row,
        left_on=day,
        reason=LeavingReason.HEALTH,
        words="Her hip. She would rather stop while it is still a joy.",
        exit_talk=ExitTalk.OFFERED,
        would_return=WouldReturn.MAYBE,
        data_back=True,
        created_by=world.coordinators["home"][0],
    )
    return [_move(world, row.pk, 16, V.READY, V.LEFT)]

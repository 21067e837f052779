"""Talks with volunteers in the demonstration: planned, held and read by both, waiting to be read, overdue, a group."""

from __future__ import annotations

import datetime as dt

from betterstart.access.demo import World
from volunteers.models import (
    Match,
    Supervision,
    SupervisionAction,
    SupervisionKind,
    SupervisionNote,
    SupervisionPart,
    SupervisionState,
    Topic,
    Volunteer,
)
from volunteers.models.supervision import AgreedBy

STRENGTHS = [
    "She waits until they speak, and they do.",
    "He is there every Tuesday, whatever the weather. They count on it.",
    "She noticed that the older child went quiet, and made room for him.",
    "He asked before he helped.",
]
FEELING = ["Well, and a little tired.", "Glad to be asked.", "Busy at home; the visits are her hour off.", "Fine."]
MATCH = [
    "They walk to the park together now. Next: the library on their own.",
    "Slow weeks, and that is all right.",
    "She talks more since the baby sleeps.",
]
WORRIES = ["The bus is late and he hurries.", "She thinks about them in the evening.", "", ""]
AGREED = ["Look for an earlier bus", "Ask at the library about story time", "Take a week off in the holidays"]


def build(world: World) -> None:
    """For each volunteer who visits: a talk every five weeks or so; of every seventh the last is long ago."""
    by = world.coordinators["home"][0]
    rows = list(Volunteer.objects.filter(user__in=world.volunteers, left_on=None).order_by("pk"))
    together: dict[int, list[Match]] = {}
    for match in Match.objects.holding().filter(volunteer__in=rows).order_by("pk"):
        together.setdefault(match.volunteer_id, []).append(match)
    talks: list[tuple[Supervision, list[Volunteer]]] = []
    for number, row in enumerate(rows):
        if row.pk not in together or number % 9 == 8:  # one in nine has none on record yet
            continue
        last = 55 if number % 7 == 5 else 4 + (number * 5) % 34
        for back in (0, 37, 74):
            day = world.today - dt.timedelta(days=last + back)
            if day < row.joined_on:
                continue
            is_read = back > 0 or number % 3
            talks.append(
                (
                    Supervision(
                        organisation_id=row.organisation_id,
                        supervisor=by,
                        kind=SupervisionKind.PHONE if (number + back) % 4 == 3 else SupervisionKind.ONE_TO_ONE,
                        state=SupervisionState.CONFIRMED if is_read else SupervisionState.HELD,
                        held_at=world.moment(day, 11),
                        minutes=30 + (number * 15) % 45,
                    ),
                    [row],
                )
            )
        if number % 5 == 1:
            ahead = world.moment(world.today + dt.timedelta(days=3 + number % 4), 14)
            talks.append((_plan(row, by, ahead), [row]))
    group = Supervision(
        organisation_id=rows[0].organisation_id,
        supervisor=by,
        kind=SupervisionKind.GROUP,
        state=SupervisionState.HELD,
        held_at=world.moment(world.today - dt.timedelta(days=9), 18),
        minutes=90,
    )
    talks.append((group, [row for row in rows if row.pk in together][:6]))
    Supervision.objects.bulk_create(talk for talk, _people in talks)
    _parts(world, talks)
    _words(talks, together, world.today)


def _plan(row: Volunteer, by: object, ahead: dt.datetime) -> Supervision:
    return Supervision(
        organisation_id=row.organisation_id, supervisor=by, kind=SupervisionKind.ONE_TO_ONE, planned_at=ahead
    )


def _parts(world: World, talks: list[tuple[Supervision, list[Volunteer]]]) -> None:
    SupervisionPart.objects.bulk_create(
        SupervisionPart(
            supervision=talk,
            person_id=row.user_id,
            volunteer=row,
            supervisor_id=talk.supervisor_id,
            confirmed_at=talk.held_at + dt.timedelta(days=1) if talk.is_confirmed and talk.held_at else None,
        )
        for talk, people in talks
        for row in people
    )


def _words(talks: list[tuple[Supervision, list[Volunteer]]], together: dict[int, list[Match]], today: dt.date) -> None:
    notes, agreed = [], []
    for number, (talk, people) in enumerate(talks):
        if not talk.was_held:
            continue
        said = {Topic.HOW_ARE_YOU: FEELING, Topic.STRENGTHS: STRENGTHS, Topic.WORRIES: WORRIES}
        words = {topic: lines[number % len(lines)] for topic, lines in said.items()}
        if talk.is_group:
            words = {Topic.STRENGTHS: "Everybody had a story of a door that opened slowly.", Topic.LEARNING: "Play."}
        about = [] if talk.is_group else together[people[0].pk]
        of = {"supervision": talk, "author_id": talk.supervisor_id}
        notes += [SupervisionNote(topic=topic, words=line, **of) for topic, line in words.items() if line]
        notes += [
            SupervisionNote(topic=Topic.MATCH, match=match, words=MATCH[(number + at) % len(MATCH)], **of)
            for at, match in enumerate(about)
        ]
        if number % 2:
            due = talk.held_at.date() + dt.timedelta(days=14) if talk.held_at else None
            is_done = number % 4 == 1 and due is not None and due <= today
            agreed.append(
                SupervisionAction(
                    supervision=talk,
                    what=AGREED[number % len(AGREED)],
                    doer=AgreedBy.PERSON if number % 3 else AgreedBy.SUPERVISOR,
                    due_on=due,
                    done_on=due if is_done else None,
                    done_by_id=people[0].user_id if is_done else None,
                )
            )
    SupervisionNote.objects.bulk_create(notes)
    SupervisionAction.objects.bulk_create(agreed)

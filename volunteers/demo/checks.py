"""What the volunteers bring: references, checks, courses and agreements. Everybody is in date but two."""

from __future__ import annotations

import datetime as dt
from typing import Any

from betterstart.access.demo import World
from betterstart.access.models import Organisation, User
from volunteers.models import (
    AgreementSigned,
    AgreementWording,
    Attendance,
    Course,
    CoursePlace,
    CourseRun,
    CourseSession,
    DbsCheck,
    Reference,
    ReferenceWords,
    Volunteer,
    VolunteerState,
)
from volunteers.models.agreement import NEEDED_AGREEMENTS, OUR_WORDS
from volunteers.models.training import CourseKind

REFEREES = ["Pauline Ashworth", "Rashid Ali", "Moira Kelly", "Joseph Eze", "Sunita Rao", "Gareth Pugh", "Anne Marsh"]
RELATIONS = [
    "Employer",
    "Head of the school",
    "Leader of the toddler group",
    "Neighbour for many years",
    "Imam",
    "Tutor",
]
TOPICS = ["Listening", "Family life", "Boundaries", "Children’s safety", "Play", "Saying goodbye"]
HOW_KNOWN = "We worked together at the school for six years."
TRUST_WORDS = "She is patient with small children, and people open up to her."
RUNS_OUT_SOON, RAN_OUT = 3, 6
"""The places in the list of volunteers of those whose check does."""


def build(world: World) -> None:
    organisation = world.services["home"].organisation
    keeper = world.coordinators["home"][0]
    volunteers = list(Volunteer.objects.filter(organisation=organisation, state=VolunteerState.READY).order_by("pk"))
    _references(world, volunteers, keeper)
    _dbs(world, volunteers, keeper)
    sessions = _courses(world, organisation, keeper)
    held = {session.run_id: session.run for session in sessions}.values()
    CoursePlace.objects.bulk_create(
        CoursePlace(run=run, volunteer=row, created_by=keeper) for run in held for row in volunteers
    )
    Attendance.objects.bulk_create(
        Attendance(session=session, volunteer=row, noted_by=keeper) for row in volunteers for session in sessions
    )
    words = _wordings(organisation)
    AgreementSigned.objects.bulk_create(
        AgreementSigned(volunteer=row, wording=each, how="paper", signed_on=row.joined_on, noted_by=keeper)
        for row in volunteers
        for each in words
    )
    _on_their_way(world, organisation, keeper)


def _references(world: World, volunteers: list[Volunteer], keeper: User) -> None:
    rows = [_reference(world, row, keeper, number) for row in volunteers for number in (0, 1)]
    Reference.objects.bulk_create(rows)
    ReferenceWords.objects.bulk_create(_words(row, number) for number, row in enumerate(rows))


def _reference(world: World, volunteer: Volunteer, keeper: User, number: int, days_ago: int = 0) -> Reference:
    """Judged when they joined; or asked for so many days ago, and waited for."""
    day = world.today - dt.timedelta(days=days_ago) if days_ago else volunteer.joined_on
    asked = world.moment(day, 10)
    which = volunteer.pk + number
    facts: dict[str, Any] = {"asked_at": asked, "asked_by": keeper, "created_by": keeper}
    if not days_ago:
        facts |= {"answered_at": asked, "answered_by": "link", "judgement": "satisfactory"}
        facts |= {"judged_at": asked, "judged_by": keeper}
    return Reference(
        volunteer=volunteer,
        name=REFEREES[which % len(REFEREES)],
        relation=RELATIONS[which % len(RELATIONS)],
        email=f"referee{volunteer.pk}.{number}@demo.example",
        phone=f"07700 902{which % 1000:03d}",
        **facts,
    )


def _words(reference: Reference, number: int) -> ReferenceWords:
    answers = {"how_known": HOW_KNOWN, "known_since": "2016", "trust": "yes", "trust_words": TRUST_WORDS}
    asked = {"may_ring": True, "may_show": number % 2 == 0}
    return ReferenceWords(reference=reference, volunteer_id=reference.volunteer_id, **answers, **asked)


def _dbs(world: World, volunteers: list[Volunteer], keeper: User) -> None:
    ages = {RUNS_OUT_SOON: 3 * 365 - 20, RAN_OUT: 3 * 365 + 30}
    DbsCheck.objects.bulk_create(
        _seen(world, row, keeper, ages.get(number, 60 + number * 17)) for number, row in enumerate(volunteers)
    )


def _seen(world: World, volunteer: Volunteer, keeper: User, days_ago: int, result: str = "clear") -> DbsCheck:
    issued = world.today - dt.timedelta(days=days_ago)
    joined = {"update_service_until": world.today + dt.timedelta(days=365 - days_ago % 365)} if days_ago % 2 else {}
    return DbsCheck(
        volunteer=volunteer,
        consented_on=issued,
        asked_on=issued,
        certificate_number=f"{volunteer.pk:012d}",
        issued_on=issued,
        result=result,
        seen_at=world.moment(issued, 12),
        seen_by=keeper,
        created_by=keeper,
        **joined,
    )


def _courses(world: World, organisation: Organisation, keeper: User) -> list[CourseSession]:
    """Three courses: those that were held, whose sessions are given back, and the next time of the first."""
    kinds = {
        CourseKind.PREPARATION: ("Preparation course", 6, None),
        CourseKind.SAFEGUARDING: ("Keeping children safe", 1, 3),
        CourseKind.EXTRA: ("When a parent is very low", 1, None),
    }
    courses = [
        Course(organisation=organisation, kind=kind, name=name, sessions_needed=needed, renew_years=years)
        for kind, (name, needed, years) in kinds.items()
    ]
    Course.objects.bulk_create(courses)
    held = [CourseRun(course=course, place="The hub, Leicester Street", created_by=keeper) for course in courses[:2]]
    CourseRun.objects.bulk_create(held)
    first = world.today - dt.timedelta(days=300)
    sessions = [
        CourseSession(run=held[0], number=number + 1, day=first + dt.timedelta(weeks=number), about=about)
        for number, about in enumerate(TOPICS)
    ]
    sessions.append(CourseSession(run=held[1], number=1, day=first + dt.timedelta(weeks=7), starts=dt.time(10)))
    return CourseSession.objects.bulk_create(sessions)


def _wordings(organisation: Organisation) -> list[AgreementWording]:
    return AgreementWording.objects.bulk_create(
        AgreementWording(organisation=organisation, kind=kind, version=1, words=str(OUR_WORDS[kind]))
        for kind in NEEDED_AGREEMENTS
    )


def _on_their_way(world: World, organisation: Organisation, keeper: User) -> None:
    """One waits for a reference, one for a manager; both are in the course that goes on now."""
    of = {"organisation": organisation, "service": world.services["home"], "joined_on": world.today}
    waiting = Volunteer(name="Beth Clegg", email="beth@demo.example", state=VolunteerState.CHECKING, **of)
    deciding = Volunteer(name="Ray Thornton", email="ray@demo.example", state=VolunteerState.PREPARING, **of)
    Volunteer.objects.bulk_create([waiting, deciding])
    came = [_reference(world, row, keeper, 0) for row in (waiting, deciding)] + [_reference(world, deciding, keeper, 1)]
    Reference.objects.bulk_create([*came, _reference(world, waiting, keeper, 1, days_ago=12)])
    ReferenceWords.objects.bulk_create(_words(row, number) for number, row in enumerate(came))
    DbsCheck.objects.bulk_create([_seen(world, deciding, keeper, 8, "information")])
    course = Course.objects.get(organisation=organisation, kind=CourseKind.PREPARATION)
    run = CourseRun.objects.create(course=course, place="The library, Leeds Road", created_by=keeper)
    first = world.today - dt.timedelta(days=17)
    sessions = CourseSession.objects.bulk_create(
        CourseSession(run=run, number=number + 1, day=first + dt.timedelta(weeks=number), about=about)
        for number, about in enumerate(TOPICS)
    )
    CoursePlace.objects.bulk_create(
        CoursePlace(run=run, volunteer=row, created_by=keeper) for row in (waiting, deciding)
    )
    Attendance.objects.bulk_create(
        Attendance(session=session, volunteer=deciding, noted_by=keeper) for session in sessions[:3]
    )

"""One service with as many waiting families and ready volunteers as one asks for: to measure the joint plan with.

Everybody here is made up. They live in a square that grows with their number, so that about thirty people are possible
for each family at every size: near enough, and with a language in common.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterable
from math import sqrt

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from betterstart.access.models import Membership, Organisation, Service, User
from betterstart.access.roles import Role
from betterstart.clock import london_today
from betterstart.places.models import Postcode
from families.models import Address, Family, FamilyMember, Support, SupportState, VisitNeeds
from volunteers.models import (
    AgreementSigned,
    AgreementWording,
    Attendance,
    Break,
    Course,
    CourseRun,
    CourseSession,
    DbsCheck,
    Reference,
    Volunteer,
    VolunteerProfile,
    VolunteerState,
)
from volunteers.models.agreement import NEEDED_AGREEMENTS

AT_ONCE = 5000
LANGUAGES = ["ur", "pa", "en", "pl", "bn", "ar", "ro", "sk"]
A_SQUARE_KM = 3.6
"""People who are ready, to a square kilometre."""
SOUTH, WEST = 53.0, -2.5
Say = Callable[[str], None]


def build(size: int, say: Say = lambda what: None, seed: int = 7) -> Service:
    """A service with `size` families that wait and `size` volunteers, one in eight on a break.

    It is coordinated by `crowd@demo.example`. `say` hears what is being made.
    """
    rng = random.Random(seed)  # noqa: S311  (people made up, nothing secret)
    service = Service.objects.create(
        organisation=Organisation.objects.create(name="A large scheme"), name="Home visiting", kind="home_visiting"
    )
    coordinator = User.objects.create_user(email="crowd@demo.example", display_name="Carol Crowd")
    Membership.objects.create(
        user=coordinator, role=Role.COORDINATOR, organisation=service.organisation, service=service
    )
    say("places")
    postcodes = _places(size, rng)
    say("volunteers")
    volunteers = _volunteers(service, size, rng)
    _profiles(volunteers, postcodes, rng)
    say("their evidence")
    _evidence(service.organisation, volunteers, coordinator)
    say("families")
    _families(service, size, postcodes, coordinator, rng)
    return service


def _in_bulk(rows: Iterable) -> list:
    listed = list(rows)
    return type(listed[0]).objects.bulk_create(listed, batch_size=AT_ONCE) if listed else []


def _places(size: int, rng: random.Random) -> list[str]:
    north = sqrt(size / A_SQUARE_KM) / 111.2
    letters = "ABDEFGHJLN"
    codes = [
        f"BD{number // 1000 + 10} {number // 100 % 10}{letters[number // 10 % 10]}{letters[number % 10]}"
        for number in range(min(size, 90_000))
    ]
    _in_bulk(
        Postcode(postcode=code, latitude=SOUTH + rng.random() * north, longitude=WEST + rng.random() * north * 1.66)
        for code in codes
    )
    return codes


def _volunteers(service: Service, size: int, rng: random.Random) -> list[Volunteer]:
    people = _in_bulk(
        User(email=f"crowd{number}@demo.example", display_name=f"Volunteer {number}", password=make_password(None))
        for number in range(size)
    )
    of = {"organisation": service.organisation}
    _in_bulk(Membership(user=person, role=Role.VOLUNTEER, service=service, **of) for person in people)
    joined = london_today() - dt.timedelta(days=500)
    return _in_bulk(
        Volunteer(
            user=person,
            state=VolunteerState.READY if rng.random() < 0.88 else VolunteerState.ON_BREAK,
            joined_on=joined,
            most_families=1 if rng.random() < 0.95 else 2,
            **of,
        )
        for person in people
    )


def _profiles(volunteers: list[Volunteer], postcodes: list[str], rng: random.Random) -> None:
    _in_bulk(
        VolunteerProfile(
            volunteer=row,
            postcode=rng.choice(postcodes),
            miles=rng.choice([1, 2, 2, 3]),
            languages=[
                {"code": code, "speaks": True, "reads": True} for code in rng.sample(LANGUAGES, rng.choice([1, 2, 2]))
            ],
            homes={"dog": "cannot" if rng.random() < 0.2 else "fine", "smoke": rng.choice(["cannot", "fine", "fine"])},
            offered_as=rng.choice(["woman", "woman", "woman", "man", ""]),
            times=rng.sample(["mon-morning", "tue-morning", "wed-afternoon", "thu-evening"], 2),
            said={"languages": {"on": london_today().isoformat(), "by": None}},
        )
        for row in volunteers
    )


def _evidence(organisation: Organisation, volunteers: list[Volunteer], by: User) -> None:
    """Two good references, a clear check, both courses, everything signed; and the dates of each break."""
    today = london_today()
    away = {"starts_on": today, "back_on": today + dt.timedelta(days=60), "created_by": by}
    _in_bulk(Break(volunteer=row, **away) for row in volunteers if row.state == VolunteerState.ON_BREAK)
    now, issued = timezone.now(), london_today() - dt.timedelta(days=300)
    judged = {"answered_at": now, "answered_by": "link", "judgement": "satisfactory", "judged_at": now, "judged_by": by}
    asked = {"asked_at": now, "asked_by": by, "created_by": by}
    _in_bulk(
        Reference(volunteer=row, name="Rita", relation="Employer", email=f"r{n}@demo.example", **asked, **judged)
        for row in volunteers
        for n in (1, 2)
    )
    seen = {"issued_on": issued, "result": "clear", "seen_at": now, "seen_by": by, "created_by": by}
    _in_bulk(
        DbsCheck(volunteer=row, consented_on=issued, asked_on=issued, certificate_number=f"{row.pk:012d}", **seen)
        for row in volunteers
    )
    for kind, years in (("preparation", None), ("safeguarding", 3)):
        course = Course.objects.create(
            organisation=organisation, kind=kind, name=kind, sessions_needed=1, renew_years=years
        )
        run = CourseRun.objects.create(course=course, place="The hub", created_by=by)
        session = CourseSession.objects.create(run=run, number=1, day=issued)
        _in_bulk(Attendance(session=session, volunteer=row, noted_by=by) for row in volunteers)
    words = _in_bulk(
        AgreementWording(organisation=organisation, kind=kind, version=1, words="Kindly.") for kind in NEEDED_AGREEMENTS
    )
    _in_bulk(
        AgreementSigned(volunteer=row, wording=each, how="paper", noted_by=by) for row in volunteers for each in words
    )


def _families(service: Service, size: int, postcodes: list[str], by: User, rng: random.Random) -> None:
    families = _in_bulk(Family(organisation=service.organisation, name=f"Family {number}") for number in range(size))
    _in_bulk(
        FamilyMember(
            family=row,
            display_name=row.name,
            role="parent",
            is_main_carer=True,
            languages=[{"code": code} for code in rng.sample(LANGUAGES, rng.choice([1, 1, 2]))],
        )
        for row in families
    )
    _in_bulk(
        Address(family=row, lines="1 High Street", postcode=rng.choice(postcodes))
        for row in families
        if rng.random() > 0.01
    )
    today = london_today()
    supports = _in_bulk(
        Support(
            family=row,
            service=service,
            state=SupportState.WAITING,
            accepted_on=today - dt.timedelta(days=(waits := rng.randint(0, 300))),
            waiting_since=today - dt.timedelta(days=waits),
        )
        for row in families
    )
    _in_bulk(
        VisitNeeds(
            support=row,
            family=row.family,
            at_home=[fact for fact in ("dog", "smoke") if rng.random() < 0.2],
            suits=rng.sample(["mon-morning", "tue-morning", "wed-afternoon", "thu-evening"], 2),
            recorded_by=by,
        )
        for row in supports
    )

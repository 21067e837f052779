"""The demonstration partnership, bottom layer: organisations, services and the people who sign in.

Everybody here is made up. The same day and the same seed give the same partnership.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress

from betterstart.access.models import Membership, Organisation, Service, ServiceKind, User
from betterstart.access.roles import Role
from betterstart.clock import at_london

PASSWORD = "kind words travel"
DOMAIN = "demo.example"

LOGINS = [
    (Role.COORDINATOR, "coordinator", "Shazia Mahmood"),
    (Role.VOLUNTEER, "volunteer", "Joan Whitaker"),
    (Role.MANAGER, "manager", "David Okafor"),
    (Role.SAFEGUARDING_LEAD, "safeguarding", "Helen Brook"),
    (Role.ADMINISTRATOR, "admin", "Tariq Aziz"),
]
MORE_COORDINATORS = [("home", "Martha Lindqvist"), ("doula", "Nasreen Kaur"), ("doula", "Ewa Wiśniewska")]
GROUP_COORDINATORS = [("group", "Grace Adeyemi")]
VOLUNTEER_NAMES = [
    "Rukhsana Bibi", "Peter Haigh", "Zoë Sutcliffe", "Farida Hussain", "Łukasz Nowak", "Margaret Dean",
    "Samina Akhtar", "Brian Holroyd", "Aisha Rehman", "Noor", "Christine Feather", "Parveen Begum", "Tom Illingworth",
    "Sadia Khan", "Émilie Laurent", "Dorothy Pickles", "Imran Shah", "Kulwinder Singh", "Hannah Bairstow", "Yasmin Ali",
    "Graham Tordoff", "Shabana Malik", "Renáta Horváthová", "Alice Murgatroyd", "Bushra Javed", "Kevin Ackroyd",
    "Nighat Parvez", "Olga Petrenko", "Susan Crabtree", "Mehreen Iqbal", "Frances O'Neill", "Jamila Uddin",
    "Philippa Greenwood", "Sofia Rahman", "Ian Butterfield", "Tahira Yousaf", "Beverley Stead", "Gurpreet Gill",
    "Anwara Khatun", "Ruth Emsley", "Nazia Butt", "Clifford Barraclough",
]  # fmt: skip


@dataclass
class World:
    """What the demo modules of the apps hand on to each other, bottom to top."""

    today: dt.date
    rng: random.Random
    families: int
    services: dict[str, Service] = field(default_factory=dict)
    coordinators: dict[str, list[User]] = field(default_factory=dict)
    volunteers: list[User] = field(default_factory=list)
    shelf: dict[str, Any] = field(default_factory=dict)

    def moment(self, day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
        return at_london(day, dt.time(hour, minute))


def build(world: World) -> None:
    friends = Organisation.objects.create(name="Bowling Family Friends")
    trust = Organisation.objects.create(name="Little Horton Children's Trust")
    world.services = {
        "home": Service.objects.create(organisation=friends, name="Home visiting", pregnancy_from_week=20),
        "group": Service.objects.create(
            organisation=friends,
            name="Stay and play",
            kind=ServiceKind.GROUP,
            contact_every_days=14,
            review_every_weeks=0,
        ),
        "doula": Service.objects.create(
            organisation=trust,
            name="Doula support",
            kind=ServiceKind.WORKER_LED,
            pregnancy_from_week=28,
            age_until_months=12,
        ),
    }
    joined = world.moment(world.today - dt.timedelta(days=500), 9)
    roles: list[Membership] = []
    for role, mailbox, name in LOGINS:
        person = _person(mailbox, name)
        service = world.services["home"] if role in {Role.COORDINATOR, Role.VOLUNTEER} else None
        roles.append(Membership(user=person, role=role, organisation=friends, service=service, starts_at=joined))
        if role == Role.COORDINATOR:
            world.coordinators["home"] = [person]
            group = world.services["group"]  # she helps with the groups, so one login shows them too
            roles.append(Membership(user=person, role=role, organisation=friends, service=group, starts_at=joined))
        if role == Role.VOLUNTEER:
            world.volunteers.append(person)
        if role in {Role.MANAGER, Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR}:
            roles.append(Membership(user=person, role=role, organisation=trust, starts_at=joined))
    for key, name in (*MORE_COORDINATORS, *GROUP_COORDINATORS):
        person = _person(f"{key}{len(world.coordinators.get(key, []))}", name)
        service = world.services[key]
        world.coordinators.setdefault(key, []).append(person)
        roles.append(
            Membership(
                user=person,
                role=Role.COORDINATOR,
                organisation=service.organisation,
                service=service,
                starts_at=joined,
            )
        )
    for number, name in enumerate(VOLUNTEER_NAMES, start=2):
        person = _person(f"volunteer{number}", name)
        world.volunteers.append(person)
        roles.append(
            Membership(
                user=person,
                role=Role.VOLUNTEER,
                organisation=friends,
                service=world.services["home"],
                starts_at=joined,
            )
        )
    Membership.objects.bulk_create(roles)
    people = User.objects.filter(email__endswith=DOMAIN)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=person, email=person.email, primary=True, verified=True) for person in people]
    )


_hashed: dict[str, str] = {}


def _person(mailbox: str, name: str) -> User:
    """Everybody has the one demo password, hashed once: forty-odd Argon2 hashes would be most of the start."""
    person = User(email=f"{mailbox}@{DOMAIN}", display_name=name)
    if PASSWORD not in _hashed:
        person.set_password(PASSWORD)
        _hashed[PASSWORD] = person.password
    person.password = _hashed[PASSWORD]
    person.save()
    return person


def logins() -> list[tuple[str, str, str]]:
    """Role, email, password: one line for each kind of person."""
    return [(str(Role(role).label), f"{mailbox}@{DOMAIN}", PASSWORD) for role, mailbox, _name in LOGINS]

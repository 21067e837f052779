from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from betterstart.access.models import User
from betterstart.access.roles import Role
from tests import factories
from tests.laid_out import laid_out
from tests.supervising import a_talk

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the thread of the test


def make_cast() -> SimpleNamespace:
    """Two organisations, and one of everybody: with the family, beside it, and far from it."""
    here = factories.organisation("Bowling Families")
    home = factories.service(here, "Home visiting")
    stay_and_play = factories.service(here, "Stay and play", kind="group")
    elsewhere = factories.organisation("Manningham Families")
    far = factories.service(elsewhere, "Doula support")

    people = SimpleNamespace(
        here=here,
        home=home,
        stay_and_play=stay_and_play,
        elsewhere=elsewhere,
        far=far,
        coordinator=factories.user("Carys Coordinator", Role.COORDINATOR, home),
        other_coordinator=factories.user("Odile Othercoordinator", Role.COORDINATOR, far),
        volunteer=factories.user("Vera Volunteer", Role.VOLUNTEER, home),
        other_volunteer=factories.user("Wilf Othervolunteer", Role.VOLUNTEER, home),
        manager=factories.user("Mona Manager", Role.MANAGER, here),
        lead=factories.user("Sam Safeguarding", Role.SAFEGUARDING_LEAD, here),
        administrator=factories.user("Ada Administrator", Role.ADMINISTRATOR, here),
        nobody=factories.user("Nora Norole"),
    )
    people.family = factories.family(home, "Amina")
    people.other_family = factories.family(home, "Berta")
    people.far_family = factories.family(far, "Chloe")
    people.volunteer_row = factories.volunteer(people.volunteer, here)
    people.other_volunteer_row = factories.volunteer(people.other_volunteer, here)
    people.match = factories.match(people.volunteer_row, people.family)
    a_talk(people.coordinator, people.volunteer_row, state="confirmed")
    return people


@pytest.fixture(autouse=True)
def counters_begin_at_nothing() -> None:
    """The cache outlives a test and serves all workers: each test has keys of its own in it."""
    caches["default"].key_prefix = uuid.uuid4().hex


@pytest.fixture
def cast(db: None) -> SimpleNamespace:
    return laid_out(make_cast)


@pytest.fixture
def as_user(client: Client, settings: object) -> Callable[[User], Client]:
    """A signed-in client, already noted as seen. Second-factor rules have tests of their own: here they are off."""
    settings.REQUIRE_SECOND_FACTOR = False  # type: ignore[attr-defined]

    def sign_in(user: User) -> Client:
        client.force_login(user)
        session = client.session
        session["seen_at"] = session["signed_in_at"] = int(time.time())
        session.save()
        return client

    return sign_in


@pytest.fixture
def runtime_role(db: None) -> None:
    """The test runs as the runtime role until it says for whom it acts."""
    with connection.cursor() as cursor:
        cursor.execute("select set_config('role', 'app_rw', true)")
    return

"""As many queries with thirty rows as with one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from betterstart.clock import at_london, london_today
from families.models import Draft, Support
from tests import factories


def queries(client, url) -> int:
    client.get(url)  # the first visit fills what is read once for each process
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def a_family_with_everything(cast, number: int) -> None:
    """Waits in every way that Today knows, and has visits in every state."""
    family = factories.family(cast.home, f"Family {number}")
    factories.member(family, "Zayn")
    factories.assign(cast.volunteer, family)
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    factories.visit(family, cast.volunteer, days_ago=40)
    factories.visit(family, cast.volunteer, state="planned", days_ago=3)
    for days in (12, 5):
        factories.visit(family, cast.volunteer, state="not_delivered", days_ago=days)
    for days, purpose in ((1, "introduction"), (2, "ordinary")):
        start = now + dt.timedelta(days=days)
        factories.visit(
            family,
            cast.coordinator,
            state="planned",
            planned_start=start,
            planned_end=start + dt.timedelta(hours=1),
            purpose=purpose,
        )
    offered = factories.family(cast.home, f"Offered {number}")
    Support.objects.filter(family=offered).update(state="offered", accepted_on=london_today(), started_on=None)
    if number < 5:
        Draft.objects.create(user=cast.coordinator, family=family, purpose="visit-log", fields={})


@pytest.mark.parametrize(("name", "most"), [("today", 42), ("needs", 36), ("day", 14), ("visit-choose-family", 12)])
def test_list_needs_as_many_queries_for_thirty_rows_as_for_one(cast, as_user, name, most):
    client = as_user(cast.coordinator)
    args = [at_london(london_today() + dt.timedelta(days=2), dt.time()).date().isoformat()] if name == "day" else []
    url = reverse(f"families:{name}", args=args)
    a_family_with_everything(cast, 0)
    for_one = queries(client, url)

    for number in range(1, 30):
        a_family_with_everything(cast, number)

    assert queries(client, url) == for_one
    assert for_one <= most


@pytest.mark.parametrize(("name", "most"), [("visit-log", 26), ("visit-plan", 22), ("visit-try", 24)])
def test_form_needs_as_many_queries_for_a_large_family_as_for_a_small_one(cast, as_user, name, most):
    client, url = as_user(cast.coordinator), reverse(f"families:{name}", args=[cast.family.reference])
    factories.visit(cast.family, cast.volunteer)
    before = queries(client, url)

    for number in range(30):
        factories.member(cast.family, f"Child {number}")
        factories.visit(cast.family, cast.volunteer, days_ago=number + 2)
        factories.assign(factories.user(f"Worker {number}", "volunteer", cast.home), cast.family)

    assert queries(client, url) == before
    assert before <= most


@pytest.mark.parametrize(("name", "most"), [("visit-detail", 22), ("visit-edit", 26)])
def test_page_of_a_visit_needs_as_many_queries_with_many_people(cast, as_user, name, most):
    visit = factories.visit(cast.family, cast.volunteer, recorded_by=cast.volunteer)
    client, url = as_user(cast.coordinator), reverse(f"families:{name}", args=[visit.uuid])
    visit.presences.create(member=cast.family.members.get(), family=cast.family)
    before = queries(client, url)

    for number in range(30):
        child = factories.member(cast.family, f"Child {number}")
        visit.presences.create(member=child, family=cast.family)

    assert queries(client, url) == before
    assert before <= most

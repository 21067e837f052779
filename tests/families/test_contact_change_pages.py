"""Where a coordinator meets what another organisation was told: Today, the comparison, and what a volunteer reads."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.clock import london_today
from families.actions.contact import add_contact
from families.models import ContactChange
from families.reports.together import changed_elsewhere
from tests import factories
from tests.families.test_contact_changes import NUMBER, as_person, change_number, move, with_doulas_too
from tests.families.test_family_page import text


@pytest.fixture
def both(cast):
    return with_doulas_too(cast)


def test_today_asks_once_for_each_family_and_leads_to_the_comparison(both, django_assert_num_queries):
    change_number(both, both.other_coordinator)
    move(both, both.other_coordinator)
    assert both.coordinator.active_memberships  # which every request reads once

    with as_person(both.coordinator), django_assert_num_queries(1):
        found = changed_elsewhere(both.coordinator, london_today(), 5)

    assert (found.total, len(found.needs)) == (1, 1)
    assert found.needs[0].url == f"/families/{both.family.reference}/changes/"


def test_comparison_shows_both_with_who_told_it_and_one_answer_settles_it(both, as_user):
    change_number(both, both.other_coordinator, source="Amina herself")
    client, url = as_user(both.coordinator), f"/families/{both.family.reference}/changes/"

    shown = text(client.get(url))

    assert "07700 900111" in shown
    assert "07700 900222" in shown
    assert "Told by Amina herself" in shown
    assert "Doula" not in shown
    assert "nother service" not in shown
    change = ContactChange.objects.get()
    sent = {"answer": "use", "seen": change.changed_at.isoformat()}
    assert client.post(f"{url}{change.pk}/", sent).url == f"/families/{both.family.reference}/"
    assert "07700 900222" in text(client.get(f"/families/{both.family.reference}/"))


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-01-01T00:00:00"])
def test_answer_without_what_was_seen_changes_nothing(both, as_user, seen):
    change_number(both, both.other_coordinator)
    change = ContactChange.objects.get()
    url = f"/families/{both.family.reference}/changes/"

    client = as_user(both.coordinator)
    shown = text(client.post(f"{url}{change.pk}/", {"answer": "use", "seen": seen}, follow=True))

    assert "changed again since you looked" in shown
    assert ContactChange.objects.get().is_unanswered


def test_volunteer_is_told_to_ask_before_using_what_waits(both, as_user):
    visit = factories.visit(both.family, both.volunteer, days_ago=-2, state="planned", support=both.home_support)
    change_number(both, both.other_coordinator)
    move(both, both.other_coordinator)

    shown = text(as_user(both.volunteer).get(f"/my-visits/{visit.uuid}/before/"))

    assert "07700 900111" in shown
    assert "07700 900222" not in shown
    assert "1 High Street" in shown
    assert "Ask your coordinator before you go." in shown
    assert "Ask your coordinator before you use it." in shown


def test_comparison_needs_as_many_queries_for_thirty_changes_as_for_one(both, as_user):
    client, url = as_user(both.coordinator), f"/families/{both.family.reference}/changes/"

    def ask(count: int) -> int:
        with as_person(both.other_coordinator):
            for number in range(count):
                add_contact(by=both.other_coordinator, member=both.carer, **NUMBER, value=f"07700 9001{number:02d}")
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    assert ask(1) == ask(29)

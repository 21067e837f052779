from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.clock import london_today
from families.models import BreakGlass
from families.reports import family_list as listing
from tests import factories

MINE, ALL = "/families/", "/families/all/"


def names(response) -> list[str]:
    return re.findall(r'class="row-title"[^>]*>([^<]+)</a>', response.content.decode())


def reasons(response) -> list[str]:
    return [text.strip() for text in re.findall(r'class="reason">([^<]+)</p>', response.content.decode())]


def test_my_families_leads_with_the_oldest_broken_promise_and_says_why(cast, as_user):
    factories.visit(cast.family, cast.volunteer, days_ago=24)
    factories.visit(cast.other_family, cast.other_volunteer, days_ago=2)
    waiting = factories.family(cast.home, "Wanda", state="waiting")
    waiting.supports.update(waiting_since=london_today() - dt.timedelta(days=43))
    waiting.supports.update(accepted_on=london_today() - dt.timedelta(days=50))

    page = as_user(cast.coordinator).get(MINE)

    assert names(page) == ["Wanda’s family", "Amina’s family", "Berta’s family"]
    assert reasons(page) == [
        "Waiting 43 days for a volunteer · not seen yet · promised every 3 weeks",
        "Not seen for 24 days · promised every week",
        "Seen 2 days ago · promised every week",
    ]


def test_promise_of_the_support_itself_counts_before_the_service(cast, as_user):
    cast.family.supports.update(contact_every_days=14)
    factories.visit(cast.family, cast.volunteer, days_ago=10)

    assert "Seen 10 days ago · promised every 2 weeks" in reasons(as_user(cast.coordinator).get(MINE))


def test_visit_that_did_not_happen_is_no_contact(cast, as_user):
    factories.visit(cast.family, cast.volunteer, days_ago=9)
    factories.visit(cast.family, cast.volunteer, days_ago=1, state="not_delivered")

    assert "Not seen for 9 days · promised every week" in reasons(as_user(cast.coordinator).get(MINE))


@pytest.mark.parametrize(("days_until", "words"), [(3, "Starts again on "), (-3, "Should have started again on ")])
def test_paused_family_says_when_it_starts_again(cast, as_user, days_until, words):
    cast.family.supports.update(state="paused", paused_until=london_today() + dt.timedelta(days=days_until))

    assert any(reason.startswith(words) for reason in reasons(as_user(cast.coordinator).get(MINE)))


def test_my_families_are_those_with_an_open_support_and_all_has_the_ended_too(cast, as_user):
    factories.family(cast.home, "Dara", state="ended_planned")
    client = as_user(cast.coordinator)

    assert names(client.get(MINE)) == ["Amina’s family", "Berta’s family"]
    assert names(client.get(ALL)) == ["Amina’s family", "Berta’s family", "Dara’s family"]


def test_volunteer_has_own_family_only(cast, as_user):
    client = as_user(cast.volunteer)

    assert names(client.get(MINE)) == ["Amina’s family"]
    assert names(client.get(ALL)) == ["Amina’s family"]


def test_manager_has_a_family_only_while_its_record_is_open(cast, as_user):
    client = as_user(cast.manager)
    assert names(client.get(ALL)) == []
    assert "You open one with its reference and a reason" in client.get(MINE).content.decode()

    opened = BreakGlass.objects.create(
        family=cast.family, user=cast.manager, reason="x", expires_at=timezone.now() + dt.timedelta(minutes=5)
    )
    assert names(client.get(ALL)) == ["Amina’s family"]

    BreakGlass.objects.filter(pk=opened.pk).update(expires_at=timezone.now())
    assert names(client.get(ALL)) == []


def test_other_organisations_promise_is_not_shown_to_this_coordinator(cast, as_user):
    factories.support(cast.family, cast.far, accepted_on=london_today() - dt.timedelta(days=300))
    factories.visit(cast.family, cast.volunteer, days_ago=1, support=cast.family.supports.get(service=cast.home))

    assert reasons(as_user(cast.coordinator).get(ALL))[-1] == "Seen 1 day ago · promised every week"


def test_search_finds_by_name_and_keeps_what_was_typed(cast, as_user):
    page = as_user(cast.coordinator).get(ALL, {"q": "amína"})

    assert names(page) == ["Amina’s family"]
    assert 'value="amína"' in page.content.decode()


def test_search_never_finds_a_family_of_another_organisation(cast, as_user):
    client = as_user(cast.coordinator)

    assert names(client.get(ALL, {"q": "Chloe"})) == []
    assert names(client.get(ALL, {"q": cast.far_family.reference})) == []


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", "x" * 10_000, "a " * 5_000, "\x00", "‮abc", "<b>"])
def test_search_for_anything_answers_and_shows_it_as_text(cast, as_user, typed):
    page = as_user(cast.coordinator).get(ALL, {"q": typed})

    assert page.status_code == 200
    assert "<b>" not in page.content.decode().split('id="found"')[1]


def test_filters_keep_families_with_such_a_support(cast, as_user):
    factories.support(cast.other_family, cast.stay_and_play, state="waiting")
    client = as_user(cast.coordinator)

    assert names(client.get(ALL, {"service": cast.stay_and_play.pk})) == ["Berta’s family"]
    assert names(client.get(ALL, {"state": "waiting"})) == ["Berta’s family"]
    assert names(client.get(ALL, {"state": "waiting", "service": cast.home.pk})) == []


@pytest.mark.parametrize(
    "query",
    [
        {"after": "-1"},
        {"after": "1e9"},
        {"after": "00000000-0000-0000-0000-000000000000"},
        {"service": "abc"},
        {"service": str(2**70)},
        {"state": "nonsense"},
        {"sort": "worker__password", "_connector": "OR 1=1"},
        {"q": ["a", "b"]},
    ],
)
def test_list_with_a_broken_address_shows_the_first_page(cast, as_user, query):
    assert as_user(cast.coordinator).get(ALL, query).status_code == 200


def test_list_pages_by_key_and_every_family_comes_exactly_once(cast, as_user, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 4)
    for number in range(9):
        factories.family(cast.home, f"Fam {number % 3}", state="active" if number % 2 else "ended_planned")
    client, url, seen = as_user(cast.coordinator), ALL, []
    while url:
        page = client.get(url).content.decode()
        seen += re.findall(r'href="/families/(\w{7})/"', page)
        older = re.search(r'href="\?([^"]*after=[^"]+)"', page)
        url = f"{ALL}?{older.group(1)}" if older else ""

    assert len(seen) == len(set(seen)) == 11


def test_count_is_capped(cast, as_user, monkeypatch):
    monkeypatch.setattr(listing, "MOST_COUNTED", 1)
    monkeypatch.setattr(listing.FamilyList, "most", 1)

    assert "1+ families" in as_user(cast.coordinator).get(ALL).content.decode()


def test_fragment_holds_the_same_rows_as_the_page(cast, as_user):
    client = as_user(cast.coordinator)
    page, fragment = client.get(ALL), client.get(ALL, headers={"HX-Request": "true"})

    assert names(page) == names(fragment) != []
    assert "<html" not in fragment.content.decode()


def test_going_back_in_the_browser_gets_the_whole_page(cast, as_user):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}

    assert "<html" in as_user(cast.coordinator).get(ALL, headers=headers).content.decode()


@pytest.mark.parametrize("query", [{}, {"q": "fam"}], ids=["list", "search"])
def test_list_asks_the_database_as_often_for_thirty_families_as_for_one(cast, as_user, query):
    client = as_user(cast.coordinator)
    factories.family(cast.home, "Fam")
    with CaptureQueriesContext(connection) as few:
        client.get(MINE, query)
    for number in range(30):
        family = factories.family(cast.home, f"Fam {number}")
        factories.visit(family, cast.volunteer)
    with CaptureQueriesContext(connection) as many:
        assert len(names(client.get(MINE, query))) >= 25

    assert len(few) == len(many)
    assert len([query for query in many if not re.match("SAVEPOINT|RELEASE|ROLLBACK", query["sql"])]) <= 9

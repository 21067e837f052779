from __future__ import annotations

import pytest
from django.urls import reverse

from betterstart.access import homes
from betterstart.access.context import NAVIGATION
from betterstart.access.homes import HOMES, home_of
from betterstart.access.models import Membership
from betterstart.access.roles import ROLE_PERMISSIONS, Role
from tests import factories


def test_stranger_is_sent_to_sign_in_and_back_to_the_same_page(client, db):
    response = client.get("/")

    assert response.status_code == 302
    assert response["Location"] == f"{reverse('account_login')}?next=/"


def test_person_without_a_role_reads_a_kind_word(cast, as_user):
    response = as_user(cast.nobody).get("/")

    assert response.status_code == 200
    assert "you have no role here at the moment" in response.content.decode()


def test_health_says_only_that_it_is_well(client, db):
    response = client.get("/health/")

    assert response.json() == {"ok": True}


def test_absent_page_is_not_found_with_our_page(cast, as_user):
    response = as_user(cast.nobody).get("/nothing/here/")

    assert response.status_code == 404
    assert "We cannot find this page" in response.content.decode()


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("coordinator", "families:today"),
        ("volunteer", "volunteers:my-visits"),
        ("manager", "kindness_metrics:two-languages"),
        ("lead", "families:open-record"),
        ("administrator", "access:people"),
    ],
)
def test_person_with_one_role_begins_on_its_page(cast, as_user, who, name):
    client = as_user(getattr(cast, who))

    assert client.get("/")["Location"] == reverse(name)
    assert client.get("/", follow=True).status_code == 200


def test_every_role_has_a_first_page():
    assert set(HOMES) == set(Role)


def test_person_with_two_roles_begins_where_more_waits_today(cast, monkeypatch):
    Membership.objects.create(user=cast.volunteer, role=Role.COORDINATOR, organisation=cast.here, service=cast.home)
    monkeypatch.setitem(homes._counts, Role.COORDINATOR, lambda user: 1)

    assert home_of(cast.volunteer) == "families:today"
    factories.visit(cast.family, cast.volunteer, days_ago=2)
    factories.visit(cast.family, cast.volunteer, days_ago=3)
    assert home_of(cast.volunteer) == "volunteers:my-visits"


def test_navigation_leads_to_every_role_a_person_has_and_to_nothing_else(cast, as_user):
    Membership.objects.create(user=cast.manager, role=Role.ADMINISTRATOR, organisation=cast.here)
    page = as_user(cast.manager).get("/people/")

    links = {item["url"]: item["current"] for item in page.context["navigation"]}
    may = ROLE_PERMISSIONS[Role.MANAGER] | ROLE_PERMISSIONS[Role.ADMINISTRATOR]
    assert set(links) == {reverse(name) for permission, name, _label, _icon in NAVIGATION if permission in may}
    assert [url for url, current in links.items() if current] == ["/people/"]


def test_health_says_no_when_the_cache_is_away(client, db, monkeypatch):
    def fail(key: str) -> None:
        raise ConnectionError("redis://secret@host")

    monkeypatch.setattr("betterstart.views.cache.get", fail)
    response = client.get("/health/")

    assert (response.status_code, response.json()) == (503, {"ok": False})

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.access import actions
from betterstart.access.models import Membership
from betterstart.access.reports import device_words
from betterstart.access.roles import Role
from tests import factories
from tests.access.signing_in import give_app, sign_in


def names(page) -> list[str]:
    rows = page.context["page"].rows
    return [row.display_name for row in rows]


def test_list_shows_the_people_of_ones_own_organisations_by_name(cast, administrator):
    page = administrator.get("/people/")

    assert names(page) == [
        "Ada Administrator",
        "Carys Coordinator",
        "Mona Manager",
        "Sam Safeguarding",
        "Vera Volunteer",
        "Wilf Othervolunteer",
    ]
    assert "Odile" not in page.content.decode()
    assert "Nora" not in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=vera", ["Vera Volunteer"]),
        ("q=VERA.VOL", ["Vera Volunteer"]),
        ("role=manager", ["Mona Manager"]),
        ("role=volunteer&q=wilf", ["Wilf Othervolunteer"]),
        ("q=%25", []),
        ("q=_", []),
        ("q=%5C", []),
        ("q=x%27%3Bdrop+table", []),
        ("q=" + "a" * 10_000, None),
        ("role=king", None),
        ("service=999999999999999999999", None),
        ("show=nobody&after=-1", None),
        ("after=99999999999999999999999", None),
        ("after=x&after=y&_connector=OR+1%3D1", None),
    ],
)
def test_filters_narrow_and_nonsense_narrows_nothing(cast, administrator, query, found):
    page = administrator.get(f"/people/?{query}")

    assert page.status_code == 200
    assert names(page) == (found if found is not None else names(administrator.get("/people/")))


def test_service_filter_finds_its_people_and_those_of_the_whole_organisation(cast, administrator):
    page = administrator.get(f"/people/?service={cast.stay_and_play.pk}")

    assert names(page) == ["Ada Administrator", "Mona Manager", "Sam Safeguarding"]


def test_service_of_another_organisation_is_no_choice(cast, administrator):
    page = administrator.get("/people/")

    assert cast.far.name not in page.content.decode()


def test_ended_and_invited_people_have_lists_of_their_own(cast, administrator):
    actions.end_access(by=cast.administrator, person=cast.volunteer, reason="Moved away")
    factories.invitation(cast.here)
    factories.invitation(cast.here, expires_at=timezone.now())
    factories.invitation(cast.here, revoked_at=timezone.now())
    factories.invitation(cast.elsewhere)

    assert names(administrator.get("/people/?show=ended")) == ["Vera Volunteer"]
    assert "Vera" not in administrator.get("/people/").content.decode()
    invited = administrator.get("/people/?show=invited")
    assert names(invited) == ["Ines Invited"] * 2
    assert invited.content.decode().count("Expired ") == 1
    assert "are forgotten on" in invited.content.decode()


def test_pages_follow_each_other_without_gap_or_double(cast, administrator):
    for number in range(70):
        factories.user(f"Person {number // 2:02}", Role.VOLUNTEER, cast.home, email=f"p{number}@example.org")
    seen, address = [], "/people/"
    while address:
        page = administrator.get(address)
        seen += [row.pk for row in page.context["page"].rows]
        key = page.context["page"].next_key
        address = f"/people/?after={key}" if key else ""

    assert len(seen) == len(set(seen)) == 76


def queries(client, address: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("shown", ["active", "ended", "invited"])
def test_list_needs_the_same_queries_for_one_row_and_for_thirty(cast, administrator, shown):
    def add(number: int) -> None:
        person = factories.user(f"Person {number}", Role.VOLUNTEER, cast.home)
        factories.invitation(cast.here)
        if shown == "ended":
            person.memberships.update(ends_at=timezone.now())

    add(0)
    one = queries(administrator, f"/people/?show={shown}")
    for number in range(1, 31):
        add(number)

    assert queries(administrator, f"/people/?show={shown}") == one <= 14


def test_persons_page_needs_the_same_queries_for_one_role_and_for_thirty(cast, administrator):
    address = f"/people/{cast.volunteer.pk}/"
    one = queries(administrator, address)
    for number in range(30):
        service = factories.service(cast.here, f"Service {number}")
        Membership.objects.create(user=cast.volunteer, role=Role.VOLUNTEER, organisation=cast.here, service=service)

    assert queries(administrator, address) == one <= 16


def test_persons_page_tells_roles_second_step_and_devices(cast, administrator, client):
    give_app(cast.volunteer)
    other = type(client)(headers={"User-Agent": "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36"})
    sign_in(other, cast.manager)

    page = administrator.get(f"/people/{cast.volunteer.pk}/").content.decode()
    assert "Home visiting" in page
    assert "Authenticator app" in page
    assert "Not signed in anywhere" in page
    assert "Chrome on Android" in administrator.get(f"/people/{cast.manager.pk}/").content.decode()


def test_persons_page_keeps_quiet_about_another_organisations_role(cast, administrator):
    Membership.objects.create(user=cast.volunteer, role=Role.VOLUNTEER, organisation=cast.elsewhere)

    assert "Manningham" not in administrator.get(f"/people/{cast.volunteer.pk}/").content.decode()


def test_hidden_and_absent_people_are_the_same_not_found_page(cast, administrator):
    hidden = administrator.get(f"/people/{cast.other_coordinator.pk}/")
    absent = administrator.get("/people/987654321/")
    huge = administrator.get("/people/99999999999999999999999/")

    assert hidden.status_code == absent.status_code == huge.status_code == 404
    assert hidden.content == absent.content == huge.content


def test_administrator_signs_a_person_out_on_every_device(cast, administrator, client):
    phone, desk = type(client)(), type(client)()
    sign_in(phone, cast.volunteer)
    sign_in(desk, cast.volunteer)

    administrator.post(f"/people/{cast.volunteer.pk}/sign-out/")

    assert phone.get("/me/").status_code == desk.get("/me/").status_code == 302


def test_administrator_sees_no_family(cast, administrator):
    for page in ["/people/", f"/people/{cast.volunteer.pk}/", "/services/", "/audit/"]:
        text = administrator.get(page).content.decode()
        assert "Amina" not in text
        assert cast.family.reference not in text


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko Firefox/120.0", "Firefox on Linux"),
        ("curl/8", "A browser"),
        ("", "A browser"),
    ],
)
def test_device_is_named_in_words(agent, words):
    assert device_words(agent) == words

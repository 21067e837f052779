from __future__ import annotations

import pytest

from betterstart.audit.models import AuditEvent
from tests.access.signing_in import sign_in


def test_person_changes_name_language_and_time_zone(cast, as_user):
    client = as_user(cast.volunteer)
    wish = {"display_name": "  Věra\u00a0Volunteer ", "language": "pl", "time_zone": "Asia/Karachi"}

    page = client.post("/me/", wish, follow=True)

    cast.volunteer.refresh_from_db()
    assert (cast.volunteer.display_name, cast.volunteer.language) == ("Věra Volunteer", "pl")
    assert cast.volunteer.time_zone == "Asia/Karachi"
    assert '<html lang="pl"' in page.content.decode()
    assert AuditEvent.objects.filter(verb="account.changed", actor_id=cast.volunteer.pk).count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"display_name": ""}, "required"),
        ({"display_name": "\u202e\0"}, "required|Null characters"),
        ({"display_name": "x" * 201}, "at most 200"),
        ({"language": "xx"}, "not one of the available"),
        ({"time_zone": "Europe/Atlantis"}, "not one of the available"),
    ],
)
def test_wrong_input_is_refused_next_to_the_field(cast, as_user, changes, sentence):
    wish = {"display_name": "Vera", "language": "en-gb", "time_zone": "Europe/London", **changes}

    page = as_user(cast.volunteer).post("/me/", wish).content.decode()

    assert any(part in page for part in sentence.split("|"))
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.display_name == "Vera Volunteer"


@pytest.mark.parametrize("field", ["email", "is_active", "password", "id", "last_login"])
def test_fields_that_are_not_on_the_page_do_not_change(cast, as_user, field):
    before = {name: getattr(cast.volunteer, name) for name in ("email", "is_active", "password", "pk", "last_login")}
    wish = {"display_name": "Vera", "language": "en-gb", "time_zone": "Europe/London", field: "0"}

    client = as_user(cast.volunteer)
    cast.volunteer.refresh_from_db()
    before["last_login"] = cast.volunteer.last_login
    client.post("/me/", wish)

    cast.volunteer.refresh_from_db()
    assert {name: getattr(cast.volunteer, name) for name in before} == before


def test_markup_in_a_name_is_shown_as_typed(cast, as_user):
    client = as_user(cast.volunteer)
    name = "<script>alert(1)</script> {{7*7}}"

    page = client.post(
        "/me/", {"display_name": name, "language": "en-gb", "time_zone": "Europe/London"}, follow=True
    ).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{7*7}}" in page


def test_account_page_lists_the_devices_in_the_persons_own_time(cast, client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    cast.volunteer.time_zone = "Asia/Karachi"
    cast.volunteer.save()
    sign_in(client, cast.volunteer, headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604"})

    page = client.get("/me/", headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604"})

    session = page.context["sessions"][0]
    assert "Safari on iPhone" in page.content.decode()
    assert "This device" in page.content.decode()
    assert f"{(session.created_at.hour + 5) % 24:02}:{session.created_at.minute:02}" in page.content.decode()


def test_stranger_chooses_the_language_of_the_sign_in_page(db, client):
    client.post("/language/", {"language": "ur", "next": "/account/login/"})

    assert '<html lang="ur" dir="rtl">' in client.get("/account/login/").content.decode()


def test_language_switch_leads_to_no_strangers_site(db, client):
    response = client.post("/language/", {"language": "ur", "next": "https://evil.example/"})

    assert response["Location"] == "/"

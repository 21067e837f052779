from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from betterstart.access import actions
from betterstart.access.tasks import forget_sessions
from tests.access.signing_in import sign_in

LOGIN = "/account/login/"
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def without_second_factor(settings):
    settings.REQUIRE_SECOND_FACTOR = False


def later(**time: float):
    return time_machine.travel(timezone.now() + dt.timedelta(**time), tick=False)


LIMITS = [("coordinator", 30), ("manager", 30), ("volunteer", 120), ("nobody", 120)]


@pytest.mark.parametrize(("who", "minutes"), LIMITS)
def test_session_lasts_while_used_and_ends_after_the_idle_limit(cast, client, who, minutes):
    sign_in(client, getattr(cast, who))
    client.get("/me/")

    with later(minutes=minutes - 1):
        assert client.get("/me/").status_code == 200
    with later(minutes=2 * minutes - 2):
        assert client.get("/me/").status_code == 200
    with later(minutes=3 * minutes):
        assert client.get("/me/")["Location"] == f"{LOGIN}?next=/me/"
        assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("who", ["coordinator", "volunteer"])
def test_session_ends_twelve_hours_after_signing_in_however_busy(cast, client, who):
    sign_in(client, getattr(cast, who))
    client.get("/me/")
    for quarters in range(1, 48):
        with later(minutes=15 * quarters):
            assert client.get("/me/").status_code == 200

    with later(hours=12, minutes=1):
        assert client.get("/me/").status_code == 302


def test_sign_in_page_says_why_the_session_ended(cast, client):
    sign_in(client, cast.coordinator)
    client.get("/me/")

    with later(minutes=31):
        page = client.get("/me/", follow=True)

    assert "nothing happened for a while" in page.content.decode()


def test_activity_is_written_at_most_once_a_minute(cast, client):
    sign_in(client, cast.volunteer)
    client.get("/me/")
    first = client.session["seen_at"]

    with time_machine.travel(first + 50, tick=False):
        client.get("/me/")
        assert client.session["seen_at"] == first
    with time_machine.travel(first + 70, tick=False):
        client.get("/me/")
        assert client.session["seen_at"] == first + 70
        assert UserSession.objects.get().last_seen_at == timezone.now()


def test_form_sent_after_the_session_ended_leads_back_to_the_page_it_was_on(cast, client):
    response = client.post("/people/1/sign-out/", headers={"Referer": "http://testserver/people/1/?tab=roles"})

    assert response["Location"] == f"{LOGIN}?next=/people/1/%3Ftab%3Droles"


def test_form_sent_from_a_strangers_page_leads_home(cast, client):
    response = client.post("/people/1/sign-out/", headers={"Referer": "http://evil.example/people/1/"})

    assert response["Location"] == f"{LOGIN}?next=/"


def test_fragment_after_the_session_ended_takes_the_whole_page_to_sign_in_and_back(cast, client):
    response = client.post(
        "/wording/check/", headers={**HX, "HX-Current-URL": "http://testserver/families/7/?part=visits"}
    )

    assert response.status_code == 200
    assert response["HX-Redirect"] == f"{LOGIN}?next=/families/7/%3Fpart%3Dvisits"
    assert response.content == b""


def test_signing_in_starts_a_new_session(cast, client):
    client.get(LOGIN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, cast.coordinator)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_ending_safely_signs_out_clears_the_browser_and_leaves_nothing_behind(cast, client):
    sign_in(client, cast.coordinator)
    client.get("/me/")
    old = client.cookies["sessionid"].value

    response = client.post("/account/logout/")

    assert response["Clear-Site-Data"] == '"cache", "storage"'
    client.cookies["sessionid"] = old
    assert client.get("/me/").status_code == 302


def test_session_that_ran_out_does_not_clear_drafts_from_the_browser(cast, client):
    sign_in(client, cast.coordinator)
    client.get("/me/")

    with later(minutes=31):
        assert "Clear-Site-Data" not in client.get("/me/").headers


def test_new_password_ends_every_session(cast, client):
    other = Client()
    sign_in(client, cast.volunteer)
    sign_in(other, cast.volunteer)
    change = {"oldpassword": "a-long-test-password", "password1": "quite-another-one", "password2": "quite-another-one"}

    client.post("/account/password/change/", change)

    assert client.get("/me/").status_code == other.get("/me/").status_code == 302


def test_access_ended_during_a_session_ends_it_with_the_next_request(cast, client):
    sign_in(client, cast.coordinator)
    assert client.get("/me/").status_code == 200

    actions.end_access(by=cast.administrator, person=cast.coordinator, reason="Left the scheme")

    assert client.get("/me/").status_code == 302
    assert not UserSession.objects.filter(user=cast.coordinator).exists()
    assert sign_in(client, cast.coordinator)["Location"] == "/account/inactive/"


def test_role_ended_during_a_session_closes_its_pages_with_the_next_request(cast, client):
    sign_in(client, cast.manager)
    assert client.get("/two-languages/").status_code == 200

    actions.end_role(by=cast.administrator, membership=cast.manager.memberships.get(), reason="Other work")

    assert client.get("/two-languages/").status_code == 403
    assert client.get("/me/").status_code == 200


def test_sessions_that_are_over_leave_nothing_behind_and_the_others_stay(cast, client):
    with later(hours=-13):
        sign_in(client, cast.manager)
    phone = Client()
    sign_in(phone, cast.volunteer)

    forget_sessions()

    assert [session.user for session in UserSession.objects.all()] == [cast.volunteer]
    assert Session.objects.count() == 1
    assert phone.get("/me/").status_code == 200


def test_signed_in_answers_are_kept_by_nobody(cast, client):
    sign_in(client, cast.administrator)

    for page in ["/me/", "/people/", "/nothing/", "/two-languages/"]:
        response = client.get(page)
        assert response["Cache-Control"] == "no-store", page
        assert "HX-Request" in response["Vary"], page


def test_language_of_the_account_is_the_language_of_the_page(cast, client):
    cast.volunteer.language = "ur"
    cast.volunteer.save()
    sign_in(client, cast.volunteer)

    page = client.get("/me/").content.decode()

    assert '<html lang="ur" dir="rtl">' in page

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.fernet import InvalidToken
from django.utils import timezone

from betterstart.access.adapters import MFAAdapter
from betterstart.audit.models import AuditEvent
from tests.access.signing_in import SECRET, code_now, give_app, prove, sign_in
from tests.factories import PASSWORD

SET_UP = "/me/second-step/"
CHALLENGE = "/account/2fa/authenticate/"


@pytest.fixture
def still():
    """A clock that stands in the middle of one of the app's half minutes."""
    now = timezone.now().replace(second=10, microsecond=0)
    with time_machine.travel(now, tick=False) as clock:
        yield clock


@pytest.mark.parametrize("who", ["coordinator", "manager", "lead", "administrator"])
def test_paid_person_on_a_password_alone_is_led_to_set_up_a_second_step(cast, client, who):
    sign_in(client, getattr(cast, who))

    for page in ["/", "/people/", "/services/", "/audit/", "/wording/", "/two-languages/", "/people/1/"]:
        response = client.get(page)
        assert (response.status_code, response["Location"]) == (302, SET_UP), page
    assert client.post("/people/1/sign-out/")["Location"] == SET_UP
    assert client.get(SET_UP).status_code == client.get("/me/").status_code == 200


def test_volunteer_goes_straight_in_and_is_offered_a_second_step(cast, client):
    sign_in(client, cast.volunteer)

    assert client.get("/").headers.get("Location") != SET_UP
    assert "Set up a second step" in client.get("/me/").content.decode()


def test_fragment_of_a_paid_person_without_second_step_takes_the_whole_page_there(cast, client):
    sign_in(client, cast.coordinator)

    response = client.get("/two-languages/", headers={"HX-Request": "true"})

    assert (response.status_code, response["HX-Redirect"]) == (200, SET_UP)
    assert response.content == b""


def set_up_app(client) -> tuple[str, str]:
    """Through the pages: password again, the code the app shows, recovery codes. Out: secret and codes page."""
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    done = client.post("/account/2fa/totp/activate/", {"code": code_now(secret)}, follow=True)
    return secret, done.content.decode()


def test_setting_up_an_app_opens_the_pages_and_shows_recovery_codes_once(cast, client, still):
    sign_in(client, cast.administrator)
    _secret, codes_page = set_up_app(client)

    codes = re.findall(r"\b\d{8}\b", codes_page)
    assert len(set(codes)) == 10
    assert not re.findall(r"\b\d{8}\b", client.get("/account/2fa/recovery-codes/").content.decode())
    assert client.get("/people/").status_code == 200
    added = AuditEvent.objects.filter(verb="second_factor.added", actor_id=cast.administrator.pk)
    assert {event.details["type"] for event in added} == {"totp", "recovery_codes"}


def test_next_sign_in_asks_for_the_code_and_takes_it_once(cast, client, still):
    sign_in(client, cast.coordinator)
    secret, _page = set_up_app(client)
    client.post("/account/logout/")
    still.shift(dt.timedelta(seconds=60))

    assert sign_in(client, cast.coordinator)["Location"] == CHALLENGE
    assert client.get("/me/").status_code == 302
    assert client.post(CHALLENGE, {"code": code_now(secret)})["Location"] == "/"
    assert client.get("/me/").status_code == 200

    client.post("/account/logout/")
    sign_in(client, cast.coordinator)
    again = client.post(CHALLENGE, {"code": code_now(secret)})
    assert again.status_code == 200
    assert client.get("/me/").status_code == 302


@pytest.mark.parametrize("steps", [-2, -1, 1, 2])
def test_old_or_early_code_is_refused(cast, client, still, steps):
    give_app(cast.coordinator)
    sign_in(client, cast.coordinator)

    assert client.post(CHALLENGE, {"code": code_now(steps=steps)}).status_code == 200
    assert client.get("/me/").status_code == 302


def test_code_of_somebody_else_is_refused(cast, client, still):
    give_app(cast.coordinator)
    sign_in(client, cast.coordinator)

    assert client.post(CHALLENGE, {"code": code_now("KRSXG5CTMVRXEZLUKRSXG5CTMVRXEZLU")}).status_code == 200


def test_guessing_codes_stops_after_five_even_for_the_right_one(cast, client, still):
    give_app(cast.coordinator)
    sign_in(client, cast.coordinator)
    for _try in range(5):
        client.post(CHALLENGE, {"code": "000000"})

    assert client.post(CHALLENGE, {"code": code_now()}).status_code == 200
    assert client.get("/me/").status_code == 302


def test_recovery_code_opens_once(cast, client, still):
    give_app(cast.coordinator)
    code = RecoveryCodes.activate(cast.coordinator).get_unused_codes()[0]

    sign_in(client, cast.coordinator)
    assert client.post(CHALLENGE, {"code": code})["Location"] == "/"
    client.post("/account/logout/")
    sign_in(client, cast.coordinator)
    assert client.post(CHALLENGE, {"code": code}).status_code == 200
    assert client.get("/me/").status_code == 302


def test_session_from_before_the_second_step_was_set_up_ends(cast, client):
    sign_in(client, cast.coordinator)
    give_app(cast.coordinator)

    response = client.get("/")

    assert response["Location"] == "/account/login/?next=/"
    assert "_auth_user_id" not in client.session


def test_paid_person_cannot_remove_the_last_second_step_and_a_volunteer_can(cast, client, still):
    sign_in(client, cast.coordinator)
    set_up_app(client)
    client.post("/account/2fa/totp/deactivate/")
    assert cast.coordinator.second_factors.count() == 1

    client.post("/account/logout/")
    sign_in(client, cast.volunteer)
    set_up_app(client)
    client.post("/account/2fa/totp/deactivate/")
    assert not Authenticator.objects.filter(user=cast.volunteer).exists()
    assert AuditEvent.objects.filter(verb="second_factor.removed", actor_id=cast.volunteer.pk).exists()


def test_proof_of_a_removed_second_step_counts_no_more(cast, client, still, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in(client, cast.coordinator)
    set_up_app(client)
    client.post("/account/2fa/totp/deactivate/")
    settings.REQUIRE_SECOND_FACTOR = True

    assert client.get("/")["Location"] == SET_UP


def test_setting_up_asks_for_the_password_again_after_five_minutes(cast, client):
    sign_in(client, cast.coordinator)
    prove(client, seconds_ago=299)
    assert client.get("/account/2fa/totp/activate/").status_code == 200

    prove(client, seconds_ago=301)
    assert client.get("/account/2fa/totp/activate/")["Location"].startswith("/account/reauthenticate/")


def test_secrets_are_sealed_in_the_database(cast):
    app = give_app(cast.coordinator)
    seed = Authenticator.objects.get(pk=RecoveryCodes.activate(cast.coordinator).instance.pk).data["seed"]

    assert SECRET not in str(Authenticator.objects.get(pk=app.pk).data)
    assert len(MFAAdapter().decrypt(seed)) == 80


def test_new_key_in_front_opens_old_secrets_and_a_lost_key_does_not(cast, settings):
    settings.MFA_KEYS = ["old"]
    sealed = MFAAdapter().encrypt(SECRET)

    settings.MFA_KEYS = ["new", "old"]
    assert MFAAdapter().decrypt(sealed) == SECRET
    resealed = MFAAdapter().encrypt(SECRET)

    settings.MFA_KEYS = ["new"]
    assert MFAAdapter().decrypt(resealed) == SECRET
    with pytest.raises(InvalidToken):
        MFAAdapter().decrypt(sealed)


def test_old_secret_key_still_opens_secrets_until_it_is_dropped(settings):
    sealed = MFAAdapter().encrypt(SECRET)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-secret-key-for-the-next-year"

    assert MFAAdapter().decrypt(sealed) == SECRET


def test_page_says_when_the_second_step_is_off(cast, client, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    sign_in(client, cast.coordinator)

    assert "Second factor is off" in client.get("/me/").content.decode()
    settings.REQUIRE_SECOND_FACTOR = True
    assert "Second factor is off" not in client.get("/me/").content.decode()

"""Signing in with two steps, as a person meets it: app, recovery code, passkey."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import Page

from betterstart.access.models import Invitation
from betterstart.access.roles import Role
from tests import factories
from tests.access.signing_in import code_now
from tests.e2e.conftest import sign_in

CHOSEN = "lentils and rain"


@pytest.fixture
def strict(people, settings):
    """The cast, with the second step asked for as it is outside the demonstration."""
    cache.clear()
    settings.REQUIRE_SECOND_FACTOR = True
    return people


def send(page: Page) -> None:
    """Press the one primary button of the page's form."""
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()


def test_invited_coordinator_sets_up_an_app_and_signs_in_with_it(strict, open_as):
    factories.invitation(strict.here, Role.COORDINATOR, token="one", service=strict.home, email="ines@example.org")
    page = open_as(width=360)
    page.goto("/invitation/one/")
    page.fill("[name=password]", CHOSEN)
    page.fill("[name=password_again]", CHOSEN)
    send(page)
    assert page.url.endswith("/me/second-step/")

    page.click("text=Use an app")
    assert page.locator(".qr svg").bounding_box()["width"] > 100
    secret = page.inner_text("code.key")
    page.fill("[name=code]", code_now(secret))
    send(page)
    codes = re.findall(r"\b\d{8}\b", page.inner_text("main"))
    assert len(codes) == 10
    assert not Invitation.objects.open().exists()
    assert mail.outbox

    page.context.clear_cookies()
    page.goto("/account/login/")
    page.fill("[name=login]", "ines@example.org")
    page.fill("[name=password]", CHOSEN)
    send(page)
    page.fill("[name=code]", codes[0])
    send(page)
    page.goto("/me/")
    assert "Authenticator app" in page.inner_text("main")


def test_manager_signs_in_with_a_passkey_and_nothing_to_type(strict, open_as):
    page = open_as()
    finger = page.context.new_cdp_session(page)
    finger.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    device |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    finger.send("WebAuthn.addVirtualAuthenticator", {"options": device})

    sign_in(page, strict.manager)
    page.click("text=Use a passkey")
    page.fill("[name=password]", factories.PASSWORD)
    send(page)
    page.locator("[name=passwordless]").check()
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/**")
    page.goto("/two-languages/")
    assert "/two-languages/" in page.url

    page.context.clear_cookies()
    page.goto("/account/login/")
    page.click("#passkey_login")
    page.wait_for_url(lambda url: "/account/" not in url)
    page.goto("/two-languages/")
    assert "/two-languages/" in page.url


def test_pages_of_the_account_stay_inside_the_policy_on_a_phone(strict, open_as, settings):
    settings.REQUIRE_SECOND_FACTOR = False
    page = open_as(strict.volunteer, width=360)
    for path in ["/me/", "/me/second-step/", "/account/sessions/", "/account/email/", "/account/password/change/"]:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_stranger_reads_the_sign_in_page_in_urdu_from_right_to_left(strict, open_as):
    page = open_as(width=360)
    page.goto("/account/login/")
    page.click("button:text('اردو')")

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.url.endswith("/account/login/")

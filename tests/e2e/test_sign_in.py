from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from betterstart.access.roles import Role
from tests import factories
from tests.access.signing_in import code_now
from tests.e2e.conftest import sign_in

PASSWORD = "seven-quiet-otters"


@pytest.fixture
def strict(people, settings):
    """As where real families are: a second factor for every paid role."""
    settings.REQUIRE_SECOND_FACTOR = True
    return people


def authenticator(page) -> None:
    """A passkey device that says yes, as a fingerprint would."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def accept(page, token: str) -> None:
    page.goto(f"/invitation/{token}/")
    page.get_by_label("Your name").fill("Ines Invited")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Save and begin").click()


def test_invited_manager_sets_up_an_app_and_signs_in_with_it(strict, open_as):
    factories.invitation(strict.here, Role.MANAGER, token="for-the-manager", by=strict.administrator)
    page = open_as()

    accept(page, "for-the-manager")
    page.get_by_role("link", name="Use an app").click()
    if page.locator("input[type=password]").count():
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
    secret = page.locator("code.key").inner_text().strip()
    page.locator("input[name=code]").fill("000000")
    page.keyboard.press("Enter")
    expect(page.locator(".error").first).to_be_visible()
    secret = page.locator("code.key").inner_text().strip()
    page.locator("input[name=code]").fill(code_now(secret))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("recovery", re.IGNORECASE))

    assert len(set(re.findall(r"\b\d{8}\b", page.locator("main").inner_text()))) == 10
    page.goto("/")
    assert page.get_by_text("What the numbers say").is_visible()

    page.locator("summary", has_text="Ines").click()
    page.get_by_role("button", name="End safely").click()
    page.wait_for_url("**/account/login/**")
    page.go_back()
    assert "What the numbers say" not in page.content()


def test_passkey_opens_the_door(strict, open_as):
    page = open_as()
    authenticator(page)
    sign_in(page, strict.coordinator)
    page.get_by_role("link", name="Use a passkey").click()
    if page.locator("input[type=password]").count():
        page.locator("input[type=password]").fill(factories.PASSWORD)
        page.keyboard.press("Enter")
    page.get_by_label("A name for this passkey").fill("test device")
    page.get_by_text("Let this passkey open the door alone").click()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url(lambda url: "/webauthn/add/" not in url)
    assert strict.coordinator.second_factors.filter(type="webauthn").exists()

    page.goto("/")
    page.locator("summary", has_text="Carys").click()
    page.get_by_role("button", name="End safely").click()
    page.goto("/account/login/")
    page.locator("#passkey_login").click()
    page.wait_for_url(lambda url: "/account/login/" not in url)

    page.goto("/me/")
    assert "Carys Coordinator" in page.content()


def test_session_that_ended_leads_to_the_sign_in_page_and_back(people, open_as):
    page = open_as(people.administrator)
    page.goto("/people/")
    page.context.clear_cookies()

    page.goto("/people/")

    assert "/account/login/" in page.url
    page.fill("[name=login]", people.administrator.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")

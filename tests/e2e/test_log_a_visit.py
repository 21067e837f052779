"""A coordinator logs a visit with the keyboard alone, and what is half written survives."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from betterstart.clock import london_today
from tests.e2e.conftest import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db]
UNDER_A_MINUTE = 45  # keys besides the words: nobody needs a minute for these


def days_ago(days: int) -> str:
    """A day of its own for each test: one person is not with two families at once."""
    return (london_today() - dt.timedelta(days=days)).isoformat()


class Keyboard:
    """Hands that know Tab, Enter and letters, and count."""

    def __init__(self, page: Page) -> None:
        self.page, self.keys = page, 0

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys += 1

    def tab_to(self, selector: str) -> None:
        """Tab until the focus is on this."""
        for _step in range(40):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.press("Tab")
        raise AssertionError(f"{selector} is not reached with Tab")


def test_coordinator_logs_a_visit_with_the_keyboard_in_under_a_minute(page: Page, site: str) -> None:
    sign_in(page, site, "coordinator")
    hands = Keyboard(page)

    hands.tab_to("a[href='/visits/log/']")
    hands.press("Enter")
    expect(page.locator("#q")).to_be_focused()
    with page.expect_response(lambda answer: "q=ree" in answer.url):
        page.keyboard.type("ree")
    hands.keys += 3
    expect(page.locator("#found .row")).to_have_count(page.locator("#found .row").count())
    hands.tab_to("#found a.row-title")
    family = page.evaluate("document.activeElement.textContent")
    hands.press("Enter")

    expect(page.locator("#id_day")).to_be_focused()
    hands.tab_to("#id_what_happened")
    page.keyboard.type("We read the picture book twice.")
    hands.tab_to("form#writing button.button:not([name])")
    hands.press("Enter")

    expect(page).to_have_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))
    expect(page.locator(".toast")).to_contain_text(f"Saved: {family}")
    expect(page.locator("main")).to_contain_text("We read the picture book twice.")
    assert hands.keys < UNDER_A_MINUTE


def test_half_written_visit_survives_signing_out(page: Page, site: str) -> None:
    sign_in(page, site, "coordinator")
    page.goto(f"{site}/visits/log/")
    address = page.locator("#found a.row-title").last.get_attribute("href")
    page.goto(f"{site}{address}")
    with page.expect_response(lambda answer: "/drafts/" in answer.url and answer.status == 204):
        page.locator("#id_what_happened").fill("Half a sentence about")
    expect(page.locator("[data-draft-note]")).to_contain_text("Draft kept")

    page.context.clear_cookies()
    sign_in(page, site, "coordinator")
    page.locator(".banner a", has_text="a visit").click()

    expect(page.locator("#id_what_happened")).to_have_value("Half a sentence about")
    expect(page.locator(".banner")).to_contain_text("You were writing this on")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("#id_what_happened")).to_have_value("")


def test_fair_words_are_suggested_while_writing_and_nothing_is_blocked(page: Page, site: str) -> None:
    sign_in(page, site, "coordinator")
    page.goto(f"{site}/visits/log/")
    page.locator("#found a.row-title").first.click()

    page.locator("#id_day").fill(days_ago(2))
    with page.expect_response(lambda answer: "/wording/check/" in answer.url):
        page.locator("#id_what_happened").press_sequentially("Mum failed to engage.", delay=5)

    expect(page.locator(".wording-notes")).to_contain_text("Would this be kind and fair")
    page.get_by_role("button", name="Save this visit").click()
    expect(page.locator("main")).to_contain_text("Mum failed to engage.")


def test_visit_is_found_and_logged_without_script(browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, site, "coordinator")
    page.goto(f"{site}/visits/log/")
    reference = page.locator("#found .reason").first.inner_text().split(" ")[0]

    page.locator("#q").fill(reference)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(rf"/families/{reference}/visits/log/"))
    page.locator("#id_day").fill(days_ago(3))
    page.locator("#id_minutes").fill("5000")
    page.get_by_role("button", name="Save this visit").click()
    expect(page.locator(".error-summary")).to_contain_text("Please check the minutes")
    page.locator("#id_minutes").fill("45")
    page.get_by_role("button", name="Save this visit").click()
    expect(page.locator(".toast")).to_contain_text("45 minutes")
    context.close()

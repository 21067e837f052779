"""A coordinator logs a visit with the keyboard alone, and what is half written survives."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

from playwright.sync_api import Page, expect

from families.models import Visit
from tests import factories
from tests.e2e.conftest import sign_in
from tests.e2e.test_every_page import faults_of

UNDER_A_MINUTE = 45  # keys besides the words: nobody needs a minute for these


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


def log_url(people: SimpleNamespace) -> str:
    return f"/families/{people.family.reference}/visits/log/"


def refusals_are_no_faults(page: Any) -> None:
    """A form that comes back is told by its status; the browser writes that on its console."""
    page.expected_faults[:] = [fault for fault in page.expected_faults if not re.search("409|422", fault)]


def test_coordinator_logs_a_visit_with_the_keyboard_in_under_a_minute(people, open_as):
    page = open_as(people.coordinator)
    hands = Keyboard(page)

    page.goto("/today/")
    hands.tab_to("a[href='/visits/log/']")
    hands.press("Enter")
    expect(page.locator("#q")).to_be_focused()
    page.keyboard.type("ami")
    hands.keys += 3
    expect(page.locator("#found .row")).to_have_count(1)
    hands.tab_to("#found a.row-title")
    hands.press("Enter")

    expect(page.locator("#id_day")).to_be_focused()
    hands.tab_to("#id_what_happened")
    page.keyboard.type("We read the picture book twice.")
    hands.tab_to("form#writing button.button:not([name])")
    hands.press("Enter")

    expect(page).to_have_url(re.compile(r"/visits/[0-9a-f-]{36}/$"))
    expect(page.locator(".toast")).to_contain_text("Saved: Amina")
    expect(page.locator("main")).to_contain_text("We read the picture book twice.")
    assert hands.keys < UNDER_A_MINUTE
    assert Visit.objects.get().recorded_by == people.coordinator


def test_half_written_visit_survives_signing_out(people, open_as):
    page = open_as(people.coordinator)
    page.goto(log_url(people))
    with page.expect_response(lambda answer: "/drafts/" in answer.url and answer.status == 204):
        page.locator("#id_what_happened").fill("Half a sentence about")
    expect(page.locator("[data-draft-note]")).to_contain_text("Draft kept")

    page.context.clear_cookies()
    sign_in(page, people.coordinator)
    page.goto("/today/")
    page.locator(".banner a", has_text="a visit").click()

    expect(page.locator("#id_what_happened")).to_have_value("Half a sentence about")
    expect(page.locator(".banner")).to_contain_text("You were writing this on")
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("#id_what_happened")).to_have_value("")


def test_fair_words_are_suggested_while_writing_and_nothing_is_blocked(people, open_as):
    page = open_as(people.coordinator)
    page.goto(log_url(people))

    page.locator("#id_what_happened").press_sequentially("Mum failed to engage.", delay=5)

    expect(page.locator(".wording-notes")).to_contain_text("Would this be kind and fair")
    page.get_by_role("button", name="Save this visit").click()
    expect(page.locator("main")).to_contain_text("Mum failed to engage.")


def test_visit_is_found_corrected_and_saved_without_script(people, open_as):
    page = open_as(people.coordinator, java_script_enabled=False)
    page.goto("/visits/log/")
    page.locator("#q").fill("amina")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(log_url(people)))
    page.locator("#id_minutes").fill("5000")
    page.get_by_role("button", name="Save this visit").click()
    expect(page.locator(".error-summary")).to_contain_text("Please check the minutes")
    page.locator("#id_minutes").fill("45")
    page.get_by_role("button", name="Save this visit").click()
    expect(page.locator(".toast")).to_contain_text("45 minutes")
    refusals_are_no_faults(page)


def test_two_people_meet_on_the_page_with_both_versions(people, open_as):
    visit = factories.visit(people.family, people.coordinator, recorded_by=people.coordinator, what_happened="Old")
    first, second = open_as(people.coordinator), open_as(people.coordinator, width=360)
    for page in (first, second):
        page.goto(f"/visits/{visit.uuid}/edit/")
    first.locator("#id_what_happened").fill("Hers, saved first")
    first.get_by_role("button", name="Save this visit").click()
    expect(first.locator(".toast")).to_contain_text("Saved")

    second.locator("#id_what_happened").fill("His, saved second")
    second.get_by_role("button", name="Save this visit").click()
    expect(second.locator("main")).to_contain_text("Hers, saved first")
    second.get_by_text("Both, one below the other").click()
    second.get_by_role("button", name="Save what I chose").click()

    expect(second.locator("main")).to_contain_text("Hers, saved first")
    expect(second.locator("main")).to_contain_text("His, saved second")
    refusals_are_no_faults(second)


def test_pages_about_visits_have_no_fault_on_a_phone_and_on_a_desk(people, open_as):
    delivered = factories.visit(people.family, people.coordinator, recorded_by=people.coordinator)
    planned = factories.visit(people.family, people.volunteer, state="planned", days_ago=-2)
    factories.family(people.home, "ثمینہ اختر", state="waiting")
    page = open_as(people.coordinator)
    family, visit = f"/families/{people.family.reference}/visits", "/visits"
    paths = ["/today/", "/today/everything/", f"{visit}/log/", f"{family}/log/", f"{family}/plan/"]
    paths += [f"{family}/not-reached/", f"{visit}/{delivered.uuid}/", f"{visit}/{delivered.uuid}/edit/"]
    paths += [f"{visit}/{planned.uuid}/{part}" for part in ("", "move/", "did-not-happen/")]

    for path in paths:
        page.goto(path)
        assert faults_of(page) == [], path

"""A mother says on her own page what is not right; it reaches a coordinator's Today, and the answer comes back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests import factories
from tests.e2e.conftest import told, violations
from tests.families.own import RIGHT, link_of

WORDS = "نہیں، میں خوشی سے روئی تھی۔"


def open_own_page(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Your code").fill(RIGHT)
    page.get_by_label("Yes. Nobody else looks at it").check()
    page.get_by_role("button", name="Open my page").click()
    expect(page.locator("h1")).to_have_text("Our page")


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_she_says_on_an_old_phone_is_answered_and_she_reads_it_there(people, open_as):
    note = factories.visit(people.family, people.volunteer, what_happened="Amina cried. It was a sad morning.")
    own = factories.own_page(people.family.members.get(), people.coordinator)
    hers = open_as(width=320, height=560, java_script_enabled=False)
    open_own_page(hers, link_of(own))
    expect(hers.locator("main")).to_contain_text("It was a sad morning.")
    hers.get_by_role("link", name="Is this right? Say so here").first.click()
    hers.get_by_label("Not quite").check()
    hers.get_by_label("Your words").fill(WORDS)
    assert fits(hers)
    hers.get_by_role("button", name="Put it beside the note").click()
    expect(hers.locator("main")).to_contain_text(WORDS)
    assert fits(hers)

    ours = open_as(people.coordinator)
    ours.goto("/today/")
    expect(ours.locator("main")).to_contain_text("Amina wrote beside a note: not quite")
    ours.locator("li.need", has_text="Amina wrote beside a note").get_by_role("link", name="Answer").click()
    expect(ours.locator(".voices")).to_contain_text("It was a sad morning.")
    expect(ours.locator(".voices")).to_contain_text(WORDS)
    assert told(violations(ours)) == []
    ours.get_by_label("We keep both, side by side").check()
    ours.get_by_label("What do you say back?").fill("Thank you. Your words stand beside the note.")
    ours.get_by_label("What did we do?").fill("We told Vera.")
    ours.get_by_role("button", name="Send the answer").click()
    expect(ours.locator("h1")).to_contain_text("Amina: Not quite")
    ours.goto("/today/")
    expect(ours.locator("main")).not_to_contain_text("Amina wrote beside a note")

    hers.goto("/our-page/said/")
    expect(hers.locator("main")).to_contain_text("Your words stand beside the note.")
    expect(hers.locator("main")).to_contain_text("We told Vera.")
    assert fits(hers)

    theirs = open_as(people.volunteer, width=360)
    theirs.goto(f"/visits/{note.uuid}/")
    expect(theirs.locator(".voices")).to_contain_text(WORDS)
    expect(theirs.locator(".voices")).not_to_contain_text("We told Vera.")

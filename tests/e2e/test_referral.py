"""From somebody who asks, on a phone and without an account, to a family that is offered support."""

from __future__ import annotations

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from betterstart.reminders.models import Message
from families.models import Family, Referral
from tests.e2e.test_every_page import faults_of

NARROW, BOTH = (320,), (320, 1280)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def go_on(page: Page, heading: str) -> None:
    press(page, "Go on")
    expect(page.locator("h1")).to_have_text(heading)


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"[name={name}][value='{value}']").check(force=True)


def ask_for_a_family(page: Page, service_id: int, *, looks: bool = False) -> list[str]:
    """A health visitor asks, step by step; gives what is wrong with the pages on the way, for a test that looks."""
    problems = []

    def look(widths: tuple[int, ...] = NARROW) -> None:
        if looks:
            problems.extend(f"{page.locator('h1').inner_text()}: {fault}" for fault in faults_of(page, widths))

    page.goto("/refer/")
    look(BOTH)
    page.get_by_role("link", name="I ask for a family").click()
    look()
    choose(page, "service", str(service_id))
    for name, value in {"name": "Rosa Referrer", "agency": "Health visiting", "email": "rosa@example.org"}.items():
        page.fill(f"[name=referrer_{name}]", value)
    page.select_option("[name=agency_type]", "health_visitor")
    go_on(page, "The family")
    look()
    page.fill("[name=carer_name]", "Dorota Żak")
    page.fill("[name=child-0-display_name]", "Maja")
    page.fill("[name=child-0-born]", "4/8/2025")
    go_on(page, "Getting in touch")
    look()
    page.fill("[name=phone]", "07700 900123")
    choose(page, "phone_safe", "yes")
    go_on(page, "Why you ask")
    look()
    page.fill("[name=reason]", "She would like somebody to talk with.")
    go_on(page, "What the family said")
    look()
    choose(page, "agreed_how", "phone")
    page.fill("[name=agreed_on]", timezone.localdate().isoformat())
    page.locator("[name=family_agreed]").check(force=True)
    go_on(page, "Read it once more")
    look(BOTH)
    press(page, "Send")
    expect(page.locator("h1")).to_have_text("Thank you")
    look()
    return problems


def accept(page: Page, name: str) -> Family:
    """A coordinator finds the referral, looks, and says yes."""
    page.goto("/referrals/")
    page.get_by_role("link", name=name).click()
    page.get_by_role("link", name="Accept").click()
    for fit in ("area", "age", "remit"):
        choose(page, "fits", fit)
    press(page, "Accept")
    expect(page.locator(".toast")).to_contain_text("is offered")
    return Family.objects.latest("pk")


GO_ON, SEND, THANKS = "آگے چلیں", "بھیجیں", "شکریہ"


def ask_in_urdu(page: Page, service_id: int, words: str) -> None:
    """A parent asks for her own family, from right to left."""
    page.goto("/refer/family/you/")
    assert page.locator("html").get_attribute("dir") == "rtl"
    choose(page, "service", str(service_id))
    page.fill("[name=carer_name]", "امینہ")
    press(page, GO_ON)
    page.fill("[name=child-0-display_name]", "زین")
    press(page, GO_ON)
    page.fill("[name=phone]", "07700 900123")
    choose(page, "phone_safe", "yes")
    press(page, GO_ON)
    assert page.locator("[name=words_language]").input_value() == "ur"
    page.fill("[name=family_words]", words)
    press(page, GO_ON)
    expect(page.locator("main")).to_contain_text(words)
    press(page, SEND)
    expect(page.locator("h1")).to_have_text(THANKS)


def test_family_comes_from_a_public_referral_to_an_offer_of_support(people, home, open_as):
    referrer = open_as(width=360)
    assert not ask_for_a_family(referrer, home.pk, looks=True)
    reference = Referral.objects.get().reference
    expect(referrer.locator("main")).to_contain_text(reference)

    family = accept(open_as(people.coordinator), "Dorota Żak")

    assert [str(member) for member in family.members.all()] == ["Dorota Żak", "Maja"]
    assert family.supports.get().state == "offered"
    outcome = Message.objects.latest("pk")
    referrer.goto(re.search(r"/link/\S+/", outcome.body)[0])
    expect(referrer.locator("main")).to_contain_text("Yes: we have offered our support")
    expect(referrer.locator("main")).not_to_contain_text("Dorota")
    assert not faults_of(referrer, NARROW)

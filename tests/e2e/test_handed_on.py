"""A parent who asks from right to left, without script; whom one service knows, and another goes on with."""

from __future__ import annotations

from types import SimpleNamespace

from playwright.sync_api import Page, expect

from families.models import Support
from tests.e2e.test_referral import accept, ask_in_urdu, choose, press

WORDS = "کوئی ہو جس سے میں بات کر سکوں"
TOLD = "وہ بچے کے بعد کسی کا ساتھ چاہتی ہیں۔"


def hand_on(page: Page, support: Support, to_service: int) -> str:
    """The coordinator begins, the family agrees, the other service is asked; gives the address of it."""
    page.goto(f"/families/{support.family.reference}/supports/{support.pk}/")
    page.get_by_role("link", name="Hand on to another service").click()
    choose(page, "to_service", str(to_service))
    page.fill("[name=summary]", TOLD)
    press(page, "Go on")
    page.get_by_role("link", name="The family agrees").click()
    page.get_by_label("امینہ").check(force=True)
    choose(page, "agreed_how", "spoken")
    press(page, "Note it")
    press(page, "Ask Doula support")
    expect(page.locator("main")).to_contain_text("You stay responsible")
    return page.url


def know_them(page: Page, people: SimpleNamespace) -> Support:
    """Accepted, read in her own words, and spoken with."""
    page.goto("/referrals/")
    page.get_by_role("link", name="امینہ").click()
    expect(page.locator("blockquote[lang=ur]")).to_contain_text(WORDS)
    support = accept(page, "امینہ").supports.get()
    page.goto(f"/families/{support.family.reference}/supports/{support.pk}/")
    page.get_by_role("link", name="First contact is made").click()
    press(page, "First contact is made")
    expect(page.locator(".toast")).to_contain_text("Getting to know")
    return support


def test_parent_asks_in_urdu_is_known_by_one_service_and_goes_on_with_another(people, home, open_as, server):
    parent = open_as(width=320, java_script_enabled=False, locale="ur")
    parent.context.add_cookies([{"name": "django_language", "value": "ur", "url": server}])
    ask_in_urdu(parent, home.pk, WORDS)
    page = open_as(people.coordinator)
    support = know_them(page, people)
    address = hand_on(page, support, people.far.pk)

    other = open_as(people.other_coordinator, width=360)
    other.goto("/today/")
    other.get_by_role("link", name="Home visiting asks whether you can go on with a family").first.click()
    expect(other.locator("main")).to_contain_text(TOLD)
    expect(other.locator("main")).not_to_contain_text("امینہ")
    assert other.url == address
    other.get_by_role("link", name="Go on with them").click()
    press(other, "Say yes")

    expect(other.locator(".toast")).to_contain_text("You are responsible for this family from now on")
    other.get_by_role("link", name="امینہ").click()
    expect(other.locator("h1")).to_contain_text("امینہ")
    assert [*support.family.supports.order_by("pk").values_list("service__name", "state")] == [
        ("Home visiting", "transferred"),
        ("Doula support", "offered"),
    ]
    page.goto("/today/")
    expect(page.locator("main")).to_contain_text("Doula support said yes and goes on with them")

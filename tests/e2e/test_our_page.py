"""An adult's own page on a small old phone; and the way out, when somebody walks in."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests import factories
from tests.e2e.conftest import told, violations
from tests.families.own import link_of

COVERED = """way => {
    const before = performance.now();
    if (way) document.querySelectorAll("a[data-leave]")[way - 1].click();
    else for (const _ of [1, 2, 3]) document.dispatchEvent(new KeyboardEvent("keydown", {key: "Shift"}));
    const hidden = getComputedStyle(document.body).display === "none" && !document.body.innerText.trim();
    return [hidden, performance.now() - before, document.title];
}"""


@pytest.fixture
def link(people):
    factories.visit(people.family, people.volunteer, what_happened="We baked bread.")
    factories.goal(people.family, "An hour to myself.")
    return link_of(factories.own_page(people.family.members.get(), people.coordinator))


PAGES = [
    *("own", "own-plan", "own-visits", "own-say", "own-how", "own-circle", "own-said"),
    *("own-choices", "own-looked", "own-keepsake", "own-code"),
]


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def enter(page, link):
    page.goto(link)
    page.fill("[name=code]", "4827")
    page.check("[name=device][value=own]")
    page.click("main button[type=submit]")
    page.wait_for_url("**/our-page/")


@pytest.mark.parametrize(("language", "title"), [("en-gb", "Our page"), ("ur", "ہمارا صفحہ")])
def test_page_is_read_answered_and_left_on_an_old_phone_without_script(
    link, people, open_as, settings, server, language, title
):
    settings.LEAVE_TO = f"{server}/account/login/"
    adult = people.family.members.get()
    adult.languages = [{"code": language[:2], "speaks": True, "reads": True, "preferred": True}]
    adult.save()
    page = open_as(width=320, height=640, java_script_enabled=False)
    enter(page, link)
    assert page.inner_text("h1") == title
    assert page.get_attribute("html", "dir") == ("rtl" if language == "ur" else "ltr")
    assert "An hour to myself." in page.inner_text("main")
    assert fits(page)

    page.click(".own-visit a.button")
    page.check("[name=kind][value=not_quite]")
    page.fill("[name=words]", "It was cake.")
    page.click("main form button[type=submit]")
    assert "It was cake." in page.inner_text(".own-visit")
    assert fits(page)

    page.click("a.leave-now")
    assert page.url == settings.LEAVE_TO
    page.go_back()
    assert "bread" not in page.content()
    assert "/our-page/" not in page.url


@pytest.mark.parametrize("language", ["en-gb", "ur"])
def test_pages_have_no_fault_on_the_smallest_phone(link, open_as, server, language):
    page = open_as(width=320, height=640)
    page.context.add_cookies([{"name": "django_language", "value": language, "url": server}])
    page.goto(link)
    problems = told(violations(page))
    enter(page, link)
    for name in PAGES:
        page.goto(reverse(f"families:{name}"))
        problems += [f"{name}: {fault}" for fault in told(violations(page))]
        problems += [] if fits(page) else [f"{name} scrolls sideways"]

    assert not problems


@pytest.mark.parametrize("way", [1, 2, 0], ids=["button", "link", "shift three times"])
def test_screen_is_covered_at_once_and_going_back_shows_nothing_of_ours(link, open_as, settings, server, way):
    settings.LEAVE_TO = f"{server}/health/"
    page = open_as(width=320, height=640)
    enter(page, link)
    # A slow network: neither our server nor the other page answers for a while.
    page.route("**/health/", lambda route: (page.wait_for_timeout(400), route.continue_()))

    hidden, milliseconds, title = page.evaluate(COVERED, way)
    page.wait_for_url(settings.LEAVE_TO)

    assert hidden
    assert milliseconds < 200
    assert "page" not in title.lower()
    page.go_back()
    page.wait_for_load_state()
    assert "bread" not in page.content()
    assert "/our-page/" not in page.url

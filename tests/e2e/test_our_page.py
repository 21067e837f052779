"""The way out of an adult's own page, when somebody walks in."""

from __future__ import annotations

import pytest

from tests import factories
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


def enter(page, link):
    page.goto(link)
    page.fill("[name=code]", "4827")
    page.check("[name=device][value=own]")
    page.click("main button[type=submit]")
    page.wait_for_url("**/our-page/")


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

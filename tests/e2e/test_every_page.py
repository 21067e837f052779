"""Every page that answers to a GET, in a real browser, for the first person it is for: at 360 and at 1280 pixels."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from tests.access import matrix_cast
from tests.access.matrix_pages import PAGES
from tests.access.page import OPEN
from tests.e2e.conftest import told, violations

ORDER = ["coordinator", "volunteer", "manager", "lead", "administrator", "nobody"]
SHARES = 3  # the coordinator has most of the pages
# Pages that are not read by people, or only take what is sent to them.
NOT_READ = {"health", "home", "access:set-language", "lexicon:wording-check"}


def share_of(who: str, share: int) -> list[str]:
    mine = [
        name
        for name in sorted(PAGES)
        if name not in NOT_READ and PAGES[name].allowed != OPEN and first_reader(name) == who
    ]
    return mine[share::SHARES]


def first_reader(name: str) -> str:
    return next(who for who in ORDER if who in PAGES[name].allowed)


@pytest.mark.parametrize(
    ("who", "share"), [(who, share) for who in ORDER for share in range(SHARES) if share_of(who, share)]
)
def test_page_has_no_fault_on_a_phone_and_on_a_desk(people, open_as, who, share):
    matrix_cast.add_rows(people)
    page = open_as(getattr(people, who), width=360)
    problems = []
    for name in share_of(who, share):
        url = reverse(name, kwargs=PAGES[name].args(people))
        answer = page.context.request.get(url, max_redirects=0)
        if answer.status in {302, 405} or "text/html" not in answer.headers.get("content-type", ""):
            continue  # it only takes a POST, leads elsewhere, or gives a file
        page.goto(url)
        problems += [f"{name}: {problem}" for problem in faults_of(page)]
    assert not problems


def faults_of(page: Page, widths: tuple[int, ...] = (360, 1280)) -> list[str]:
    found = []
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} main headings")
    if not page.title().strip():
        found.append("no title")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            found.append(f"scrolls sideways at {width}: {wide}")
        found += [f"{width}px {fault}" for fault in told(violations(page))]
    page.set_viewport_size({"width": 360, "height": 800})
    return found

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

SIGNED_OUT = ["/account/login/", "/account/password/reset/", "/nowhere/"]


@pytest.mark.parametrize("width", [360, 1280])
def test_signed_out_pages_have_no_accessibility_fault(open_as, width):
    page = open_as(width=width)
    for path in SIGNED_OUT:
        page.goto(path)
        found = Axe().run(page)
        assert not found.response["violations"], found.generate_report()
    page.expected_faults[:] = [fault for fault in page.expected_faults if "404" not in fault]


def test_each_role_lands_on_its_own_first_page(people, open_as):
    for who in (people.manager, people.administrator):
        page = open_as(who)
        page.goto("/")
        assert page.locator("h1").count() == 1
        assert page.locator("nav a[aria-current=page]").count() >= 1

from __future__ import annotations

from tests.e2e.test_every_page import faults_of

SIGNED_OUT = ["/account/login/", "/account/password/reset/", "/nowhere/"]


def test_signed_out_pages_have_no_fault_on_a_phone_and_on_a_desk(open_as):
    page = open_as()
    for path in SIGNED_OUT:
        page.goto(path)
        assert faults_of(page) == []
    page.expected_faults[:] = [fault for fault in page.expected_faults if "404" not in fault]


def test_each_role_lands_on_its_own_first_page(people, open_as):
    for who in (people.manager, people.administrator):
        page = open_as(who)
        page.goto("/")
        assert page.locator("h1").count() == 1
        assert page.locator("nav a[aria-current=page]").count() >= 1

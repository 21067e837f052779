from __future__ import annotations

from tests import factories


def test_session_that_ended_leads_to_the_sign_in_page_and_back(people, open_as):
    page = open_as(people.administrator)
    page.goto("/people/")
    page.context.clear_cookies()

    page.goto("/people/")

    assert "/account/login/" in page.url
    page.fill("[name=login]", people.administrator.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/")

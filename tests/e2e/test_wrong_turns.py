"""Where people end up when something is not there, not theirs, or no longer open: told kindly, shown nothing."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from tests import factories
from tests.e2e.test_every_page import faults_of


def refusals_are_no_faults(page: Any) -> None:
    page.expected_faults[:] = [fault for fault in page.expected_faults if not re.search("status of 40[34]", fault)]


def test_page_that_is_not_there_says_so_to_strangers_and_to_those_signed_in(people, open_as):
    for who in (None, people.coordinator):
        page = open_as(who)
        answer = page.goto("/nowhere/")

        assert answer.status == 404
        assert faults_of(page) == []
        refusals_are_no_faults(page)


def test_family_of_somebody_else_looks_like_no_family_at_all(people, open_as):
    page = open_as(people.other_volunteer)
    theirs = page.goto(f"/families/{people.far_family.reference}/")
    words = page.inner_text("main")
    nobodys = page.goto("/families/ZZZZZZ/")

    assert theirs.status == nobodys.status == 404
    assert page.inner_text("main") == words
    assert people.far_family.name not in words
    refusals_are_no_faults(page)


def test_page_of_another_role_is_refused_with_a_way_on(people, open_as):
    page = open_as(people.volunteer, width=360)
    answer = page.goto("/audit/")

    assert answer.status == 403
    page.locator("main a.button").first.click()
    expect(page).not_to_have_url(re.compile("/audit/"))
    refusals_are_no_faults(page)


def test_form_sent_after_the_cookie_went_is_explained_and_not_saved(people, open_as):
    page = open_as(people.volunteer)
    page.goto("/me/")
    page.context.clear_cookies(name="csrftoken")
    page.context.clear_cookies(name="__Host-csrftoken")
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach(field => field.value = 'old')")
    page.locator("main form[method=post]").first.evaluate("form => form.requestSubmit()")

    expect(page.locator("h1")).to_have_text("This form was open too long")
    refusals_are_no_faults(page)


def test_search_after_the_session_ended_leads_to_sign_in_and_back(people, open_as):
    factories.assign(people.coordinator, people.family)
    page = open_as(people.coordinator)
    page.goto("/families/all/")
    page.context.clear_cookies()
    page.locator("main form input[type=search]").first.press_sequentially("ami")

    page.wait_for_url("**/account/login/**")
    page.fill("[name=login]", people.coordinator.email)
    page.fill("[name=password]", factories.PASSWORD)
    page.press("[name=password]", "Enter")
    expect(page.locator("h1")).to_have_count(1)
    assert "/families/all/" in page.url


def test_signing_out_leaves_nothing_behind_the_back_button(people, open_as):
    page = open_as(people.coordinator)
    page.goto(f"/families/{people.family.reference}/")
    expect(page.locator("main")).to_contain_text("Amina")
    page.goto("/account/logout/")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_load_state()

    for _page_before in ("the question whether to sign out", "the family"):
        page.go_back()
        assert "Amina" not in page.content()
    expect(page).to_have_url(re.compile(rf"/account/login/\?next=/families/{people.family.reference}/"))

"""The look in a real browser: nobody is shut out, nothing spills over, and script only adds."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browsing import DESK, PHONE, overflow, violations

pytestmark = pytest.mark.browser


@pytest.fixture
def style_page(settings, site):
    settings.DEBUG = True
    return f"{site}/style/"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_can_be_used_by_everybody(style_page, page, size, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(size)
    page.goto(style_page)

    assert violations(page) == []
    assert overflow(page) == 0


def faults(page, addresses):
    """What shuts somebody out, or spills over, on these pages: by address and width."""
    found = []
    for address in addresses:
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            page.goto(address)
            assert page.url == address
            found += [f"{address} at {size['width']}: {fault}" for fault in violations(page)]
            found += [f"{address} at {size['width']}: wider by {more}"] if (more := overflow(page)) else []
    return found


def test_pages_at_the_door_can_be_used_by_everybody(site, page):
    door = ["login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/", "inactive/"]

    assert faults(page, [f"{site}/account/{address}" for address in door]) == []


def test_pages_about_signing_in_can_be_used_by_everybody(site, page, enter, cast):
    enter(cast.administrator)
    pages = ["email/", "password/change/", "2fa/", "sessions/", "logout/"]

    assert faults(page, [f"{site}/account/{address}" for address in pages]) == []


def test_missing_page_can_be_used_by_everybody(site, page, enter, cast):
    enter(cast.administrator)

    assert faults(page, [f"{site}/nothing-here/"]) == []


def test_first_stop_of_the_keyboard_leads_past_the_header(style_page, page):
    page.goto(style_page)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_nothing_is_refused_by_the_content_policy(site, style_page, page):
    refused = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    for address in (style_page, f"{site}/account/login/"):
        page.goto(address)

    assert refused == []


def test_menu_of_the_person_closes_with_escape_and_gives_the_focus_back(site, page, enter, cast):
    enter(cast.administrator)
    page.goto(f"{site}/account/password/change/")
    menu = page.locator(".account-menu")
    menu.locator("summary").click()
    expect(page.get_by_role("button", name="End safely")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="End safely")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_steps_ask_one_question_a_screen_and_going_back_loses_nothing(style_page, page):
    page.set_viewport_size(PHONE)
    page.goto(style_page)
    form = page.locator("form[data-steps]")
    expect(form.locator("legend:visible")).to_have_text("Did the visit happen?")

    form.get_by_text("Yes", exact=True).click()
    expect(form.locator("legend:visible")).to_have_text("How long were you there?")
    expect(form.locator("legend:visible")).to_be_focused()
    expect(form.get_by_text("Step 2 of 3")).to_be_visible()

    form.get_by_role("button", name="Back").click()
    expect(form.locator("legend:visible")).to_have_text("Did the visit happen?")
    expect(form.get_by_label("Yes", exact=True)).to_be_checked()

    page.go_forward()
    form.get_by_text("Longer", exact=True).click()
    expect(form.get_by_role("button", name="Send")).to_be_visible()
    page.go_back()
    expect(form.get_by_label("Longer", exact=True)).to_be_checked()


def test_arrow_keys_walk_through_the_answers_without_moving_on(style_page, page):
    page.goto(style_page)
    form = page.locator("form[data-steps]")
    form.get_by_label("Yes", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(form.get_by_label("No", exact=True)).to_be_checked()

    page.keyboard.press("Enter")

    expect(form.locator("legend:visible")).to_have_text("How long were you there?")


def test_draft_is_kept_while_somebody_writes_and_the_page_says_when(style_page, page):
    page.goto(style_page)
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_label("What happened").fill("We read the blue book.")
    fields = parse_qs(sent.value.post_data)

    assert fields["note"] == ["We read the blue book."]
    assert fields["csrfmiddlewaretoken"]
    expect(page.locator("[data-draft-note]")).to_have_text(re.compile(r"^Draft kept \d\d:\d\d$"))


def test_draft_that_could_not_be_kept_is_said(style_page, page):
    page.goto(style_page)
    page.context.set_offline(True)
    page.get_by_label("What happened").fill("We read the blue book.")

    expect(page.locator("[data-draft-note]")).to_have_text("This draft is not kept yet. Stay on this page.")


def test_room_left_is_said_near_the_end_only(style_page, page):
    page.goto(style_page)
    page.get_by_label("What happened").fill("a" * 100)
    expect(page.get_by_text("characters left")).to_have_count(0)

    page.get_by_label("What happened").fill("a" * 190)

    expect(page.get_by_text("10 characters left")).to_be_visible()


def test_leaving_with_unsaved_words_asks_first(style_page, page):
    page.goto(style_page)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_label("What happened").press_sequentially("We read")
    page.close(run_before_unload=True)
    page.wait_for_event("dialog") if not asked else None

    assert asked == ["beforeunload"]


def test_refused_form_moves_to_the_summary_and_the_summary_to_the_field(style_page, page):
    page.goto(style_page)
    page.get_by_role("button", name="Save this visit").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()

    summary.get_by_role("link", name=re.compile("Day of the visit")).click()

    expect(page.get_by_label("Day of the visit")).to_be_focused()


def test_message_is_announced_and_can_be_put_away(site, page, enter, cast):
    enter(cast.administrator)
    page.goto(site + reverse("access:account"))
    page.get_by_role("button", name="Save").click()
    message = page.get_by_role("status").locator(".toast")
    expect(message).to_be_visible()

    message.get_by_role("button", name="Hide").click()

    expect(message).to_have_count(0)


def test_without_script_the_whole_form_is_on_one_page(style_page, browser):
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(style_page)

    expect(page.locator("form[data-steps] legend:visible")).to_have_count(3)
    expect(page.locator("form[data-steps]").get_by_role("button", name="Send")).to_be_visible()
    page.context.close()


def test_on_paper_there_are_no_controls(style_page, page):
    page.goto(style_page)
    page.emulate_media(media="print")

    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator(".page-head .button")).to_be_hidden()
    expect(page.locator(".voices")).to_be_visible()

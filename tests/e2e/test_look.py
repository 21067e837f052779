"""The look in a real browser: nobody is shut out, nothing spills over, and script only adds."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.test_every_page import faults_of

PHONE, DESK = 360, 1280


@pytest.fixture
def style_page(settings, open_as):
    """The page of all parts, which is there only while debugging."""
    settings.DEBUG = True

    def opened(width: int = DESK, **options):
        page = open_as(width=width, **options)
        page.goto("/style/")
        return page

    return opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_can_be_used_by_everybody(style_page, scheme):
    assert faults_of(style_page(color_scheme=scheme)) == []


def test_pages_at_the_door_can_be_used_by_everybody(db, open_as):
    page = open_as()
    found = []
    for address in ["login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/", "inactive/"]:
        page.goto(f"/account/{address}")
        assert page.url.endswith(address)
        found += [f"{address}: {fault}" for fault in faults_of(page)]

    assert found == []


def test_pages_about_signing_in_can_be_used_by_everybody(people, open_as):
    page = open_as(people.administrator)
    found = []
    for address in ["email/", "password/change/", "2fa/", "sessions/", "logout/"]:
        page.goto(f"/account/{address}")
        assert page.url.endswith(address)
        found += [f"{address}: {fault}" for fault in faults_of(page)]

    assert found == []


def test_missing_page_can_be_used_by_everybody(people, open_as):
    page = open_as(people.administrator)
    page.goto("/nothing-here/")
    page.expected_faults.clear()  # the browser notes the 404 on its console

    assert faults_of(page) == []


def test_first_stop_of_the_keyboard_leads_past_the_header(style_page):
    page = style_page()
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("#main")).to_be_focused()


def test_menu_of_the_person_closes_with_escape_and_gives_the_focus_back(people, open_as):
    page = open_as(people.administrator)
    page.goto("/account/password/change/")
    menu = page.locator(".account-menu")
    menu.locator("summary").click()
    expect(page.get_by_role("button", name="End safely")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="End safely")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_steps_ask_one_question_a_screen_and_going_back_loses_nothing(style_page):
    page = style_page(PHONE)
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


def test_arrow_keys_walk_through_the_answers_without_moving_on(style_page):
    page = style_page()
    form = page.locator("form[data-steps]")
    form.get_by_label("Yes", exact=True).focus()
    page.keyboard.press("ArrowDown")
    expect(form.get_by_label("No", exact=True)).to_be_checked()

    page.keyboard.press("Enter")

    expect(form.locator("legend:visible")).to_have_text("How long were you there?")


def test_draft_is_kept_while_somebody_writes_and_the_page_says_when(style_page):
    page = style_page()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_label("What happened").fill("We read the blue book.")
    fields = parse_qs(sent.value.post_data)

    assert fields["note"] == ["We read the blue book."]
    assert fields["csrfmiddlewaretoken"]
    expect(page.locator("[data-draft-note]")).to_have_text(re.compile(r"^Draft kept \d\d:\d\d$"))


def test_draft_that_could_not_be_kept_is_said(style_page):
    page = style_page()
    page.context.set_offline(True)
    page.get_by_label("What happened").fill("We read the blue book.")

    expect(page.locator("[data-draft-note]")).to_have_text("This draft is not kept yet. Stay on this page.")
    page.expected_faults.clear()  # the browser notes the lost connection on its console


def test_room_left_is_said_near_the_end_only(style_page):
    page = style_page()
    page.get_by_label("What happened").fill("a" * 100)
    expect(page.get_by_text("characters left")).to_have_count(0)

    page.get_by_label("What happened").fill("a" * 190)

    expect(page.get_by_text("10 characters left")).to_be_visible()


def test_leaving_with_unsaved_words_asks_first(style_page):
    page = style_page()
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    words = page.get_by_label("What happened")
    words.press_sequentially("We read")
    with page.expect_event("dialog"):
        page.locator("a[href='/']").first.click()

    assert asked == ["beforeunload"]
    assert page.url.endswith("/style/")
    expect(words).to_have_value("We read")


def test_refused_form_moves_to_the_summary_and_the_summary_to_the_field(style_page):
    page = style_page()
    page.get_by_role("button", name="Save this visit").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()

    summary.get_by_role("link", name=re.compile("Day of the visit")).click()

    expect(page.get_by_label("Day of the visit")).to_be_focused()


def test_message_is_announced_and_can_be_put_away(people, open_as):
    page = open_as(people.administrator)
    page.goto(reverse("access:account"))
    page.get_by_role("button", name="Save").click()
    message = page.get_by_role("status").locator(".toast")
    expect(message).to_be_visible()

    message.get_by_role("button", name="Hide").click()

    expect(message).to_have_count(0)


def test_without_script_the_whole_form_is_on_one_page(style_page):
    page = style_page(java_script_enabled=False)

    expect(page.locator("form[data-steps] legend:visible")).to_have_count(3)
    expect(page.locator("form[data-steps]").get_by_role("button", name="Send")).to_be_visible()


def test_on_paper_there_are_no_controls(style_page):
    page = style_page()
    page.emulate_media(media="print")

    expect(page.locator(".site-header")).to_be_hidden()
    expect(page.locator(".page-head .button")).to_be_hidden()
    expect(page.locator(".voices")).to_be_visible()

"""A volunteer checks in on a phone: five taps, back loses nothing, with and without script, signal or sight."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from betterstart.lexicon.models import Feeling, FeelingWord
from families.models import Draft
from tests import factories
from tests.e2e.conftest import told, violations
from volunteers.models import CallRequest, CheckIn

PHONE = {"width": 360, "height": 740, "has_touch": True, "is_mobile": True}
SENT = re.compile(r"/my-visits/check-ins/\d+/sent/$")
SMALL_TARGETS = """() => [...document.querySelectorAll(
    "[data-screen]:not([hidden]) .choice, .steps-foot button")].map(target => [target, target.getBoundingClientRect()])
    .filter(([_, box]) => (box.width || box.height) && (box.width < 48 || box.height < 48))
    .map(([target, box]) => `${target.innerText} is ${box.width} by ${box.height}`)"""
LONG_NAME = "Wilhelmina Featherstonehaugh-Cholmondeley of the Upper Valley"


class Thumb:
    """A thumb that taps what it sees, and counts."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps = page, 0

    def tap(self, target: Locator) -> None:
        target.tap()
        self.taps += 1

    def answer(self, name: str, value: str) -> None:
        self.tap(self.page.locator(f"label.choice:has(input[name={name}][value='{value}'])"))

    def press(self, words: str) -> None:
        self.tap(self.page.get_by_role("button", name=words, exact=True))


def planned_visit(people: Any, **fields: Any) -> Any:
    return factories.visit(people.family, people.volunteer, days_ago=1, state="planned", **fields)


def open_check_in(people: Any, open_as: Any, **options: Any) -> Thumb:
    visit = planned_visit(people)
    page = open_as(people.volunteer, **{**PHONE, **options})
    page.goto(f"/my-visits/{visit.uuid}/check-in/")
    return Thumb(page)


def shown(page: Page) -> str:
    """Which screen one is on."""
    return page.locator("[data-screen]:not([hidden])").get_attribute("data-screen")


def test_ordinary_check_in_takes_five_taps_and_sending_is_one_of_them(people, open_as):
    thumb = open_check_in(people, open_as)

    thumb.answer("happened", "as_planned")
    thumb.answer("feelings", "hopeful")
    thumb.answer("heaviness", "1")
    thumb.answer("worry", "no")
    thumb.press("Send")

    expect(thumb.page).to_have_url(SENT)
    expect(thumb.page.locator("h1")).to_have_text("Thank you, Vera")
    assert thumb.taps == 5
    check_in = CheckIn.objects.get()
    assert (check_in.my_impression, check_in.heaviness, check_in.worry) == (["hopeful"], 1, "no")
    assert (check_in.visit.state, check_in.visit.duration_minutes) == ("checked_in", 120)


def test_each_of_the_five_screens_takes_one_tap(people, open_as):
    thumb = open_check_in(people, open_as)
    screens = []
    for name, value in [
        ("happened", "yes"),
        ("length", "90"),
        ("feelings", "calm"),
        ("heaviness", "0"),
        ("worry", "no"),
    ]:
        screens.append(shown(thumb.page))
        thumb.answer(name, value)
        expect(thumb.page.locator(f"[data-screen={screens[-1]}]")).to_be_hidden()

    assert screens == ["met", "length", "them", "me", "worry"]
    assert thumb.taps == 5
    expect(thumb.page.locator("text=Ready to send")).to_be_visible()
    thumb.tap(thumb.page.locator("summary", has_text="Add what you did together"))
    thumb.page.locator("#id_what_happened").fill("We baked bread.")
    thumb.press("Send")
    expect(thumb.page).to_have_url(SENT)
    visit = CheckIn.objects.get().visit
    assert (visit.duration_minutes, visit.what_happened) == (90, "We baked bread.")


def test_back_loses_nothing_by_the_page_and_by_the_phone(people, open_as):
    thumb = open_check_in(people, open_as)
    page = thumb.page
    thumb.answer("happened", "as_planned")
    thumb.answer("feelings", "tired")
    thumb.answer("heaviness", "3")
    expect(page.locator("[data-screen=worry]")).to_be_visible()

    page.go_back()
    expect(page.locator("[data-screen=me]")).to_be_visible()
    expect(page.locator("[data-for-them]")).to_contain_text("tired")
    thumb.press("Back")
    expect(page.locator("[data-screen=them]")).to_be_visible()
    for name, value in [("happened", "as_planned"), ("feelings", "tired"), ("heaviness", "3")]:
        expect(page.locator(f"input[name={name}][value='{value}']")).to_be_checked()


def test_a_second_word_is_added_and_a_fourth_is_not(people, open_as):
    thumb = open_check_in(people, open_as)
    page = thumb.page
    thumb.answer("happened", "as_planned")
    thumb.answer("feelings", "tired")
    thumb.press("Add a word")
    for word in ("hopeful", "proud", "calm"):
        thumb.answer("feelings", word)

    expect(page.locator("text=Up to three")).to_be_visible()
    expect(page.locator("input[name=feelings]:checked")).to_have_count(3)
    thumb.press("Next")
    expect(page.locator("[data-for-them]")).to_contain_text("hopeful, proud, tired")


def test_worry_opens_what_to_do_and_stays_until_the_person_moves_on(people, open_as):
    thumb = open_check_in(people, open_as)
    page = thumb.page
    thumb.answer("happened", "as_planned")
    expect(page.locator("[data-screen=them]")).to_be_visible()
    thumb.press("Next")
    expect(page.locator("[data-screen=me]")).to_be_visible()
    thumb.press("Next")
    thumb.answer("worry", "yes")

    expect(page.locator("[data-worried]")).to_contain_text("999")
    page.locator("#id_worry_words").fill("She went quiet.")
    thumb.press("Next")
    thumb.tap(page.locator("label.choice:has(input[name=wants_call])"))
    thumb.press("Send")

    expect(page.locator("main")).to_contain_text("Carys Coordinator sees it first thing")
    check_in = CheckIn.objects.get()
    assert (check_in.worry, check_in.worry_words, check_in.my_impression) == ("yes", "She went quiet.", [])
    assert CallRequest.objects.get().check_in == check_in


def test_visit_that_did_not_happen_skips_what_does_not_apply(people, open_as):
    thumb = open_check_in(people, open_as)
    thumb.answer("happened", "no")
    expect(thumb.page.locator("[data-screen=why]")).to_be_visible()
    thumb.answer("reason", "family_not_available")
    thumb.press("Next")
    expect(thumb.page.locator("[data-screen=me]")).to_be_visible()
    thumb.press("Next")
    thumb.answer("worry", "no")
    thumb.press("Send")

    expect(thumb.page).to_have_url(SENT)
    assert CheckIn.objects.get().visit.not_delivered_reason == "family_not_available"


def test_double_tap_on_send_gives_one_row(people, open_as):
    thumb = open_check_in(people, open_as)
    thumb.answer("happened", "as_planned")
    thumb.answer("feelings", "calm")
    thumb.answer("heaviness", "1")
    thumb.answer("worry", "no")
    thumb.page.get_by_role("button", name="Send", exact=True).dblclick()

    expect(thumb.page).to_have_url(SENT)
    assert CheckIn.objects.count() == 1


def test_no_signal_keeps_everything_on_the_page_until_there_is_one(people, open_as):
    thumb = open_check_in(people, open_as)
    page = thumb.page
    thumb.answer("happened", "as_planned")
    thumb.answer("feelings", "calm")
    thumb.answer("heaviness", "1")
    thumb.answer("worry", "no")
    page.context.set_offline(True)
    thumb.press("Send")
    expect(page.locator("[data-problem]")).to_contain_text("There is no signal")
    assert not CheckIn.objects.exists()

    page.context.set_offline(False)
    page.expected_faults.clear()  # the browser notes on its console that the draft could not be kept
    thumb.press("Send")
    expect(page).to_have_url(SENT)


def test_half_a_check_in_is_there_when_one_comes_back(people, open_as):
    thumb = open_check_in(people, open_as)
    page = thumb.page
    with page.expect_response(lambda answer: "/drafts/" in answer.url and answer.status == 204):
        thumb.answer("happened", "as_planned")
        thumb.answer("feelings", "grateful")

    page.reload()

    expect(page.locator("main")).to_contain_text("Here is what you began")
    expect(page.locator("input[name=feelings][value=grateful]")).to_be_checked()
    assert Draft.objects.get().user == people.volunteer


def test_refused_answer_comes_back_on_its_own_screen_with_everything_kept(people, open_as):
    thumb = open_check_in(people, open_as)
    page = thumb.page
    thumb.answer("happened", "yes")
    page.locator("#id_day").fill("2020-01-01")
    thumb.answer("length", "60")
    thumb.answer("feelings", "calm")
    thumb.answer("heaviness", "2")
    thumb.answer("worry", "no")
    thumb.press("Send")

    expect(page.locator(".error-summary")).to_be_visible()
    page.expected_faults[:] = [fault for fault in page.expected_faults if "422" not in fault]
    assert shown(page) == "length"
    for name, value in [("length", "60"), ("feelings", "calm"), ("heaviness", "2"), ("worry", "no")]:
        expect(page.locator(f"input[name={name}][value='{value}']")).to_be_checked()


def test_keyboard_walks_through_answers_without_being_moved_on(people, open_as):
    thumb = open_check_in(people, open_as, has_touch=False, is_mobile=False)
    page = thumb.page
    page.locator("input[name=happened]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=happened][value=no]")).to_be_checked()
    assert shown(page) == "met"

    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("[data-screen=them]")).to_be_visible()


def test_without_script_it_is_one_page_that_works(people, open_as):
    thumb = open_check_in(people, open_as, java_script_enabled=False)
    page = thumb.page
    page.locator("input[name=happened][value=as_planned]").check()
    page.locator("input[name=feelings][value=proud]").check()
    page.locator("input[name=family_chose]").check()
    page.locator("input[name=heaviness][value='2']").check(force=True)
    page.locator("input[name=worry][value=not_sure]").check()
    page.get_by_role("button", name="Send", exact=True).click()

    expect(page.locator("h1")).to_have_text("Thank you, Vera")
    assert CheckIn.objects.get().family_said == ["proud"]


@pytest.fixture
def urdu(people):
    """A family with a long name and one in Urdu, and long words for a feeling, as a translator may give them."""
    people.family.name = f"{LONG_NAME} · خاندان ثمینہ اختر"
    people.family.save()
    people.volunteer.language = "ur"
    people.volunteer.save()
    word = FeelingWord.objects.create(
        feeling=Feeling.objects.get(key="overwhelmed"),
        language="ur",
        word="بہت زیادہ بوجھ تلے دبا ہوا محسوس کرنا اور سمجھ نہ آنا",
        status="reviewed",
        translator="A",
        reviewer="B",
    )
    yield people
    word.delete()


@pytest.mark.parametrize("right_to_left", [False, True])
def test_every_screen_fits_a_small_phone_with_large_targets_and_no_fault(people, urdu, open_as, right_to_left):
    thumb = open_check_in(people, open_as)
    page = thumb.page
    if right_to_left:
        page.evaluate("document.documentElement.dir = 'rtl'")
    problems = faults_of(page)
    for name, value in [
        ("happened", "yes"),
        ("length", "60"),
        ("feelings", "overwhelmed"),
        ("heaviness", "4"),
        ("worry", "yes"),
    ]:
        screen = shown(page)
        thumb.answer(name, value)
        if name == "worry":
            thumb.press("Next")
        expect(page.locator(f"[data-screen={screen}]")).to_be_hidden()
        problems += faults_of(page)

    assert not problems


def faults_of(page: Page) -> list[str]:
    screen, found = shown(page), []
    for width in (320, 360):
        page.set_viewport_size({"width": width, "height": PHONE["height"]})
        wide = page.evaluate("document.documentElement.scrollWidth")
        found += [f"scrolls sideways: {wide}"] if wide > width else []
        found += [f"small: {target}" for target in page.evaluate(SMALL_TARGETS)]
        found += told(violations(page))
    return [f"{screen} {fault}" for fault in found]

"""The whole job by several people: a family comes in, a volunteer visits it and says how it was, and that is heard."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

from django.utils import timezone
from playwright.sync_api import Page, expect

from families.models import Family, SupportState, Visit, VisitState
from tests import factories
from volunteers.models import CheckIn

LINE = "We laughed so much that the baby joined in."


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def register(page: Page) -> Family:
    """A coordinator takes in a family with one child."""
    page.goto("/families/new/")
    page.fill("[name=carer_name]", "Dorota Żak")
    page.fill("[name=child-0-display_name]", "Maja")
    page.fill("[name=child-0-due_date]", (timezone.localdate() + dt.timedelta(weeks=8)).isoformat())
    page.fill("[name=first_wish]", "Somebody to talk with.")
    page.locator("[name=service]").first.check(force=True)
    press(page, "Register this family")
    expect(page.locator("h1")).to_contain_text("Dorota")
    return Family.objects.get(name="Dorota")


def match_and_plan(page: Page, family: Family, people: SimpleNamespace) -> Visit:
    page.goto(f"/families/{family.uuid}/match/")
    page.get_by_label(re.compile("Wilf Othervolunteer")).check(force=True)
    page.fill("[name=started_on]", (timezone.localdate() - dt.timedelta(days=7)).isoformat())
    press(page, "Bring them together")
    expect(page.locator(".toast")).to_contain_text("can now see this family")

    page.goto(f"/families/{family.reference}/visits/plan/")
    page.fill("[name=day]", (timezone.localdate() + dt.timedelta(days=1)).isoformat())
    page.fill("[name=time]", "10:00")
    page.get_by_label(people.other_volunteer.display_name).check(force=True)
    press(page, "Plan it")
    expect(page.locator(".toast")).to_contain_text("Planned: Dorota")
    return Visit.objects.get(family=family)


def a_day_later(visit: Visit) -> None:
    """The planned visit is over: its time lies behind us."""
    start = timezone.now() - dt.timedelta(hours=3)
    Visit.objects.filter(pk=visit.pk).update(planned_start=start, planned_end=start + dt.timedelta(hours=1))


def tap(page: Page, name: str, value: str) -> None:
    page.locator(f"label:has([name={name}][value='{value}'])").tap()


def check_in(page: Page, visit: Visit, first_name: str = "Wilf") -> None:
    """Five taps, and one line to share."""
    page.goto("/my-visits/")
    page.locator("a", has_text="How was your last visit").tap()
    tap(page, "happened", "as_planned")
    expect(page.locator("[data-screen=them]")).to_be_visible()
    tap(page, "feelings", "hopeful")
    expect(page.locator("[data-screen=me]")).to_be_visible()
    tap(page, "heaviness", "1")
    expect(page.locator("[data-screen=worry]")).to_be_visible()
    tap(page, "worry", "not_sure")
    page.get_by_role("button", name="Next").tap()
    page.locator("summary", has_text="Say it in your own words").tap()
    page.fill("[name=line_to_share]", LINE)
    page.locator("[name=may_share_line]").check()
    page.get_by_role("button", name="Send", exact=True).tap()
    expect(page.locator("h1")).to_contain_text(f"Thank you, {first_name}")


def test_family_is_taken_in_visited_told_about_and_heard(people, open_as):
    coordinator = open_as(people.coordinator)
    family = register(coordinator)
    family.supports.update(state=SupportState.WAITING, accepted_on=timezone.localdate() - dt.timedelta(days=7))
    visit = match_and_plan(coordinator, family, people)

    volunteer = open_as(people.other_volunteer, width=360, has_touch=True)
    volunteer.goto("/my-visits/")
    expect(volunteer.locator("main")).to_contain_text("Dorota")
    a_day_later(visit)
    check_in(volunteer, visit)
    told = CheckIn.objects.get(visit=visit)
    assert (told.worry, told.line_to_share, told.may_share_line) == ("not_sure", LINE, True)

    coordinator.goto("/today/")
    first = coordinator.locator(".need").first
    expect(first).to_contain_text("Not sure, talk to me")
    first.locator("a.button").click()
    expect(coordinator.locator("main")).to_contain_text(LINE)
    coordinator.fill("[name=words]", "Thank you. What made you unsure?")
    press(coordinator, "Send as a question")
    expect(coordinator.locator(".talk")).to_contain_text("What made you unsure?")
    coordinator.fill("[name=words]", "Let us talk at four.")
    press(coordinator, "Mark as read")
    expect(coordinator.locator("main")).to_contain_text("Marked as read")

    volunteer.goto("/my-visits/")
    expect(volunteer.locator("main")).to_contain_text("What made you unsure?")


def test_volunteer_checks_in_without_script(people, open_as):
    visit = factories.visit(people.family, people.volunteer, days_ago=1, state=VisitState.PLANNED)
    page = open_as(people.volunteer, width=360, java_script_enabled=False)
    page.goto(f"/my-visits/{visit.uuid}/check-in/")
    page.locator("[name=happened][value=as_planned]").check(force=True)
    press(page, "Send")
    expect(page.locator(".error-summary")).to_contain_text("Choose one of the three answers")
    page.locator("[name=worry][value=no]").check(force=True)
    press(page, "Send")

    expect(page.locator("h1")).to_contain_text("Thank you, Vera")
    visit.refresh_from_db()
    assert visit.state == VisitState.CHECKED_IN
    faults = page.expected_faults
    faults[:] = [fault for fault in faults if "422" not in fault]

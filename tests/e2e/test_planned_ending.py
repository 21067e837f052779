"""One family from a public referral to the word some weeks after a planned ending; only visits are logged by action."""

from __future__ import annotations

import datetime as dt
import re
from types import SimpleNamespace

from django.utils import timezone
from playwright.sync_api import Page, expect

from betterstart.access.models import Service
from betterstart.clock import london_today
from families.actions.visit import log_visit
from families.models import FollowUp, Support
from tests import factories
from tests.e2e.conftest import told, violations
from tests.e2e.test_referral import accept, ask_for_a_family


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def visited(people: SimpleNamespace, support: Support, purpose: str, days_ago: float) -> None:
    start = timezone.now() - dt.timedelta(days=days_ago, hours=2)
    worker = people.coordinator if purpose == "initial" else people.other_volunteer
    log_visit(
        by=people.coordinator,
        support=support,
        worker=worker,
        actual_start=start,
        duration_minutes=60,
        purpose=purpose,
        kinds_of_support=["play"],
    )


def move(page: Page, support: Support, name: str, **fields: str) -> None:
    """A coordinator says that the next thing has happened."""
    page.goto(f"/families/{support.family.reference}/supports/{support.pk}/")
    page.get_by_role("link", name=name).click()
    for field, value in fields.items():
        page.fill(f"[name={field}]", value)
    press(page, name)
    expect(page.locator(".toast")).to_be_visible()


def from_referral_to_active(people: SimpleNamespace, service: Service, referrer: Page, page: Page) -> Support:
    """Asked for in public, accepted, known, waiting, matched, introduced, visited. The weeks between go by at once."""
    ask_for_a_family(referrer, service.pk)
    support = accept(page, "Dorota Żak").supports.get()
    began = london_today() - dt.timedelta(weeks=12)
    Support.objects.filter(pk=support.pk).update(accepted_on=began)
    visited(people, support, "initial", 80)
    today = london_today().isoformat()
    factories.need(support.family)
    move(page, support, "Ready for a volunteer", agreed_on=today, home_safety_on=today)
    page.goto(f"/families/{support.family.uuid}/match/")
    page.get_by_label(re.compile(people.other_volunteer.display_name)).check(force=True)
    page.fill("[name=started_on]", began.isoformat())
    press(page, "Bring them together")
    visited(people, support, "introduction", 70)
    move(page, support, "The support starts")
    visited(people, support, "ordinary", 7)
    return support


def the_last_day_has_come(people: SimpleNamespace, support: Support) -> None:
    Support.objects.filter(pk=support.pk).update(ending_on=london_today())
    support.refresh_from_db()
    visited(people, support, "last", 0.1)


def test_family_is_referred_supported_parted_with_step_by_step_and_asked_weeks_later(people, home, open_as):
    page = open_as(people.coordinator)
    support = from_referral_to_active(people, home, open_as(width=360), page)
    url = f"/families/{support.family.reference}/supports/{support.pk}/"

    page.goto(url)
    page.get_by_role("link", name="Plan the ending").click()
    page.get_by_label("The family reached what it wanted").check(force=True)
    press(page, "Agree this day")
    expect(page.locator("[aria-current=step]")).to_contain_text("Visits with more time between them")

    page.get_by_role("link", name="Plan them").click()
    press(page, "Plan these visits")
    expect(page.locator(".toast")).to_contain_text("visits are planned")
    expect(page.locator("[aria-current=step]")).to_contain_text("The last visit")
    expect(page.get_by_text("The last visit has not been logged yet.")).to_be_visible()

    the_last_day_has_come(people, support)
    page.goto(f"{url}ending/steps/scores/")
    page.get_by_label("The family preferred not to").check(force=True)
    press(page, "Save")
    page.goto(f"{url}ending/steps/letter/")
    page.get_by_label("It is written, and will be given").check(force=True)
    press(page, "Save")
    page.get_by_role("link", name="Print the letter").click()
    expect(page.locator(".sheet")).to_contain_text("Dear Dorota Żak,")
    page.emulate_media(media="print")
    expect(page.locator(".site-header")).to_be_hidden()
    page.emulate_media(media="screen")
    assert told(violations(page)) == []

    page.goto(f"{url}ending/")
    page.get_by_role("link", name="End as planned").click()
    press(page, "End as planned")
    expect(page.locator(".toast")).to_contain_text("Ended as planned")

    ended = london_today() - dt.timedelta(weeks=7)
    Support.objects.filter(pk=support.pk).update(ended_on=ended)
    page.goto("/today/")
    page.get_by_role("link", name="Ask them").first.click()
    page.get_by_label("We spoke").check(force=True)
    page.get_by_label("What did they say?").fill("We go to the library on our own now.")
    press(page, "Save")
    expect(page.locator("main")).to_contain_text("We go to the library on our own now.")
    assert FollowUp.objects.get().outcome == "made"

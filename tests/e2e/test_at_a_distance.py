"""What a manager reads, and how a safeguarding lead comes to a record: three people, three browsers."""

from __future__ import annotations

import re

from django.utils import timezone
from playwright.sync_api import Page, expect

from betterstart.audit.models import AuditEvent
from families.models import BreakGlass, VisitState
from tests import factories
from volunteers.models import CheckIn

LINE = "We laughed so much that the baby joined in."
REASON = "A health visitor rang me about this family this morning."


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def refusals_are_no_faults(page: Page) -> None:
    faults = page.expected_faults  # type: ignore[attr-defined]
    faults[:] = [fault for fault in faults if not re.search("status of 40[34]", fault)]


def test_manager_reads_numbers_beside_words_and_opens_no_family(people, open_as):
    for days_ago in range(1, 7):
        visit = factories.visit(people.family, people.volunteer, days_ago=days_ago, state=VisitState.SEEN)
        told = factories.check_in(visit, seen_at=timezone.now(), seen_by=people.coordinator)
    CheckIn.objects.filter(pk=told.pk).update(line_to_share=LINE, may_share_line=True)
    page = open_as(people.manager)
    page.goto("/two-languages/")

    numbers, words = page.locator(".voice").first.bounding_box(), page.locator(".voice.people").bounding_box()
    assert numbers["y"] == words["y"]
    assert abs(numbers["width"] - words["width"]) <= 1
    expect(page.locator(".voice.people")).to_contain_text(LINE)
    expect(page.locator("main")).not_to_contain_text(people.family.name)
    for path in (f"/families/{people.family.reference}/", f"/visits/{visit.uuid}/", f"/check-ins/{told.pk}/"):
        assert page.goto(path).status in {403, 404}
        assert people.family.name not in page.inner_text("main")
    refusals_are_no_faults(page)


def test_lead_opens_a_record_with_a_reason_and_the_coordinator_sees_who_did(people, open_as):
    lead = open_as(people.lead)
    lead.goto("/records/open/")
    lead.fill("[name=reference]", people.family.reference)
    lead.fill("[name=reason]", REASON)
    press(lead, "Open it for an hour")
    expect(lead.locator("h1")).to_contain_text("Amina")
    expect(lead.locator(".banner.warn").first).to_contain_text("outside your own work")

    coordinator = open_as(people.coordinator)
    coordinator.goto(f"/families/{people.family.reference}/")
    section = coordinator.locator("section", has=coordinator.locator("#openings"))
    expect(section.last).to_contain_text("Sam Safeguarding")
    expect(section.last).to_contain_text(REASON)

    press(lead, "Close it now")
    assert lead.goto(f"/families/{people.family.reference}/").status == 404
    assert BreakGlass.objects.get().user == people.lead
    assert AuditEvent.objects.filter(actor_id=people.lead.pk, reason=REASON).exists()
    refusals_are_no_faults(lead)

"""Somebody asks to volunteer, is met, vouched for, prepared, asked about a family, introduced, and checks in."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Page, expect

from betterstart.access.models import User
from betterstart.clock import london_today
from betterstart.reminders.models import Message
from families.actions.visit import log_visit
from families.models import Visit, VisitPurpose
from tests import evidencing, factories
from tests.e2e.conftest import told, violations
from tests.e2e.test_main_job import a_day_later, check_in
from volunteers.actions.dbs import ask_for_dbs, see_certificate
from volunteers.actions.training import give_places, mark_attendance
from volunteers.models import Match, Reference, Volunteer
from volunteers.models.agreement import NEEDED_AGREEMENTS
from volunteers.views import enquiry

CHOSEN = "we walk to the park on fridays"


@pytest.fixture(autouse=True)
def unhurried(monkeypatch):
    """Tests type faster than people do."""
    monkeypatch.setattr(enquiry, "FASTEST_SECONDS", -1)


def send(page: Page, *, button: str = "") -> None:
    """Press a button of the page: the one with this name, or the first of its form that is seen."""
    if button:
        page.get_by_role("button", name=button).first.click()
    else:
        page.locator("main form button[type=submit]:not(.for-readers)").first.click()
    page.wait_for_load_state()


def link_in(text: str) -> str:
    return re.search(r"/(?:link|invitation)/[\w-]+/", text)[0]


def asks_and_applies(page: Page) -> Volunteer:
    """On a phone, without an account."""
    page.goto("/volunteer-with-us/")
    page.fill("[name=name]", "Hafsa Mirza")
    page.fill("[name=email]", "hafsa@example.org")
    send(page, button="Get in touch with me")
    page.get_by_role("link", name="Go straight on").click()
    page.fill("[name=date_of_birth]", "4/8/1990")
    page.fill("[name=lines]", "12 Park View")
    page.fill("[name=postcode]", "BD7 2AA")
    page.locator("[name=languages][value=en]").check(force=True)
    send(page, button="Go on")
    page.fill("[name=why]", "I had nobody when mine were small.")
    page.fill("[name=availability]", "Tuesday mornings")
    send(page, button="Go on")
    for number, name in ((1, "Jean"), (2, "Bilal")):
        page.fill(f"[name=name_{number}]", name)
        page.fill(f"[name=email_{number}]", f"{name.lower()}@example.org")
        page.fill(f"[name=relation_{number}]", "We worked together")
    send(page, button="Go on")
    page.locator("[name=dbs]").check(force=True)
    page.locator("[name=privacy]").check(force=True)
    send(page, button="Go on")
    expect(page.locator("h1")).to_contain_text("Read it once more")
    assert told(violations(page)) == []
    send(page, button="Send")
    return Volunteer.objects.get(email="hafsa@example.org")


def is_met(page: Page, volunteer: Volunteer) -> None:
    page.goto("/volunteers/on-their-way/")
    expect(page.locator("main")).to_contain_text("Hafsa Mirza")
    page.goto(f"/volunteers/{volunteer.pk}/interview/")
    page.fill("[name=notes]", "She listens. We laughed.")
    page.locator("[name=outcome][value=go_on]").check(force=True)
    send(page)
    volunteer.refresh_from_db()
    assert volunteer.state == "checking"


def is_vouched_for(page: Page, open_as, volunteer: Volunteer) -> None:
    """Each referee answers by a link of their own, once."""
    for reference in Reference.objects.filter(volunteer=volunteer):
        page.goto(f"/references/{reference.pk}/")
        send(page, button="Ask")
        letter = Message.objects.filter(to=reference.email).latest("pk")
        referee = open_as(width=360)
        referee.goto(link_in(letter.body))
        referee.fill("[name=how_known]", "We worked together for years.")
        referee.fill("[name=known_since]", "2015")
        referee.locator("[name=trust][value=yes]").check(force=True)
        send(referee, button="Send")
        referee.context.close()
        page.goto(f"/references/{reference.pk}/")
        expect(page.locator("main")).to_contain_text("We worked together for years.")
        page.locator("[name=judgement][value=satisfactory]").check(force=True)
        send(page, button="Keep it")


def is_checked_and_taught(by: User, volunteer: Volunteer) -> None:
    """The months between, by the actions of the pages: the DBS check, and both courses."""
    today = london_today()
    check = ask_for_dbs(by=by, volunteer=volunteer, consented_on=today, asked_on=today)
    see_certificate(by=by, check=check, certificate_number="001234567890", issued_on=today, result="clear")
    for kind in ("preparation", "safeguarding"):
        session = evidencing.course(volunteer.organisation, by, kind)
        give_places(by=by, run=session.run, volunteers=[volunteer])
        mark_attendance(by=by, run=session.run, was=[], now=[(session.pk, volunteer.pk)])
    volunteer.refresh_from_db()
    assert volunteer.state == "preparing"


def joins(page: Page, phone: Page, volunteer: Volunteer) -> None:
    """An account by invitation, and the agreements signed on the phone."""
    mail.outbox.clear()
    page.goto(f"/volunteers/{volunteer.pk}/")
    send(page, button="Invite")
    phone.goto(link_in(mail.outbox[-1].body))
    phone.fill("[name=password]", CHOSEN)
    phone.fill("[name=password_again]", CHOSEN)
    send(phone)
    for kind in NEEDED_AGREEMENTS:
        phone.goto(f"/my-visits/agreements/{kind}/")
        phone.locator("main form input[type=checkbox]").check(force=True)
        send(phone, button="Sign")
    phone.goto("/my-visits/checks/")
    assert told(violations(phone)) == []


def is_brought_together(page: Page, phone: Page, people, volunteer: Volunteer) -> Match:
    """Chosen with a reason, asked without a name on either side, introduced, begun."""
    support = factories.family(people.home, "Dorota", state="waiting").supports.get()
    page.goto(f"/find/{support.pk}/person/{volunteer.pk}/")
    page.fill("[name=why]", "They are both quiet people.")
    page.fill("[name=family_said]", "Somebody who does not hurry.")
    page.fill("[name=look_again_if]", "If the visits keep moving.")
    send(page, button="Choose Hafsa Mirza")
    match = Match.objects.get(support=support)
    page.goto(f"/matches/{match.pk}/ask/volunteer/")
    page.fill("[name=description]", "A family near the park would like company in the mornings.")
    send(page)
    phone.goto("/my-visits/offers/")
    phone.get_by_role("link", name="Read and answer").click()
    expect(phone.locator("main")).to_contain_text("company in the mornings")
    expect(phone.locator("main")).not_to_contain_text("Dorota")
    phone.locator("[name=answer][value=yes]").check(force=True)
    send(phone, button="Send my answer")
    page.goto(f"/matches/{match.pk}/ask/family/")
    page.fill("[name=description]", "Somebody calm who speaks English, on Tuesday mornings.")
    send(page)
    page.goto(f"/matches/{match.pk}/answer/family/")
    page.locator("[name=answer][value=yes]").check(force=True)
    page.locator("[name=told][value=phone]").check(force=True)
    send(page)
    page.goto(f"/matches/{match.pk}/introduction/")
    page.fill("[name=day]", (london_today() + dt.timedelta(days=1)).isoformat())
    page.fill("[name=time]", "10:00")
    page.fill("[name=where]", "At the library, by the door")
    page.fill("[name=who]", "Dorota")
    send(page)
    match.refresh_from_db()
    assert match.state == "introduction_booked"
    return match


def begins(page: Page, people, match: Match) -> Visit:
    """The introduction took place (logged by action); what they agreed plans the weekly visits."""
    visit = Visit.objects.get(support=match.support, purpose=VisitPurpose.INTRODUCTION)
    a_day_later(visit)
    visit.refresh_from_db()
    log_visit(
        by=people.coordinator,
        support=match.support,
        worker=people.coordinator,
        visit=visit,
        actual_start=visit.planned_start,
        duration_minutes=60,
        purpose=VisitPurpose.INTRODUCTION,
        kinds_of_support=["listening"],
    )
    page.goto(f"/matches/{match.pk}/begin/")
    page.fill("[name=first_day]", (london_today() + dt.timedelta(days=1)).isoformat())
    page.fill("[name=time]", "10:00")
    for rule in page.locator("[name=ground_rules]").all()[:2]:
        rule.check(force=True)
    send(page)
    match.refresh_from_db()
    assert match.state == "active"
    return Visit.objects.planned().filter(support=match.support, worker=match.volunteer.user).earliest("planned_start")


def test_somebody_asks_to_volunteer_and_months_later_checks_in_after_the_first_visit(people, open_as):
    people.home.takes_public_referrals = True
    people.home.save()
    stranger, page = open_as(width=360), open_as(people.coordinator)
    volunteer = asks_and_applies(stranger)
    stranger.context.close()

    is_met(page, volunteer)
    is_vouched_for(page, open_as, volunteer)
    is_checked_and_taught(people.coordinator, volunteer)
    phone = open_as(width=360, has_touch=True)
    joins(page, phone, volunteer)
    volunteer.refresh_from_db()
    assert volunteer.state == "ready"

    match = is_brought_together(page, phone, people, volunteer)
    visit = begins(page, people, match)
    a_day_later(visit)
    check_in(phone, visit, "Hafsa")
    assert visit.check_in.author == match.volunteer.user
    assert timezone.now() - visit.check_in.recorded_at < dt.timedelta(minutes=5)

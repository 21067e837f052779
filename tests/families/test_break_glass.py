from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.access.models import Membership
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent, FamilyRead
from families.models import BreakGlass
from tests import factories
from tests.families.test_family_page import text, url

OPEN = "/records/open/"
REASON = "School rang about the little one"


@pytest.fixture
def open_it(cast, as_user):
    def post(who="lead", family=None, **fields):
        reference = (family or cast.family).reference
        return as_user(getattr(cast, who)).post(OPEN, {"reference": reference, "reason": REASON} | fields)

    return post


@pytest.mark.parametrize("who", ["lead", "manager"])
def test_record_opens_for_an_hour_with_a_reason(cast, as_user, open_it, who):
    answer = open_it(who)

    assert answer["Location"] == url(cast.family)
    page = text(as_user(getattr(cast, who)).get(url(cast.family)))
    assert "Amina’s family" in page
    assert "You opened this record outside your own work" in page
    assert "It closes by itself in 60 minutes." in page
    assert REASON in page
    event = AuditEvent.objects.get(verb="record.opened")
    assert (event.reason, event.family_id) == (REASON, cast.family.pk)
    read = FamilyRead.objects.get()
    assert (read.reader_id, read.reason) == (getattr(cast, who).pk, REASON)


def test_record_closes_by_itself_after_the_hour(cast, as_user, open_it):
    open_it()
    BreakGlass.objects.update(expires_at=timezone.now() + dt.timedelta(seconds=1))
    assert as_user(cast.lead).get(url(cast.family)).status_code == 200

    BreakGlass.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))

    assert as_user(cast.lead).get(url(cast.family)).status_code == 404


def test_record_is_closed_by_hand_at_once_and_only_by_who_opened_it(cast, as_user, open_it):
    open_it()
    opening = BreakGlass.objects.get()
    assert as_user(cast.manager).post(f"/records/{opening.pk}/close/").status_code == 404

    as_user(cast.lead).post(f"/records/{opening.pk}/close/")

    assert as_user(cast.lead).get(url(cast.family)).status_code == 404
    as_user(cast.lead).post(f"/records/{opening.pk}/close/")
    assert AuditEvent.objects.filter(verb="record.closed").count() == 1


def test_unknown_foreign_and_mistyped_references_sound_alike(cast, open_it):
    wrong = [cast.far_family.reference, "ZZZZZZ2", "%00", "amina", "x" * 20, cast.family.reference[:-1]]
    answers = [open_it(reference=reference) for reference in wrong]

    said = {answer.context["form"].errors.as_json() for answer in answers}
    assert len(said) == 1
    assert "no family of your organisation" in said.pop()
    assert {answer.status_code for answer in answers} == {422}
    assert not BreakGlass.objects.exists()
    events = AuditEvent.objects.values_list("verb", "family_id", "reason", "target_label")
    assert list(events) == [("record.not_opened", None, "", "")] * len(wrong)


def test_reference_is_taken_as_it_is_said_on_the_phone(cast, open_it):
    reference = cast.family.reference

    assert open_it(reference=f" {reference[:3].lower()}-{reference[3:].lower()} ").status_code == 302


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("", "required"),
        ("short", "Say in a few words why"),
        ("          x", "Say in a few words why"),
        ("y" * 1001, "at most 1000"),
    ],
)
def test_record_without_a_real_reason_stays_closed(cast, open_it, reason, sentence):
    answer = open_it(reason=reason)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert cast.family.reference in answer.content.decode()
    assert not BreakGlass.objects.exists()


def test_reason_is_written_anew_each_time(cast, open_it):
    open_it()

    again = open_it(family=cast.other_family, reason="  SCHOOL rang about the little-one. ")

    assert "This is what you wrote last time" in text(again)
    assert open_it(family=cast.other_family, reason="The health visitor asked for us").status_code == 302


def test_opening_again_replaces_the_first_hour(cast, open_it):
    open_it()
    open_it(reason="A second call from school")

    assert [opening.is_open for opening in BreakGlass.objects.order_by("pk")] == [False, True]


def test_coordinator_of_the_family_is_told_and_volunteer_is_not(cast, as_user, open_it):
    open_it()

    page = text(as_user(cast.coordinator).get(url(cast.family)))
    assert "Who opened this record" in page
    assert "Sam Safeguarding open now" in page
    assert REASON in page
    assert REASON not in text(as_user(cast.volunteer).get(url(cast.family)))


def test_opener_sees_the_record_and_changes_nothing(cast, as_user, open_it):
    factories.visit(cast.family, cast.volunteer, what_happened="We sang.")
    open_it()
    client = as_user(cast.lead)

    page = text(client.get(url(cast.family)))

    assert "We sang." in page
    assert "Add a person" not in page
    assert client.get(f"{url(cast.family)}edit/").status_code == 403


def test_coordinator_elsewhere_who_opens_a_record_may_still_not_change_it(cast, as_user, open_it):
    """Somebody with two roles: coordinator of one service, manager of the organisation of another."""
    Membership.objects.create(user=cast.other_coordinator, role=Role.MANAGER, organisation=cast.here)

    open_it("other_coordinator")

    client = as_user(cast.other_coordinator)
    assert client.get(url(cast.family)).status_code == 200
    assert client.get(f"{url(cast.family)}edit/").status_code == 404


def test_own_openings_are_listed_with_their_reasons_and_nobody_elses(cast, as_user, open_it):
    open_it("manager", reason="A letter from the council")
    open_it()
    BreakGlass.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))

    page = text(as_user(cast.lead).get(OPEN))

    assert REASON in page
    assert cast.family.reference in page
    assert "A letter from the council" not in page
    assert "Amina" not in page


def test_minutes_left_are_counted_down(cast, as_user, open_it):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        open_it()
        clock.shift(dt.timedelta(minutes=59, seconds=40))
        client = as_user(cast.lead)
        BreakGlass.objects.update(expires_at=timezone.now() + dt.timedelta(seconds=20))
        assert "It closes by itself in 1 minute." in text(client.get(url(cast.family)))


def test_list_of_openings_asks_the_database_as_often_for_thirty_as_for_one(cast, as_user, open_it):
    open_it()
    client = as_user(cast.lead)
    with CaptureQueriesContext(connection) as few:
        client.get(OPEN)
    for number in range(30):
        open_it(family=factories.family(cast.home, f"Fam {number}"), reason=f"{REASON}, call {number}")
    with CaptureQueriesContext(connection) as many:
        assert "call 29" in text(client.get(OPEN))

    assert len(few) == len(many)

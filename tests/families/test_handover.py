"""What is passed on when somebody new comes to a family: to a volunteer what is needed, to a coordinator the rest."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import london_today
from betterstart.transitions.models import Transition
from families.actions.handover import HandoverRefused, add_line, leave_out, take_back
from families.models import Assignment, BreakGlass, HandoverLine, Support
from families.reports.handover import handover
from tests import factories
from tests.families.test_family_page import text
from volunteers.actions import end_match
from volunteers.models import CallRequest


@pytest.fixture
def row(cast) -> Support:
    support = cast.family.supports.get()
    Support.objects.filter(pk=support.pk).update(first_wish="Company on Fridays.")
    cast.family.safety_notes = "The dog is friendly."
    cast.family.save()
    return support


@pytest.fixture
def url(cast, row) -> str:
    return f"/families/{cast.family.reference}/supports/{row.pk}/handover/"


def lines(client, url: str) -> str:
    return text(client.get(url))


def test_coordinator_reads_why_things_came_about_and_a_volunteer_only_that_they_did(cast, as_user, row, url):
    Transition.objects.create(
        machine="support",
        subject_id=row.pk,
        family_id=cast.family.pk,
        to_state="active",
        by=cast.coordinator,
        reason="illness",
        note="Her mother is ill.",
    )
    factories.visit(cast.family, cast.other_volunteer, days_ago=9, what_happened="We baked.")

    full = lines(as_user(cast.coordinator), url)
    assert all(words in full for words in ("Her mother is ill.", "We baked.", "Company on Fridays.", "1 visit so far"))

    needed = lines(as_user(cast.volunteer), url)
    assert all(words in needed for words in ("The dog is friendly.", "Company on Fridays.", "Vera Volunteer"))
    assert not any(words in needed for words in ("Her mother is ill.", "We baked.", "Illness"))


def test_volunteer_reads_no_feelings_calls_or_check_ins_of_anybody(cast, as_user, row, url):
    CallRequest.objects.create(volunteer=cast.volunteer_row, words="About the stairs")
    factories.check_in(factories.visit(cast.family, cast.volunteer, days_ago=2, state="checked_in"), my_words="Heavy")

    full = lines(as_user(cast.coordinator), url)
    assert "Vera Volunteer asked for a call" in full
    assert "Vera Volunteer’s check-in of" in full
    assert "Heavy" not in full

    needed = lines(as_user(cast.volunteer), url)
    assert "asked for a call" not in needed
    assert "has not been read yet" not in needed


def test_care_is_always_told_and_hidden_addresses_never_shown(cast, as_user, row, url):
    factories.contact(cast.family.members.get(), "phone", safe="no")
    factories.address(cast.family, "9 Secret Lane", kind="confidential")

    for reader in (cast.coordinator, cast.volunteer):
        page = lines(as_user(reader), url)
        assert "do not use it" in page
        assert "Their address is hidden." in page
        assert "Secret Lane" not in page
    keys = handover(cast.coordinator, readable(cast, row), leads=True).keys
    assert "wish" in keys
    assert not any("Secret" in key for key in keys)


def readable(cast, row: Support) -> Support:
    supports = Support.objects.visible_to(cast.coordinator).with_promise()
    return supports.select_related("family", "service__organisation").get(pk=row.pk)


def test_promises_are_passed_on_rhythm_visits_agreed_time_and_ending(cast, as_user, row, url):
    start = timezone.now() + dt.timedelta(days=3)
    factories.visit(
        cast.family, cast.volunteer, state="planned", planned_start=start, planned_end=start + dt.timedelta(hours=1)
    )
    cast.match.agreed_time = "Fridays at ten"
    cast.match.save()
    Support.objects.filter(pk=row.pk).update(
        state="ending", ending_on=london_today() + dt.timedelta(weeks=4), ending_reason="goals_met"
    )

    needed = lines(as_user(cast.volunteer), url)

    assert "They hear from us every" in needed
    assert "Fridays at ten" in needed
    assert "the last visit is on" in needed
    assert "Still to do" not in needed
    assert "Still to do" in lines(as_user(cast.coordinator), url)


def test_who_may_not_see_the_family_gets_no_handover_and_each_reading_is_noted(cast, as_user, url):
    for stranger in (cast.other_volunteer, cast.other_coordinator, cast.manager, cast.lead):
        assert as_user(stranger).get(url).status_code == 404
    assert not FamilyRead.objects.filter(page="handover").exists()

    as_user(cast.volunteer).get(url)

    assert FamilyRead.objects.get(page="handover").reader_id == cast.volunteer.pk


def test_opened_record_shows_the_handover_and_takes_no_lines(cast, as_user, row, url):
    now = timezone.now()
    BreakGlass.objects.create(
        family=cast.family, user=cast.lead, reason="A call from school", expires_at=now + dt.timedelta(hours=1)
    )
    client = as_user(cast.lead)

    assert "Add this line" not in lines(client, url)
    assert client.post(f"{url}add/", {"words": "Hello"}).status_code == 403


def test_handover_closes_with_the_match_and_opens_with_the_next(cast, as_user, row, url):
    end_match(by=cast.coordinator, match=cast.match, reason="safety")
    assert as_user(cast.volunteer).get(url).status_code == 404

    factories.match(cast.other_volunteer_row, cast.family)

    page = lines(as_user(cast.other_volunteer), url)
    assert "Vera Volunteer was with them from" in page


def test_coordinator_looks_at_it_as_a_volunteer_reads_it(cast, as_user, row, url):
    add_line(by=cast.coordinator, support=row, words="The father has moved out.", audience="coordinators")
    client = as_user(cast.coordinator)
    assert "The father has moved out." in lines(client, url)

    seen = lines(client, f"{url}?as={cast.volunteer.pk}")

    assert "as Vera Volunteer reads it" in seen
    assert "The father has moved out." not in seen
    assert client.get(f"{url}?as={cast.other_volunteer.pk}").status_code == 404
    assert as_user(cast.volunteer).get(f"{url}?as={cast.coordinator.pk}").status_code == 404


# Please know, and what is left out


def test_lines_for_coordinators_are_theirs_and_those_for_everybody_everybodys(cast, as_user, row, url):
    as_user(cast.coordinator).post(f"{url}add/", {"words": "Only us.", "audience": "coordinators"})
    as_user(cast.coordinator).post(f"{url}add/", {"words": "They like mornings.", "audience": "everyone"})
    as_user(cast.volunteer).post(f"{url}add/", {"words": "Bring the blue book.", "audience": "coordinators"})

    assert "Only us." not in lines(as_user(cast.volunteer), url)
    full = lines(as_user(cast.coordinator), url)
    assert all(words in full for words in ("Only us.", "They like mornings.", "Bring the blue book."))
    assert HandoverLine.objects.get(words="Bring the blue book.").audience == "everyone"
    assert AuditEvent.objects.filter(verb="handover.line_added").count() == 3


@pytest.mark.parametrize(("words", "sentence"), [("", "required"), ("x" * 501, "there is room for 500")])
def test_line_without_words_or_with_too_many_is_refused_and_kept_on_the_page(cast, as_user, url, words, sentence):
    answer = as_user(cast.volunteer).post(f"{url}add/", {"words": words})

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert words in answer.content.decode()
    assert not HandoverLine.objects.exists()


def test_line_is_left_out_for_everybody_and_passed_on_again(cast, as_user, row, url):
    coordinator = as_user(cast.coordinator)
    for _twice in range(2):
        coordinator.post(f"{url}leave-out/", {"key": "wish"})
    assert HandoverLine.objects.count() == 1
    assert "Not passed on" in lines(coordinator, url)
    assert "Company on Fridays." not in lines(as_user(cast.volunteer), url)

    line = HandoverLine.objects.get()
    as_user(cast.coordinator).post(f"{url}{line.pk}/take-back/")

    assert "Company on Fridays." in lines(as_user(cast.volunteer), url)


@pytest.mark.parametrize("key", ["", "safety", "nonsense", "x" * 100, "wish'; drop"])
def test_line_that_is_none_or_must_be_passed_on_is_not_left_out(cast, as_user, url, key):
    as_user(cast.coordinator).post(f"{url}leave-out/", {"key": key})

    assert not HandoverLine.objects.exists()


def test_volunteer_takes_back_own_lines_and_no_others(cast, as_user, row, url):
    own = add_line(by=cast.volunteer, support=row, words="Bring the blue book.")
    others = add_line(by=cast.coordinator, support=row, words="They like mornings.")
    client = as_user(cast.volunteer)

    for line in (own, others):
        client.post(f"{url}{line.pk}/take-back/")

    assert list(HandoverLine.objects.standing()) == [others]


def test_who_is_not_with_the_family_writes_and_leaves_out_nothing(cast, row):
    for stranger in (cast.other_volunteer, cast.other_coordinator, cast.manager):
        with pytest.raises(HandoverRefused):
            add_line(by=stranger, support=row, words="Hello")
    with pytest.raises(HandoverRefused):
        leave_out(by=cast.volunteer, support=row, key="wish")
    line = add_line(by=cast.volunteer, support=row, words="Hello")
    Assignment.objects.update(ends_on=london_today())
    with pytest.raises(HandoverRefused):
        take_back(by=cast.volunteer, line=line)


def test_handover_takes_as_many_questions_with_thirty_rows_as_with_one(cast, as_user, row, url):
    client = as_user(cast.coordinator)

    def fill(times: int) -> int:
        for number in range(times):
            member = factories.member(cast.family, f"Child {number}")
            factories.contact(member, "text")
            factories.ending_lines(cast.family, cast.coordinator)
            visit = factories.visit(cast.family, cast.volunteer, days_ago=number + 1, state="checked_in")
            factories.check_in(visit)
            factories.assign(
                factories.user(f"Worker {times} {number}"), cast.family, ends_on=london_today() - dt.timedelta(days=1)
            )
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    assert fill(1) == fill(29)

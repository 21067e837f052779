"""Pointing a family to what is nearby: one tap, asked four weeks later, kept when the directory moves on."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.clock import london_today
from betterstart.directory.models import Entry, Venue
from betterstart.places.models import Postcode
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.signpost import SignpostRefused, answer_signpost, point_to, take_back_signpost
from families.models import Signpost, SignpostResult
from families.reports.signposts import to_ask
from tests import factories

TODAY_PAGE = "/today/"


@pytest.fixture
def entry(db):
    return Entry.objects.create(name="Story corner", topics=["Play"])


def days_ago(days):
    return london_today() - dt.timedelta(days=days)


def asked(user):
    return [need.reason for need in to_ask(user, london_today(), 20).needs]


def nearby(family, rest=""):
    return f"/families/{family.reference}/nearby/{rest}"


def test_told_once_is_kept_with_its_day_its_support_and_when_to_ask(cast, entry):
    row = point_to(by=cast.coordinator, family=cast.family, entry=entry, how="told", note="Ask for Bilqis")

    assert (row.support, row.entry_name, row.happened_on) == (
        cast.family.supports.get(),
        "Story corner",
        london_today(),
    )
    assert row.ask_on == london_today() + dt.timedelta(weeks=4)
    event = AuditEvent.objects.get(verb="signpost.made")
    assert (event.target_label, event.details) == (cast.family.reference, {"how": "told"})


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [
        ("told", "told", "told"),
        ("told", "introduced", "introduced"),
        ("introduced", "went_along", "went_along"),
        ("went_along", "told", "went_along"),
    ],
)
def test_same_again_is_one_row_and_more_than_before_is_written_on_it(cast, entry, first, then, kept):
    for how in (first, then):
        point_to(by=cast.coordinator, family=cast.family, entry=entry, how=how, agreed_by=cast.family.members.get())

    assert Signpost.objects.get().how == kept


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"how": "sent away"}, "how"),
        ({"happened_on": days_ago(-1)}, "happened_on"),
        ({"happened_on": days_ago(366)}, "happened_on"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_no_trace(cast, entry, fields, named):
    with pytest.raises(SignpostRefused) as refusal:
        point_to(by=cast.coordinator, family=cast.family, entry=entry, **{"how": "told"} | fields)

    assert set(refusal.value.error_dict) == {named}
    assert not Signpost.objects.exists()


@pytest.mark.parametrize("fields", [{"gone_on": "2026-01-01"}, {"is_paused": True}])
def test_nobody_is_told_of_what_is_not_offered(cast, entry, fields):
    Entry.objects.filter(pk=entry.pk).update(**fields)
    entry.refresh_from_db()

    with pytest.raises(SignpostRefused, match="not offered any more"):
        point_to(by=cast.coordinator, family=cast.family, entry=entry, how="told")


def test_family_of_another_service_cannot_be_pointed_anywhere(cast, entry):
    with pytest.raises(NotYourService):
        point_to(by=cast.coordinator, family=cast.far_family, entry=entry, how="told")


@pytest.mark.parametrize("result", SignpostResult.values)
def test_answer_is_kept_in_their_words_and_asked_again_only_while_they_wait(cast, result):
    row = factories.signpost(cast.family, cast.coordinator, days_ago=30)
    assert asked(cast.coordinator)

    answer_signpost(by=cast.coordinator, row=row, version=1, result=result, helped="We go every week.")

    row.refresh_from_db()
    assert (row.result, row.helped, row.answered_on) == (result, "We go every week.", london_today())
    assert not asked(cast.coordinator)
    again = to_ask(cast.coordinator, london_today() + dt.timedelta(weeks=4), 20)
    assert bool(again.needs) == (result == "waiting")
    assert AuditEvent.objects.get(verb="signpost.answered").details == {"result": result}


def test_answer_nobody_knows_and_one_to_what_was_taken_back_are_refused(cast):
    row = factories.signpost(cast.family, cast.coordinator)
    with pytest.raises(SignpostRefused):
        answer_signpost(by=cast.coordinator, row=row, version=1, result="loved it")
    take_back_signpost(by=cast.coordinator, row=row)

    with pytest.raises(SignpostRefused, match="taken back"):
        answer_signpost(by=cast.coordinator, row=row, version=row.version, result="took_up")
    assert Signpost.objects.get().result == ""


def test_two_answers_at_once_neither_overwrite_the_other_unseen(cast):
    row = factories.signpost(cast.family, cast.coordinator)
    answer_signpost(by=cast.coordinator, row=row, version=1, result="took_up")

    with pytest.raises(StaleEdit):
        answer_signpost(by=cast.coordinator, row=row, version=1, result="did_not")


def test_told_again_after_an_answer_is_a_new_one(cast, entry):
    first = point_to(by=cast.coordinator, family=cast.family, entry=entry, how="told")
    answer_signpost(by=cast.coordinator, row=first, version=1, result="did_not")
    point_to(by=cast.coordinator, family=cast.family, entry=entry, how="went_along")

    assert Signpost.objects.count() == 2
    with pytest.raises(SignpostRefused, match="told of it again"):
        answer_signpost(by=cast.coordinator, row=first, version=2, result="waiting")


@pytest.mark.parametrize(
    ("days", "is_silent", "is_taken_back", "expected"),
    [(27, False, False, False), (28, False, False, True), (28, True, False, False), (28, False, True, False)],
)
def test_today_asks_after_four_weeks_and_never_a_silent_family(cast, days, is_silent, is_taken_back, expected):
    row = factories.signpost(cast.family, cast.coordinator, days_ago=days)
    if is_silent:
        cast.family.silent_since = row.created_at
        cast.family.save(update_fields=["silent_since"])
    if is_taken_back:
        take_back_signpost(by=cast.coordinator, row=row)

    assert bool(asked(cast.coordinator)) == expected
    assert not asked(cast.other_coordinator)


def test_today_asks_one_question_for_one_and_for_thirty(cast):
    counts = []
    assert not asked(cast.coordinator)
    for many in (1, 29):
        for _number in range(many):
            factories.signpost(cast.family, cast.coordinator, days_ago=40)
        with CaptureQueriesContext(connection) as queries:
            to_ask(cast.coordinator, london_today(), 20)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_volunteer_and_another_organisation_read_nothing_of_it(cast):
    row = factories.signpost(cast.family, cast.coordinator)

    for who, sees in (("coordinator", True), ("volunteer", False), ("other_coordinator", False)):
        with acting_as(Scope.SCOPED, getattr(cast, who).pk):
            assert Signpost.objects.filter(pk=row.pk).exists() == sees


def test_entry_that_vanished_from_its_directory_stays_with_the_family(cast, as_user):
    row = factories.signpost(cast.family, cast.coordinator)
    Entry.objects.filter(pk=row.entry_id).update(gone_on=london_today(), name="Renamed since")

    text = as_user(cast.coordinator).get(nearby(cast.family)).text

    assert row.entry_name in text
    assert "Not offered any more" in text


def test_coordinator_finds_tells_and_writes_it_down_in_one_tap(cast, as_user, entry):
    Postcode.objects.create(postcode="BD7 2AA", latitude=53.8, longitude=-1.75)
    factories.address(cast.family)
    Venue.objects.create(entry=entry, name="Library", latitude=53.81, longitude=-1.75)
    factories.member(cast.family, "Zayd")
    coordinator = as_user(cast.coordinator)

    found = coordinator.get(nearby(cast.family, "find/")).text
    assert "0.7 miles" in found
    assert "for Zayd" in found
    page = coordinator.post(nearby(cast.family, f"find/{entry.uuid}/"), {"how": "told"}, follow=True).text

    assert "Written down: “Story corner”" in page
    assert "Told already" in coordinator.get(nearby(cast.family, "find/?topic=Play")).text
    family_page = coordinator.get(f"/families/{cast.family.reference}/").text
    assert "Story corner · Told them about it" in family_page
    assert FamilyRead.objects.filter(page="find-nearby").exists()


def test_without_a_known_postcode_the_page_says_that_nothing_is_measured(cast, as_user, entry):
    text = as_user(cast.coordinator).get(nearby(cast.family, "find/?miles=2")).text

    assert "nothing is measured" in text
    assert "Story corner" in text


def test_refused_tap_says_why_and_keeps_what_was_typed(cast, as_user, entry):
    answer = as_user(cast.coordinator).post(
        nearby(cast.family, f"find/{entry.uuid}/"),
        {"how": "told", "note": "Ask for Bilqis", "happened_on": "2030-01-01"},
    )

    assert answer.status_code == 422
    assert "at the latest today" in answer.text
    assert "Ask for Bilqis" in answer.text


def test_answer_is_on_the_timeline_and_the_volunteer_does_not_see_it(cast, as_user):
    row = factories.signpost(cast.family, cast.coordinator, days_ago=30)
    coordinator = as_user(cast.coordinator)
    assert "did it help?" in coordinator.get(TODAY_PAGE).text
    typed = {"version": 1, "result": "took_up", "helped": "They knew my name."}

    answer = coordinator.post(nearby(cast.family, f"{row.pk}/"), typed)

    assert answer.status_code == 302
    page = coordinator.get(f"/families/{cast.family.reference}/").text
    assert f"{row.entry_name} · They took it up" in page
    assert "They knew my name." in page
    assert row.entry_name not in as_user(cast.volunteer).get(f"/families/{cast.family.reference}/").text


def test_taken_back_by_mistake_is_gone_from_every_page(cast, as_user):
    row = factories.signpost(cast.family, cast.coordinator)
    coordinator = as_user(cast.coordinator)
    assert "entered by mistake" in coordinator.post(nearby(cast.family, f"{row.pk}/take-back/"), follow=True).text

    assert row.entry_name not in coordinator.get(f"/families/{cast.family.reference}/").text
    assert coordinator.get(nearby(cast.family, f"{row.pk}/")).status_code == 404


@pytest.mark.parametrize("rest", ["", "find/"])
def test_pages_ask_the_same_number_of_questions_for_one_and_for_thirty(cast, as_user, rest):
    coordinator, counts = as_user(cast.coordinator), []
    for many in (1, 29):
        for _number in range(many):
            factories.signpost(cast.family, cast.coordinator)
        with CaptureQueriesContext(connection) as queries:
            coordinator.get(nearby(cast.family, rest))
        counts.append(len(queries))

    assert counts[0] == counts[1]

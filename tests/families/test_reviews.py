"""Looking together: the machine row by row, what may be written down, and one review ahead of every active support."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from betterstart.access.models import Membership
from betterstart.audit.models import AuditEvent
from betterstart.clock import at_london, london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.review import (
    ReviewRefused,
    book_review,
    call_off_review,
    decline_review,
    first_review_on,
    hold_review,
)
from families.actions.support import move_support
from families.models import Review, Support
from families.models.review import REVIEW_MACHINE
from families.reports.reviews import coming
from tests import factories

LEADS_TO = {
    "due": {"booked", "held", "declined", "cancelled"},
    "booked": {"held", "declined", "cancelled"},
    "held": set(),
    "declined": set(),
    "cancelled": {"due"},
}


def days(number: int) -> dt.date:
    return london_today() + dt.timedelta(days=number)


def hold(cast, review, **fields):
    given = {"held_on": london_today(), "mode": "home", "there": [parent(review)], "next_on": days(84)}
    return hold_review(by=cast.coordinator, review=review, version=review.version, **given | fields)


def book(cast, review, number=3, **fields):
    given = {"booked_for": at_london(days(number), dt.time(10)), "mode": "home", "version": review.version}
    return book_review(by=cast.coordinator, review=review, **given | fields)


def parent(review):
    return review.family.members.get(role="parent", is_main_carer=True)


def ahead(support):
    return list(Review.objects.open().filter(support=support))


@pytest.mark.parametrize("source", LEADS_TO)
def test_every_pair_of_states_is_a_move_or_is_refused(source):
    assert {move.to for move in REVIEW_MACHINE.allowed(source)} == LEADS_TO[source]


@pytest.mark.parametrize(
    ("source", "to", "reason", "fine"),
    [
        ("booked", "cancelled", "by_family", True),
        ("booked", "cancelled", "", False),
        ("due", "cancelled", "support_over", True),
        ("due", "cancelled", "by_family", False),  # nothing is booked that could be called off
        ("cancelled", "due", "by_us", True),
        ("cancelled", "due", "support_over", False),  # what is over does not come back
    ],
)
def test_calling_off_needs_a_reason_that_goes_with_it(cast, source, to, reason, fine):
    row = factories.review(cast.family, state=source)
    changes = {"booked_for": None} if to == "due" else {}
    try:
        REVIEW_MACHINE.move(row, to=to, by=cast.coordinator, reason=reason, **changes)
        moved = True
    except MoveRefused:
        moved = False

    assert moved is fine


def test_machine_itself_refuses_a_review_of_tomorrow_or_before_the_support_began(cast):
    row = factories.review(cast.family)
    for day in (days(1), days(-57), None):
        with pytest.raises(MoveRefused):
            REVIEW_MACHINE.move(row, to="held", by=cast.coordinator, held_on=day)

    assert Review.objects.get(pk=row.pk).state == "due"


# What is written down


def test_held_review_keeps_who_was_there_and_puts_the_next_ahead(cast):
    row = factories.review(cast.family, -2)

    held = hold(cast, row, volunteer_there=True, others_there="Her sister", agreed_change="Mornings instead.")

    assert (held.state, held.held_on, held.agreed_change) == ("held", london_today(), "Mornings instead.")
    assert [part.member for part in held.parts.all()] == [parent(row)]
    assert [review.due_on for review in ahead(row.support)] == [days(84)]
    event = AuditEvent.objects.get(verb="review.held")
    assert "Mornings" not in str(event.details)
    assert list(Transition.objects.of("review", row.pk).values_list("to_state", flat=True)) == ["held"]


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"held_on": 1}, "held_on", "has not come yet"),
        ({"held_on": -57}, "held_on", "began on"),
        ({"there": []}, "there", "at least one adult"),
        ({"mode": "moon"}, "mode", "where you met"),
        ({"next_on": None}, "next_on", "next review"),
        ({"next_on": 0}, "next_on", "next review"),
        ({"next_on": 200}, "next_on", "next review"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(cast, fields, field, sentence):
    row = factories.review(cast.family)
    fields = {name: days(value) if isinstance(value, int) else value for name, value in fields.items()}

    with pytest.raises(ReviewRefused) as refused:
        hold(cast, row, **fields)

    assert sentence in refused.value.message_dict[field][0]
    assert Review.objects.get(pk=row.pk).state == "due"


def test_nobody_of_another_family_and_no_child_counts_as_there(cast):
    row = factories.review(cast.family)
    for member in (cast.other_family.members.get(), factories.member(cast.family, "Zayn")):
        with pytest.raises(ReviewRefused, match="at least one adult"):
            hold(cast, row, there=[member])


def test_review_is_held_once_and_the_second_click_says_so(cast):
    row = factories.review(cast.family)
    hold(cast, row)

    with pytest.raises(MoveRefused, match="written down already"):
        hold(cast, row)

    assert Review.objects.filter(support=row.support).count() == 2


def test_next_review_is_not_held_on_the_day_of_the_one_before(cast):
    row = factories.review(cast.family)
    hold(cast, row)

    with pytest.raises(ReviewRefused, match="already"):
        hold(cast, ahead(row.support)[0])


def test_review_of_a_support_that_ended_is_not_held(cast):
    row = factories.review(cast.family)
    move_support(by=cast.coordinator, support=row.support, to="ended_unplanned", reason="moved")

    with pytest.raises(MoveRefused, match="ending or had ended"):
        hold(cast, row)


def test_two_people_at_once_the_second_is_shown_what_the_first_saved(cast):
    row = factories.review(cast.family)
    book(cast, Review.objects.get(pk=row.pk))

    with pytest.raises(StaleEdit):
        hold(cast, row)


def test_coordinator_of_another_service_writes_nothing(cast):
    row = factories.review(cast.family)
    with pytest.raises(NotYourService):
        hold_review(
            by=cast.other_coordinator, review=row, version=1, held_on=days(0), mode="home", there=[], next_on=days(9)
        )


# Booking and calling off


@pytest.mark.parametrize(("number", "fine"), [(-1, False), (1, True), (180, True), (190, False)])
def test_day_is_agreed_from_now_on_and_not_further_than_half_a_year(cast, number, fine):
    row = factories.review(cast.family)
    if fine:
        assert book(cast, row, number).state == "booked"
    else:
        with pytest.raises(ReviewRefused, match="half a year"):
            book(cast, row, number)


def test_another_day_is_agreed_and_the_first_stays_in_the_history(cast):
    row = book(cast, factories.review(cast.family))
    row = book(cast, row, 9)

    assert row.booked_for == at_london(days(9), dt.time(10))
    moves = Transition.objects.of("review", row.pk).values_list("to_state", "reason")
    assert list(moves) == [("booked", ""), ("cancelled", "moved"), ("due", "moved"), ("booked", "")]


def test_called_off_review_is_due_as_before(cast):
    row = book(cast, factories.review(cast.family))
    due_on = row.due_on

    row = call_off_review(by=cast.coordinator, review=row, version=row.version, reason="by_family", note="A cold.")

    assert (row.state, row.booked_for, row.due_on) == ("due", None, due_on)
    assert Transition.objects.of("review", row.pk).get(to_state="cancelled").note == "A cold."


def test_family_that_would_rather_not_is_asked_again_next_time(cast):
    row = factories.review(cast.family)

    decline_review(by=cast.coordinator, review=row, version=1, next_on=days(70))

    assert Review.objects.get(pk=row.pk).state == "declined"
    assert [review.due_on for review in ahead(row.support)] == [days(70)]


@pytest.mark.parametrize(
    "impossible",
    [{"state": "gone"}, {"held_on": dt.date(2026, 1, 1)}, {"booked_for": timezone.now()}, {"state": "held"}],
)
def test_database_itself_refuses_a_review_that_cannot_be(cast, impossible):
    row = factories.review(cast.family)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=row.pk).update(**impossible)


def test_database_itself_refuses_two_reviews_ahead(cast):
    factories.review(cast.family)
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.review(cast.family, 20, "booked")


# With the support


def started(cast, **fields):
    service = factories.service(cast.here, **fields)
    Membership.objects.create(user=cast.coordinator, role="coordinator", organisation=cast.here, service=service)
    row = factories.family(service, "Zora", "waiting").supports.get()
    factories.visit(row.family, cast.volunteer, days_ago=0.01, purpose="introduction")
    return move_support(by=cast.coordinator, support=row, to="active")


@pytest.mark.parametrize(
    ("service", "due_in"),
    [({}, [42]), ({"first_review_weeks": 4}, [28]), ({"kind": "group", "review_every_weeks": 0}, [])],
)
def test_first_review_is_due_weeks_after_the_start_as_the_service_says(cast, service, due_in):
    row = started(cast, **service)

    assert [review.due_on for review in ahead(row)] == [days(number) for number in due_in]


@pytest.mark.parametrize(("began", "due_in"), [(0, 42), (42, 0), (43, 83), (42 + 84, 0), (42 + 85, 83)])
def test_support_that_began_long_ago_is_next_looked_at_in_its_rhythm(cast, began, due_in):
    assert first_review_on(cast.home, days(-began)) == days(due_in)


def test_day_agreed_at_the_introduction_counts_before_the_rhythm(cast):
    row = factories.family(cast.home, "Zora", "waiting").supports.get()
    factories.visit(row.family, cast.volunteer, days_ago=0.01, purpose="introduction")
    move_support(by=cast.coordinator, support=row, to="active", review_on=days(30))

    assert [review.due_on for review in ahead(row)] == [days(30)]


def test_pause_stops_the_clock_of_a_review_nobody_booked(cast):
    row = factories.review(cast.family, 5).support
    move_support(by=cast.coordinator, support=row, to="paused", reason="holiday", paused_until=days(14))
    began = timezone.now() - dt.timedelta(days=10)
    Transition.objects.filter(machine="support", to_state="paused").update(happened_at=began)

    move_support(by=cast.coordinator, support=row, to="active")

    assert [review.due_on for review in ahead(row)] == [days(15)]


def test_family_has_six_weeks_with_another_volunteer_before_anybody_asks(cast):
    row = factories.review(cast.family, 5).support
    move_support(by=cast.coordinator, support=row, to="waiting", reason="practical")
    assert len(ahead(row)) == 1
    factories.visit(cast.family, cast.volunteer, days_ago=0.001, purpose="introduction")

    move_support(by=cast.coordinator, support=row, to="active")

    assert [review.due_on for review in ahead(row)] == [days(42)]


@pytest.mark.parametrize("state", ["due", "booked"])
def test_prepared_ending_calls_the_review_off_and_carrying_on_puts_one_ahead(cast, state):
    row = factories.review(cast.family, 5, state)
    move_support(by=cast.coordinator, support=row.support, to="ending", reason="goals_met", ending_on=days(30))
    assert Review.objects.get(pk=row.pk).state == "cancelled"

    move_support(by=cast.coordinator, support=row.support, to="active", note="The summer too.", review_on=days(40))

    assert [review.due_on for review in ahead(row.support)] == [days(40)]


def test_group_that_holds_none_by_itself_may_have_one_and_no_next(cast):
    service = factories.service(cast.here, kind="group", review_every_weeks=0)
    Membership.objects.create(user=cast.coordinator, role="coordinator", organisation=cast.here, service=service)
    row = factories.review(factories.family(service, "Zora"))

    hold(cast, row, next_on=None)

    assert ahead(row.support) == []


# Today


@pytest.mark.parametrize(
    ("due_in", "state", "words"),
    [
        (8, "due", None),
        (7, "due", "time to look together, by"),
        (-7, "due", "time to look together, by"),
        (-8, "due", "no day is agreed"),
        (1, "booked", None),
        (0, "booked", "you look together today at 10:00"),
        (-1, "booked", "how did it go?"),
        (-1, "held", None),
    ],
)
def test_today_tells_a_week_before_on_the_day_and_when_it_is_overdue(cast, due_in, state, words):
    factories.review(cast.family, due_in, state)

    found = coming(cast.coordinator, london_today(), 10)

    assert found.total == len(found.needs) == (words is not None)
    assert all(words in need.reason for need in found.needs)
    assert coming(cast.other_coordinator, london_today(), 10).total == 0


@pytest.mark.parametrize(("state", "total"), [("due", 0), ("booked", 1)])
@pytest.mark.parametrize("rest", [{"state": "paused", "paused_until": dt.date(2100, 1, 1)}, "silent"])
def test_family_that_rests_or_is_silent_is_not_asked_for_a_day_and_keeps_what_was_booked(cast, rest, state, total):
    factories.review(cast.family, 0, state)
    if rest == "silent":
        cast.family.silent_since = timezone.now()
        cast.family.save()
    else:
        Support.objects.filter(family=cast.family).update(**rest)

    assert coming(cast.coordinator, london_today(), 10).total == total

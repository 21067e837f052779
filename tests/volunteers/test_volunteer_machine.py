"""The life of a volunteer (domain notes, 4.5): every move there is, every move there is not, and what each needs."""

from __future__ import annotations

from itertools import product

import pytest
from django.utils import timezone

from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from tests.volunteers.on_their_way import asker, fact
from volunteers.models import VOLUNTEER_MACHINE, Volunteer
from volunteers.models import VolunteerState as V

ALLOWED = {
    V.ENQUIRY: {V.APPLIED, V.SUSPENDED, V.NOT_PROCEEDING},
    V.APPLIED: {V.CHECKING, V.SUSPENDED, V.NOT_PROCEEDING},
    V.CHECKING: {V.PREPARING, V.SUSPENDED, V.NOT_PROCEEDING},
    V.PREPARING: {V.READY, V.SUSPENDED, V.NOT_PROCEEDING, V.LEFT},
    V.READY: {V.ON_BREAK, V.SUSPENDED, V.LEFT},
    V.ON_BREAK: {V.READY, V.PREPARING, V.SUSPENDED, V.LEFT},
    V.SUSPENDED: {V.ENQUIRY, V.APPLIED, V.CHECKING, V.PREPARING, V.READY, V.NOT_PROCEEDING, V.LEFT},
    V.NOT_PROCEEDING: {V.APPLIED, V.PREPARING},
    V.LEFT: {V.APPLIED, V.PREPARING},
}


@pytest.mark.parametrize(("source", "to"), list(product(V, V)))
def test_each_move_is_there_or_is_refused(source, to):
    assert (VOLUNTEER_MACHINE.find(source, to) is not None) == (to in ALLOWED[source])


def with_account(cast, state: str) -> Volunteer:
    Volunteer.objects.filter(pk=cast.volunteer_row.pk).update(state=state)
    cast.volunteer_row.refresh_from_db()
    return cast.volunteer_row


def refused(row: Volunteer, to: str, **changes) -> str:
    with pytest.raises(MoveRefused) as refusal:
        VOLUNTEER_MACHINE.move(row, to=to, by=None, **changes)
    return str(refusal.value)


def test_nobody_applies_without_an_application(cast):
    row = asker(cast)
    assert "not sent an application" in refused(row, V.APPLIED)

    now = timezone.now()
    type(row.application).objects.update(applied_at=now, dbs_agreed_at=now, privacy_told_at=now)
    VOLUNTEER_MACHINE.move(Volunteer.objects.get(pk=row.pk), to=V.APPLIED, by=None)


@pytest.mark.parametrize(("outcomes", "goes_on"), [([], False), (["not_now"], False), (["go_on", "not_now"], False),
                                                   (["not_now", "go_on"], True)])  # fmt: skip
def test_checks_begin_only_after_a_talk_whose_latest_outcome_is_to_go_on(cast, outcomes, goes_on):
    row = asker(cast, V.APPLIED)
    for outcome in outcomes:
        fact("interview", row, cast.coordinator, outcome=outcome)

    if goes_on:
        VOLUNTEER_MACHINE.move(row, to=V.CHECKING, by=cast.coordinator)
    else:
        assert "somebody talks with them" in refused(row, V.CHECKING)


def test_break_needs_dates_and_ends_once_it_is_closed(cast):
    row = with_account(cast, V.READY)
    assert "needs its dates" in refused(row, V.ON_BREAK)

    agreed = fact("break", row, cast.coordinator)
    VOLUNTEER_MACHINE.move(row, to=V.ON_BREAK, by=None)
    assert "on a break" in refused(row, V.READY)
    assert "on a break" in refused(row, V.PREPARING)

    agreed.closed_at = timezone.now()
    agreed.save()
    VOLUNTEER_MACHINE.move(row, to=V.PREPARING, by=None)


def test_suspension_needs_its_reason_and_is_left_only_by_a_decision(cast):
    row = with_account(cast, V.READY)
    assert "manager or safeguarding lead" in refused(row, V.SUSPENDED)

    suspension = fact("suspension", row, cast.manager)
    VOLUNTEER_MACHINE.move(row, to=V.SUSPENDED, by=None)
    fact("leaving", row, cast.manager)
    for to in (V.READY, V.PREPARING, V.LEFT, V.NOT_PROCEEDING):
        assert "not been decided" in refused(row, to, left_on=london_today())

    suspension.ended_at, suspension.outcome = timezone.now(), "back"
    suspension.save()
    for to in (V.ENQUIRY, V.APPLIED, V.CHECKING):
        assert "where they were before" in refused(row, to)
    VOLUNTEER_MACHINE.move(row, to=V.PREPARING, by=None)


@pytest.mark.parametrize("state", [V.ENQUIRY, V.APPLIED, V.CHECKING])
def test_after_a_suspension_nobody_comes_further_than_they_were(cast, state):
    row = asker(cast, state)
    fact("suspension", row, cast.manager, ended_at=timezone.now(), outcome="back")
    Volunteer.objects.update(state=V.SUSPENDED)
    row.refresh_from_db()

    for to in (V.READY, V.PREPARING):
        assert "where they were before" in refused(row, to)
    VOLUNTEER_MACHINE.move(row, to=state, by=None)


@pytest.mark.parametrize(("state", "to"), [(V.ENQUIRY, V.NOT_PROCEEDING), (V.READY, V.LEFT)])
def test_goodbye_needs_its_reason_and_day(cast, state, to):
    row = asker(cast) if state == V.ENQUIRY else with_account(cast, state)
    assert "its reason and its day" in refused(row, to, left_on=london_today())

    fact("leaving", row, cast.coordinator)
    VOLUNTEER_MACHINE.move(row, to=to, by=None, left_on=london_today())

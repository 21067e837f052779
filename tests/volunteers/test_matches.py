from __future__ import annotations

import datetime as dt

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.models import Family, VisitState
from tests import factories
from volunteers.actions import MatchRefused, end_match, start_match
from volunteers.models import Match, MatchState

TODAY = london_today()


def start(cast, **changed):
    """Starts a match as the coordinator, under the database role of a page."""
    by = changed.pop("by", cast.coordinator)
    asked = {"support": cast.other_family.supports.get(), "volunteer": cast.other_volunteer_row, **changed}
    with acting_as(Scope.SCOPED, by.pk):
        return start_match(by=by, **asked)


def test_match_start_gives_the_volunteer_the_family(cast):
    match = start(cast, agreed_time="Tuesday mornings")

    assert match.state == MatchState.ACTIVE
    assert (match.assignment.worker, match.assignment.ends_on) == (cast.other_volunteer, None)
    assert Family.objects.visible_to(cast.other_volunteer).get() == cast.other_family
    event = AuditEvent.objects.get(verb="match.started")
    assert (event.actor_id, event.family_id) == (cast.coordinator.pk, cast.other_family.pk)


def _leaves(cast):
    cast.other_volunteer_row.left_on = TODAY
    cast.other_volunteer_row.save()


def _loses_the_role(cast):
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    cast.other_volunteer.memberships.update(starts_at=long_ago, ends_at=long_ago + dt.timedelta(days=1))


def _fills_up(cast):
    factories.match(cast.other_volunteer_row, factories.family(cast.home, "Nadia"))


def _fills_up_elsewhere(cast):
    """With a family this coordinator may not see."""
    factories.match(cast.other_volunteer_row, factories.family(cast.stay_and_play, "Hidden"))


@pytest.mark.parametrize(
    ("change", "asked", "field", "words"),
    [
        (None, {"by": "other_coordinator"}, "__all__", "do not coordinate"),
        (None, {"support": "far"}, "__all__", "do not coordinate"),
        (_leaves, {}, "volunteer", "does not volunteer"),
        (_loses_the_role, {}, "volunteer", "does not volunteer"),
        (_fills_up, {}, "volunteer", "visits 1 family already"),
        (_fills_up_elsewhere, {}, "volunteer", "visits 1 family already"),
        (None, {"started_on": TODAY + dt.timedelta(days=1)}, "started_on", "today or an earlier day"),
        (None, {"started_on": TODAY - dt.timedelta(weeks=9)}, "started_on", "cannot be earlier"),
        (None, {"support": "active_here", "volunteer": "volunteer_row"}, "volunteer", "visits 1 family already"),
    ],
)
def test_match_start_refuses_kindly_and_keeps_nothing(cast, change, asked, field, words):
    if change:
        change(cast)
    before = Match.objects.count()
    named = {
        "other_coordinator": cast.other_coordinator,
        "far": cast.far_family.supports.get(),
        "active_here": cast.family.supports.get(),
        "volunteer_row": cast.volunteer_row,
    }
    asked = {key: named.get(value, value) if isinstance(value, str) else value for key, value in asked.items()}

    with pytest.raises(MatchRefused) as refusal:
        start(cast, **asked)

    told = refusal.value.message_dict if hasattr(refusal.value, "error_dict") else {"__all__": refusal.value.messages}
    assert words in told[field][0]
    assert Match.objects.count() == before


@pytest.mark.parametrize(
    ("state", "allowed"),
    [
        ("offered", False),
        ("getting_to_know", False),
        ("waiting", True),
        ("active", True),
        ("paused", False),
        ("ending", False),
        ("ended_planned", False),
        ("declined", False),
    ],
)
def test_match_starts_only_while_a_family_waits_or_is_visited(cast, state, allowed):
    support = factories.family(cast.home, "Nadia", state=state).supports.get()

    if allowed:
        assert start(cast, support=support).support == support
    else:
        with pytest.raises(MatchRefused, match="waits for a volunteer or is visited"):
            start(cast, support=support)


def test_match_overlapping_an_assignment_is_refused_by_name(cast):
    cast.volunteer_row.most_families = 3
    cast.volunteer_row.save()

    with pytest.raises(MatchRefused, match="Vera Volunteer has been with this family since"):
        start(cast, support=cast.family.supports.get(), volunteer=cast.volunteer_row)

    assert cast.family.assignments.count() == 1


def test_match_of_two_families_fits_who_agreed_to_two(cast):
    cast.volunteer_row.most_families = 2
    cast.volunteer_row.save()

    start(cast, volunteer=cast.volunteer_row)

    assert Family.objects.visible_to(cast.volunteer).count() == 2


def end(cast, by=None, match=None, reason="practical", note=""):
    by = by or cast.coordinator
    with acting_as(Scope.SCOPED, by.pk):
        return end_match(by=by, match=match or cast.match, reason=reason, note=note)


def test_match_end_takes_access_away_the_same_day(cast):
    ended = end(cast)

    assert (ended.state, ended.ended_on, ended.end_reason) == (MatchState.ENDED, TODAY, "practical")
    ended.assignment.refresh_from_db()
    assert ended.assignment.ends_on == TODAY
    assert not Family.objects.visible_to(cast.volunteer).exists()
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert not Family.objects.exists()
    assert AuditEvent.objects.get(verb="match.ended").reason == "practical"


def test_match_end_leaves_planned_visits_for_the_coordinator(cast):
    planned = factories.visit(cast.family, cast.volunteer, days_ago=-3, state="planned")

    end(cast)

    planned.refresh_from_db()
    assert (planned.state, planned.worker) == (VisitState.PLANNED, cast.volunteer)


def test_match_ended_can_begin_again_the_same_day(cast):
    end(cast)

    again = start(cast, support=cast.family.supports.get(), volunteer=cast.volunteer_row)

    assert again.started_on == TODAY
    assert Family.objects.visible_to(cast.volunteer).get() == cast.family


@pytest.mark.parametrize(
    ("who", "reason", "words"),
    [
        ("other_coordinator", "practical", "do not coordinate"),
        ("volunteer", "practical", "do not coordinate"),
        ("coordinator", "bored", "Choose why"),
        ("coordinator", "", "Choose why"),
    ],
)
def test_match_end_refused(cast, who, reason, words):
    with pytest.raises(MatchRefused, match=words):
        end(cast, by=getattr(cast, who), reason=reason)

    cast.match.refresh_from_db()
    assert cast.match.state == MatchState.ACTIVE


def test_match_ends_once(cast):
    end(cast)

    with pytest.raises(MatchRefused, match="already ended"):
        end(cast, reason="safety")

    cast.match.refresh_from_db()
    assert cast.match.end_reason == "practical"

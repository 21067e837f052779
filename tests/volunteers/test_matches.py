from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.actions.visit import log_visit
from families.models import Assignment, Family, VisitState
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


def _loses(person):
    long_ago = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    person.memberships.update(starts_at=long_ago, ends_at=long_ago + dt.timedelta(days=1))


def _loses_the_role(cast):
    _loses(cast.other_volunteer)


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
        (_fills_up, {}, "volunteer", "promised to 1 family already"),
        (_fills_up_elsewhere, {}, "volunteer", "promised to 1 family already"),
        (None, {"started_on": TODAY + dt.timedelta(days=1)}, "started_on", "today or an earlier day"),
        (None, {"started_on": TODAY - dt.timedelta(weeks=9)}, "started_on", "cannot be earlier"),
        (None, {"support": "active_here", "volunteer": "volunteer_row"}, "volunteer", "is with this family already"),
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

    with pytest.raises(MatchRefused, match="is with this family already"):
        start(cast, support=cast.family.supports.get(), volunteer=cast.volunteer_row)
    end(cast)
    with pytest.raises(MatchRefused, match="Vera Volunteer has been with this family since"):
        start(
            cast,
            support=cast.family.supports.get(),
            volunteer=cast.volunteer_row,
            started_on=TODAY - dt.timedelta(weeks=1),
        )

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


def sees(cast):
    """Whether the volunteer finds the family, by our rule and by the database's."""
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        by_database = Family.objects.filter(pk=cast.family.pk).exists()
    assert Family.objects.visible_to(cast.volunteer).filter(pk=cast.family.pk).exists() == by_database
    return by_database


def test_match_end_leaves_the_volunteer_the_rest_of_the_day(cast):
    ended = end(cast)

    assert (ended.state, ended.ended_on, ended.end_reason) == (MatchState.ENDED, TODAY, "practical")
    ended.assignment.refresh_from_db()
    assert ended.assignment.ends_on == TODAY + dt.timedelta(days=1)
    assert sees(cast)
    assert not Assignment.objects.in_force(TODAY + dt.timedelta(days=1)).exists()
    assert AuditEvent.objects.get(verb="match.ended").reason == "practical"


@pytest.mark.parametrize("why", ["safety", "no role", "no sign-in"])
def test_match_end_for_safety_or_without_access_cuts_at_once(cast, why):
    if why == "no role":
        _loses(cast.volunteer)
    elif why == "no sign-in":
        cast.volunteer.is_active = False
        cast.volunteer.save()

    ended = end(cast, reason="safety" if why == "safety" else "practical")

    ended.assignment.refresh_from_db()
    assert ended.assignment.ends_on == TODAY
    assert not sees(cast)


def test_visit_of_the_last_day_can_be_told_by_the_volunteer(cast, as_user):
    end(cast)
    page = as_user(cast.volunteer).get(reverse("volunteers:my-visits")).content.decode()
    assert "today is your last day together" in page
    assert reverse("families:visit-plan", args=[cast.family.reference]) not in page
    now = timezone.now()

    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        log_visit(
            by=cast.volunteer,
            uuid=uuid.uuid4(),
            support=cast.family.supports.get(),
            worker=cast.volunteer,
            actual_start=now - dt.timedelta(minutes=10),
            duration_minutes=10,
            mode="home",
        )

    assert cast.family.visits.delivered().get().worker == cast.volunteer


def test_match_end_leaves_planned_visits_for_the_coordinator(cast):
    planned = factories.visit(cast.family, cast.volunteer, days_ago=-3, state="planned")

    end(cast)

    planned.refresh_from_db()
    assert (planned.state, planned.worker) == (VisitState.PLANNED, cast.volunteer)


def test_match_ended_can_begin_again_the_same_day(cast):
    end(cast)

    again = start(cast, support=cast.family.supports.get(), volunteer=cast.volunteer_row)

    assert again.started_on == TODAY
    cast.match.assignment.refresh_from_db()
    assert (cast.match.assignment.ends_on, again.assignment.ends_on) == (TODAY, None)
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

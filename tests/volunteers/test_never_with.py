"""Not with them: kept from the other side, until it is taken back with a reason."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from families.reports.needs import Urgency
from tests import factories
from tests.volunteers.matching_rows import never
from tests.volunteers.pairs import asked, booked, suggested
from volunteers.actions.never_with import NeverWithRefused, say_never, take_back_never
from volunteers.models import Match, MatchState, NeverWith, VolunteerOffer
from volunteers.reports.match_needs import match_steps


@pytest.fixture
def given(cast):
    return {
        "support": cast.family.supports.get(),
        "volunteer": cast.volunteer_row,
        "said_by": "family",
        "reason": "school_gate",
    }


def test_it_is_kept_once_however_often_it_is_sent(cast, given):
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        row = say_never(by=cast.coordinator, **given)
        assert say_never(by=cast.coordinator, **given) == row
        say_never(by=cast.coordinator, **given | {"said_by": "volunteer"})

    assert NeverWith.objects.standing().count() == 2
    event = AuditEvent.objects.filter(verb="never_with.said").first()
    assert (event.target_label, event.details) == (cast.family.reference, {})


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"said_by": "neighbour"}, "said_by"),
        ({"reason": "hunch"}, "reason"),
        ({"reason": "other"}, "words"),
        ({"said_on": london_today() + dt.timedelta(days=1)}, "said_on"),
    ],
)
def test_what_is_missing_is_asked_for(cast, given, changed, field):
    with pytest.raises(NeverWithRefused) as refusal:
        say_never(by=cast.coordinator, **given | changed)

    assert list(refusal.value.error_dict) == [field]


@pytest.mark.parametrize("who", ["other_coordinator", "volunteer", "manager", "nobody"])
def test_only_coordinators_of_the_support_keep_it(cast, given, who):
    with pytest.raises(NeverWithRefused):
        say_never(by=getattr(cast, who), **given)


def test_reply_that_asked_for_somebody_else_stands_beside_it(cast, given):
    asked, other = (factories.reply(cast.family, kind) for kind in ("other_volunteer", "call"))

    row = say_never(by=cast.coordinator, **given | {"reason": "asked"}, reply=asked)

    assert row.reply == asked
    for reply in (other, factories.reply(cast.other_family, "other_volunteer")):
        with pytest.raises(NeverWithRefused):
            say_never(by=cast.coordinator, **given, reply=reply)


def test_taken_back_needs_a_reason_and_happens_once(cast, given):
    row = say_never(by=cast.coordinator, **given)
    with pytest.raises(NeverWithRefused):
        take_back_never(by=cast.coordinator, row=row, why=" ")
    with pytest.raises(NeverWithRefused):
        take_back_never(by=cast.other_coordinator, row=row, why="They moved.")

    take_back_never(by=cast.coordinator, row=row, why="They moved.")

    assert not NeverWith.objects.standing().exists()
    with pytest.raises(NeverWithRefused, match="already"):
        take_back_never(by=cast.coordinator, row=row, why="They moved.")
    assert say_never(by=cast.coordinator, **given) != row


def test_volunteer_reads_what_they_said_and_never_what_the_family_or_a_coordinator_did(cast):
    for said_by in ("family", "volunteer", "coordinator"):
        never(cast.family, cast.volunteer_row, cast.coordinator, said_by)

    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        assert [row.said_by for row in NeverWith.objects.all()] == ["volunteer"]
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        assert NeverWith.objects.count() == 3


@pytest.mark.parametrize("as_far_as", [suggested, asked, booked])
def test_match_of_the_two_that_has_not_begun_is_taken_back_when_it_is_said(cast, as_far_as):
    match = as_far_as(cast)

    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        say_never(
            by=cast.coordinator, support=match.support, volunteer=match.volunteer, said_by="family", reason="asked"
        )

    match.refresh_from_db()
    assert match.state == MatchState.WITHDRAWN
    assert not VolunteerOffer.objects.filter(closed_at=None).exists()
    assert AuditEvent.objects.filter(verb="match.withdrawn", family_id=match.family_id).exists()


def test_match_that_holds_goes_on_and_is_the_first_thing_to_decide_today(cast, given, as_user):
    page = reverse("volunteers:never-with", args=[cast.family.uuid])
    typed = {"volunteer": cast.volunteer_row.pk, "said_by": "family", "reason": "school_gate"}

    response = as_user(cast.coordinator).post(page, typed | {"said_on": london_today().isoformat()}, follow=True)

    assert response.redirect_chain[0][0] == reverse("volunteers:match", args=[cast.match.pk])
    assert "They are together now: decide today" in response.content.decode()
    assert Match.objects.get(pk=cast.match.pk).is_active
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        [need] = match_steps(cast.coordinator, london_today(), 5).needs
    assert (need.urgency, need.url) == (Urgency.WORRY, response.redirect_chain[0][0])
    assert "do not meet, and they are together" in need.reason

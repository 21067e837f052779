"""Not with them: kept from the other side, until it is taken back with a reason."""

from __future__ import annotations

import datetime as dt

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.audit.models import AuditEvent
from betterstart.clock import london_today
from tests import factories
from tests.volunteers.matching_rows import never
from volunteers.actions.never_with import NeverWithRefused, say_never, take_back_never
from volunteers.models import NeverWith


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

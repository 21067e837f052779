"""The Transfer machine of the specification, row by row, and who reads what before the other service says yes."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from betterstart.transitions.machine import MoveRefused
from betterstart.transitions.models import Transition
from families.actions.support import move_support
from families.actions.transfer import (
    TransferRefused,
    accept_transfer,
    decline_transfer,
    lapse_transfers,
    note_agreement,
    propose_transfer,
    send_transfer,
    withdraw_transfer,
)
from families.models import Family, Support, Transfer, TransferState
from families.models.support import OPEN_STATES
from families.models.transfer import TRANSFER_MACHINE
from tests import factories

STATES = list(TransferState.values)
LEADS_TO = {
    "proposed": {"family_agreed", "withdrawn"},
    "family_agreed": {"sent", "withdrawn"},
    "sent": {"accepted", "declined", "lapsed", "withdrawn"},
    **{state: set() for state in ("accepted", "declined", "lapsed", "withdrawn")},
}


def acting(person, act):
    """Do something as this person, under the database role of a page."""
    with acting_as(Scope.SCOPED, person.pk):
        return act()


def propose(cast, **fields):
    asked = {"support": cast.family.supports.get(service=cast.home), "to_service": cast.far, "summary": "A new baby."}
    return acting(cast.coordinator, lambda: propose_transfer(by=cast.coordinator, **(asked | fields)))


def steps(cast, transfer):
    """Each move as a person makes it."""
    me, them = cast.coordinator, cast.other_coordinator
    agreed = {
        "summary": transfer.summary,
        "agreed_by": cast.family.members.get(role="parent"),
        "agreed_how": "spoken",
        "agreed_on": london_today(),
    }
    return {
        "family_agreed": lambda: acting(me, lambda: note_agreement(by=me, transfer=transfer, **agreed)),
        "sent": lambda: acting(me, lambda: send_transfer(by=me, transfer=transfer)),
        "accepted": lambda: acting(them, lambda: accept_transfer(by=them, transfer=transfer)),
        "declined": lambda: acting(them, lambda: decline_transfer(by=them, transfer=transfer, reason="no_place")),
        "withdrawn": lambda: acting(me, lambda: withdraw_transfer(by=me, transfer=transfer)),
    }


def brought_to(cast, state):
    transfer = propose(cast)
    path = {"proposed": [], "family_agreed": ["family_agreed"], "withdrawn": ["withdrawn"]}.get(
        state, ["family_agreed", "sent", state]
    )
    for step in dict.fromkeys(path):
        if step == "lapsed":
            Transfer.objects.filter(pk=transfer.pk).update(lapses_on=london_today())
            with acting_as(Scope.ALL, None):
                assert lapse_transfers() == 1
        else:
            steps(cast, transfer)[step]()
    return Transfer.objects.get(pk=transfer.pk)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("to", ["family_agreed", "sent", "accepted", "declined", "withdrawn"])
def test_every_pair_of_states_is_a_move_or_is_refused_without_a_trace(cast, state, to):
    transfer = brought_to(cast, state)
    moves = Transition.objects.count()

    if to in LEADS_TO[state]:
        steps(cast, transfer)[to]()
        transfer.refresh_from_db()
        assert transfer.state == to
    else:
        with pytest.raises(MoveRefused):
            steps(cast, transfer)[to]()
        transfer.refresh_from_db()
        assert (transfer.state, Transition.objects.count()) == (state, moves)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("in_time", [True, False])
def test_only_what_was_sent_lapses_and_only_after_its_last_day(cast, state, in_time):
    transfer = brought_to(cast, state)
    Transfer.objects.filter(pk=transfer.pk, lapses_on__isnull=False).update(
        lapses_on=london_today() + dt.timedelta(days=in_time)
    )
    moves = Transition.objects.count()

    if state == "sent" and not in_time:
        TRANSFER_MACHINE.move(transfer, to="lapsed", by=None)
        return
    with pytest.raises(MoveRefused):
        TRANSFER_MACHINE.move(transfer, to="lapsed", by=None)
    assert Transition.objects.count() == moves


def test_two_services_hand_the_same_family_on_to_one_support(cast):
    first = brought_to(cast, "sent")
    other = factories.support(cast.family, cast.stay_and_play)
    second = factories.transfer(other, cast.far, cast.coordinator)

    new = steps(cast, first)["accepted"]()

    assert steps(cast, second)["accepted"]() == new
    assert Support.objects.filter(family=cast.family, state__in=OPEN_STATES).get() == new


def test_yes_hands_the_family_on_in_one_step_and_links_both(cast):
    transfer = brought_to(cast, "sent")
    old = transfer.support

    new = acting(
        cast.other_coordinator,
        lambda: accept_transfer(by=cast.other_coordinator, transfer=transfer, state="getting_to_know"),
    )

    old.refresh_from_db()
    transfer.refresh_from_db()
    assert (old.state, old.ended_on) == ("transferred", london_today())
    assert (new.service, new.state, new.first_wish) == (cast.far, "getting_to_know", "")
    assert (transfer.new_support, list(new.came_by.all())) == (new, [transfer])


def test_family_that_is_there_already_goes_on_in_the_support_it_has(cast):
    here = factories.support(cast.family, cast.far)

    assert steps(cast, brought_to(cast, "sent"))["accepted"]() == here


@pytest.mark.parametrize("state", STATES)
def test_receiver_reads_the_summary_only_while_it_waits_and_the_family_only_after_a_yes(cast, state):
    transfer = brought_to(cast, state)

    with acting_as(Scope.SCOPED, cast.other_coordinator.pk):
        reads = Transfer.objects.filter(pk=transfer.pk).exists()
        family = Family.objects.filter(pk=cast.family.pk).exists()
        old = Support.objects.filter(pk=transfer.support_id).exists()
        moves = Transition.objects.filter(machine="transfer").exists()

    assert reads == Transfer.objects.visible_to(cast.other_coordinator).exists() == (state in {"sent", "accepted"})
    assert family == (state == "accepted")
    assert not old
    assert not moves


@pytest.mark.parametrize("days", [0, -1])
def test_answer_after_the_last_day_is_refused_also_before_the_sweep(cast, days):
    transfer = brought_to(cast, "sent")
    Transfer.objects.filter(pk=transfer.pk).update(lapses_on=london_today() + dt.timedelta(days=days))

    for answer in ("accepted", "declined"):
        with pytest.raises(MoveRefused, match="last day to answer"):
            steps(cast, transfer)[answer]()

    assert cast.family.supports.get().is_open


def test_only_the_service_that_asks_sends_and_only_the_asked_one_answers(cast):
    transfer = brought_to(cast, "sent")

    for act in (accept_transfer, lambda **asked: decline_transfer(reason="other", **asked)):
        with pytest.raises(TransferRefused):
            acting(cast.coordinator, lambda act=act: act(by=cast.coordinator, transfer=transfer))
    with pytest.raises(TransferRefused):
        acting(cast.other_coordinator, lambda: withdraw_transfer(by=cast.other_coordinator, transfer=transfer))


def test_support_that_ends_takes_back_what_was_asked(cast):
    transfer = brought_to(cast, "sent")
    support = cast.family.supports.get()

    acting(
        cast.coordinator,
        lambda: move_support(by=cast.coordinator, support=support, to="ended_unplanned", reason="moved"),
    )

    transfer.refresh_from_db()
    assert transfer.state == "withdrawn"


@pytest.mark.parametrize("to_service", ["home", "closed"])
def test_service_that_cannot_take_the_family_is_not_asked(cast, to_service):
    cast.closed = factories.service(cast.elsewhere, is_open=False)

    with pytest.raises(TransferRefused):
        propose(cast, to_service=getattr(cast, to_service))

    assert not Transfer.objects.exists()


@pytest.mark.parametrize("seed", range(6))
def test_one_service_is_responsible_whatever_is_tried_in_whatever_order(cast, seed):
    """Any order of steps, to and fro between the two: one open support at each moment, and none lost."""
    chance, tried = random.Random(seed), 0
    transfer = propose(cast)
    for _step in range(12):
        name = chance.choice(["family_agreed", "sent", "accepted", "declined", "withdrawn"])
        try:
            steps(cast, transfer)[name]()
            tried += 1
        except MoveRefused:
            pass
        supports = Support.objects.filter(family=cast.family)
        assert supports.filter(state__in=OPEN_STATES).count() == 1
        assert supports.count() == 1 + Transfer.objects.filter(state="accepted").count()
        transfer.refresh_from_db()
        if not transfer.is_open and transfer.state != "accepted":
            transfer = propose(cast)
    assert tried

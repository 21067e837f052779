"""The tables of moves: domain 4.3 (match) and 4.5 (volunteer), each pair of states once."""

from __future__ import annotations

import itertools

import pytest

from volunteers.models import MATCH_MACHINE, VOLUNTEER_MACHINE, MatchState, VolunteerState

M, V = MatchState, VolunteerState
MATCH_MOVES = {
    M.SUGGESTED: {M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY, M.WITHDRAWN},
    M.OFFERED_TO_VOLUNTEER: {
        M.OFFERED_TO_FAMILY,
        M.DECLINED_BY_VOLUNTEER,
        M.DECLINED_BY_FAMILY,
        M.INTRODUCTION_BOOKED,
        M.WITHDRAWN,
    },
    M.OFFERED_TO_FAMILY: {M.DECLINED_BY_VOLUNTEER, M.DECLINED_BY_FAMILY, M.INTRODUCTION_BOOKED, M.WITHDRAWN},
    M.INTRODUCTION_BOOKED: {M.NOT_SUITABLE, M.ACTIVE, M.WITHDRAWN},
    M.ACTIVE: {M.PAUSED, M.ENDING, M.ENDED},
    M.PAUSED: {M.ACTIVE, M.ENDING, M.ENDED},
    M.ENDING: {M.ACTIVE, M.ENDED},
}
VOLUNTEER_MOVES = {
    V.ENQUIRY: {V.APPLIED, V.SUSPENDED, V.NOT_PROCEEDING},
    V.APPLIED: {V.CHECKING, V.SUSPENDED, V.NOT_PROCEEDING},
    V.CHECKING: {V.PREPARING, V.SUSPENDED, V.NOT_PROCEEDING},
    V.PREPARING: {V.READY, V.SUSPENDED, V.NOT_PROCEEDING, V.LEFT},
    V.READY: {V.ON_BREAK, V.SUSPENDED, V.LEFT},
    V.ON_BREAK: {V.READY, V.SUSPENDED, V.LEFT},
    V.SUSPENDED: {V.READY, V.PREPARING, V.NOT_PROCEEDING, V.LEFT},
    V.NOT_PROCEEDING: {V.APPLIED, V.PREPARING},
    V.LEFT: {V.APPLIED, V.PREPARING},
}


@pytest.mark.parametrize(
    ("machine", "table", "states"),
    [(MATCH_MACHINE, MATCH_MOVES, MatchState), (VOLUNTEER_MACHINE, VOLUNTEER_MOVES, VolunteerState)],
    ids=["match", "volunteer"],
)
def test_machine_knows_exactly_the_moves_of_its_table(machine, table, states):
    leads = {pair for pair in itertools.product(states, states) if machine.find(*pair)}

    assert leads == {(source, to) for source, targets in table.items() for to in targets}

"""The table of moves of a match (domain 4.3), each pair of states once. Of a volunteer: test_volunteer_machine."""

from __future__ import annotations

import itertools

from volunteers.models import MATCH_MACHINE, MatchState

M = MatchState
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


def test_machine_of_matches_knows_exactly_the_moves_of_its_table():
    leads = {pair for pair in itertools.product(MatchState, MatchState) if MATCH_MACHINE.find(*pair)}

    assert leads == {(source, to) for source, targets in MATCH_MOVES.items() for to in targets}

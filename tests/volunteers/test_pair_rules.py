"""Rules of safety hold on every way two are brought together, and say what the page that finds a volunteer says."""

from __future__ import annotations

import pytest

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import london_today
from families.models import PlanChoice
from tests import factories
from tests.volunteers.matching_rows import profile, visit_needs
from tests.volunteers.pairs import asked, do, suggested, waiting_pair
from volunteers.actions import MatchRefused, end_match, plan_match_ending, start_match, suggest_match
from volunteers.actions.pair_rules import why_not_at_home
from volunteers.models import Match
from volunteers.reports.matching.loading import family_sides, volunteer_sides
from volunteers.reports.matching.rules import why_not

HOME_RULES = {"alone", "pets", "animals", "smoke", "stairs", "wish"}
# Which rule bars, what the family's side says, what the volunteer's profile says, and the family's wish.
BARRED = [
    ("alone", {"who_comes": "two", "why": "The dog"}, {}, ""),
    ("alone", {"who_comes": "worker", "why": "Much to hold"}, {}, ""),
    ("animals", {"no_pets": True}, {"has_pets": True}, ""),
    ("pets", {"at_home": ["cat"]}, {"homes": {"cat": "cannot"}}, ""),
    ("pets", {"at_home": ["dog"]}, {"homes": {"dog": "cannot", "cat": "cannot", "other_animal": "cannot"}}, ""),
    ("smoke", {"at_home": ["smoke"]}, {"homes": {"smoke": "cannot"}}, ""),
    ("stairs", {"at_home": ["stairs"]}, {"homes": {"stairs": "cannot"}}, ""),
    ("wish", {}, {"offered_as": "man"}, "woman"),
]
FREE = [
    ({"at_home": ["cat"]}, {"homes": {"dog": "cannot", "cat": "rather_not"}, "has_pets": True}, ""),
    ({"at_home": None}, {"homes": {"smoke": "cannot", "stairs": "cannot"}}, ""),
    ({"at_home": []}, {"homes": {"cat": "cannot"}, "offered_as": "woman"}, "woman"),
    ({}, {}, "man"),
]


def told(cast, needs, facts, wish):
    pair = waiting_pair(cast)
    visit_needs(pair.support, cast.coordinator, **{"at_home": []} | needs)
    profile(pair.volunteer, **facts)
    if wish:
        PlanChoice.objects.create(kind="volunteer", answer=wish, **factories.voice(pair.family))
    with acting_as(Scope.SCOPED, cast.coordinator.pk):
        [family], [volunteer] = (
            family_sides(cast.coordinator, [pair.support]),
            volunteer_sides(cast.coordinator, [pair.volunteer]),
        )
        return pair, {barrier.key for barrier in why_not(family, volunteer)} & HOME_RULES


@pytest.mark.parametrize(("rule", "needs", "facts", "wish"), BARRED)
def test_what_bars_two_on_the_page_bars_them_everywhere(cast, rule, needs, facts, wish):
    pair, barred = told(cast, needs, facts, wish)

    assert barred == {rule}
    for act in (suggest_match, start_match):
        with pytest.raises(MatchRefused, match="Wilf Othervolunteer: "):
            do(cast.coordinator, act, support=pair.support, volunteer=pair.volunteer)
    assert not Match.objects.filter(support=pair.support).exists()


@pytest.mark.parametrize(("needs", "facts", "wish"), FREE)
def test_what_bars_nobody_on_the_page_bars_nobody_anywhere(cast, needs, facts, wish):
    pair, barred = told(cast, needs, facts, wish)

    assert barred == set()
    assert why_not_at_home(pair.support, pair.volunteer) == ""
    assert do(cast.coordinator, suggest_match, support=pair.support, volunteer=pair.volunteer).pk


def test_what_is_learned_of_the_home_after_the_suggestion_stops_the_offer(cast):
    match = suggested(cast)
    visit_needs(match.support, cast.coordinator, who_comes="two", why="The dog")

    with pytest.raises(MatchRefused, match="two people"):
        asked(cast, match)


def test_two_who_parted_for_safety_are_not_brought_together_again(cast):
    do(cast.coordinator, end_match, match=cast.match, reason="safety")

    for act in (suggest_match, start_match):
        with pytest.raises(MatchRefused, match="do not meet"):
            do(cast.coordinator, act, support=cast.match.support, volunteer=cast.volunteer_row)


def test_ending_for_safety_is_not_planned_but_done_now(cast):
    ask = {"match": cast.match, "ending_on": london_today(), "reason": "safety"}

    with pytest.raises(MatchRefused, match="access goes at once"):
        do(cast.coordinator, plan_match_ending, **ask)
    assert Match.objects.get(pk=cast.match.pk).is_active

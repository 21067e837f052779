"""Whatever the facts are: no suggestion breaks a rule, and the order of people changes nothing."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.matching.sides import families, teams, volunteers
from volunteers.reports.matching.cards import KEYS, consider
from volunteers.reports.matching.reasons import reasons
from volunteers.reports.matching.rules import RULES, may_meet, why_not

quick = settings(max_examples=60, deadline=None)


@quick
@given(families, teams, st.sampled_from(list(KEYS)))
def test_no_suggestion_breaks_a_rule_and_nobody_is_lost(family, team, key):
    looked_at = consider(family, team, key)

    assert not [rule.key for each in looked_at.could for rule in RULES if rule.bars(family, each)]
    assert all(barriers for _each, barriers in looked_at.barred)
    everybody = [*looked_at.could, *[each for each, _barriers in looked_at.barred]]
    assert {each.volunteer_id for each in everybody} == {each.volunteer_id for each in team}
    assert len(everybody) == len(team)


@quick
@given(families, teams, st.sampled_from(list(KEYS)), st.randoms(use_true_random=False))
def test_order_in_which_people_are_given_changes_nothing(family, team, key, chance: Random):
    shuffled = list(team)
    chance.shuffle(shuffled)

    assert consider(family, team, key) == consider(family, shuffled, key)


@quick
@given(families, volunteers)
def test_short_answer_agrees_with_the_long_one(family, volunteer):
    assert may_meet(family, volunteer) == (not why_not(family, volunteer))


@quick
@given(families, volunteers)
def test_no_sentence_holds_a_share_or_a_place_in_a_row(family, volunteer):
    said = reasons(family, volunteer)
    words = [*said.speaks_for, *said.think_about, *said.missing]
    words += [barrier.sentence for barrier in why_not(family, volunteer)]

    assert not [each for each in words if "%" in each or "{" in each or "None" in each]

"""From a suggestion to two answers: who may be asked, in which words, and what each side learns of the other."""

from __future__ import annotations

import pytest

from betterstart.access.acting import Scope, acting_as
from families.models import Family
from tests import factories
from tests.volunteers.matching_rows import never
from tests.volunteers.on_their_way import fact
from tests.volunteers.pairs import (
    ABOUT_THEM,
    asked,
    both_said_yes,
    do,
    family_says,
    suggested,
    volunteer_says,
    waiting_pair,
)
from volunteers.actions import MatchRefused, offer_match, record_answer, start_match, suggest_match, withdraw_match
from volunteers.models import FamilyOffer, Match, MatchState, VolunteerOffer

M = MatchState


def sentences(refusal):
    return " ".join(refusal.value.messages)


def test_suggestion_asks_nobody_and_takes_no_place(cast):
    match = suggested(cast)

    assert match.state == M.SUGGESTED
    assert not VolunteerOffer.objects.exists()
    assert not Match.objects.taking_a_place().filter(pk=match.pk).exists()
    assert not Family.objects.visible_to(cast.other_volunteer).exists()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("suspended", "cannot be with families just now"),
        ("on_break", "takes a break"),
        ("preparing", "is not ready yet"),
        ("checking", "checks are under way"),
    ],
)
def test_volunteer_who_may_not_be_with_families_is_neither_suggested_nor_asked(cast, state, words):
    match, volunteer = suggested(cast), cast.other_volunteer_row
    if state == "on_break":
        fact("break", volunteer, cast.coordinator)
    type(volunteer).objects.filter(pk=volunteer.pk).update(state=state)  # in another tab

    with pytest.raises(MatchRefused) as refusal:
        asked(cast, match)
    assert words in sentences(refusal)
    with pytest.raises(MatchRefused):
        suggested(cast)
    assert not VolunteerOffer.objects.exists()


def test_place_that_is_promised_to_another_family_is_taken(cast):
    asked(cast, sides=["family"])

    with pytest.raises(MatchRefused, match="promised to 1 family already"):
        suggested(cast)


def test_pair_is_suggested_once_and_again_after_it_is_over(cast):
    pair = waiting_pair(cast)
    match = suggested(cast, pair)
    with pytest.raises(MatchRefused, match="is with this family already"):
        suggested(cast, pair)
    do(cast.coordinator, withdraw_match, match=match)

    assert suggested(cast, pair).pk != match.pk


def test_family_that_said_never_with_this_volunteer_is_not_offered_them_even_when_it_said_so_meanwhile(cast):
    match = suggested(cast)
    never(match.family, match.volunteer, cast.coordinator, "family")

    with pytest.raises(MatchRefused, match="do not meet"):
        asked(cast, match)
    do(cast.coordinator, withdraw_match, match=match)
    with pytest.raises(MatchRefused, match="do not meet"):
        do(cast.coordinator, start_match, support=match.support, volunteer=match.volunteer)
    assert not VolunteerOffer.objects.exists()


@pytest.mark.parametrize("act", [suggest_match, start_match])
def test_coordinator_of_another_organisation_brings_nobody_together(cast, act):
    pair = waiting_pair(cast)
    with pytest.raises(MatchRefused, match="do not coordinate"):
        do(cast.other_coordinator, act, support=pair.support, volunteer=pair.volunteer)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Nadia would like company.", "Nadia"),
        ("She is called nadía.", "nadía"),
        ("They live at BD5 7QT.", "BD5 7QT"),
        ("They live at bd57qt.", "bd57qt"),
        ("Ring 07700 900 123.", "07700 900 123"),
        ("Write to us@example.org first.", "us@example.org"),
        ("Wilf’s cooking is good.", "Wilf’s"),
        ("Near Undercliffe Rise.", "Undercliffe"),
        ("Near the mill in Saltaire.", "Saltaire"),
        ("Her sister Jo comes on Fridays.", "Jo"),
    ],
)
def test_description_that_tells_who_somebody_is_is_refused_and_says_what(cast, words, found):
    match = suggested(cast)
    factories.address(match.family, lines="12 Undercliffe Rise\nSaltaire", postcode="BD5 7QT")
    factories.member(match.family, "Jo", "parent")

    with pytest.raises(MatchRefused) as refusal:
        do(cast.coordinator, offer_match, match=match, side="volunteer", description=words)

    assert found in sentences(refusal)
    assert not VolunteerOffer.objects.exists()


def test_words_that_are_only_spelled_like_a_short_name_or_a_place_may_be_said(cast):
    match = suggested(cast)
    factories.address(match.family, lines="12 Undercliffe Rise\nWest Park")
    factories.member(match.family, "An", "parent")
    factories.member(match.family, "Maria de Souza", "parent")

    words = "Mr and Mrs live to the west of the park, with an aunt. De minimis."
    told = do(cast.coordinator, offer_match, match=match, side="volunteer", description=words)

    assert told.volunteer_offer.description == words


def test_volunteer_reads_the_description_and_nothing_else_of_the_family(cast):
    match = asked(cast)

    with acting_as(Scope.SCOPED, cast.other_volunteer.pk):
        assert VolunteerOffer.objects.get().description == ABOUT_THEM
        assert not FamilyOffer.objects.exists()
        assert not Match.objects.filter(pk=match.pk).exists()
        assert not Family.objects.exists()


def test_each_side_answers_apart_and_the_match_waits_for_both(cast):
    match = asked(cast)

    volunteer_says(match, words="Gladly.")
    match.refresh_from_db()
    assert match.state == M.OFFERED_TO_FAMILY
    family_says(cast, match)

    match.refresh_from_db()
    assert (match.volunteer_offer.answer, match.family_offer.answer) == ("yes", "yes")
    assert match.family_offer.said_by.role == "parent"


@pytest.mark.parametrize("side", ["volunteer", "family"])
def test_no_of_one_side_ends_it_and_frees_the_place_without_a_reason(cast, side):
    match = asked(cast)

    volunteer_says(match, "no") if side == "volunteer" else family_says(cast, match, "no")

    match.refresh_from_db()
    assert match.state == f"declined_by_{side}"
    assert match.volunteer_offer.closed_at
    assert suggested(cast).state == M.SUGGESTED


def test_volunteer_whose_offer_was_taken_back_is_told_so_kindly(cast):
    match = asked(cast)
    do(cast.coordinator, withdraw_match, match=match)

    with pytest.raises(MatchRefused, match="not asked any more"):
        volunteer_says(match)


def test_answer_of_somebody_else_or_against_the_first_one_is_refused(cast):
    match = both_said_yes(cast)

    with pytest.raises(MatchRefused, match="There is an answer already"):
        family_says(cast, match, "no")
    match.volunteer = cast.volunteer_row
    with pytest.raises(MatchRefused, match="not asked of you"):
        volunteer_says(match, "no")
    assert volunteer_says(Match.objects.get(pk=match.pk)).answer == "yes"  # sent twice


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"told": "themselves"}, "how they told you"),
        ({"said_by": None}, "who of the family"),
        ({"answer": "perhaps"}, "yes or no"),
    ],
)
def test_answer_of_a_family_says_who_and_how(cast, fields, words):
    match = asked(cast)
    with pytest.raises(MatchRefused) as refusal:
        family_says(cast, match, **fields)
    assert words in sentences(refusal)


def test_nobody_answers_what_was_not_asked(cast):
    match = asked(cast, sides=["volunteer"])
    with pytest.raises(MatchRefused, match="nothing to answer"):
        family_says(cast, match)
    with pytest.raises(MatchRefused, match="do not coordinate"):
        do(cast.other_coordinator, record_answer, match=match, side="volunteer", answer="yes", told="phone")

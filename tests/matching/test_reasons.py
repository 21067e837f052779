from __future__ import annotations

import datetime as dt

import pytest

from betterstart.clock import london_today
from tests.matching.sides import BRADFORD, FAMILY, family, volunteer
from volunteers.reports.matching.reasons import facts_of, known_of, missing_of, reasons

TODAY = london_today()
THREE_MILES_AWAY = (BRADFORD[0] + 0.0434, BRADFORD[1])

SAID = [
    ("speaks_for", {}, {}, "Speaks Urdu, as the family does."),
    ("speaks_for", {}, {}, "Both can on Tuesday morning."),
    ("speaks_for", {}, {}, "Lives less than a mile from them, in a straight line."),
    ("speaks_for", {"knew": frozenset({7})}, {}, "Was with this family before."),
    ("speaks_for", {"wishes_gender": "woman"}, {}, "Is a woman, as the family asked."),
    ("speaks_for", {"wishes_gender": "man"}, {"gender": "man"}, "Is a man, as the family asked."),
    (
        "speaks_for",
        {},
        {"skills": frozenset({"company", "play"})},
        "help with what they picked: having people around me.",
    ),
    ("speaks_for", {"interests": frozenset({"music"})}, {"interests": frozenset({"music"})}, "Both like: music"),
    ("speaks_for", {"circumstances": frozenset({"loss"})}, {"experience": frozenset({"loss"})}, "chose to share it"),
    ("speaks_for", {}, {"hours_left": 2.5}, "Has 2.5 hours a week left."),
    ("speaks_for", {}, {"last_match_ended_on": TODAY - dt.timedelta(days=40)}, "Their last match ended on"),
    ("think_about", {"interpreter": True}, {"languages": frozenset({"pl"})}, "An interpreter would have to come"),
    ("think_about", {}, {"slots": frozenset({"fri-evening"})}, "No time yet that suits both"),
    ("think_about", {}, {"position": THREE_MILES_AWAY, "travels_km": 5}, "about 3 miles from them, nearly as far"),
    ("think_about", {}, {"hours_left": 1.0}, "few hours left"),
    ("think_about", {}, {"is_new": True}, "their first family"),
    ("think_about", {"has_stairs": True}, {"rather_not": frozenset({"stairs"})}, "Would rather not, and still can"),
    ("think_about", {}, {"services": frozenset({2})}, "another service"),
    ("think_about", {}, {"told_on": TODAY - dt.timedelta(days=200)}, "ask whether it still holds"),
    ("missing", {"wishes_gender": "woman"}, {"gender": ""}, "whether they are a woman, as the family asked"),
    ("missing", {"wishes_gender": "man"}, {"gender": ""}, "whether they are a man, as the family asked"),
    ("missing", {}, {"languages": frozenset()}, "which languages they speak"),
    ("missing", {}, {"slots": frozenset()}, "when they can"),
    ("missing", {}, {"position": None}, "where they live"),
    ("missing", {}, {"travels_km": None}, "how far they travel"),
    ("missing", {"has_pets": True}, {"accepts_pets": None}, "with a pet"),
    ("missing", {"no_pets": True}, {"keeps_pets": None}, "whether they have animals at home"),
    ("missing", {"somebody_smokes": True}, {"accepts_smoke": None}, "where somebody smokes"),
    ("missing", {"has_stairs": True}, {"manages_stairs": None}, "climb the stairs"),
]


@pytest.mark.parametrize(("part", "of_family", "of_volunteer", "words"), SAID)
def test_fact_becomes_a_sentence_in_its_list_and_in_no_other(part, of_family, of_volunteer, words):
    said = reasons(family(**of_family), volunteer(**of_volunteer))

    others = {"speaks_for", "think_about", "missing"} - {part}
    assert [sentence for sentence in getattr(said, part) if words in sentence]
    assert not [sentence for other in others for sentence in getattr(said, other) if words in sentence]


@pytest.mark.parametrize(("part", "of_family", "of_volunteer", "words"), SAID[3:])
def test_without_the_fact_nothing_is_said(part, of_family, of_volunteer, words):
    plain = reasons(FAMILY, volunteer(hours_left=3.0, last_match_ended_on=None))

    assert not [sentence for sentence in getattr(plain, part) if words in sentence]


def test_wishes_nobody_was_asked_about_have_no_sentence():
    said = reasons(FAMILY, volunteer(gender="woman"))

    assert not [each for each in [*said.speaks_for, *said.think_about, *said.missing] if "woman" in each]


def test_what_the_family_was_not_asked_is_named_once_and_not_on_each_card():
    unknown = family(languages=frozenset(), position=None, slots=frozenset(), has_pets=None, needs=frozenset())

    assert missing_of(FAMILY) == []
    assert len(missing_of(unknown)) == 5
    assert reasons(unknown, volunteer()).missing == []


def test_hidden_address_is_not_called_missing():
    hidden = family(position=None, address_is_hidden=True)

    assert missing_of(hidden) == []
    assert any("kept hidden" in words for words in known_of(hidden))


def test_card_begins_with_which_languages_and_when():
    assert facts_of(volunteer()) == [
        "English, Urdu",
        "Tuesday morning",
        "room for one family",
    ]

import numpy as np
import pytest

from tests.joint_plan.test_possible import family, volunteer
from volunteers.reports.joint_plan import explaining
from volunteers.reports.joint_plan.explaining import Help, what_would_help, without_anybody
from volunteers.reports.joint_plan.possible import Tables, possible_pairs

URDU, ENGLISH = frozenset(["urd"]), frozenset(["eng"])


def barriers(families, volunteers, chosen=()):
    found = possible_pairs(families, volunteers, Tables(families, volunteers))
    return without_anybody(families, volunteers, found, np.array(chosen, dtype=int))


@pytest.mark.parametrize(
    ("one", "others", "key"),
    [
        ({"languages": URDU}, [{"languages": ENGLISH}], "language"),
        ({"worker_led": True}, [{}], "alone"),
        ({"has_pets": True}, [{"accepts_pets": False}], "pets"),
        ({"wishes_gender": "woman"}, [{"gender": "man"}], "wish"),
        ({}, [], "places"),
        (
            {"has_pets": True, "has_stairs": True},
            [{"accepts_pets": False}, {"manages_stairs": False}, {"manages_stairs": False}],
            "stairs",
        ),
        ({"has_pets": True, "has_stairs": True}, [{"accepts_pets": False, "manages_stairs": False}], "several"),
        ({"position": (53.8, -1.7)}, [{"position": (53.9, -1.7), "travels_km": 2}], "travel"),
        ({"never": frozenset([0])}, [{}], "never"),
    ],
)
def test_a_family_nobody_suits_is_told_the_rule_without_which_most_people_would(one, others, key):
    assert barriers([family(**one)], [volunteer(at, **each) for at, each in enumerate(others)]) == {0: key}


def test_a_family_whose_people_are_all_proposed_elsewhere_is_told_so_and_one_that_starts_is_not_named():
    assert barriers([family(0), family(1)], [volunteer(0)], chosen=[0]) == {1: "taken"}


def test_the_language_that_helps_most_families_comes_first_and_each_family_counts_once():
    languages = [{"urd", "pan"}, {"urd"}, {"urd"}, {"pan"}]
    families = [family(at, languages=frozenset(each)) for at, each in enumerate(languages)]

    helps = what_would_help(families, [volunteer(languages=ENGLISH)], dict.fromkeys(range(4), "language"))

    assert helps == [Help("language", 3, "urd"), Help("language", 1, "pan")]


def test_where_only_few_speak_their_language_a_taken_family_waits_for_the_language_else_for_room():
    families = [family(0, languages=URDU), family(1, languages=ENGLISH), family(2)]
    volunteers = [volunteer(at, languages=spoken) for at, spoken in enumerate([URDU, ENGLISH, ENGLISH])]

    helps = what_would_help(families, volunteers, dict.fromkeys(range(3), "taken"))

    assert helps == [Help("taken", 2), Help("language", 1, "urd")]


def test_an_interpreter_makes_no_language_hard_to_find():
    one = family(languages=URDU, interpreter=True)

    assert what_would_help([one], [volunteer(languages=ENGLISH)], {0: "taken"}) == [Help("taken", 1)]


def test_wishes_are_counted_apart():
    families = [family(0, wishes_gender="woman"), family(1, wishes_gender="man"), family(2, wishes_gender="woman")]

    helps = what_would_help(families, [volunteer()], dict.fromkeys(range(3), "wish"))

    assert helps == [Help("wish", 2, "woman"), Help("wish", 1, "man")]


def test_with_very_many_people_only_some_are_asked_why(monkeypatch):
    monkeypatch.setattr(explaining, "MOST_ASKED", 4)
    asked = []
    monkeypatch.setattr(explaining, "why_not", lambda one, other: asked.append(other.volunteer_id) or [])

    barriers([family(0, languages=URDU)], [volunteer(at, languages=ENGLISH) for at in range(10)])

    assert asked == [0, 3, 6, 9]

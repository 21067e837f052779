import pytest

from tests.joint_plan.test_possible import family
from volunteers.reports.joint_plan.explaining import Help
from volunteers.reports.joint_plan.words import help_in_words, left_out_in_words, why_nobody
from volunteers.reports.matching.rules import BY_KEY

KEYS = [*BY_KEY, "taken", "several"]


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("families", [1, 6])
def test_every_reason_has_a_sentence_for_one_family_and_for_more(key, families):
    of = {"language": "ur", "wish": "woman"}.get(key, "")

    words = help_in_words(Help(key, families, of))

    assert words.startswith(f"{families} famil")
    assert words.endswith(".")
    assert "{" not in words


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("side", [None, family(languages=frozenset(["ur"]), wishes_gender="woman")])
def test_every_family_without_anybody_hears_why(key, side):
    words = why_nobody(key, side)

    assert words
    assert "{" not in words


def test_the_language_is_named():
    assert help_in_words(Help("language", 6, "ur")) == "6 families wait for somebody who speaks Urdu."
    assert why_nobody("language", family(languages=frozenset(["ur"]))) == "Nobody with room speaks Urdu."


def test_what_was_left_out_is_counted_and_what_no_plan_looks_at_is_always_said():
    said = left_out_in_words({"asked_to_wait": 1, "leaving": 2, "full": 0})

    assert said[:2] == [
        "1 family asked us to wait, and is not in the plan.",
        "2 volunteers are about to leave, and are not in the plan.",
    ]
    assert len(said) == 4

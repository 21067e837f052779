import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from betterstart.lexicon.models import FairWordingPrompt
from betterstart.lexicon.wording import LONGEST_READ, match_prompts, prompts_for


def prompt(words, order=1):
    return FairWordingPrompt(words=words, suggestion="Say what happened.", order=order)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("She failed to attend.", "failed to"),
        ("FAILED TO attend", "FAILED TO"),
        ("He failed\n   to come", "failed\n   to"),
        ("He has failed, to be fair", "failed, to"),
        ("I won’t engage", "won’t engage"),
    ],
)
def test_prompt_is_found_as_whole_words_whatever_the_capitals_and_spacing(text, written):
    found = match_prompts(text, [prompt("failed to\nwon't engage")])

    assert [item.written for item in found] == [written]


@pytest.mark.parametrize("text", ["", "unfailed to", "failed tomorrow", "failed", "to failed", "fail ed to"])
def test_prompt_is_not_found_in_parts_of_words(text):
    assert match_prompts(text, [prompt("failed to")]) == []


def test_prompt_with_a_hyphen_is_found_with_and_without_it():
    assert match_prompts("non compliant", [prompt("non-compliant")])
    assert match_prompts("non-compliant", [prompt("non compliant")])


def test_prompt_in_another_script_is_found():
    assert match_prompts("کل سست تھی", [prompt("سست")])[0].written == "سست"


def test_prompts_come_once_each_in_the_order_of_the_list():
    first, second = prompt("lazy", 1), prompt("naughty\nspoilt", 2)

    found = match_prompts("spoilt and naughty and lazy and lazy", [first, second])

    assert [(item.prompt, item.written) for item in found] == [(first, "lazy"), (second, "spoilt")]


def test_prompts_sharing_a_first_word_are_both_found():
    found = match_prompts("mum says mum", [prompt("mum says"), prompt("mum")])

    assert [item.written for item in found] == ["mum says", "mum"]


@pytest.mark.parametrize("text", ["failed " * 200_000, " " * 1_000_000, "a" * 1_000_000, "'" * 1_000_000])
def test_matching_a_very_long_text_reads_its_beginning_quickly(text):
    started = time.process_time()
    match_prompts(text, [prompt("failed failed to\nfailed to")])

    assert time.process_time() - started < 1


def test_matching_looks_no_further_than_its_limit():
    assert match_prompts("x" * LONGEST_READ + " lazy", [prompt("lazy")]) == []


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=20), max_size=5))
def test_what_is_reported_as_written_stands_in_the_text(text, phrases):
    for item in match_prompts(text, [prompt("\n".join(phrases))]):
        assert item.written in text


@pytest.mark.django_db
def test_starter_prompts_answer_the_published_example():
    found = prompts_for("Mum was aggressive and non-compliant. Mum says she failed to get the letter.")

    assert {item.written for item in found} == {"aggressive", "non-compliant", "Mum says", "failed to"}


@pytest.mark.django_db
def test_starter_prompts_leave_a_fair_note_alone():
    assert prompts_for("Katie was upset; she told me she finds it hard to trust services. We played outside.") == []


@pytest.mark.django_db
def test_prompts_out_of_use_stay_silent():
    FairWordingPrompt.objects.update(is_active=False)

    assert prompts_for("lazy") == []


@pytest.mark.django_db
def test_prompts_of_another_language_stay_silent():
    FairWordingPrompt.objects.create(language="pl", words="leniwa", suggestion="Napisz, co się stało.")

    assert prompts_for("leniwa") == []
    assert len(prompts_for("leniwa", "pl")) == 1


@pytest.mark.django_db
def test_prompts_of_an_empty_text_ask_nothing_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert prompts_for("   ") == []

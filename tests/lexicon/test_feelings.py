import pytest
from django.db import IntegrityError, transaction

from betterstart.lexicon.feelings import (
    RATHER_NOT_SAY,
    SOMETHING_ELSE,
    FeelingsRefused,
    check_feelings,
    feelings_for,
    words_by_key,
)
from betterstart.lexicon.models import Feeling, FeelingWord

pytestmark = pytest.mark.django_db


def urdu(key, word, *, status="reviewed", note=""):
    feeling = Feeling.objects.get(key=key)
    return FeelingWord.objects.create(
        feeling=feeling, language="ur", word=word, status=status, reviewer="A. Reviewer", note=note
    )


def test_feelings_in_english_are_24_in_four_groups_of_six():
    options = feelings_for("en-gb")

    assert len(options) == 24
    for group in ["settled", "bright", "heavy", "stirred"]:
        assert len([option for option in options if option.group == group]) == 6
    assert [option.word for option in options[:3]] == ["calm", "safe", "cared for"]
    assert all(option.example.startswith("I felt ") and option.word in option.example for option in options)


def test_feelings_in_another_language_show_its_reviewed_words():
    urdu("calm", "پرسکون")

    options = {option.key: option for option in feelings_for("ur")}

    assert (options["calm"].word, options["calm"].language) == ("پرسکون", "ur")


def test_feelings_without_a_reviewed_word_fall_back_to_english():
    urdu("calm", "پرسکون", status="draft")

    options = {option.key: option for option in feelings_for("ur")}

    assert (options["calm"].word, options["calm"].language) == ("calm", "en")
    assert len(options) == 24


def test_feelings_left_out_by_a_language_are_not_offered_but_can_still_be_named():
    urdu("flat", "", note="No near word; the other heavy words cover it.")

    assert "flat" not in [option.key for option in feelings_for("ur")]
    assert words_by_key("ur")["flat"] == "flat"


def test_feelings_local_to_one_language_are_offered_only_there():
    local = Feeling.objects.create(key="apnapan", group="settled", order=25, local_to="ur")
    FeelingWord.objects.create(feeling=local, language="ur", word="اپنا پن", status="reviewed", reviewer="A. Reviewer")

    assert "apnapan" in [option.key for option in feelings_for("ur")]
    assert "apnapan" not in [option.key for option in feelings_for("en")]
    assert words_by_key("en")["apnapan"] == "اپنا پن"


def test_feelings_keep_their_order_when_languages_mix():
    urdu("judged", "پرکھا گیا")
    urdu("calm", "پرسکون")

    assert [option.key for option in feelings_for("ur")] == [option.key for option in feelings_for("en")]


@pytest.mark.parametrize("language", ["en", "ur", "xx", None])
def test_feelings_take_one_query_in_any_language(language, django_assert_num_queries):
    with django_assert_num_queries(1):
        feelings_for(language)


def test_word_reviewed_by_nobody_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        FeelingWord.objects.create(
            feeling=Feeling.objects.get(key="calm"), language="pl", word="spokojna", status="reviewed"
        )


def test_missing_word_without_a_reason_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        FeelingWord.objects.create(feeling=Feeling.objects.get(key="calm"), language="pl", word="")


@pytest.mark.parametrize(
    ("keys", "own", "kept"),
    [
        ([], "", ([], "")),
        (["calm"], "", (["calm"], "")),
        (["calm", "proud", "tired"], "", (["calm", "proud", "tired"], "")),
        (["calm", "calm"], "", (["calm"], "")),
        (["calm", SOMETHING_ELSE], "  at   home ", (["calm", SOMETHING_ELSE], "at home")),
        (["calm"], "sukoon", (["calm", SOMETHING_ELSE], "sukoon")),
        ([RATHER_NOT_SAY], "", ([RATHER_NOT_SAY], "")),
    ],
)
def test_check_feelings_keeps_a_fair_pick(keys, own, kept):
    assert check_feelings(keys, own) == kept


@pytest.mark.parametrize(
    ("keys", "own", "code"),
    [
        (["calm", "proud", "tired", "sad"], "", "too_many"),
        (["calm", "proud", "tired"], "sukoon", "too_many"),
        ([RATHER_NOT_SAY, "calm"], "", "exclusive"),
        ([RATHER_NOT_SAY], "sukoon", "exclusive"),
        ([SOMETHING_ELSE], "   ", "own_word_missing"),
        ([SOMETHING_ELSE], "x" * 61, "own_word_long"),
        (["ecstatic"], "", "unknown"),
        (["calm", "Calm"], "", "unknown"),
    ],
)
def test_check_feelings_refuses_with_the_reason(keys, own, code):
    with pytest.raises(FeelingsRefused) as refusal:
        check_feelings(keys, own)

    assert refusal.value.code == code

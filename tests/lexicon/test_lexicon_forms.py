import pytest
from django.template import Context, Template

from betterstart.lexicon.forms import FairWordingTextarea, FeelingsForm

pytestmark = pytest.mark.django_db


def test_feelings_form_offers_the_groups_and_two_ways_out():
    groups = dict(FeelingsForm().fields["feelings"].choices)

    assert [str(name) for name in groups] == ["Settled", "Bright", "Heavy", "Stirred", "Or"]
    assert [key for key, _word in groups[next(reversed(groups))]] == ["something_else", "rather_not_say"]


def test_feelings_form_gives_what_is_to_be_stored():
    form = FeelingsForm({"feelings": ["calm"], "own_feeling": " at  home "})

    assert form.is_valid()
    assert form.cleaned_data == {"feelings": ["calm", "something_else"], "own_feeling": "at home"}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"feelings": ["calm", "sad", "tired", "flat"]}, "feelings"),
        ({"feelings": ["something_else"]}, "own_feeling"),
        ({"feelings": ["rather_not_say", "calm"]}, "feelings"),
        ({"feelings": ["joyous"]}, "feelings"),
        ({"own_feeling": "x" * 61}, "own_feeling"),
    ],
)
def test_feelings_form_refuses_beside_the_field(data, field):
    form = FeelingsForm(data)

    assert not form.is_valid()
    assert list(form.errors) == [field]


def test_fair_wording_textarea_keeps_the_text_and_names_its_field():
    shown = FairWordingTextarea().render("notes", "<b>", {"id": "id_notes"})

    assert "&lt;b&gt;" in shown
    assert "?field=notes" in shown
    assert 'id="id_notes-wording"' in shown
    assert "style=" not in shown


def test_saved_text_shows_its_prompts_without_script():
    page = Template("{% load lexicon %}{% wording_notes text %}")

    assert "<q>lazy</q>" in page.render(Context({"text": "He is lazy."}))
    assert page.render(Context({"text": None})).strip() == ""

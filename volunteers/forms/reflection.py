"""How it was for the family, and for the volunteer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.lexicon.feelings import OWN_WORD_LENGTH
from betterstart.lexicon.forms import feeling_choices
from families.forms.moments import ShortLine, Words
from families.forms.visit import cards, chips
from volunteers.actions import Answers
from volunteers.models import Worry
from volunteers.models.check_in import MOODS, WEIGHTS


class ScaleSelect(forms.RadioSelect):
    """Five answers side by side, each a small drawing with its word; `drawing` is "face" or "pebbles"."""

    option_template_name = "volunteers/_scale_option.html"

    def __init__(self, drawing: str) -> None:
        super().__init__(attrs={"class": "scale"})
        self.drawing = drawing

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return super().create_option(*args, **kwargs) | {"drawing": self.drawing}


def scale(label: Any, choices: list[Any], drawing: str) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=choices, coerce=int, empty_value=None, required=False, widget=ScaleSelect(drawing)
    )


class ReflectionForm(forms.Form):
    feelings = forms.MultipleChoiceField(
        label=_("How was it for them?"),
        help_text=_("One word is enough. You can add up to two more."),
        choices=feeling_choices,
        required=False,
        widget=chips(),
    )
    own_feeling = ShortLine(limit=OWN_WORD_LENGTH, label=_("In another word"))
    family_chose = forms.BooleanField(label=_("They chose the words"), required=False)
    my_mood = scale(_("How was it for you?"), MOODS, "face")
    heaviness = scale(_("How heavy was it for you?"), WEIGHTS, "pebbles")
    my_words = Words(limit=1000, label=_("In your own words"))
    wants_call = forms.BooleanField(label=_("I would like a call"), required=False)
    worry = forms.ChoiceField(
        label=_("Is anything worrying you?"),
        choices=Worry,
        widget=cards(""),
        error_messages={"required": _("Choose one of the three answers.")},
    )
    worry_words = Words(limit=2000, label=_("What did you see or hear?"))
    line_to_share = ShortLine(
        limit=300,
        label=_("One line that others may read"),
        help_text=_("Without names. It may stand beside the numbers, to show what visits are like."),
    )
    may_share_line = forms.BooleanField(label=_("This line may be shared without names"), required=False)

    def answers(self) -> Answers:
        """What the actions take, from a valid form."""
        return Answers(**{name: self.cleaned_data[name] for name in ReflectionForm.base_fields})

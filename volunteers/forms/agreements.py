from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.fields import DayField, ask_plainly
from volunteers.forms.references import words
from volunteers.models.agreement import AgreementKind


class WordingForm(forms.Form):
    after = forms.IntegerField(widget=forms.HiddenInput)
    words = words(_("The words"), rows=14, limit=8000)
    sign_again_from = DayField(
        label=_("From when must everybody have signed the new words?"),
        required=False,
        help_text=_("Empty: whoever signed earlier words need not sign again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_plainly(self)


class SignForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    agree = forms.BooleanField(
        label=_("I have read this and agree"),
        error_messages={"required": _("Tick the box if you agree. If something is unclear, ask us first.")},
    )


class ChoiceForm(forms.Form):
    """For what is theirs to choose."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=_("What do you say?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_plainly(self)


class PaperForm(forms.Form):
    kinds = forms.MultipleChoiceField(
        label=_("Which have they signed?"),
        choices=AgreementKind.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one.")},
    )
    signed_on = DayField(label=_("On which day?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["signed_on"] = london_today()
        ask_plainly(self)

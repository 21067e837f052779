from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from families.forms.moments import Words
from families.forms.visit import cards
from families.models import Audience


class PleaseKnowForm(forms.Form):
    """One line for whoever comes next. Only a coordinator chooses who reads it."""

    words = Words(
        label=_("One line to pass on"),
        limit=500,
        required=True,
        help_text=_("One thing that helps whoever comes next. Write it as if the family reads it."),
    )
    audience = forms.ChoiceField(label=_("Who reads it"), choices=Audience, initial=Audience.EVERYONE, widget=cards())

    def __init__(self, data: Any = None, *, leads: bool) -> None:
        super().__init__(data)
        self.fields["words"].widget.attrs["rows"] = 2
        if not leads:
            del self.fields["audience"]

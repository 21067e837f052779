from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from families.forms.moments import Words
from families.forms.records import StepForm
from volunteers.models.match_feedback import MOST_RULES


class GroundRulesForm(StepForm):
    """The ground rules of an organisation, one a line."""

    words = Words(limit=3000, required=True, label=gettext_lazy("Ground rules, one a line"))

    def clean_words(self) -> str:
        lines = [line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip()]
        if len(lines) > MOST_RULES:
            raise forms.ValidationError(_("A short list is one people remember: at most {n}.").format(n=MOST_RULES))
        if len(set(lines)) < len(lines):
            raise forms.ValidationError(_("One of the rules stands there twice."))
        return "\n".join(lines)

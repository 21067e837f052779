from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.fields import DayField, LineField, TextField
from families.actions.answer import who_may_answer
from families.forms.records import StepForm
from families.models import Family, FamilyMember, Pointing, Signpost, SignpostResult


class PointForm(forms.Form):
    """What was done with a family about something nearby. One tap is enough; the rest may stay empty."""

    how = forms.ChoiceField(choices=Pointing)
    note = LineField(
        label=_("What was said"),
        required=False,
        max_length=500,
        help_text=_("For example who to ask for, or what they want to think about."),
    )
    happened_on = DayField(label=_("On which day"), required=False, help_text=_("Empty means today."))
    agreed_by = forms.ModelChoiceField(
        label=_("If you introduced them: who agreed?"),
        queryset=FamilyMember.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        required=False,
        help_text=_("They know what we tell about them."),
    )

    def __init__(self, data: Any = None, *, family: Family) -> None:
        super().__init__(data)
        self.fields["agreed_by"].queryset = who_may_answer(family)  # type: ignore[attr-defined]


class AnswerForm(StepForm):
    """What came of it, four weeks later."""

    result = forms.ChoiceField(
        label=_("What came of it?"),
        choices=SignpostResult,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes closest.")},
    )
    helped = TextField(
        label=_("Did it help?"),
        required=False,
        max_length=2000,
        help_text=_("In their own words, as they say it."),
        widget=forms.Textarea(attrs={"class": "words", "rows": 4, "dir": "auto"}),
    )
    field_order = ("result", "helped", "version")

    def __init__(self, data: Any = None, *, row: Signpost) -> None:
        known = {"result": row.result or None, "helped": row.helped, "version": row.version}
        super().__init__(data, initial=known)

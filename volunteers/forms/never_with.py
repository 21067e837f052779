from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from betterstart.clock import london_today
from betterstart.fields import DayField, TextField, ask_plainly
from families.forms.visit import cards
from volunteers.models import NeverReason, NeverSaidBy, Volunteer
from volunteers.models.volunteer import VolunteerQuerySet


class VolunteerField(forms.ModelChoiceField):
    def label_from_instance(self, volunteer: Volunteer) -> str:  # type: ignore[override]
        return volunteer.display_name


class NeverForm(forms.Form):
    """Who is not brought together with this family, and what is known of why."""

    volunteer = VolunteerField(
        label=gettext_lazy("Never with"), queryset=Volunteer.objects.none(), empty_label=gettext_lazy("Choose somebody")
    )
    said_by = forms.ChoiceField(label=gettext_lazy("Who said so"), choices=NeverSaidBy, widget=cards())
    reason = forms.ChoiceField(label=gettext_lazy("Why"), choices=NeverReason, widget=cards(""))
    words = TextField(
        label=gettext_lazy("In a few words"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("Only coordinators read it; a volunteer reads what they said themselves."),
    )
    said_on = DayField(label=gettext_lazy("Said on"))

    def __init__(self, data: Any = None, *, volunteers: VolunteerQuerySet, initial: dict[str, Any]) -> None:
        super().__init__(data, initial={"said_on": london_today()} | initial)
        fields: Any = self.fields
        fields["volunteer"].queryset = volunteers
        ask_plainly(self)


class TakeBackForm(forms.Form):
    why = TextField(
        label=gettext_lazy("Why it no longer holds"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

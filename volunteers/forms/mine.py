from __future__ import annotations

import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import day_in_words, london_today
from families.forms.moments import DayField, ShortLine
from families.forms.visit import cards


class StepBackForm(forms.Form):
    """A volunteer says that they need a break, or would like to stop. A person talks with them about it."""

    what = forms.ChoiceField(
        label=gettext_lazy("What would help you?"),
        choices=[
            ("break", gettext_lazy("A break for a while")),
            ("stop", gettext_lazy("To stop volunteering")),
            ("talk", gettext_lazy("I am not sure yet, let us talk")),
        ],
        widget=cards(""),
        error_messages={"required": gettext_lazy("Choose what comes closest.")},
    )
    starts_on = DayField(label=gettext_lazy("From when"), required=False)
    until = DayField(label=gettext_lazy("Until about when"), required=False)
    words = ShortLine(
        limit=150,
        label=gettext_lazy("Anything you would like to say"),
        help_text=gettext_lazy("You need not say why."),
    )

    def clean(self) -> dict:
        data = super().clean()
        starts, until = data.get("starts_on"), data.get("until")
        if starts and starts < london_today():
            self.add_error("starts_on", ValidationError(_("Choose today or a day to come.")))
        if starts and until and until <= starts:
            self.add_error("until", ValidationError(_("Choose a day after the first one.")))
        return data

    def in_one_line(self) -> str:
        """As the coordinator reads it: "I would like a break, from 3 June until about 1 July: …"."""
        data = self.cleaned_data
        parts = [
            {
                "break": _("I would like a break"),
                "stop": _("I would like to stop volunteering"),
                "talk": _("I am not sure whether I can go on as it is"),
            }[data["what"]]
        ]
        parts += self._days(data.get("starts_on"), data.get("until"))
        said = ", ".join(parts)
        return f"{said}: {data['words']}" if data["words"] else said

    @staticmethod
    def _days(starts: dt.date | None, until: dt.date | None) -> list[str]:
        days = []
        if starts:
            days.append(_("from {day}").format(day=day_in_words(starts)))
        if until:
            days.append(_("until about {day}").format(day=day_in_words(until)))
        return days

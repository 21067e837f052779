"""Days of the week and parts of the day, ticked in a table."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy

from families.models import DayPart
from families.models.visit_needs import DAYS


class TimesTable(forms.CheckboxSelectMultiple):
    template_name = "families/_times.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        boxes = {box["value"]: box for _group, options, _index in context["widget"]["optgroups"] for box in options}
        context["parts"] = DayPart.labels
        context["days"] = [(day, [boxes[f"{code}-{part}"] for part in DayPart.values]) for code, day in DAYS]
        return context


class TimesField(forms.MultipleChoiceField):
    widget = TimesTable

    def __init__(self, **kwargs: Any) -> None:
        choices = [
            (f"{code}-{part}", format_lazy("{day}, {part}", day=day, part=label))
            for code, day in DAYS
            for part, label in DayPart.choices
        ]
        super().__init__(choices=choices, **kwargs)

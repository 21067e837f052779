"""Form fields for what people type: cleaned, bounded, never silently cut."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from betterstart.text import clean_line, clean_text


class _Typed(forms.CharField):
    """What a person typed, with plain words where it is too long."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _(
                    "Here is room for at most %(limit_value)d characters. This has %(show_value)d: please shorten it."
                )


class LineField(_Typed):
    """One line: a name, a phone number, a postcode."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class TextField(_Typed):
    """Several lines in somebody's own words."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class DayField(forms.DateField):
    """A day. Browsers with a calendar send it in one shape; people type it as they write it here.

    Only days somebody alive may mean, so that adding to one cannot run out of the calendar.
    """

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    default_error_messages = {"invalid": _("Write the day like 4/8/2026.")}
    default_validators = [
        MinValueValidator(dt.date(1900, 1, 1), _("This day is too long ago.")),
        MaxValueValidator(dt.date(2100, 1, 1), _("This day is too far away.")),
    ]
    input_formats = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%d %B %Y", "%d %b %Y"]


def ask_plainly(form: forms.BaseForm) -> None:
    """Choices that are missing are asked for in plain words too, unless the form has words of its own."""
    for field in form.fields.values():
        if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
            is_choice = isinstance(field, forms.ChoiceField | forms.ModelChoiceField)
            field.error_messages["required"] = _("Please choose one.") if is_choice else _("Please fill this in.")

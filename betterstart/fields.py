"""Form fields for what people type: cleaned, bounded, never silently cut."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from betterstart.text import clean_line, clean_text


class LineField(forms.CharField):
    """One line: a name, a phone number, a postcode."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


class TextField(forms.CharField):
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

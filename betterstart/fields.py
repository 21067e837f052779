"""Form fields for what people type: cleaned, bounded, never silently cut."""

from __future__ import annotations

from typing import Any

from django import forms

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

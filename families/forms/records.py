from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from betterstart.clock import day_in_words


@dataclass(frozen=True)
class Difference:
    label: str
    theirs: str
    mine: str


class RecordForm(forms.ModelForm):
    """A form over one row of a family's record. It carries the version that the person saw.

    The fields judge what was typed, the actions what may be kept.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)
    is_stale = False
    differences: tuple[Difference, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("version", self.instance.version)
        else:
            del self.fields["version"]

    def _post_clean(self) -> None:
        """Leave the row alone: the action writes it."""

    def clean_version(self) -> int:
        # Without one nothing was seen: the save is refused as stale, and both versions are shown.
        return self.cleaned_data["version"] or 0

    def show_both(self, stored: models.Model) -> None:
        """Somebody saved meanwhile: show what they saved beside what was typed; sending again keeps this version."""
        theirs = type(self)(instance=stored, **self._again())
        self.is_stale = True
        self.differences = tuple(
            Difference(str(capfirst(field.label)), there, mine)
            for name, field in self.fields.items()
            if name != "version"
            and (there := in_words(field, theirs.get_initial_for_field(field, name)))
            != (mine := in_words(field, self._typed(name, field)))
        )
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = stored.version  # type: ignore[attr-defined]

    def _again(self) -> dict[str, Any]:
        """What else this form is made with."""
        return {}

    def _typed(self, name: str, field: forms.Field) -> Any:
        return self.cleaned_data[name] if name in self.cleaned_data else self[name].value()


class StepForm(forms.Form):
    """A step that one takes with a row of the record, seen in some version."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def show_both(self, stored: models.Model) -> None:
        """Somebody saved meanwhile: the person looks again, and sends again if it still holds."""
        self.add_error(None, _("Somebody changed this while you were here. Look at it again; sending again is fine."))
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = stored.version  # type: ignore[attr-defined]


def in_words(field: forms.Field, value: Any) -> str:
    """How a field's value reads to a person."""
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value else _("No")
    if value in (None, "", []):
        return _("nothing")
    if isinstance(field, forms.TypedMultipleChoiceField | forms.MultipleChoiceField):
        return ", ".join(str(label) for key, label in field.choices if str(key) in {str(each) for each in value})
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))
    if isinstance(value, dt.date):
        return day_in_words(value)
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    return str(value)


def show_refusal(form: forms.BaseForm, refusal: ValidationError) -> None:
    """Put what an action refused beside the fields it speaks of."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal)
        return
    for name, errors in refusal.error_dict.items():
        field = "born" if name == "date_of_birth" else name
        form.add_error(field if field in form.fields else None, errors)

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.models import AuditEvent, verb_words
from betterstart.fields import DayField, LineField


class AuditFilterForm(forms.Form):
    """Whose acts, of what kind, about which family, on which days in London. Nothing is required."""

    person = LineField(label=_("Person"), required=False, max_length=200)
    family = LineField(label=_("Family’s reference"), required=False, max_length=12)
    verb = forms.ChoiceField(label=_("What"), required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def __init__(self, *args: Any, by: User, looked: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if looked:
            del self.fields["verb"]
        else:
            self.fields["verb"].choices = [("", _("Anything")), *_verb_groups(by)]

    def clean_family(self) -> str:
        return self.cleaned_data["family"].upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return cleaned

    def person_ids(self) -> list[int] | None:
        """The people the typed name or address fits; None where nothing was typed."""
        typed = self.cleaned_data.get("person")
        return list(User.objects.visible_to(self.by).matching(typed).values_list("pk", flat=True)) if typed else None


def _verb_groups(by: User) -> list[tuple[str, list[tuple[str, str]]]]:
    """All kinds of acts there are, by noun. What kinds exist is no secret, so every row counts."""
    with acting_as(Scope.ALL, by.pk):
        verbs = AuditEvent.objects.all().verbs()
    return [
        (verb_words(noun), [(verb, verb_words(verb)) for verb in group])
        for noun, group in groupby(verbs, key=lambda verb: verb.split(".")[0])
    ]

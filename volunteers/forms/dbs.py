from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, ask_plainly
from volunteers.forms.references import words
from volunteers.models import DbsCheck
from volunteers.models.dbs import Decision, Level, Result, StatusResult, Workforce


def cards() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "row"})


class KindForm(forms.Form):
    """Which check it is. Whoever is alone with small children needs the first of each."""

    level = forms.ChoiceField(label=_("Level"), choices=Level.choices, initial=Level.ENHANCED, widget=cards())
    workforce = forms.ChoiceField(
        label=_("For work with"), choices=Workforce.choices, initial=Workforce.CHILD, widget=cards()
    )
    children_barred = forms.BooleanField(label=_("With the children’s barred list"), required=False, initial=True)
    adults_barred = forms.BooleanField(label=_("With the adults’ barred list"), required=False)

    def __init__(self, *args: Any, check: DbsCheck | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if check:
            fields = [name for name in self.fields if hasattr(check, name)]
            self.initial |= {name: value for name in fields if (value := getattr(check, name)) not in (None, "")}
        ask_plainly(self)


class AskDbsForm(KindForm):
    consented_on = DayField(label=_("When did they agree to the check?"))
    asked_on = DayField(label=_("When was it asked for?"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"consented_on": london_today(), "asked_on": london_today()}


class CertificateForm(KindForm):
    certificate_number = LineField(
        label=_("Certificate number"),
        max_length=40,
        help_text=_("Twelve digits, at the top right of the certificate."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    issued_on = DayField(label=_("Date of issue"))
    result = forms.ChoiceField(label=_("What does it say?"), choices=Result.choices, widget=cards())
    field_order = ["certificate_number", "issued_on", "result"]


class DecideForm(forms.Form):
    decision = forms.ChoiceField(label=_("What did you decide?"), choices=Decision.choices, widget=cards())
    words = words(
        _("Why?"),
        rows=5,
        hint=_("How old, how serious, what they say about it, what has changed. Only managers and leads read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_plainly(self)


class UpdateServiceForm(forms.Form):
    until = DayField(
        label=_("In the Update Service until"),
        required=False,
        help_text=_("It is renewed every year, and free for volunteers. Empty: they are not in it."),
    )
    looked_on = DayField(label=_("Looked at online on"), required=False)
    result = forms.ChoiceField(
        label=_("What did it say?"),
        choices=[("", _("Not looked at now")), *StatusResult.choices],
        required=False,
        widget=forms.RadioSelect,
    )

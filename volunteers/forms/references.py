from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.fields import LineField, TextField, ask_plainly
from volunteers.models.reference import Judgement, Trust


def words(label: Any, *, rows: int = 3, limit: int = 2000, required: bool = True, hint: Any = "") -> TextField:
    attrs = {"class": "words", "rows": rows, "dir": "auto"}
    widget = forms.Textarea(attrs=attrs)
    return TextField(label=label, max_length=limit, required=required, widget=widget, help_text=hint)


class RefereeForm(forms.Form):
    name = LineField(label=_("Their name"), max_length=200)
    relation = LineField(
        label=_("How do they know the volunteer?"),
        max_length=200,
        help_text=_("For example: employer for four years. Not a relative."),
    )
    email = forms.EmailField(label=_("Email address"), max_length=254, required=False)
    phone = LineField(label=_("Phone"), max_length=40, required=False, help_text=_("One of the two is enough."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_plainly(self)


class ReferenceForm(forms.Form):
    """What a referee is asked, on their own phone or by a coordinator who rings them."""

    how_known = words(_("How do you know each other?"))
    known_since = LineField(label=_("Since when?"), max_length=100)
    trust = forms.ChoiceField(
        label=_("Would you trust them with young children, and with tired parents?"),
        choices=Trust.choices,
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    trust_words = words(_("What makes you say so?"), required=False)
    anything = words(_("Is there anything we should know?"), required=False)
    may_ring = forms.BooleanField(label=_("You may ring me about this"), required=False)
    may_show = forms.BooleanField(
        label=_("They may read what I wrote"),
        required=False,
        help_text=_("Without a tick only those who look after our volunteers read it."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_plainly(self)


class PhoneReferenceForm(ReferenceForm):
    """The same questions, worded for whoever asks them on the phone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["may_ring"].label = _("We may ring them again about this")
        self.fields["may_show"].label = _("The volunteer may read what they said")
        self.fields["may_show"].help_text = _("Ask them. Without a tick the volunteer does not read it.")


class JudgeForm(forms.Form):
    judgement = forms.ChoiceField(
        label=_("What do you say?"), choices=Judgement.choices, widget=forms.RadioSelect(attrs={"class": "row"})
    )
    words = words(_("Why?"), limit=1000, required=False, hint=_("Needed unless it is satisfactory."))

    def __init__(self, *args: Any, has_come: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_come:
            self.fields["judgement"].choices = [(Judgement.NOT_NEEDED.value, Judgement.NOT_NEEDED.label)]
            self.initial["judgement"] = Judgement.NOT_NEEDED
        ask_plainly(self)

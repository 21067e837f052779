"""Handing a family on to another service: what each step asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.clock import london_today
from betterstart.fields import DayField, TextField
from families.actions.transfer import who_may_agree
from families.forms.referral import ServiceChoice
from families.models import HowAgreed, Support, SupportState, Transfer, TransferDeclineReason

FIRST_STATES = (
    (SupportState.OFFERED, _("Not yet: the first contact comes next")),
    (SupportState.GETTING_TO_KNOW, _("Yes, we have met or spoken")),
)


def _words(label: Any, help_text: Any = "", **kwargs: Any) -> TextField:
    widget = forms.Textarea(attrs={"class": "words"})
    return TextField(label=label, help_text=help_text, max_length=2000, widget=widget, **kwargs)


def _summary() -> TextField:
    return _words(
        _("What may the other service read?"),
        _("A few words that the family knows and agrees to. Until it says yes, the other service reads nothing else."),
    )


class ProposeForm(forms.Form):
    to_service = ServiceChoice(
        label=_("Which service could go on with them?"),
        queryset=Service.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    summary = _summary()
    note = _words(_("Why?"), _("For your own service only."), required=False)

    def __init__(self, data: Any = None, *, support: Support, before: Transfer | None) -> None:
        super().__init__(data, initial={"summary": before.summary if before else ""})
        others = Service.objects.filter(is_open=True).exclude(pk=support.service_id)
        self.fields["to_service"].queryset = others.select_related("organisation").order_by("name", "pk")


class AgreementForm(forms.Form):
    """The family said yes: who, how and when."""

    summary = _summary()
    agreed_by = forms.ModelChoiceField(
        label=_("Who in the family agreed?"), queryset=None, widget=forms.RadioSelect, empty_label=None
    )
    agreed_how = forms.ChoiceField(
        label=_("How?"), choices=HowAgreed.choices, widget=forms.RadioSelect(attrs={"class": "row"})
    )
    agreed_on = DayField(label=_("When?"))

    def __init__(self, data: Any = None, *, transfer: Transfer) -> None:
        super().__init__(data, initial={"summary": transfer.summary, "agreed_on": london_today()})
        self.fields["agreed_by"].queryset = who_may_agree(transfer)


class TakeBackForm(forms.Form):
    note = _words(_("Why?"), _("For your own service only."), required=False)


class AcceptForm(forms.Form):
    state = forms.ChoiceField(
        label=_("Do you know the family already?"),
        choices=FIRST_STATES,
        initial=SupportState.OFFERED,
        widget=forms.RadioSelect,
    )
    note = _words(_("A few words to the service that asked"), required=False)


class DeclineForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("Why is it not possible?"), choices=TransferDeclineReason.choices, widget=forms.RadioSelect
    )
    note = _words(_("A few words to the service that asked"), required=False)


class AskForm(forms.Form):
    question = _words(
        _("What would you like to know?"), _("They answer with what the family agreed to. The days to answer run on.")
    )


class ReplyForm(forms.Form):
    reply = _words(_("Your answer"))
    family_agreed = forms.BooleanField(label=_("The family agreed that I tell this"))

    def for_action(self) -> dict[str, Any]:
        return {"reply": self.cleaned_data["reply"]}

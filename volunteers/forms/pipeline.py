"""What coordinators write down about people on their way, and managers when somebody may not go on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, User
from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, TextField, ask_plainly
from families.forms.referral import OWN_WORDS
from volunteers.forms.application import EnquiryForm
from volunteers.models import Leaving, Volunteer
from volunteers.models.application import HeardOf, HowAsked
from volunteers.models.away import ExitTalk, LeavingReason, SuspensionKind, SuspensionOutcome, WouldReturn
from volunteers.models.interview import InterviewOutcome


class PlainForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_plainly(self)


class PhoneEnquiryForm(EnquiryForm):
    """Somebody rang, wrote or stood at the door."""

    how = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[(how.value, how.label) for how in HowAsked if how != HowAsked.ONLINE],
        initial=HowAsked.PHONE,
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    field_order = ["uuid", "how", "service", "name", "phone", "email", "draws", "heard_of"]

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, services=Service.objects.coordinated_by(user), **kwargs)
        words = {
            "name": _("Their name"), "phone": _("Their phone"), "email": _("Or their email"),
            "draws": _("What draws them to this?"), "heard_of": _("Where did they hear of us?"),
            "service": _("Where would they like to help?"),
        }  # fmt: skip
        for name, label in words.items():
            self.fields[name].label = label
        self.fields["email"].help_text = _("One of the two is enough.")
        self.fields["heard_of"].choices = HeardOf.choices


class ReachForm(PlainForm):
    name = LineField(label=_("Name"), max_length=200)
    phone = LineField(label=_("Phone"), max_length=40, required=False)
    email = forms.EmailField(label=_("Email"), max_length=254, required=False)


class InterviewForm(PlainForm):
    held_on = DayField(label=_("When did you talk?"))
    held_by = forms.ModelChoiceField(label=_("Who talked with them?"), queryset=User.objects.none(), empty_label=None)
    notes = TextField(
        label=_("What you talked about"),
        max_length=8000,
        help_text=_("In your own words. They may ask to read it."),
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 8}),
    )
    outcome = forms.ChoiceField(label=_("And then?"), choices=InterviewOutcome.choices, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, user: User, volunteer: Volunteer) -> None:
        super().__init__(data, initial={"held_on": london_today(), "held_by": user.pk})
        here = Service.objects.filter(organisation=volunteer.organisation_id)
        colleagues = User.objects.working_in(here).filter(memberships__role="coordinator").distinct()
        self.fields["held_by"].queryset = colleagues.order_by("display_name")


class BreakForm(PlainForm):
    starts_on = DayField(label=_("First day away"))
    back_on = DayField(label=_("First day back"), help_text=_("You can change it later."))
    words = TextField(
        label=_("Anything we should know?"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class SuspendForm(PlainForm):
    kind = forms.ChoiceField(label=_("Why?"), choices=SuspensionKind.choices, widget=forms.RadioSelect)
    words = TextField(
        label=_("What happened, and who decides what follows"),
        max_length=4000,
        help_text=_("Read by managers and safeguarding leads. Coordinators see that it is so, not why."),
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 5}),
    )


class EndSuspensionForm(PlainForm):
    outcome = forms.ChoiceField(
        label=_("What was decided?"), choices=SuspensionOutcome.choices, widget=forms.RadioSelect
    )
    words = TextField(
        label=_("What was found, and decided"),
        max_length=4000,
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 5}),
    )


class GoodbyeForm(PlainForm):
    """What may also come later: the talk at the end, and what they have of ours."""

    exit_talk = forms.ChoiceField(
        label=_("A talk at the end"),
        choices=ExitTalk.choices,
        initial=ExitTalk.OFFERED,
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    exit_words = TextField(
        label=_("What they told"),
        max_length=4000,
        required=False,
        help_text=_("What was good, what was hard, what we should do differently: in their words."),
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 4}),
    )
    would_return = forms.ChoiceField(
        label=_("Would they come back one day?"),
        choices=[("", _("Not asked")), *WouldReturn.choices],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    things_back = forms.BooleanField(label=_("What they had of ours is back: badge, keys, papers"), required=False)
    data_back = forms.BooleanField(
        label=_("Nothing about families is left on their devices or on paper"), required=False
    )

    @classmethod
    def of(cls, data: Any, leaving: Leaving) -> GoodbyeForm:
        names = ("exit_talk", "exit_words", "would_return", "things_back", "data_back")
        return cls(data, initial={name: getattr(leaving, name) for name in names})


class LeaveForm(GoodbyeForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=LeavingReason.choices, widget=forms.RadioSelect)
    left_on = DayField(label=_("Their last day"), help_text=_("Today or earlier. Access ends now."))
    words = TextField(
        label=_("In a few words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 2}),
    )
    field_order = ["reason", "words", "left_on", "exit_talk", "exit_words", "would_return", "things_back", "data_back"]

    def __init__(self, data: Any = None, *, volunteer: Volunteer) -> None:
        super().__init__(data, initial={"left_on": london_today()})
        if not volunteer.user_id:
            for name in ("things_back", "data_back", "exit_talk", "exit_words"):
                del self.fields[name]

    def clean_left_on(self) -> dt.date:
        day = self.cleaned_data["left_on"]
        if day > london_today():
            raise forms.ValidationError(_("Choose today or an earlier day: access ends now."))
        return day

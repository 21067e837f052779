from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, TextField
from betterstart.places.postcodes import NotAPostcode, normalise_postcode
from families.actions.contact import ASK_AGAIN
from families.forms.records import RecordForm
from families.models import Address, ContactMethod, Family
from families.models.contact import WEEKDAYS


class PostcodeField(LineField):
    def clean(self, value: Any) -> str:
        try:
            return normalise_postcode(super().clean(value))
        except NotAPostcode as error:
            raise forms.ValidationError(_("This does not look like a postcode, for example BD7 2AA.")) from error


class ContactForm(RecordForm):
    """One way to reach one person, and what makes it safe."""

    safe_days = forms.TypedMultipleChoiceField(
        label=_("Only on"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "row"}),
        help_text=_("Tick none if any day is fine."),
    )

    class Meta:
        model = ContactMethod
        fields = [
            "member",
            "channel",
            "value",
            "safe",
            "may_leave_message",
            "may_say_who_we_are",
            "shared_device",
            "safe_days",
            "safe_from",
            "safe_until",
            "code_word",
            "safe_third_person",
            "source",
            "review_on",
        ]
        field_classes = {
            "value": LineField,
            "code_word": LineField,
            "safe_third_person": LineField,
            "source": LineField,
            "review_on": DayField,
        }
        widgets = {
            "member": forms.RadioSelect,
            "channel": forms.RadioSelect(attrs={"class": "row"}),
            "safe": forms.RadioSelect(attrs={"class": "row"}),
            "safe_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "safe_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        labels = {"member": _("Whom does this reach?")}
        help_texts = {
            "value": _("The phone number or the email address. For post and visits, leave this empty."),
            "safe": _("Ask the person. Until they say yes, we do not use it."),
            "may_leave_message": _("Tick only if they said so. Otherwise everybody sees “Do not leave a message”."),
            "shared_device": _("Then nothing is sent there: only calls are safe."),
            "code_word": _("Shown only to people who work with this family."),
            "safe_third_person": _("Somebody who may be asked how the person is. Shown like the code word."),
        }

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        self.family = family
        super().__init__(*args, **kwargs)
        people = family.members.current().exclude(role="unborn").exclude(role="child")
        self.fields["member"].queryset = people
        self.fields["member"].empty_label = None
        self.fields["channel"].choices = ContactMethod._meta.get_field("channel").choices
        if self.instance.pk:
            del self.fields["member"]
        else:
            self.initial.setdefault("review_on", london_today() + ASK_AGAIN)
            self.initial.setdefault("member", people.first())

    def _again(self) -> dict[str, Any]:
        return {"family": self.family}


class AddressForm(RecordForm):
    """Where a family lives. A new address ends the earlier one, which stays in the record."""

    postcode = PostcodeField(label=_("Postcode"), max_length=20, required=False)
    keep_old = forms.BooleanField(
        label=_("The address we have holds too"), required=False, help_text=_("For a family with two homes.")
    )

    class Meta:
        model = Address
        fields = ["kind", "lines", "postcode", "access_notes", "valid_from", "valid_to", "source"]
        field_classes = {
            "lines": TextField,
            "access_notes": LineField,
            "source": LineField,
            "valid_from": DayField,
            "valid_to": DayField,
        }
        widgets = {"kind": forms.RadioSelect, "lines": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "access_notes": _("Buzzer, parking, the side door, the dog."),
            "source": _("Who told us, and not a guess from another service."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = Address._meta.get_field("kind").choices
        if self.instance.pk:
            del self.fields["keep_old"]
        else:
            del self.fields["valid_to"]
            self.initial.setdefault("valid_from", london_today())

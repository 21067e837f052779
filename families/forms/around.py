from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.fields import DayField, LineField
from families.forms.records import RecordForm
from families.models import Family, OtherAgency


class AgencyForm(RecordForm):
    """Somebody outside the partnership who is with a family."""

    class Meta:
        model = OtherAgency
        fields = ["role", "agency", "person_name", "contact", "member", "may_contact", "asked_on", "ended_on"]
        field_classes = {
            "agency": LineField,
            "person_name": LineField,
            "contact": LineField,
            "asked_on": DayField,
            "ended_on": DayField,
        }
        widgets = {"may_contact": forms.RadioSelect(attrs={"class": "row"})}
        help_texts = {
            "agency": _("For example Horton Park Surgery."),
            "may_contact": _("The family decides. Until they have been asked, we do not."),
            "asked_on": _("Empty means today."),
        }

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.family = family
        self.fields["member"].queryset = family.members.current()
        self.fields["member"].empty_label = _("The whole family")
        self.fields["role"].choices = [("", _("Choose")), *self.fields["role"].choices[1:]]
        if not self.instance.pk:
            del self.fields["ended_on"]

    def _again(self) -> dict[str, Any]:
        return {"family": self.family}

    def for_action(self) -> dict[str, Any]:
        return dict(self.cleaned_data)

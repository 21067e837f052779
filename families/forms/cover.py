from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import User
from betterstart.clock import london_today
from families.forms.moments import NearDayField, ShortLine

NOTE = 300


class NameField(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.display_name


class CoverForm(forms.Form):
    """Who holds one's own Today, and when."""

    held_by = NameField(label=_("Who holds your Today?"), queryset=User.objects.none(), empty_label=_("Choose"))
    starts_on = NearDayField(label=_("First day"))
    ends_on = NearDayField(label=_("Last day"))
    note = ShortLine(label=_("What should they know?"), limit=NOTE, help_text=_("No family names, please."))

    def __init__(self, data: Any = None, *, colleagues: models.QuerySet[User]) -> None:
        super().__init__(data, initial={"starts_on": london_today()})
        self.fields["held_by"].queryset = colleagues


class SetCoverForm(CoverForm):
    """For a manager or safeguarding lead: who stands in for whom."""

    away = NameField(label=_("Who is away?"), queryset=User.objects.none(), empty_label=_("Choose"))
    field_order = ("away", "held_by")

    def __init__(self, data: Any = None, *, colleagues: models.QuerySet[User]) -> None:
        super().__init__(data, colleagues=colleagues)
        self.fields["away"].queryset = colleagues
        self.fields["held_by"].label = _("Who holds their Today?")

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from betterstart.clock import london_today
from families.forms.moments import DayField, ShortLine, Words
from families.forms.visit import MOST_CARDS, SupportField, cards
from families.models import Support
from volunteers.models import MatchEndReason, Volunteer


def room(volunteer: Volunteer, families: int) -> str:
    """A fact to choose by, not a score: "visits 1 of 2 families"."""
    if not families:
        return _("{name}: visits nobody yet").format(name=volunteer.user.display_name)
    sentence = ngettext(
        "{name}: visits {n} of {most} family", "{name}: visits {n} of {most} families", volunteer.most_families
    )
    return sentence.format(name=volunteer.user.display_name, n=families, most=volunteer.most_families)


class MatchForm(forms.Form):
    support = SupportField(queryset=Support.objects.none(), label=gettext_lazy("Which support"), widget=cards(""))
    volunteer = forms.ModelChoiceField(
        queryset=Volunteer.objects.none(),
        label=gettext_lazy("Who will visit"),
        empty_label=None,
        error_messages={
            "required": gettext_lazy("Choose a volunteer."),
            "invalid_choice": gettext_lazy("Choose one of these volunteers."),
        },
    )
    started_on = DayField(label=gettext_lazy("From which day"))
    agreed_time = ShortLine(
        limit=100, label=gettext_lazy("Agreed day and time"), help_text=gettext_lazy("For example: Tuesday mornings.")
    )

    def __init__(self, *args: Any, supports: list[Support], volunteers: list[tuple[Volunteer, int]], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("started_on", london_today())
        support: Any = self.fields["support"]
        support.queryset = Support.objects.filter(pk__in=[row.pk for row in supports]).select_related("service")
        if len(supports) == 1:
            support.widget = forms.HiddenInput()
            self.initial["support"] = supports[0].pk
        who: Any = self.fields["volunteer"]
        who.queryset = Volunteer.objects.filter(pk__in=[row.pk for row, _n in volunteers]).select_related("user")
        choices = [(row.pk, room(row, n)) for row, n in volunteers if n < row.most_families]
        who.widget = cards("") if len(choices) <= MOST_CARDS else forms.Select()
        who.widget.choices = choices if len(choices) <= MOST_CARDS else [("", _("Choose a volunteer")), *choices]
        self.have_room, self.are_full = len(choices), len(volunteers) - len(choices)


class MatchEndForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why it ends"),
        choices=MatchEndReason,
        widget=cards(""),
        error_messages={"required": gettext_lazy("Choose why it ends.")},
    )
    note = Words(limit=1000, label=gettext_lazy("Anything to remember"))

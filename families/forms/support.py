from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, User
from betterstart.clock import london_today
from betterstart.fields import DayField, TextField
from families.actions.review import first_review_on
from families.actions.support import first_day
from families.forms.records import RecordForm
from families.models import Family, Support, SupportState
from families.models.reasons import PLANNED_REASONS, UNPLANNED_REASONS, EndingReason, PauseReason, RematchReason
from families.models.support import BEFORE_START, CLOSED_STATES, OPEN_STATES

S = SupportState
# What can be seen coming, so that there is time to part.
FORESEEN_REASONS = (
    EndingReason.MOVED,
    EndingReason.VOLUNTEER_LEFT,
    EndingReason.CHILD_REMOVED,
    EndingReason.SERVICE_CLOSED,
)
REASONS: dict[str, list[tuple[str, Any]]] = {
    S.PAUSED: PauseReason.choices,
    S.WAITING: RematchReason.choices,
    S.ENDING: [(reason.value, reason.label) for reason in (*PLANNED_REASONS, *FORESEEN_REASONS)],
    S.ENDED_UNPLANNED: [(reason.value, reason.label) for reason in UNPLANNED_REASONS],
}


class SupportForm(RecordForm):
    """What was agreed with the family about this support."""

    contact_every_days = forms.IntegerField(
        label=_("Promised contact every (days)"),
        min_value=1,
        max_value=90,
        required=False,
        help_text=_("Empty: as the service promises."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )

    class Meta:
        model = Support
        fields = ["first_wish", "agreed_on", "home_safety_on", "contact_every_days"]
        field_classes = {
            "first_wish": TextField,
            "agreed_on": DayField,
            "home_safety_on": DayField,
        }
        widgets = {"first_wish": forms.Textarea(attrs={"class": "words"})}


def first_wish_field() -> TextField:
    return TextField(
        label=_("What would the family like help with?"),
        max_length=2000,
        required=False,
        help_text=_("In their own words."),
        widget=forms.Textarea(attrs={"class": "words"}),
    )


class OfferForm(forms.Form):
    """One more service for a family, or the same one again."""

    service = forms.ModelChoiceField(
        label=_("Which service?"), queryset=Service.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    first_wish = first_wish_field()

    def __init__(self, data: Any = None, *, user: User, family: Family) -> None:
        super().__init__(data)
        open_here = family.supports.filter(state__in=OPEN_STATES)
        services = Service.objects.coordinated_by(user).filter(is_open=True)
        self.fields["service"].queryset = services.exclude(pk__in=open_here.values("service")).order_by("name")


class MoveForm(forms.Form):
    """What must be said for one move of a support. Only the fields of that move are there."""

    reason = forms.ChoiceField(label=_("Why?"), widget=forms.RadioSelect)
    agreed_on = DayField(label=_("The family agreed to be supported on"))
    home_safety_on = DayField(label=_("Home safety was looked at on"))
    started_on = DayField(label=_("It started on"))
    paused_until = DayField(label=_("It starts again on"))
    ending_on = DayField(label=_("The last visit is planned for"), help_text=_("Four weeks ahead gives time to part."))
    final_scores_declined = forms.BooleanField(label=_("The family preferred not to give scores"), required=False)
    ended_on = DayField(label=_("It ended on"))
    review_on = DayField(label=_("We look together again on"), help_text=_("At most twelve weeks from today."))
    note = TextField(
        label=_("Anything to add?"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, data: Any = None, *, support: Support, to: str) -> None:
        super().__init__(data, initial=_initial(support, to))
        wanted = {"note", *_fields_of(support.state, to)}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        if "reason" in self.fields:
            self.fields["reason"].choices = REASONS[to]
        if (support.state, to) == (S.ENDING, S.ACTIVE):
            self.fields["note"].label = _("What does the family want now?")
        elif "review_on" in self.fields:
            self.fields["review_on"].required = False


def _initial(support: Support, to: str) -> dict[str, Any]:
    today = london_today()
    return {
        "agreed_on": support.agreed_on,
        "home_safety_on": support.home_safety_on,
        "final_scores_declined": support.final_scores_declined,
        "paused_until": today + dt.timedelta(weeks=2),
        "ending_on": support.ending_on or today + dt.timedelta(weeks=4),
        "ended_on": today,
        "review_on": today + dt.timedelta(weeks=6) if support.state == S.ENDING else _first_look(support, to),
        "started_on": first_day(support) if to == S.ACTIVE else None,
    }


def _first_look(support: Support, to: str) -> dt.date | None:
    return first_review_on(support.service, first_day(support)) if to == S.ACTIVE else None


def _fields_of(state: str, to: str) -> set[str]:
    fields = set()
    if to in REASONS and (state, to) != (S.GETTING_TO_KNOW, S.WAITING):
        fields.add("reason")
    if (state, to) == (S.GETTING_TO_KNOW, S.WAITING):
        fields |= {"agreed_on", "home_safety_on"}
    if to == S.ACTIVE and state in BEFORE_START:
        fields |= {"started_on", "review_on"}
    if (state, to) == (S.ENDING, S.ACTIVE):
        fields.add("review_on")
    if to == S.PAUSED:
        fields.add("paused_until")
    if to == S.ENDING:
        fields.add("ending_on")
    if to == S.ENDED_PLANNED:
        fields.add("final_scores_declined")
    if to in CLOSED_STATES:
        fields.add("ended_on")
    return fields

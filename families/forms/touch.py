from __future__ import annotations

import datetime as dt
import uuid as uuids
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, User
from betterstart.clock import london_today
from families.actions.touch import TRY_MINUTES, TouchWay
from families.forms.moments import CountField, NearDayField, Words
from families.models import Support, WaitsBecause

LONGEST_CALL = 180
FIELD_OF = {"actual_start": "happened_on", "planned_start": "happened_on", "duration_minutes": "minutes"}


class TouchForm(forms.Form):
    """A few words after a call with a family that waits. Everything but the words is filled in already."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    way = forms.ChoiceField(
        label=_("How were you in touch?"), choices=TouchWay, widget=forms.RadioSelect(attrs={"class": "row"})
    )
    words = Words(label=_("What was said?"), limit=2000, help_text=_("Write as if the family will read it."))
    next_on = NearDayField(label=_("When are you in touch again?"))
    asked_for = forms.BooleanField(label=_("The family asked for a longer gap"), required=False)
    because = forms.ChoiceField(
        label=_("Why do they still wait?"), choices=[("", _("Nothing to add")), *WaitsBecause.choices], required=False
    )
    happened_on = NearDayField(label=_("When was it?"))
    minutes = CountField(label=_("About how many minutes?"), most=LONGEST_CALL)

    def __init__(self, data: Any = None, *, support: Support) -> None:
        super().__init__(data, initial=_initial(support))

    def in_our_words(self, refusal: ValidationError) -> ValidationError:
        """The actions speak of visits; this form has other names for their fields."""
        return ValidationError({FIELD_OF.get(name, name): errors for name, errors in refusal.error_dict.items()})


def _initial(support: Support) -> dict[str, Any]:
    today = london_today()
    return {
        "uuid": uuids.uuid4(),
        "way": TouchWay.PHONE.value,
        "next_on": next_working_day(today + dt.timedelta(days=max(1, support.service.waiting_touch_days * 2 // 3))),
        "because": support.waits_because,
        "happened_on": today,
        "minutes": TRY_MINUTES,
    }


def next_working_day(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


class WaitingForm(forms.Form):
    """Which part of the waiting list. A choice that is no longer there shows everybody."""

    where = forms.ChoiceField(label=_("Service"), required=False)

    def __init__(self, data: Any, *, services: list[Service]) -> None:
        super().__init__(data)
        self.services = services
        organisations = {service.organisation_id: service.organisation for service in services}
        each = [(f"s-{service.pk}", service.name) for service in services]
        if len(organisations) > 1:
            each = [(f"o-{pk}", organisation.name) for pk, organisation in organisations.items()]
            each += [(f"s-{service.pk}", f"{service} · {service.organisation}") for service in services]
        self.fields["where"].choices = [("", _("All services")), *each]

    def chosen(self) -> list[Service]:
        where = self.cleaned_data.get("where", "") if self.is_valid() else ""
        kind, _dash, pk = where.partition("-")
        if kind == "o":
            return [service for service in self.services if str(service.organisation_id) == pk]
        return [service for service in self.services if not where or str(service.pk) == pk]


def managed_services(user: User) -> list[Service]:
    return list(Service.objects.managed_by(user).select_related("organisation").order_by("organisation__name", "name"))


def coordinated_services(user: User) -> list[Service]:
    services = Service.objects.coordinated_by(user).select_related("organisation")
    return list(services.order_by("organisation__name", "name"))

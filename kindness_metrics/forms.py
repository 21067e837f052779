from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, ServiceKind, User
from kindness_metrics.reports import GROUPINGS, PERIODS, Grouping, managed_services


class LookForm(forms.Form):
    """What a manager looks at: a service (or all of theirs) and a period from the fixed list."""

    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.none(), required=False, empty_label=_("All my services")
    )
    period = forms.ChoiceField(label=_("Period"), choices=PERIODS, required=False)

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.services = managed_services(user)
        self.fields["service"].queryset = self.services  # type: ignore[attr-defined]

    def chosen(self) -> tuple[list[Service], str]:
        """The services and the period; what cannot be read falls back to everything, and the last three months."""
        self.is_valid()
        data = self.cleaned_data
        services = [data["service"]] if data.get("service") else list(self.services)
        return services, data.get("period") or PERIODS[0][0]


class GroupForm(forms.Form):
    """By what a manager looks at waits and matches, from the fixed list, one service at a time.

    Never several together: the sum less the parts would tell what each of them hides.
    """

    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.none(), required=False, empty_label=None
    )
    by = forms.ChoiceField(
        label=_("Side by side"),
        choices=[(grouping.key, grouping.name) for grouping in GROUPINGS.values()],
        required=False,
    )

    def __init__(self, *args: object, user: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.services = managed_services(user).filter(kind=ServiceKind.HOME_VISITING)
        self.fields["service"].queryset = self.services  # type: ignore[attr-defined]

    def chosen(self) -> tuple[Service | None, Grouping]:
        """The service and the grouping; what cannot be read falls back to the first of each."""
        self.is_valid()
        data = self.cleaned_data
        return data.get("service") or self.services.first(), GROUPINGS[data.get("by") or next(iter(GROUPINGS))]

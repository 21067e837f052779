from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import User
from betterstart.clock import london_today
from betterstart.fields import DayField
from families.forms.records import RecordForm
from families.models import Named, Support
from families.reports.together import Together, coordinators_of


class NamedForm(RecordForm):
    """What the family said when it was asked whether other services may know."""

    class Meta:
        model = Support
        fields = ["may_be_named", "named_asked_on"]
        field_classes = {"named_asked_on": DayField}
        widgets = {"may_be_named": forms.RadioSelect}
        labels = {
            "may_be_named": _("May other services know that we are with them?"),
            "named_asked_on": _("They were asked on"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["may_be_named"].choices = [
            (Named.YES, _("Yes, they may know")),
            (Named.NO, _("No, or not any more")),
            (Named.NOT_ASKED, _("Not asked yet")),
        ]
        self.initial["named_asked_on"] = self.instance.named_asked_on or london_today()


class LeadForm(forms.Form):
    """Who the family tells its story to: somebody here at once, another service when it says yes."""

    who = forms.ChoiceField(label=_("Who shall it be?"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, user: User, together: Together) -> None:
        super().__init__(data)
        self._supports = {support.pk: support for support in together.mine}
        self._people = coordinators_of(together.mine)
        own = [
            (f"{pk}-{person.pk}", _named(user, person, self._supports[pk]))
            for pk, people in self._people.items()
            for person in sorted(people, key=lambda each: each != user)
        ]
        asked = [
            (f"ask-{each['support']}", _("Ask {service} ({organisation})").format(**each))
            for each in together.beside
            if together.mine and not together.asked
        ]
        self.fields["who"].choices = [*own, *asked]

    def for_action(self) -> tuple[Support, User | None, int]:
        """The support for which it is asked or chosen; and the person, or the support of another service to ask."""
        first, _dash, second = self.cleaned_data["who"].partition("-")
        if first == "ask":
            return next(iter(self._supports.values())), None, int(second)
        person = next(each for each in self._people[int(first)] if each.pk == int(second))
        return self._supports[int(first)], person, 0


def _named(user: User, person: User, support: Support) -> str:
    if person == user:
        return str(_("I am it, for {service}")).format(service=support.service)
    return f"{person.display_name} · {support.service}"

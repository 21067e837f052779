"""What visits to a family must fit. Nothing is ticked beforehand; a question left alone stays "not asked yet"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import london_today
from betterstart.fields import DayField, TextField, ask_plainly
from families.forms.records import StepForm
from families.forms.times import TimesField
from families.forms.visit import cards, chips
from families.models import Enjoyed, FamilyMember, HomeFact, VisitNeeds, WhoComes
from families.reports.plan import LANGUAGES

NONE_OF_IT = "none"
SEEN = "seen"


class VisitNeedsForm(StepForm):
    """One question after the other; each may stay unanswered."""

    any_time = forms.BooleanField(label=gettext_lazy("Any time is fine"), required=False)
    suits = TimesField(label=gettext_lazy("Or these times"), required=False)
    at_home = forms.MultipleChoiceField(
        label=gettext_lazy("What is at their home"),
        choices=[*HomeFact.choices, (NONE_OF_IT, gettext_lazy("None of this"))],
        required=False,
        widget=chips(),
        help_text=gettext_lazy("Some volunteers are allergic, or cannot climb stairs."),
    )
    no_pets = forms.BooleanField(
        label=gettext_lazy("They need somebody who has no animals at home"),
        required=False,
        help_text=gettext_lazy("For example because a child is allergic."),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Visits have to be in"),
        choices=[("", gettext_lazy("No language has to be")), *LANGUAGES[1:]],
        required=False,
    )
    interpreter_will_do = forms.BooleanField(label=gettext_lazy("An interpreter is fine too"), required=False)
    enjoys = forms.MultipleChoiceField(
        label=gettext_lazy("What they like to do"), choices=Enjoyed, required=False, widget=chips()
    )
    who_comes = forms.ChoiceField(
        label=gettext_lazy("Who has to come"), choices=WhoComes, required=False, widget=cards("")
    )
    why = TextField(
        label=gettext_lazy("Why two people, or a paid worker"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=gettext_lazy("Only where it is so. Coordinators read it, nobody else."),
    )
    words = TextField(
        label=gettext_lazy("What else has to be so"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=gettext_lazy(
            "In their words. A wish about somebody’s race or colour is not written down: say so kindly."
        ),
    )
    said_by = forms.ChoiceField(label=gettext_lazy("Who said so"), widget=cards())
    said_on = DayField(label=gettext_lazy("Said on"))

    def __init__(self, data: Any = None, *, adults: Sequence[FamilyMember], row: VisitNeeds | None) -> None:
        super().__init__(data, initial=_known(row))
        self.adults = {str(adult.uuid): adult for adult in adults}
        people = [(uuid, str(adult)) for uuid, adult in self.adults.items()]
        fields: Any = self.fields
        fields["said_by"].choices = [*people, (SEEN, _("One of us saw it"))]
        ask_plainly(self)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("any_time") and given.get("suits"):
            self.add_error("suits", _("Tick times, or that any time is fine."))
        if NONE_OF_IT in given.get("at_home", []) and len(given["at_home"]) > 1:
            self.add_error("at_home", _("Tick what is there, or “None of this”."))
        if given.get("interpreter_will_do") and not given.get("language"):
            self.add_error("language", _("Choose the language that an interpreter would be for."))
        return given

    def for_action(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        home, any_time = given["at_home"], given.pop("any_time")
        given["at_home"] = [fact for fact in home if fact != NONE_OF_IT] if home else None
        given["suits"] = [] if any_time else given["suits"] or None
        given["who_comes"] = given["who_comes"] or WhoComes.ONE
        return given | {"said_by": self.adults.get(given["said_by"])}


def _known(row: VisitNeeds | None) -> dict[str, Any]:
    if row is None:
        return {"version": 0, "said_on": london_today()}
    plain = ("no_pets", "language", "interpreter_will_do", "enjoys", "who_comes", "why", "words", "version")
    known = {name: getattr(row, name) for name in plain} | {"said_on": london_today()}
    at_home = [NONE_OF_IT] if row.at_home == [] else row.at_home
    return known | {"any_time": row.suits == [], "suits": row.suits or [], "at_home": at_home or []}

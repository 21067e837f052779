from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, TextField, ask_plainly
from families.forms.moments import ClockField, CountField
from volunteers.models import Course, CourseRun, CourseSession, Volunteer
from volunteers.models.training import CourseKind


class CourseForm(forms.Form):
    organisation = forms.ModelChoiceField(label=_("For whom?"), queryset=Organisation.objects.none(), empty_label=None)
    kind = forms.ChoiceField(
        label=_("What is it for?"),
        choices=CourseKind.choices,
        widget=forms.RadioSelect(attrs={"class": "row"}),
        help_text=_("Preparation and safeguarding are needed before anybody visits a family."),
    )
    name = LineField(label=_("Name"), max_length=120)
    sessions_needed = CountField(
        label=_("How many sessions make it complete?"), most=40, initial=6, help_text=_("For example 6, or 1.")
    )
    renew_years = CountField(
        label=_("Again after how many years?"), most=10, required=False, help_text=_("Empty: it is done once.")
    )
    is_open = forms.BooleanField(label=_("Still offered"), required=False, initial=True)

    def __init__(self, *args: Any, organisations: Any, course: Course | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations
        if course:
            names = ("kind", "name", "sessions_needed", "renew_years", "is_open")
            self.initial |= {name: getattr(course, name) for name in names}
        if course or len(organisations) == 1:
            del self.fields["organisation"]
        if not course:
            del self.fields["is_open"]
        ask_plainly(self)

    def clean_sessions_needed(self) -> int:
        if not self.cleaned_data["sessions_needed"]:
            raise ValidationError(now_("At least one session makes it complete."))
        return self.cleaned_data["sessions_needed"]

    def clean_renew_years(self) -> int | None:
        return self.cleaned_data["renew_years"] or None


class DaysField(TextField):
    """One day on each line."""

    widget = forms.Textarea(attrs={"rows": 6})

    def clean(self, value: Any) -> list[dt.date]:
        lines = [line.strip() for line in super().clean(value).split("\n") if line.strip()]
        day = DayField()
        try:
            return [day.clean(line) for line in lines]
        except ValidationError:
            raise ValidationError(now_("Write each day on a line of its own, like 4/8/2026.")) from None


class RunForm(forms.Form):
    place = LineField(label=_("Where?"), max_length=200)
    starts = ClockField(label=_("From"), required=False)
    days = DaysField(label=_("On which days?"), max_length=1000, help_text=_("One on each line, like 4/8/2026."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ask_plainly(self)


class SessionForm(forms.Form):
    day = DayField(label=_("Day"))
    starts = ClockField(label=_("From"), required=False)
    about = LineField(label=_("What is it about?"), max_length=120, required=False)

    def __init__(self, *args: Any, session: CourseSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"day": session.day, "starts": session.starts, "about": session.about}
        ask_plainly(self)


class PlacesForm(forms.Form):
    volunteers = forms.ModelMultipleChoiceField(
        label=_("Who has a place?"),
        queryset=Volunteer.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
        error_messages={"required": _("Please choose at least one.")},
    )

    def __init__(self, *args: Any, volunteers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["volunteers"].queryset = volunteers


class CatchUpForm(forms.Form):
    volunteer = forms.ModelChoiceField(
        label=_("Who?"), queryset=Volunteer.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    session = forms.ModelChoiceField(
        label=_("Which session?"), queryset=CourseSession.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    on = DayField(label=_("When did they catch up?"))
    how = LineField(label=_("How?"), max_length=200, help_text=_("For example: talked it through with me."))

    def __init__(self, *args: Any, run: CourseRun, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        volunteers = Volunteer.objects.filter(course_places__run=run).select_related("user")
        self.fields["volunteer"].queryset = volunteers
        self.fields["session"].queryset = run.sessions.filter(day__lte=london_today())
        self.fields["session"].label_from_instance = session_words
        self.initial["on"] = london_today()
        ask_plainly(self)


def session_words(session: CourseSession) -> str:
    words = now_("Session {n}").format(n=session.number)
    return f"{words}: {session.about}" if session.about else words


def cells(sent: Iterable[str]) -> set[tuple[int, int]]:
    """The ticks of a register as they are sent, "12.7" each; what cannot be one is left out."""
    parts = [each.split(".") for each in sent if re.fullmatch(r"\d{1,18}\.\d{1,18}", each, re.ASCII)]
    return {(int(session), int(volunteer)) for session, volunteer in parts}

"""The five screens of a check-in, as one form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import duration_in_words, moment_in_words
from families.forms.moments import CountField, MomentForm, ShortLine, Words
from families.forms.visit import Asking, cards, chips, present_field
from families.models import MemberRole, NotDeliveredReason, SupportKind, Visit, VisitMode
from families.models.visit import MAX_WORDS
from volunteers.actions import VisitFacts
from volunteers.forms.reflection import ReflectionForm

AS_PLANNED, OTHERWISE, NOT_AT_ALL = "as_planned", "yes", "no"
LENGTHS = (30, 60, 90, 120, 180)
OTHER_LENGTH = "other"
# Where the sentence of a rule is shown.
PLACES = {"actual_start": "day", "planned_start": "day", "worker": "day", "duration_minutes": "minutes"}
OF_THE_TIME = ("day", "time", "which", "length", "minutes", "mode", "travel_minutes")


def planned_minutes(visit: Visit) -> int | None:
    start, end = visit.planned_start, visit.planned_end
    return int((end - start).total_seconds() // 60) if start and end else None


class ToldForm(MomentForm, Asking):
    """What there is to tell of the visit itself."""

    length = forms.ChoiceField(label=gettext_lazy("How long were you together?"), required=False, widget=cards())
    minutes = CountField(label=gettext_lazy("Minutes, if it was another length"), required=False)
    mode = forms.ChoiceField(label=gettext_lazy("Where"), choices=VisitMode, required=False, widget=cards())
    what_happened = Words(
        limit=MAX_WORDS,
        label=gettext_lazy("What did you do together, what went well?"),
        help_text=gettext_lazy("Write it as if the family will read it; they may."),
    )
    present = present_field()
    someone_else = ShortLine(limit=200, label=gettext_lazy("Someone else who was there"))
    kinds_of_support = forms.MultipleChoiceField(
        label=gettext_lazy("What it was about"), choices=SupportKind, required=False, widget=chips()
    )
    travel_minutes = CountField(label=gettext_lazy("Travel there and back (minutes)"), required=False, most=720)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"].required = self.fields["time"].required = False
        lengths = [(str(minutes), duration_in_words(minutes)) for minutes in LENGTHS]
        self.fields["length"].choices = [*lengths, (OTHER_LENGTH, _("Another length"))]  # type: ignore[attr-defined]
        people = self.family.members.current().exclude(role=MemberRole.UNBORN)
        self.fields["present"].queryset = people  # type: ignore[attr-defined]

    def show(self, refusal: ValidationError) -> None:
        """Put the sentences of an action beside the fields they are about."""
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: [refusal]}
        for name, errors in by_field.items():
            place = PLACES.get(name, name)
            self.add_error(place if place in self.fields else None, errors)

    def told_minutes(self) -> int | None:
        length = self.cleaned_data.get("length")
        return int(length) if length and length != OTHER_LENGTH else self.cleaned_data.get("minutes")

    def facts(self, **changed: Any) -> VisitFacts:
        """What the actions take, from a valid form."""
        told = self.cleaned_data
        names = ["mode", "travel_minutes", "someone_else", "what_happened", "kinds_of_support"]
        facts = {name: told[name] for name in names if name in told} | {"present": list(told["present"])}
        if "length" in self.fields:
            facts |= {"actual_start": told.get("moment"), "duration_minutes": self.told_minutes()}
        return VisitFacts(**facts | changed)


class CheckInForm(ToldForm, ReflectionForm):
    """A first check-in: of a planned visit, of one already on record, or (without `visit`) of one nobody planned."""

    happened = forms.ChoiceField(
        label=gettext_lazy("Did you meet?"),
        widget=cards(""),
        error_messages={"required": gettext_lazy("Say whether you met.")},
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why not?"), choices=NotDeliveredReason, required=False, widget=cards("")
    )
    rebooked = forms.BooleanField(label=gettext_lazy("We have agreed a new time"), required=False)
    device_time = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.visit and self.visit.was_delivered and not self._tells_of_the_plan():
            for name in (*OF_THE_TIME, "happened", "reason", "rebooked"):
                del self.fields[name]
            return
        choices = [(OTHERWISE, _("Yes, we met")), (NOT_AT_ALL, _("No, it did not happen"))]
        if self.visit:
            choices[0] = (OTHERWISE, _("Yes, at another time or length"))
            choices.insert(0, (AS_PLANNED, _("Yes, as planned: {plan}").format(plan=self._plan())))
        self.fields["happened"].choices = choices  # type: ignore[attr-defined]

    def _tells_of_the_plan(self) -> bool:
        """The page was opened before the visit was on record: it may be the same sending once more."""
        return self.is_bound and "happened" in self.data and self.visit.planned_start is not None

    def _plan(self) -> str:
        start, minutes = self.visit.planned_start, planned_minutes(self.visit)
        return _("{day}, {duration}").format(day=moment_in_words(start), duration=duration_in_words(minutes))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        happened = cleaned.get("happened")
        if happened == NOT_AT_ALL and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", _("Choose why the visit did not happen."))
        elif happened == OTHERWISE:
            self._check_told()
        elif happened == AS_PLANNED and self.visit.planned_end > timezone.now():
            sentence = _("By the plan it is not over yet. Once it is, or if you met at another time, choose so.")
            self.add_error("happened", sentence)
        return cleaned

    def _check_told(self) -> None:
        if self.told_minutes() is None and not self.errors.keys() & {"length", "minutes"}:
            self.add_error("length", _("Say how long it was."))
        for name in ("day", "time"):
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.add_error(name, _("Say when it began."))

    def told(self) -> VisitFacts:
        """The visit as the person says it was: as planned, otherwise, or not at all."""
        happened = self.cleaned_data.get("happened")
        if happened == AS_PLANNED:
            start, minutes = self.visit.planned_start, planned_minutes(self.visit)
            return self.facts(actual_start=start, duration_minutes=minutes, mode=self.visit.mode)
        if happened == NOT_AT_ALL:
            reason, rebooked = self.cleaned_data["reason"], self.cleaned_data["rebooked"]
            return self.facts(happened=False, not_delivered_reason=reason, rebooked=rebooked)
        return self.facts()

    def sent_at(self) -> dt.datetime | None:
        """What the person's own clock said, if it said something sensible."""
        try:
            moment = parse_datetime(self.cleaned_data["device_time"])
        except ValueError:
            return None
        return moment if moment and timezone.is_aware(moment) else None


class CheckInEditForm(ToldForm, ReflectionForm):
    """A check-in that is on record, and what its author recorded of the visit."""

    visit_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, may_edit_visit: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["uuid"]
        self.fields["version"].required = True
        if not may_edit_visit:
            for name in (*OF_THE_TIME, "what_happened", "present", "someone_else", "kinds_of_support"):
                del self.fields[name]

"""The day of an ending, its visits, its steps, and the word with the family some weeks later."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.models import User
from betterstart.clock import day_in_words, london_today
from betterstart.fields import DayField, LineField
from families.actions.answer import who_may_answer
from families.actions.ending import USUAL_NOTICE, safe_ways
from families.actions.sharing import may_tell_referrer
from families.forms.moments import ClockField, CountField, Words
from families.forms.records import StepForm
from families.forms.support import REASONS
from families.forms.visit import Asking, cards, workers_of
from families.models import (
    EndingStep,
    FamilyMember,
    FollowUpOutcome,
    StepKind,
    StepOutcome,
    Support,
    SupportState,
    VisitMode,
    Way,
)


class AgreeForm(forms.Form):
    """The day of the last visit and the reason. A day sooner than usual is asked back."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why?"), choices=REASONS[SupportState.ENDING], widget=forms.RadioSelect
    )
    ending_on = DayField(
        label=gettext_lazy("The last visit is planned for"),
        help_text=gettext_lazy("Four weeks ahead gives time to part."),
    )
    note = Words(label=gettext_lazy("Anything to add?"), limit=2000)
    confirmed = forms.MultipleChoiceField(
        label=gettext_lazy("Is that right?"),
        choices=[("soon", "")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    asks = False

    def __init__(self, data: Any = None, *, support: Support) -> None:
        day = support.ending_on if support.state == SupportState.ENDING else london_today() + USUAL_NOTICE
        super().__init__(data, initial={"ending_on": day, "reason": support.ending_reason})
        if support.state == SupportState.ENDING:
            del self.fields["note"]

    def ask(self, questions: Mapping[str, str]) -> None:
        self.fields["confirmed"].choices = list(questions.items())  # type: ignore[attr-defined]
        self.add_error("confirmed", _("Please tick if it is so, or choose a later day."))
        self.asks = True


class SeriesForm(Asking):
    """Which of the days of a thinning-out series, at what time, with whom."""

    days = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Which days"), coerce=dt.date.fromisoformat, widget=forms.CheckboxSelectMultiple
    )
    time = ClockField(label=gettext_lazy("Time"))
    minutes = CountField(label=gettext_lazy("How long (minutes)"))
    mode = forms.ChoiceField(label=gettext_lazy("Where"), choices=VisitMode, widget=cards("row two"))
    worker = forms.ModelChoiceField(
        queryset=User.objects.none(), label=gettext_lazy("Who goes"), widget=cards(), empty_label=None
    )

    def __init__(self, *args: Any, support: Support, offered: list[dt.date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            day: _("{day} · the last visit").format(day=day_in_words(day))
            if day == support.ending_on
            else day_in_words(day)
            for day in offered
        }
        self.fields["days"].choices = [(day.isoformat(), word) for day, word in words.items()]  # type: ignore[attr-defined]
        people = workers_of(Support.objects.filter(pk=support.pk), self.user, None)
        self.fields["worker"].queryset = people  # type: ignore[attr-defined]


class TakeForm(StepForm):
    """One step of an ending. Which fields there are depends on the step."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("What became of it?"), widget=forms.RadioSelect)
    words = Words(label=gettext_lazy("A few words"), limit=2000)
    agreed_by = forms.ModelChoiceField(
        label=gettext_lazy("Who in the family agreed that we tell them?"),
        queryset=FamilyMember.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        required=False,
        help_text=gettext_lazy("They know what we say. Without a yes nobody is told."),
    )
    way = forms.ChoiceField(label=gettext_lazy("How?"), widget=forms.RadioSelect, required=False)
    to = forms.EmailField(
        label=gettext_lazy("Email address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Only where it goes by email."),
    )
    happened_on = DayField(label=gettext_lazy("On"))

    def __init__(
        self, data: Any = None, *, support: Support, kind: str, step: EndingStep | None, words: str = ""
    ) -> None:
        initial = {
            "version": step.version if step else None,
            "outcome": step.outcome if step else None,
            "words": step.words if step and step.words else words,
            "way": step.way if step else "",
            "happened_on": step.happened_on if step else london_today(),
        }
        super().__init__(data, initial=initial)
        self.kind = kind
        wanted = {"version", "outcome", "happened_on", *FIELDS_OF[StepKind(kind)]}
        for name in [name for name in self.fields if name not in wanted]:
            del self.fields[name]
        self.fields["outcome"].choices = OUTCOMES[StepKind(kind)]  # type: ignore[attr-defined]
        if "words" in wanted and kind in WORDS:
            self.fields["words"].label, self.fields["words"].help_text = WORDS[StepKind(kind)]
        if "agreed_by" in wanted:
            self.fields["agreed_by"].queryset = who_may_answer(support.family)  # type: ignore[attr-defined]
            if may := may_tell_referrer(support):
                self.fields["agreed_by"].help_text = may.reason
        if "way" in wanted:
            ways = list(safe_ways(support)) if kind == StepKind.LETTER else [Way.SPOKEN.value, Way.EMAIL.value]
            self.fields["way"].choices = [(way, Way(way).label) for way in ways]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("outcome") != StepOutcome.DONE:
            return cleaned | {"way": ""}
        if "way" in self.fields and not cleaned.get("way"):
            self.add_error("way", _("Choose how."))
        needs_words = self.kind == StepKind.LETTER or cleaned.get("way") == Way.EMAIL
        if needs_words and not cleaned.get("words", "").strip() and "words" not in self.errors:
            self.add_error("words", _("Please write a few words."))
        return cleaned

    def for_action(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


FIELDS_OF: dict[StepKind, set[str]] = {
    StepKind.SCORES: set(),
    StepKind.TURN_TO: set(),
    StepKind.CELEBRATION: {"words"},
    StepKind.LETTER: {"words", "way"},
    StepKind.REFERRER: {"words", "agreed_by", "way", "to"},
    StepKind.KEEPSAKE: set(),
}
_NO = (StepOutcome.NOT_NEEDED.value, gettext_lazy("Not needed, or not wanted"))
OUTCOMES: dict[StepKind, list[tuple[str, Any]]] = {
    StepKind.SCORES: [
        (StepOutcome.DONE.value, gettext_lazy("The family gave its final scores")),
        (StepOutcome.NOT_NEEDED.value, gettext_lazy("The family preferred not to")),
    ],
    StepKind.TURN_TO: [(StepOutcome.DONE.value, gettext_lazy("The family has the list")), _NO],
    StepKind.CELEBRATION: [(StepOutcome.DONE.value, gettext_lazy("We celebrated")), _NO],
    StepKind.LETTER: [
        (StepOutcome.BEGUN.value, gettext_lazy("It is written, and will be given")),
        (StepOutcome.DONE.value, gettext_lazy("It reached the family, or is sent now")),
        _NO,
    ],
    StepKind.REFERRER: [(StepOutcome.DONE.value, gettext_lazy("They are told")), _NO],
    StepKind.KEEPSAKE: [(StepOutcome.DONE.value, gettext_lazy("The family has it")), _NO],
}
WORDS: dict[StepKind, tuple[Any, Any]] = {
    StepKind.CELEBRATION: (
        gettext_lazy("What did you do?"),
        gettext_lazy("The family reads this on its page to keep."),
    ),
    StepKind.LETTER: (
        gettext_lazy("The letter"),
        gettext_lazy(
            "Thank them, say what was good. No worries, no advice, nothing that could hurt if others read it."
        ),
    ),
    StepKind.REFERRER: (
        gettext_lazy("What you tell them"),
        gettext_lazy("That the support has ended well is enough. No names in an email."),
    ),
}


class TurnToForm(forms.Form):
    name = LineField(label=gettext_lazy("Who or what"), max_length=200)
    about = LineField(label=gettext_lazy("What for, when, how to reach them"), max_length=300, required=False)


class FollowUpForm(forms.Form):
    outcome = forms.ChoiceField(label=gettext_lazy("How did it go?"), choices=FollowUpOutcome, widget=forms.RadioSelect)
    words = Words(label=gettext_lazy("What did they say?"), limit=2000, help_text=gettext_lazy("In their own words."))
    happened_on = DayField(label=gettext_lazy("On"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"happened_on": london_today()})

"""A review: the day agreed for it, what came of it, and what one adult says of the volunteer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from betterstart.clock import LONDON, london_today
from betterstart.fields import DayField
from families.actions.own_words import adults_of
from families.actions.review import next_review_on
from families.forms.moments import MomentForm, ShortLine, Words
from families.forms.records import StepForm
from families.forms.visit import cards
from families.models import CalledOff, FamilyMember, MatchAnswer, OwnWords, Review, VisitMode
from families.models.member import LANGUAGE_NAMES
from families.models.review import FOR_ANOTHER_DAY


class BookForm(MomentForm, StepForm):
    """When and where to look together."""

    mode = forms.ChoiceField(label=gettext_lazy("Where"), choices=VisitMode, widget=cards("row two"))
    field_order = ("day", "time", "which", "mode", "version")

    def __init__(self, data: Any = None, *, review: Review) -> None:
        initial: dict[str, Any] = {"day": review.day, "mode": review.mode or None, "version": review.version}
        if review.booked_for:
            initial["time"] = review.booked_for.astimezone(LONDON).time()
        super().__init__(data, initial=initial)

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"booked_for": given["moment"], "mode": given["mode"], "version": given["version"]}


class CallOffForm(StepForm):
    """Why the day that was booked does not hold."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        choices=[(reason.value, reason.label) for reason in FOR_ANOTHER_DAY if reason != CalledOff.MOVED],
        widget=forms.RadioSelect,
    )
    note = Words(label=gettext_lazy("Anything to add?"), limit=500)

    def __init__(self, data: Any = None, *, review: Review) -> None:
        super().__init__(data, initial={"version": review.version})


class DeclineForm(StepForm):
    """The family would rather not look together this time."""

    next_on = DayField(label=gettext_lazy("The next one is by"))
    note = Words(
        label=gettext_lazy("Anything they would like us to know?"),
        limit=500,
        help_text=gettext_lazy("They need no reason."),
    )

    def __init__(self, data: Any = None, *, review: Review) -> None:
        service = review.support.service
        super().__init__(data, initial={"version": review.version, "next_on": next_review_on(service, london_today())})
        self.fields["next_on"].required = bool(service.review_every_weeks)


class HoldForm(StepForm):
    """What came of a review."""

    held_on = DayField(label=gettext_lazy("You looked together on"))
    mode = forms.ChoiceField(label=gettext_lazy("Where"), choices=VisitMode, widget=cards("row two"))
    there = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who was there?"),
        queryset=FamilyMember.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one adult of the family who was there.")},
    )
    volunteer_there = forms.BooleanField(label=gettext_lazy("The volunteer was there too"), required=False)
    others_there = ShortLine(label=gettext_lazy("Who else was there"), limit=200)
    agreed_change = Words(
        label=gettext_lazy("What you agreed to do differently"),
        limit=2000,
        help_text=gettext_lazy("Everybody who was there has this on their copy. Nothing is fine too."),
    )
    next_on = DayField(label=gettext_lazy("You look together again by"))

    def __init__(self, data: Any = None, *, review: Review) -> None:
        service, today = review.support.service, london_today()
        day = min(review.day, today)
        initial = {"version": review.version, "held_on": day, "mode": review.mode or None}
        super().__init__(data, initial=initial | {"next_on": next_review_on(service, day)})
        adults = [adult.pk for adult in adults_of(review.family)]
        self.fields["there"].queryset = FamilyMember.objects.filter(pk__in=adults)  # type: ignore[attr-defined]
        self.fields["next_on"].required = bool(service.review_every_weeks)


class MatchAnswerForm(forms.Form):
    """How it goes with the volunteer, as one adult says it."""

    answer = forms.ChoiceField(
        label=gettext_lazy("How does it go?"),
        choices=MatchAnswer,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what comes closest.")},
    )
    words = Words(label=gettext_lazy("In their own words"), limit=2000, help_text=gettext_lazy("As they say it."))
    language = forms.ChoiceField(label=gettext_lazy("Said in"), required=False)
    interpreter = ShortLine(
        label=gettext_lazy("Who interpreted, if anybody did"),
        limit=200,
        help_text=gettext_lazy("Never a child or the partner."),
    )

    def __init__(self, data: Any = None, *, adult: FamilyMember, said: OwnWords | None) -> None:
        spoken = [each["code"] for each in adult.languages if each["code"] in LANGUAGE_NAMES]
        spoken = spoken or [adult.family.language or "en"]
        # What they said before is not filled in: whoever is asked again is asked, not led.
        super().__init__(data, initial={"language": spoken[0], "interpreter": said.interpreter if said else ""})
        codes = [*spoken, *(code for code in LANGUAGE_NAMES if code not in spoken)]
        choices = [(code, LANGUAGE_NAMES.get(code, code)) for code in codes]
        self.fields["language"].choices = choices  # type: ignore[attr-defined]


class CopyForm(StepForm):
    """Whether an adult has their copy."""

    outcome = forms.CharField(max_length=10)

"""Choices of a family, what is agreed to do, safety at home, translations, and an organisation's list of needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, TextField, ask_plainly
from families.forms.plan import OURS, Said, language_field
from families.forms.records import StepForm
from families.models import ChoiceAnswer, ChoiceKind, Doer, FamilyMember, Goal, Heading, NeedItem, PlanChoice, Support
from families.reports.plan import answers_to, likely_language


class SpokenForm(forms.Form):
    """How the two spoke with each other."""

    answer = forms.ChoiceField(
        label=gettext_lazy("How did you speak with each other?"),
        choices=answers_to(ChoiceKind.INTERPRETER),
        widget=forms.RadioSelect,
    )
    interpreter = LineField(
        label=gettext_lazy("Who interpreted"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Their name, or the service they came from. Never a child, never a partner."),
    )
    grown_up = forms.BooleanField(
        label=gettext_lazy("It was an adult, and not their partner"),
        required=False,
        help_text=gettext_lazy("Only where somebody else helped."),
    )

    def __init__(self, data: Any = None, *, now: PlanChoice | None) -> None:
        super().__init__(data, initial={"answer": now.answer, "interpreter": now.detail} if now else None)
        ask_plainly(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("answer") == ChoiceAnswer.HELPER and not cleaned.get("grown_up"):
            sentence = _("If it was a child or their partner, please arrange an interpreter and talk again then.")
            self.add_error("grown_up", sentence)
        if cleaned.get("answer") == ChoiceAnswer.SAME_LANGUAGE:
            cleaned["interpreter"] = ""
        return cleaned

    def answers(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        return [{"kind": ChoiceKind.INTERPRETER, "answer": given["answer"], "detail": given["interpreter"]}]


class WishesForm(forms.Form):
    """Who should come, and who may see the numbers. Each may stay unanswered."""

    volunteer = forms.ChoiceField(
        label=gettext_lazy("Who would they like to come to their home?"),
        choices=answers_to(ChoiceKind.VOLUNTEER),
        widget=forms.RadioSelect(attrs={"class": "row two"}),
        required=False,
        help_text=gettext_lazy(
            "A wish for a woman or a man is honoured for visits at home. A wish about somebody’s race or colour is "
            "not, and is not written down: say so kindly."
        ),
    )
    words = Said(
        label=gettext_lazy("What else would they like us to know about who comes?"),
        max_length=2000,
        help_text=gettext_lazy("And why, if they like to say. Coordinators read this, volunteers do not."),
    )
    language = language_field(gettext_lazy("Said in"))
    volunteer_sees = forms.ChoiceField(
        label=gettext_lazy("May the volunteer see their scores?"),
        choices=answers_to(ChoiceKind.VOLUNTEER_SEES),
        widget=forms.RadioSelect(attrs={"class": "row"}),
        required=False,
        help_text=gettext_lazy("Without a yes nobody but coordinators sees them. They can change it at any time."),
    )
    family_sees = forms.ChoiceField(
        label=gettext_lazy("May the other adults of the family see their scores?"),
        choices=answers_to(ChoiceKind.FAMILY_SEES),
        widget=forms.RadioSelect(attrs={"class": "row"}),
        required=False,
        help_text=gettext_lazy("Ask this when they are alone with you."),
    )

    def __init__(self, data: Any = None, *, adult: FamilyMember, several: bool, now: dict[str, PlanChoice]) -> None:
        known = {kind: choice.answer for kind, choice in now.items()}
        super().__init__(data, initial=known | {"language": likely_language(adult)})
        if not several:
            del self.fields["family_sees"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("words") and not cleaned.get("language"):
            self.add_error("language", _("Choose the language they said it in."))
        if cleaned.get("words") and not cleaned.get("volunteer"):
            self.add_error("volunteer", _("Choose one. “Either is fine” is an answer too."))
        return cleaned

    def answers(self) -> list[dict[str, Any]]:
        """One for each question that has an answer, as the action takes it."""
        given = [
            {"kind": kind, "answer": self.cleaned_data[kind]}
            for kind in ("volunteer", "volunteer_sees", "family_sees")
            if self.cleaned_data.get(kind)
        ]
        for each in given:
            if each["kind"] == ChoiceKind.VOLUNTEER:
                each |= {"words": self.cleaned_data["words"], "language": self.cleaned_data["language"]}
        return given


class SafetyForm(StepForm):
    """What whoever visits needs to know about coming to the home."""

    safety_notes = TextField(
        label=gettext_lazy("Need to know before a visit"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=gettext_lazy("Buzzer, dog, stairs, parking, signal, meet outside. Everyone who visits sees this."),
    )
    home_safety_on = DayField(label=gettext_lazy("Home safety was looked at on"))
    family_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, support: Support) -> None:
        family = support.family
        known = {
            "safety_notes": family.safety_notes,
            "home_safety_on": support.home_safety_on or london_today(),
            "version": support.version,
            "family_version": family.version,
        }
        super().__init__(data, initial=known)

    def show_both(self, stored: Any) -> None:
        super().show_both(stored)
        if hasattr(stored, "safety_notes"):
            self.data["family_version"], self.data["version"] = stored.version, self.cleaned_data["version"]


class TranslateForm(StepForm):
    translation = Said(label=gettext_lazy("Translation"), required=True, rows=4)
    into = language_field(gettext_lazy("Into"), required=True)
    translator = LineField(
        label=gettext_lazy("Who translated it"),
        max_length=200,
        help_text=gettext_lazy("A name, or the service. Never a child, never a partner."),
    )


class ActionForm(forms.Form):
    """One thing to do next."""

    what = LineField(label=gettext_lazy("What"), max_length=300)
    doer = forms.ChoiceField(label=gettext_lazy("Who does it"), choices=Doer, widget=forms.RadioSelect)
    due_on = DayField(label=gettext_lazy("By when"), required=False)
    adult = forms.ModelChoiceField(
        label=gettext_lazy("Agreed with"),
        queryset=FamilyMember.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    goal = forms.ModelChoiceField(
        label=gettext_lazy("Towards"), queryset=Goal.objects.none(), required=False, empty_label=gettext_lazy("No goal")
    )
    whose = forms.ChoiceField(
        label=gettext_lazy("Who in the family may see this?"), choices=OURS, widget=forms.RadioSelect
    )

    def __init__(
        self, data: Any = None, *, adults: Sequence[FamilyMember], goals: Sequence[Goal], initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        fields: Any = self.fields
        fields["adult"].queryset = FamilyMember.objects.filter(pk__in=[adult.pk for adult in adults])
        fields["goal"].queryset = Goal.objects.filter(pk__in=[goal.pk for goal in goals]).select_related("said")
        if len(adults) == 1:
            fields["adult"].initial, fields["adult"].widget = adults[0].pk, forms.HiddenInput()
            del fields["whose"]
        if not goals:
            del fields["goal"]
        ask_plainly(self)

    def for_action(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        given = {name: cleaned.get(name) for name in ("what", "doer", "due_on", "adult", "goal")}
        return given | {"is_ours": cleaned.get("whose") == "ours"}


class NeedItemForm(StepForm):
    """How an organisation words one of its needs."""

    name = LineField(
        label=gettext_lazy("As families read it"),
        max_length=120,
        help_text=gettext_lazy("Plain words, as somebody would say it of themselves."),
    )
    hint = LineField(label=gettext_lazy("A few words of explanation"), max_length=200, required=False)
    heading = forms.ChoiceField(label=gettext_lazy("Under"), choices=Heading, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, item: NeedItem | None) -> None:
        known = {"version": item.version if item else 0}
        if item:
            known |= {"name": item.name, "hint": item.hint, "heading": item.heading}
        super().__init__(data, initial=known)
        if item and item.key:
            self.fields["name"].required = False
            self.fields["name"].help_text = _("Empty: “{usual}”, in every language of the product.").format(
                usual=item.usual
            )

"""Writing down what an adult of the family says at the initial visit and later. Nothing is ticked beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import london_today
from betterstart.fields import DayField, ask_plainly
from betterstart.fields import TextField as _TextField
from families.actions.score import Reply
from families.forms.records import StepForm
from families.models import (
    FamilyMember,
    Given,
    Heading,
    Need,
    NeedItem,
)
from families.models.goal import NEAREST
from families.models.own_words import LONGEST_SAID
from families.models.score import HIGHEST, LOWEST, SCALE
from families.reports.plan import LANGUAGES, likely_language

OURS = [("mine", gettext_lazy("Theirs alone")), ("ours", gettext_lazy("Ours together: the other adults may see it"))]


class Said(_TextField):
    """What somebody says, in any script. No prompts about wording: these are their own words."""

    def __init__(self, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", LONGEST_SAID)
        widget = forms.Textarea(attrs={"class": "words", "rows": rows, "dir": "auto"})
        super().__init__(widget=widget, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No maxlength: a browser must not cut what is pasted."""
        return {}


def language_field(label: Any, *, required: bool = False) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=LANGUAGES, required=required)


class VoiceForm(forms.Form):
    """Of one adult: what they say, the language they say it in, the day, and (where there are several) whose it is."""

    language = language_field(gettext_lazy("Said in"))
    whose = forms.ChoiceField(
        label=gettext_lazy("Who in the family may see this?"), choices=OURS, widget=forms.RadioSelect
    )
    happened_on = DayField(label=gettext_lazy("Said on"))

    def __init__(self, data: Any = None, *, adult: FamilyMember, several: bool, initial: Any = None) -> None:
        known = {"language": likely_language(adult), "happened_on": london_today()}
        super().__init__(data, initial=known | (initial or {}))
        if not several:
            del self.fields["whose"]
        ask_plainly(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if any(cleaned.get(name) for name in self.spoken()) and not cleaned.get("language"):
            self.add_error("language", _("Choose the language they said it in."))
        return cleaned

    def spoken(self) -> Sequence[str]:
        """The fields that hold own words."""
        return [name for name, field in self.fields.items() if isinstance(field, Said)]

    @property
    def common(self) -> dict[str, Any]:
        """What every action about an adult takes."""
        cleaned = self.cleaned_data
        return {
            "language": cleaned.get("language", ""),
            "happened_on": cleaned["happened_on"],
            "is_ours": cleaned.get("whose") == "ours",
        }


class NeedsForm(VoiceForm):
    """What they pick of the list, and what they say in words of their own: one on each line."""

    items = forms.ModelMultipleChoiceField(
        label=gettext_lazy("They pick"),
        queryset=NeedItem.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    said = Said(
        label=gettext_lazy("Or in their own words"), help_text=gettext_lazy("One thing on each line."), max_length=2000
    )
    field_order = ("items", "said", "language", "whose", "happened_on")

    def __init__(self, data: Any = None, *, items: Sequence[NeedItem], picked: Sequence[Need], **kwargs: Any) -> None:
        here = [need.item_id for need in picked if need.item_id]
        super().__init__(data, initial={"items": here}, **kwargs)
        offered = [item for item in items if item.retired_on is None or item.pk in here]
        field: Any = self.fields["items"]
        field.queryset = NeedItem.objects.filter(pk__in=[item.pk for item in offered])
        field.choices = [
            (heading.label, [(item.pk, _labelled(item)) for item in offered if item.heading == heading])
            for heading in Heading
            if any(item.heading == heading for item in offered)
        ]

    def lines(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["said"].splitlines() if line.strip()]


def _labelled(item: NeedItem) -> str:
    return f"{item} ({item.hint})" if item.hint else str(item)


def number_choices(most: int) -> list[tuple[str, Any]]:
    numbers = [(str(number), str(number)) for number in range(most + 1)]
    return [*numbers, (Given.RATHER_NOT.value, Given.RATHER_NOT.label)]


class NumberField(forms.ChoiceField):
    """A number of the scale, or "rather not say"; nothing chosen means that they were not asked."""

    def __init__(self, *, most: int, **kwargs: Any) -> None:
        super().__init__(
            choices=number_choices(most),
            widget=forms.RadioSelect(attrs={"class": "chips numbers"}),
            required=False,
            error_messages={
                "invalid_choice": _("Choose a number from 0 to {most}, or “rather not say”.").format(most=most)
            },
            **kwargs,
        )


def reply_of(given: str, words: str = "") -> Reply:
    if given.isdigit():
        return Reply(Given.NUMBER, int(given), words)
    return Reply(given or Given.NOT_ASKED, None, words)


class ScoresForm(VoiceForm):
    """One question for each need."""

    def __init__(self, data: Any = None, *, needs: Sequence[Need], **kwargs: Any) -> None:
        super().__init__(data, several=False, **kwargs)
        self.needs = list(needs)
        for need in self.needs:
            self.fields[f"score_{need.pk}"] = NumberField(
                most=HIGHEST,
                label=str(need),
                help_text=_("0 is “{low}”, 5 is “{high}”.").format(low=SCALE[LOWEST], high=SCALE[HIGHEST]),
            )
            self.fields[f"words_{need.pk}"] = Said(
                label=_("Anything they say to it"), rows=2, help_text=_("In their own words.")
            )

    def questions(self) -> list[tuple[Need, Any, Any]]:
        return [(need, self[f"score_{need.pk}"], self[f"words_{need.pk}"]) for need in self.needs]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not any(reply.given != Given.NOT_ASKED for reply in self._replies(cleaned).values()):
            self.add_error(None, _("Nothing is answered yet. They may also say that they would rather not."))
        return cleaned

    def _replies(self, cleaned: dict[str, Any]) -> dict[Need, Reply]:
        return {
            need: reply_of(cleaned.get(f"score_{need.pk}", ""), cleaned.get(f"words_{need.pk}", ""))
            for need in self.needs
        }

    def for_action(self) -> dict[str, Any]:
        common = {name: value for name, value in self.common.items() if name != "is_ours"}
        return common | {"replies": self._replies(self.cleaned_data)}


class GoalForm(VoiceForm):
    words = Said(label=gettext_lazy("What would they like?"), required=True, max_length=2000)
    why = Said(label=gettext_lazy("Why does this matter to them?"), max_length=2000)
    easier = Said(label=gettext_lazy("What would make it easier?"), max_length=2000)
    rating = NumberField(
        most=NEAREST,
        label=gettext_lazy("How near do they feel to it now?"),
        help_text=gettext_lazy("0 is not at all, 10 is fully there."),
    )
    field_order = ("words", "why", "easier", "language", "rating", "whose", "happened_on")

    def for_action(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        said = {name: cleaned[name] for name in ("words", "why", "easier")}
        return self.common | said | {"rating": reply_of(cleaned["rating"]) if cleaned["rating"] else None}


class RewordForm(GoalForm):
    """The same goal as they say it now. Whose it is stays as it was."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    show_both = StepForm.show_both

    def for_action(self) -> dict[str, Any]:
        given = super().for_action() | {"version": self.cleaned_data["version"]}
        return {name: value for name, value in given.items() if name != "is_ours"}


class RateForm(VoiceForm):
    rating = NumberField(most=NEAREST, label=gettext_lazy("How near do they feel to it now?"))
    words = Said(label=gettext_lazy("Anything they say to it"), rows=2)
    field_order = ("rating", "words", "language", "happened_on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, several=False, **kwargs)
        self.fields["rating"].required = True
        self.fields["rating"].error_messages["required"] = _("Choose a number, or “rather not say”.")

    def for_action(self) -> dict[str, Any]:
        common = {name: value for name, value in self.common.items() if name != "is_ours"}
        return common | {"reply": reply_of(self.cleaned_data["rating"], self.cleaned_data["words"])}


class WordsForm(VoiceForm):
    words = Said(
        label=gettext_lazy("What should whoever comes know?"),
        required=True,
        rows=5,
        help_text=gettext_lazy(
            "Their culture, their faith, who is who, what is hard just now. Whoever visits reads this, so write "
            "only what they want known."
        ),
    )
    field_order = ("words", "language", "whose", "happened_on")

    def for_action(self) -> dict[str, Any]:
        return self.common | {"words": self.cleaned_data["words"]}

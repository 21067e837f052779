from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.fields import LineField, ask_plainly
from families.actions.own_page import is_possible, why_not_given
from families.actions.score import Reply
from families.models import FamilyMember, Given, HandedOver, Need, Support
from families.models.score import SCALE

OWN, SHARED = "own", "shared"


def code_widget(*, hidden: bool) -> forms.TextInput:
    """No password field: a browser would offer to keep it, on a device that others may hold."""
    attrs = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "ltr"}
    return forms.TextInput(attrs=attrs | ({"class": "masked"} if hidden else {}))


class CodeForm(forms.Form):
    """The code, and whose device this is. Without an answer it is one that others use."""

    code = LineField(
        label=_("Your code"),
        max_length=60,
        widget=code_widget(hidden=True),
        error_messages={"required": _("Please type your code.")},
    )
    device = forms.ChoiceField(
        label=_("Is this your own phone or computer?"),
        choices=[
            (OWN, _("Yes. Nobody else looks at it")),
            (SHARED, _("No, others use it or may look at it")),
        ],
        widget=forms.RadioSelect,
        required=False,
        help_text=_("If others may look, your page closes by itself after ten minutes."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["device"].needed_with = "code"  # type: ignore[attr-defined]  # asked, and answered for who says nothing

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not is_possible(code):
            raise forms.ValidationError(_("A code has four to six digits, or is a word. Please look at it again."))
        return code


class ChooseCodeForm(forms.Form):
    code = LineField(
        label=_("A code of your own"),
        max_length=60,
        widget=code_widget(hidden=False),
        error_messages={"required": _("Please choose a code.")},
        help_text=_("Four to six digits, or a word of six letters or more. No birthday, and nobody’s name."),
    )


RATHER_NOT = "rather_not"


class HowForm(forms.Form):
    """A number for each of a few things they picked. Nothing chosen says nothing."""

    def __init__(self, data: Any = None, *, needs: Sequence[Need]) -> None:
        super().__init__(data)
        self.needs = {f"need_{need.pk}": need for need in needs}
        numbers = [(str(value), f"{value} · {word}") for value, word in SCALE.items()]
        for name, need in self.needs.items():
            self.fields[name] = forms.ChoiceField(
                label=str(need), choices=[*numbers, (RATHER_NOT, _("Rather not say"))], required=False,
                widget=forms.RadioSelect(attrs={"class": "numbers"}),
            )  # fmt: skip
            self.fields[name].needed_with = "nothing"  # type: ignore[attr-defined]  # said once for the whole page

    def clean(self) -> dict[str, Any] | None:
        if not any(self.cleaned_data.values()) and not self.errors:
            raise forms.ValidationError(_("Choose a number for one of them, or go back: you need not say anything."))
        return None

    def replies(self) -> dict[Need, Reply]:
        given = {self.needs[name]: value for name, value in self.cleaned_data.items() if value}
        return {
            need: Reply(Given.RATHER_NOT) if value == RATHER_NOT else Reply(Given.NUMBER, int(value))
            for need, value in given.items()
        }


class GiveForm(forms.Form):
    """How an adult gets their link, and in whose name."""

    support = forms.ModelChoiceField(
        Support.objects.none(), label=_("For which support?"), widget=forms.RadioSelect, empty_label=None
    )
    how = forms.ChoiceField(label=_("How do they get it?"), choices=HandedOver.choices, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, supports: Any, adult: FamilyMember) -> None:
        super().__init__(data)
        ask_plainly(self)
        field: Any = self.fields["support"]
        field.queryset = supports
        field.label_from_instance = lambda support: support.service
        if len(supports) == 1:
            field.initial, field.widget = supports[0], forms.HiddenInput()
        # What is not possible is not offered; the reason is told beside the choice.
        if why := why_not_given(adult, HandedOver.EMAIL):
            way: Any = self.fields["how"]
            way.choices = [choice for choice in HandedOver.choices if choice[0] != HandedOver.EMAIL]
            way.help_text = _("Not by email: {why}").format(why=why)

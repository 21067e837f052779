"""More about a person: what they told of themselves, who they are to each other, and what is kept closest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, TextField
from families.forms.records import RecordForm, StepForm
from families.models import AccessNeed, EthnicGroup, Family, FamilyMember, Kin, Personal, Relationship, Status
from families.models.member import LANGUAGE_NAMES
from families.models.private import OWN_WORD_GROUPS
from families.models.relationship import OTHER_SIDE

FEWEST_LANGUAGES = 3
SKILLS = [("speaks", _("speaks it")), ("reads", _("reads it"))]


def chips() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "chips"})


class LanguageField(LineField):
    """A language by its name, or by its code where the name is not on the list."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "languages", "autocomplete": "off", "class": "medium"})
        super().__init__(max_length=60, required=False, widget=widget, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(LANGUAGE_NAMES.get(value, value)) if value else value

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        by_name = {str(name).casefold(): code for code, name in LANGUAGE_NAMES.items()}
        return by_name.get(text.casefold(), text)


class MoreForm(RecordForm):
    """What a person told of themselves. Nothing here is asked for its own sake; all may stay empty."""

    access_needs = forms.MultipleChoiceField(label=_("What helps"), choices=AccessNeed, required=False, widget=chips())
    gender = LineField(label=_("Gender"), max_length=100, required=False, help_text=_("In their own words."))
    ethnic_group = forms.ChoiceField(label=_("Ethnic group"), choices=EthnicGroup)
    ethnic_words = LineField(
        label=_("In their own words"),
        max_length=200,
        required=False,
        help_text=_("Beside one of the groups that say “any other”."),
    )

    class Meta:
        model = FamilyMember
        fields = ["interpreter", "interpreter_gender", "access_needs", "access_notes"]
        field_classes = {"access_notes": TextField}
        widgets = {"interpreter": forms.RadioSelect, "interpreter_gender": forms.RadioSelect(attrs={"class": "row"})}
        help_texts = {"interpreter": _("Never a child, never a partner: always somebody from outside the family.")}

    def __init__(self, *args: Any, personal: Callable[[], Personal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["access_notes"].widget.attrs["rows"] = 3
        self.personal, told = personal, personal()
        for name in ("gender", "ethnic_group", "ethnic_words"):
            self.initial[name] = getattr(told, name)
        self.rows = max(FEWEST_LANGUAGES, len(self.instance.languages) + 1)
        for row in range(self.rows):
            self._add_language(row)

    def _again(self) -> dict[str, Any]:
        return {"personal": self.personal}

    def _add_language(self, row: int) -> None:
        known = self.instance.languages[row] if row < len(self.instance.languages) else {}
        name, skills = f"language_{row}", f"skills_{row}"
        label = _("The language they like best") if row == 0 else _("Another language")
        self.fields[name] = LanguageField(label=label)
        self.fields[skills] = forms.MultipleChoiceField(
            label=_("What they do in it"), choices=SKILLS, required=False, widget=chips()
        )
        self.initial[name] = known.get("code", "")
        self.initial[skills] = [skill for skill, _label in SKILLS if known.get(skill, True)]

    @property
    def language_fields(self) -> list[Any]:
        return [self[f"{name}_{row}"] for row in range(self.rows) for name in ("language", "skills")]

    @property
    def names_of_languages(self) -> list[str]:
        return sorted(str(name) for name in LANGUAGE_NAMES.values())

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("ethnic_words") and given.get("ethnic_group") not in OWN_WORD_GROUPS:
            self.add_error("ethnic_words", _("Choose a group that says “any other” beside it, or leave this out."))
        return given

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        languages = [
            {
                "code": given[f"language_{row}"],
                "speaks": "speaks" in given[f"skills_{row}"],
                "reads": "reads" in given[f"skills_{row}"],
                "preferred": row == 0,
            }
            for row in range(self.rows)
            if given[f"language_{row}"]
        ]
        kept = {name: value for name, value in given.items() if not name.startswith(("language_", "skills_"))}
        return kept | {"languages": languages}


def kin_choices() -> list[tuple[str, Any]]:
    """What the other one is to this person, from either side."""
    choices: list[tuple[str, Any]] = [("", _("Choose"))]
    for kin in Kin:
        choices.append((f"{kin}:is", kin.label))
        if kin in OTHER_SIDE:
            choices.append((f"{kin}:has", OTHER_SIDE[kin]))
    return choices


class RelationshipForm(RecordForm):
    """Who somebody in the family is to this person."""

    other = forms.ModelChoiceField(label=_("Who"), queryset=FamilyMember.objects.none(), empty_label=_("Choose"))
    what = forms.ChoiceField()

    class Meta:
        model = Relationship
        fields = ["responsibility", "lives_with", "contact_restriction", "court_order_note"]
        field_classes = {"contact_restriction": TextField, "court_order_note": TextField}
        widgets = {
            "responsibility": forms.RadioSelect(attrs={"class": "row"}),
            "lives_with": forms.RadioSelect(attrs={"class": "row"}),
        }
        help_texts = {
            "responsibility": _("The right in law to decide for the child. Not every parent has it."),
            "contact_restriction": _(
                "Volunteers do not see this. What they need for a safe visit goes to “Need to know before a visit”."
            ),
            "court_order_note": _("Which order, from when until when, and where the paper is."),
        }

    def __init__(self, *args: Any, member: FamilyMember, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.family = member, family
        self.fields["what"] = forms.ChoiceField(
            label=_("What they are to {name}").format(name=member), choices=kin_choices()
        )
        for name in ("contact_restriction", "court_order_note"):
            self.fields[name].widget.attrs["rows"] = 3
        if self.instance.pk:
            del self.fields["other"]
            side = "is" if self.instance.relative_id == member.pk or self.instance.kind not in OTHER_SIDE else "has"
            self.initial["what"] = f"{self.instance.kind}:{side}"
        else:
            self.fields["other"].queryset = family.members.current().exclude(pk=member.pk)
        self.order_fields(["other", "what"])

    def _again(self) -> dict[str, Any]:
        return {"member": self.member, "family": self.family}

    def for_action(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        other = given.pop("other", None) or self.instance.other(self.member.pk)
        kind, side = given.pop("what").split(":")
        ends = (other, self.member) if side == "is" else (self.member, other)
        return given | {"kind": kind, "person": ends[0], "relative": ends[1]}


class NhsNumberForm(StepForm):
    """Kept only where the law or an agreement is named."""

    number = LineField(
        label=_("NHS number"),
        max_length=30,
        widget=forms.TextInput(attrs={"class": "medium", "autocomplete": "off", "inputmode": "numeric"}),
        help_text=_("Ten digits, as on a letter from the NHS."),
    )
    gateway = LineField(
        label=_("Which law or agreement lets us keep it?"),
        max_length=200,
        help_text=_("For example the sharing agreement with the health visitors, and its date."),
    )

    def __init__(self, *args: Any, version: int, gateway: str = "", **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": version, "gateway": gateway}, **kwargs)


class RemoveForm(StepForm):
    """Nothing to fill in: only which number the person saw."""


class StatusForm(forms.Form):
    """What the council has decided for a child."""

    status = forms.ChoiceField(label=_("What the council has decided"), choices=Status, widget=forms.RadioSelect)
    since = DayField(label=_("Since"))
    source = LineField(label=_("Who told us"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"since": london_today()}, **kwargs)

from __future__ import annotations

import calendar
import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.fields import DayField, LineField
from families.actions.member import ReallyAChild
from families.forms.records import RecordForm, StepForm
from families.models import DatePrecision, FamilyMember, MemberRole, PregnancyOutcome
from families.models.member import ADULT_ROLES


@dataclass(frozen=True)
class Birth:
    day: dt.date
    precision: str

    def __str__(self) -> str:
        shapes = {DatePrecision.YEAR: "{0.year}", DatePrecision.MONTH: "{0.month}/{0.year}"}
        return shapes.get(DatePrecision(self.precision), "{0.day}/{0.month}/{0.year}").format(self.day)


_MONTHS = {
    name.lower(): month
    for names in (calendar.month_name, calendar.month_abbr)
    for month, name in enumerate(names)
    if name
} | {"sept": 9}


class BirthField(forms.CharField):
    """A date of birth as people know it: the day, only the month, or only the year."""

    default_error_messages = {
        "invalid": _("Write a date like 4/8/2024, or 8/2024, or 2024."),
        "short_year": _("Write the year with four digits."),
        "no_such_day": _("There is no such day. Please check it."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Date of birth"))
        kwargs.setdefault("help_text", _("Like 4/8/2024. If only the month or the year is known: 8/2024 or 2024."))
        super().__init__(max_length=30, widget=forms.TextInput(attrs={"class": "short"}), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, Birth) else value

    def clean(self, value: Any) -> Birth | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        parts = self._parts(text)
        year, rest = (parts[0], parts[1:][::-1]) if len(str(parts[0])) == 4 else (parts[-1], parts[:-1])
        if len(str(year)) != 4:
            raise forms.ValidationError(self.error_messages["short_year"], code="short_year")
        month = rest[-1] if rest else 1
        try:
            day = dt.date(year, month, rest[0] if len(rest) == 2 else 1)
        except ValueError as error:
            raise forms.ValidationError(self.error_messages["no_such_day"], code="no_such_day") from error
        return Birth(day, (DatePrecision.YEAR, DatePrecision.MONTH, DatePrecision.DAY)[len(rest)])

    def _parts(self, text: str) -> list[int]:
        digits = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in text)
        words = [word for word in re.split(r"[\s/.,\-]+", digits.lower()) if word]
        words = [re.sub(r"^(\d{1,2})(st|nd|rd|th)$", r"\1", word) for word in words]
        numbers = [_MONTHS.get(word) or (int(word) if re.fullmatch(r"[0-9]{1,4}", word) else None) for word in words]
        if not 1 <= len(numbers) <= 3 or None in numbers:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return [number for number in numbers if number is not None]


class AsksWhetherAChild:
    """Mixed into forms that may name a grown-up "child": a question that shows only once it is needed."""

    def ask(self: Any, question: ReallyAChild) -> None:
        self.fields["sure"].widget = forms.CheckboxInput()
        self.add_error("born", str(question))

    def _hide_question(self: Any) -> None:
        self.fields["sure"] = forms.BooleanField(label=_("Yes, this is right"), required=False)
        if not self.data.get(self.add_prefix("sure")):
            self.fields["sure"].widget = forms.HiddenInput()

    def birth_fields(self: Any) -> dict[str, Any]:
        """What was typed as date of birth, as the fields of FamilyMember."""
        born = self.cleaned_data.get("born")
        return {
            "date_of_birth": born and born.day,
            "birth_precision": born.precision if born else DatePrecision.DAY,
        }


class MemberForm(AsksWhetherAChild, RecordForm):
    """One person of a family, new or known. A role changes only among grown-ups; birth has a page of its own."""

    born = BirthField(required=False)

    class Meta:
        model = FamilyMember
        fields = ["role", "display_name", "known_as", "pronunciation", "pronouns", "due_date", "is_main_carer"]
        field_classes = {
            "display_name": LineField,
            "known_as": LineField,
            "pronunciation": LineField,
            "pronouns": LineField,
            "due_date": DayField,
        }
        widgets = {"role": forms.RadioSelect}
        help_texts = {
            "known_as": _("If this is what you say when you talk to them."),
            "pronunciation": _("As you would write it for somebody who has to say it tomorrow: EH-meel."),
            "due_date": _("For a baby on the way."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hide_question()
        self._keep_role()
        if self.instance.date_of_birth:
            self.initial["born"] = Birth(self.instance.date_of_birth, self.instance.birth_precision)
        self.order_fields(["role", "display_name", "known_as", "pronunciation", "born", "sure", "due_date"])

    def _keep_role(self) -> None:
        role = self.instance.role
        if not self.instance.pk:
            self.fields["role"].choices = MemberRole.choices
            return
        if role in ADULT_ROLES:
            self.fields["role"].choices = [choice for choice in MemberRole.choices if choice[0] in ADULT_ROLES]
            del self.fields["due_date"]
            return
        del self.fields["role"], self.fields["is_main_carer"]
        del self.fields["born" if role == MemberRole.UNBORN else "due_date"]

    def for_action(self) -> dict[str, Any]:
        fields = {name: value for name, value in self.cleaned_data.items() if name != "born"}
        return fields | (self.birth_fields() if "born" in self.fields else {})


class BirthForm(StepForm):
    """The baby is born."""

    born = BirthField()
    display_name = LineField(label=_("Name"), max_length=200, required=False)

    def __init__(self, *args: Any, member: FamilyMember, **kwargs: Any) -> None:
        initial = {"display_name": member.display_name, "version": member.version}
        super().__init__(*args, initial=initial, **kwargs)

    def for_action(self) -> dict[str, Any]:
        born = self.cleaned_data["born"]
        kept = {name: self.cleaned_data[name] for name in ("version", "display_name")}
        return kept | {"date_of_birth": born.day, "birth_precision": born.precision}


class LeavingForm(StepForm):
    """Somebody lives elsewhere now, or was added by mistake."""

    left_on = DayField(label=_("Since when?"))

    def __init__(self, *args: Any, member: FamilyMember, **kwargs: Any) -> None:
        super().__init__(*args, initial={"left_on": london_today(), "version": member.version}, **kwargs)


class GriefForm(StepForm):
    """Somebody died, or a pregnancy ended."""

    outcome = forms.ChoiceField(
        label=_("What happened?"),
        widget=forms.RadioSelect,
        choices=[choice for choice in PregnancyOutcome.choices if choice[0] != PregnancyOutcome.LIVE_BIRTH],
    )
    day = DayField(label=_("On which day?"), help_text=_("The family’s best guess is enough."))

    def __init__(self, *args: Any, member: FamilyMember, **kwargs: Any) -> None:
        super().__init__(*args, initial={"version": member.version}, **kwargs)
        if member.role == MemberRole.UNBORN:
            self.fields["day"].required = False
            self.fields["day"].help_text = _("Only if you know it. Never ask for it.")
        else:
            del self.fields["outcome"]


class ShareForm(StepForm):
    """A child of two families: separated parents, a grandparent's home."""

    how = forms.ChoiceField(label=_("What is so?"), widget=forms.RadioSelect, initial="both")
    reference = LineField(
        label=_("Reference of the other family"),
        max_length=12,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
        help_text=_("Seven letters and figures. Its coordinator can read it out on the phone."),
    )
    since = DayField(label=_("Since when?"))
    agreed = forms.BooleanField(label=_("Those who care for this child in both homes know that we write this down"))

    def __init__(self, *args: Any, member: FamilyMember, **kwargs: Any) -> None:
        super().__init__(*args, initial={"since": london_today(), "version": member.version, "how": "both"}, **kwargs)
        self.fields["how"].choices = [
            ("both", _("{name} belongs to both families").format(name=member)),
            ("moves", _("{name} belongs to the other family now, and no longer to this one").format(name=member)),
        ]

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation, User
from betterstart.clock import day_in_words, london_date, london_today
from betterstart.fields import DayField, LineField, ask_plainly
from families.models import Visit
from volunteers.actions import Spent
from volunteers.models import ExpenseKind, ExpenseLine
from volunteers.models.pay_run import paid_for_by

MOST_MILES = 500
MOST_POUNDS = 1_000
NO_VISIT = ""


class LineForm(forms.Form):
    """What every line says: when, for what, and for which visit if it was for one."""

    visit = forms.ChoiceField(
        label=_("Which visit was it for?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of your own visits that took place, or none.")},
    )
    happened_on = DayField(
        label=_("On which day?"), required=False, help_text=_("Leave this empty if you chose a visit.")
    )

    def __init__(
        self,
        data: Any = None,
        *,
        visits: Sequence[Visit],
        line: ExpenseLine | None = None,
        chosen: Visit | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.visits = {str(visit.uuid): visit for visit in visits}
        shown = self.shown(line) if line else {}
        first = {"visit": str(chosen.uuid) if chosen else NO_VISIT}
        super().__init__(data, initial=first | shown | dict(initial or {}))
        days = [(key, day_in_words(london_date(_when(visit)))) for key, visit in self.visits.items()]
        self.fields["visit"].choices = [*days, (NO_VISIT, _("Not for a visit"))]  # type: ignore[attr-defined]
        self.order_fields(["visit", "happened_on", "kind", "miles", "amount", "what_for"])
        ask_plainly(self)

    def shown(self, line: ExpenseLine) -> dict[str, Any]:
        on_visit = next((key for key, visit in self.visits.items() if visit.pk == line.visit_id), NO_VISIT)
        facts = {"visit": on_visit, "what_for": line.what_for, "kind": line.kind, "miles": line.miles}
        return facts | {
            "happened_on": None if on_visit else line.happened_on,
            "amount": Decimal(line.pence) / 100,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        visit = self.visits.get(cleaned.get("visit", ""))
        if visit:
            cleaned["happened_on"] = london_date(_when(visit))
        elif "happened_on" not in self.errors and not cleaned.get("happened_on"):
            self.add_error("happened_on", __("Say on which day, or choose the visit."))
        return cleaned

    def spent(self) -> Spent:
        cleaned = self.cleaned_data
        amount = cleaned.get("amount")
        return Spent(
            kind=cleaned.get("kind", ExpenseKind.MILEAGE),
            what_for=cleaned["what_for"],
            happened_on=cleaned["happened_on"],
            visit=self.visits.get(cleaned["visit"]),
            miles=cleaned.get("miles"),
            pence=int(amount * 100) if amount is not None else None,
        )


def _when(visit: Visit) -> dt.datetime:
    return visit.actual_start  # type: ignore[return-value]  # a delivered visit has begun


class JourneyForm(LineForm):
    miles = forms.DecimalField(
        label=_("How many miles, there and back?"),
        min_value=Decimal("0.1"),
        max_value=MOST_MILES,
        max_digits=5,
        decimal_places=1,
        help_text=_("By your own car. To one place after the dot: 7.4"),
        error_messages={"max_decimal_places": _("One place after the dot is enough: 7.4")},
    )
    what_for = LineField(
        label=_("What was the journey for?"), max_length=200, required=False, help_text=_("No family’s name, please.")
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("what_for") and "what_for" not in self.errors:
            if self.visits.get(cleaned.get("visit", "")):
                cleaned["what_for"] = __("Visit, there and back")
            else:
                self.add_error("what_for", __("Say what the journey was for: “Supervision”, “First aid course”."))
        return cleaned


class SpentForm(LineForm):
    kind = forms.ChoiceField(
        label=_("What did you pay for?"),
        choices=[each for each in ExpenseKind.choices if each[0] != ExpenseKind.MILEAGE],
        widget=forms.RadioSelect(attrs={"class": "chips"}),
    )
    amount = forms.DecimalField(
        label=_("What did it cost, in pounds?"),
        min_value=Decimal("0.01"),
        max_value=MOST_POUNDS,
        max_digits=6,
        decimal_places=2,
        help_text=_("Exactly, with the pence: 2.80"),
        error_messages={"max_decimal_places": _("Pounds and pence, like 2.80")},
    )
    what_for = LineField(
        label=_("What was it for?"),
        max_length=200,
        min_length=3,
        help_text=_("“Bus to the visit and back”. No family’s name, please."),
        error_messages={"required": _("Say what it was for. We pay back what you spent, and no flat sums.")},
    )


class ReceiptForm(forms.Form):
    """A photo or a PDF, or why there is none."""

    receipt = forms.FileField(
        label=_("Photo of the receipt"),
        required=False,
        allow_empty_file=True,
        help_text=_("From your camera or your photos, or a PDF; up to 10 MB. We keep no place or time from the photo."),
        # A phone whose own form of photo is not named here sends a JPEG instead; sent all the same, it is read.
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
    )
    no_receipt = LineField(
        label=_("There is no receipt, because"),
        max_length=200,
        required=False,
        help_text=_("“The machine printed none.”"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not cleaned.get("receipt") and not cleaned.get("no_receipt") and not self.errors:
            self.add_error("receipt", __("Add the photo, or say below why there is none."))
        return cleaned


class MilesElsewhereForm(forms.Form):
    """For one tax year, given as the year in which it begins."""

    miles = forms.DecimalField(
        min_value=0,
        max_value=99_999,
        max_digits=6,
        decimal_places=1,
        help_text=_("As a volunteer for another organisation. If none, write 0."),
    )

    def __init__(self, data: Any = None, *, year: int, initial: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        label = __("Miles others paid you for, from 6 April {year} to 5 April {next}")
        self.fields["miles"].label = label.format(year=year, next=year + 1)


class AnswerForm(forms.Form):
    answer = LineField(
        label=_("Your answer"),
        max_length=500,
        error_messages={"required": _("Please answer the question, so that they can go on.")},
    )


class AskForm(forms.Form):
    words = LineField(
        label=_("Ask something first"),
        max_length=500,
        help_text=_("They can change the claim until they answer. No family’s name, please."),
        error_messages={"required": _("Write what you would like to know.")},
    )


class DecideForm(forms.Form):
    """A tick for each line that is paid, and the reason for one that is not."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    words = LineField(
        label=_("A word to the volunteer"), max_length=500, required=False, help_text=_("They read it with the answer.")
    )

    def __init__(self, data: Any = None, *, lines: Sequence[ExpenseLine]) -> None:
        super().__init__(data, initial={"seen": sum(line.pence for line in lines)})
        self.lines = lines
        for line in lines:
            self.fields[f"pay_{line.pk}"] = forms.BooleanField(label=_("Pay this"), required=False, initial=True)
            self.fields[f"why_{line.pk}"] = LineField(label=_("If not, why not"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for line in self.lines:
            if (
                not cleaned.get(f"pay_{line.pk}")
                and not cleaned.get(f"why_{line.pk}")
                and f"why_{line.pk}" not in self.errors
            ):
                self.add_error(f"why_{line.pk}", __("Say why this is not paid. They read it."))
        return cleaned

    @property
    def not_paid(self) -> dict[int, str]:
        cleaned = self.cleaned_data
        return {line.pk: cleaned[f"why_{line.pk}"] for line in self.lines if not cleaned[f"pay_{line.pk}"]}

    def of(self, line: ExpenseLine) -> dict[str, Any]:
        return {"pay": self[f"pay_{line.pk}"], "why": self[f"why_{line.pk}"]}


class _OfOrganisation(forms.Form):
    organisation = forms.ModelChoiceField(label=_("Organisation"), queryset=Organisation.objects.none())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mine = Organisation.objects.filter(pk__in=paid_for_by(by)).order_by("name")
        field: Any = self.fields["organisation"]
        field.queryset = mine
        if len(mine) == 1:
            field.initial = mine[0]
            field.widget = forms.HiddenInput()
        ask_plainly(self)


class PayRunForm(_OfOrganisation):
    until = DayField(label=_("Everything approved until"), initial=london_today)


class TermsForm(_OfOrganisation):
    """What is paid from a day on."""

    starts_on = DayField(label=_("From"), initial=london_today)
    pence_a_mile = forms.DecimalField(
        label=_("Pence for each mile"), min_value=1, max_value=100, max_digits=5, decimal_places=2
    )
    pence_after = forms.DecimalField(
        label=_("Pence for each mile after 10,000 in a tax year"),
        min_value=1,
        max_value=100,
        max_digits=5,
        decimal_places=2,
    )
    claim_months = forms.IntegerField(label=_("Months to ask for it"), min_value=1, max_value=24)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("pence_after") or 0) > (cleaned.get("pence_a_mile") or 1_000):
            self.add_error("pence_after", __("This cannot be more than the first rate."))
        return cleaned

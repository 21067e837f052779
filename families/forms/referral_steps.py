"""The steps of asking for support in public, in their order, and what they tell together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.clock import day_in_words, london_today
from families.forms.family import HouseholdForm
from families.forms.records import in_words
from families.forms.referral import (
    AgreedStep,
    AnyStep,
    HouseholdStep,
    MyChildrenStep,
    MyselfStep,
    MyWishStep,
    ReachMeStep,
    ReachStep,
    ReferrerStep,
    WhyStep,
)
from families.models.referral import AgreedHow, HowReceived


@dataclass(frozen=True)
class Step:
    slug: str
    title: Any
    form: type[AnyStep]
    intro: Any = ""


PROFESSIONAL, FAMILY = "professional", "family"
STEPS: dict[str, list[Step]] = {
    PROFESSIONAL: [
        Step("you", _("About you"), ReferrerStep),
        Step("family", _("The family"), HouseholdStep, _("Only what they are happy for you to tell us.")),
        Step("contact", _("Getting in touch"), ReachStep, _("One way is enough. Tell us what is safe.")),
        Step("why", _("Why you ask"), WhyStep),
        Step("agreement", _("What the family said"), AgreedStep, _("It is the family that decides.")),
    ],
    FAMILY: [
        Step("you", _("About you"), MyselfStep),
        Step("children", _("Your children"), MyChildrenStep, _("Born or on the way. You can leave out what you like.")),
        Step("contact", _("Getting in touch"), ReachMeStep, _("One way is enough. Tell us what is safe.")),
        Step("wish", _("What you would like"), MyWishStep),
    ],
}


def step_of(kind: str, slug: str) -> Step | None:
    return next((step for step in STEPS.get(kind, []) if step.slug == slug), None)


def form_of(step: Step, typed: Mapping[str, list[str]] | None, *, one_more_child: bool = False) -> AnyStep:
    """The form of a step with what was typed in it, or a fresh one."""
    data = None if typed is None else MultiValueDict({name: list(values) for name, values in typed.items()})
    extra = {"one_more_child": one_more_child} if issubclass(step.form, HouseholdForm) else {}
    return step.form(data, services=Service.objects.asked_for_in_public(), **extra)


def typed_in(form: AnyStep) -> dict[str, list[str]]:
    """What a browser sent for the fields of this form, and nothing else it may have sent."""
    return {name: form.data.getlist(name) for name in form.data if name in form.fields or name.startswith("child-")}


class LaterForm(forms.Form):
    email = forms.EmailField(
        label=_("Where should we send the link?"),
        max_length=254,
        help_text=_("Choose an address that only you read. We keep what you wrote for two weeks."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


def told_by(kind: str, forms_of_steps: list[AnyStep]) -> dict[str, Any]:
    """What all steps together tell, as fields of `receive_referral`."""
    told: dict[str, Any] = {"how": HowReceived.ONLINE, "is_self_referral": kind == FAMILY}
    for form in forms_of_steps:
        part = form.told()
        told = {**told, **part, "people": [*told.get("people", []), *part.get("people", [])]}
    if kind == FAMILY:
        told |= {"agreed_how": AgreedHow.THEMSELVES, "agreed_on": london_today()}
    return told


# What means nothing without something else that was left empty.
GOES_WITH = {
    "phone_safe": "phone",
    "may_leave_message": "phone",
    "email_safe": "email",
    "words_language": "family_words",
}


def summary_of(form: AnyStep) -> list[tuple[str, str, bool]]:
    """What one step says, for reading before sending: label, value, and whether it is somebody's own words."""
    given = {name: value for name, value in form.cleaned_data.items() if value not in (None, "", [], False)}
    lines = [
        (str(field.label), in_words(field, given[name]), field.widget.attrs.get("class") == "words")
        for name, field in form.fields.items()
        if name in given and GOES_WITH.get(name, name) in given
    ]
    if isinstance(form, HouseholdForm):
        lines += [(str(_("Child")), _child_in_words(child), False) for child in form.children if child.member_fields()]
    return lines


def _child_in_words(form: forms.Form) -> str:
    given = form.cleaned_data
    due = gettext("due {day}").format(day=day_in_words(given["due_date"])) if given["due_date"] else ""
    return ", ".join(filter(None, [given["display_name"], str(given["born"] or ""), due]))

"""What is asked of somebody who would like to volunteer: a few lines at first, the rest in short steps."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from betterstart.fields import DayField, LineField, TextField, ask_plainly
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.forms.contact import PostcodeField
from families.forms.records import show_refusal
from families.forms.referral import OWN_WORDS, ServiceChoice
from volunteers.actions.application import ApplicationRefused, TooYoung, check_age, check_referees
from volunteers.models.application import HeardOf


class EnquiryForm(forms.Form):
    """One page, under a minute. `services` are those that look for volunteers."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    name = LineField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone = LineField(
        label=_("Your phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("Or your email"),
        max_length=254,
        required=False,
        help_text=_("One of the two is enough. By email you get a link to the rest, for when you have time."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    service = ServiceChoice(
        label=_("Where would you like to help?"), queryset=None, widget=forms.RadioSelect, empty_label=None
    )
    draws = TextField(
        label=_("What draws you to this?"),
        max_length=2000,
        required=False,
        help_text=_("A few words, in any language."),
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 3}),
    )
    heard_of = forms.ChoiceField(
        label=_("Where did you hear of us?"),
        choices=HeardOf.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "chips"}),
    )

    def __init__(self, data: Any = None, *, services: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        ask_plainly(self)
        self.initial.setdefault("uuid", uuids.uuid4())
        rows = list(services.select_related("organisation").order_by("name"))
        self.only = rows[0] if len(rows) == 1 else None
        self.fields["service"].queryset = services.select_related("organisation").order_by("name")
        if self.only:
            self.fields["service"].required = False
            self.fields["service"].widget = forms.HiddenInput()

    def clean_service(self) -> Any:
        return self.cleaned_data["service"] or self.only

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not any(cleaned.get(way) or way in self.errors for way in ("phone", "email")):
            self.add_error("phone", _("Give one way to reach you: a phone number or an email."))
        return cleaned


class ApplicationStep(forms.Form):
    """What every step is made with: `own_email` is that of whoever applies, where it is known."""

    def __init__(self, data: Any = None, *, own_email: str = "", **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        ask_plainly(self)
        self.own_email = own_email

    def told(self) -> dict[str, Any]:
        """As fields of `send_application`."""
        return dict(self.cleaned_data)


class YouStep(ApplicationStep):
    too_young: TooYoung | None = None
    date_of_birth = DayField(
        label=_("Your date of birth"),
        help_text=_("For example 4/8/1990. Our volunteers are 18 or older."),
        widget=forms.TextInput(attrs={"autocomplete": "bday", "inputmode": "numeric"}),
    )
    lines = LineField(
        label=_("Your address"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("House number and street. Families never see it."),
    )
    postcode = PostcodeField(
        label=_("Your postcode"), max_length=16, widget=forms.TextInput(attrs={"autocomplete": "postal-code"})
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages you speak"),
        choices=SPOKEN_LANGUAGES,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )

    def clean_date_of_birth(self) -> Any:
        born = self.cleaned_data["date_of_birth"]
        try:
            check_age(born)
        except TooYoung as refused:
            self.too_young = refused
            raise forms.ValidationError(refused.message_dict["date_of_birth"]) from refused
        except ApplicationRefused as refused:
            raise forms.ValidationError(refused.message_dict["date_of_birth"]) from refused
        return born


class WhyStep(ApplicationStep):
    why = TextField(
        label=_("Why would you like to do this?"),
        max_length=4000,
        help_text=_("In your own words, in any language. There is no right answer."),
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 5}),
    )
    experience = TextField(
        label=_("What have you lived or done that you would like us to know?"),
        max_length=4000,
        required=False,
        help_text=_(
            "Only what you choose to share. Being a parent, a grandparent or an aunt counts as much as a course."
        ),
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 4}),
    )
    availability = TextField(
        label=_("When do you have time?"),
        max_length=1000,
        help_text=_("Most visits are two to three hours, once a week. For example: Tuesday or Thursday mornings."),
        widget=forms.Textarea(attrs={**OWN_WORDS, "rows": 2}),
    )


def _referee(number: int) -> dict[str, forms.Field]:
    name = _("First person: name") if number == 1 else _("Second person: name")
    return {
        f"name_{number}": LineField(label=name, max_length=200),
        f"email_{number}": forms.EmailField(
            label=_("Their email"), max_length=254, widget=forms.EmailInput(attrs={"inputmode": "email"})
        ),
        f"relation_{number}": LineField(
            label=_("How do you know each other?"), max_length=200, help_text=_("For example: we worked together.")
        ),
    }


class RefereesStep(ApplicationStep):
    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for number in (1, 2):
            self.fields.update(_referee(number))
        ask_plainly(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                check_referees(self._people(cleaned), self.own_email)
            except ApplicationRefused as refused:
                show_refusal(self, refused)
        return cleaned

    @staticmethod
    def _people(cleaned: dict[str, Any]) -> list[dict[str, str]]:
        return [{what: cleaned[f"{what}_{n}"] for what in ("name", "email", "relation")} for n in (1, 2)]

    def told(self) -> dict[str, Any]:
        return {"referees": self._people(self.cleaned_data)}


class AgreeStep(ApplicationStep):
    dbs = forms.BooleanField(
        label=_("You may ask for an enhanced DBS check with the children’s barred list about me."),
        help_text=_("Everybody who visits families has one. It costs you nothing. A record does not always mean no."),
        error_messages={
            "required": _("Without this check nobody may visit families. If you are unsure, ring us first.")
        },
    )
    privacy = forms.BooleanField(
        label=_("I have read what you do with what I tell you."),
        error_messages={"required": _("Please read it, and tick this.")},
    )

    def told(self) -> dict[str, Any]:
        return {}


@dataclass(frozen=True)
class Step:
    slug: str
    title: Any
    form: type[ApplicationStep]
    intro: Any = ""


STEPS = [
    Step("you", _("About you"), YouStep),
    Step("why", _("What brings you"), WhyStep),
    Step(
        "references",
        _("Two people who know you"),
        RefereesStep,
        _("Not relatives. We write to them only once we have met you."),
    ),
    Step("agree", _("Before you send it"), AgreeStep),
]


def step_of(slug: str) -> Step | None:
    return next((step for step in STEPS if step.slug == slug), None)


def form_of(step: Step, typed: Mapping[str, list[str]] | None, own_email: str) -> ApplicationStep:
    """The form of a step with what was typed in it, or a fresh one."""
    data = None if typed is None else MultiValueDict({name: list(values) for name, values in typed.items()})
    return step.form(data, own_email=own_email)


def typed_in(form: ApplicationStep) -> dict[str, list[str]]:
    """What a browser sent for the fields of this form, and nothing else it may have sent."""
    return {name: form.data.getlist(name) for name in form.data if name in form.fields}

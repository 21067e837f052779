"""What is asked of somebody who wants support for a family: in short steps in public, on one page by phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.clock import day_in_words, london_today
from betterstart.fields import DayField, LineField, TextField
from families.actions.referral import ReferralRefused, check_agreement
from families.forms.family import HouseholdForm, ReachForm, language_field
from families.forms.records import in_words, show_refusal
from families.models import Channel, Flag, Safe
from families.models.family import SPOKEN_LANGUAGES
from families.models.referral import AgencyType, AgreedHow, FamilyNeed, HowReceived

# The words a page is written in and those of a family are named by the same codes, but for one.
PAGE_LANGUAGES = {"en-gb": "en"}
OWN_WORDS = {"class": "words", "dir": "auto"}


class ServiceChoice(forms.ModelChoiceField):
    def label_from_instance(self, service: Service) -> str:  # type: ignore[override]
        return f"{service.name} · {service.organisation.name}"


class AnyStep(forms.Form):
    """What every step is made with. `services` are those that may be asked for."""

    tells: tuple[str, ...] = ()
    """The fields that are told as they are."""

    def __init__(self, data: Any = None, *, services: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if "service" in self.fields:
            self.fields["service"].queryset = services.select_related("organisation").order_by("name")
            if len(self.fields["service"].queryset) == 1:
                self.initial.setdefault("service", self.fields["service"].queryset[0].pk)

    def told(self) -> dict[str, Any]:
        """As fields of `receive_referral`."""
        return {name: self.cleaned_data[name] for name in self.tells}


def service_field(label: Any) -> ServiceChoice:
    return ServiceChoice(label=label, queryset=Service.objects.none(), widget=forms.RadioSelect, empty_label=None)


class ReferrerStep(AnyStep):
    """Who asks, and for what."""

    tells = (
        "service", "referrer_name", "referrer_role", "referrer_agency", "agency_type", "referrer_email",
        "referrer_phone",
    )  # fmt: skip
    service = service_field(_("Which service would help?"))
    referrer_name = LineField(
        label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    referrer_role = LineField(label=_("Your role"), max_length=200, required=False)
    referrer_agency = LineField(
        label=_("Where you work"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    agency_type = forms.ChoiceField(label=_("What kind of place is it?"), choices=[("", "—"), *AgencyType.choices])
    referrer_email = forms.EmailField(
        label=_("Your work email"),
        max_length=254,
        help_text=_("We tell you there that this has arrived, and what we can do."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    referrer_phone = LineField(
        label=_("Your phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )


class HouseholdStep(AnyStep, HouseholdForm):
    """Who is in the family."""

    tells = ("language", "interpreter_needed")
    language = language_field()
    interpreter_needed = forms.BooleanField(label=_("They need an interpreter"), required=False)

    def told(self) -> dict[str, Any]:
        return {**super().told(), "people": self.people()}


class ReachStep(AnyStep, ReachForm):
    """How to reach the family safely. One way is enough."""

    tells = ("contact_wishes",)
    contact_wishes = LineField(
        label=_("When and how is it best to get in touch?"),
        max_length=300,
        required=False,
        help_text=_("For example: mornings, by text first, ask for Amina."),
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        for name in ("may_say_who_we_are", "shared_device", "kind", "access_notes"):
            del self.fields[name]
        self.fields["phone"].widget.attrs["inputmode"] = "tel"
        self.fields["email"].widget.attrs["inputmode"] = "email"
        self.fields["phone_safe"].help_text = _("Until somebody has asked them, we do not use it by ourselves.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        ways = ("phone", "email", "lines", "postcode")
        if not any(cleaned.get(way) or way in self.errors for way in ways):
            self.add_error("phone", _("Give us one way to get in touch: a phone number, an email or an address."))
        return cleaned

    def reached(self) -> dict[str, Any]:
        """Contacts and address, as fields of ContactMethod and Address."""
        given = self.cleaned_data
        contacts = []
        if given["phone"]:
            rules = {"safe": given["phone_safe"], "may_leave_message": given["may_leave_message"]}
            contacts.append({"channel": Channel.PHONE, "value": given["phone"], **rules})
        if given["email"]:
            contacts.append({"channel": Channel.EMAIL, "value": given["email"], "safe": given["email_safe"]})
        address = {"kind": "home", "lines": given.get("lines", ""), "postcode": given["postcode"]}
        where = address if address["lines"] or address["postcode"] else None
        return {"contacts": contacts, "address": where}

    def told(self) -> dict[str, Any]:
        return {**super().told(), **self.reached()}


class WordsStep(AnyStep):
    """Somebody's own words, with the language they are in: most likely that of the page."""

    words_language = forms.ChoiceField(label=_("Which language are these words in?"), choices=SPOKEN_LANGUAGES)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        page = get_language() or "en"
        self.initial.setdefault("words_language", PAGE_LANGUAGES.get(page, page.split("-")[0]))


class WhyStep(WordsStep):
    """Why, and what would help."""

    tells = ("reason", "needs", "family_words", "words_language", "flags", "risks", "is_urgent")
    reason = TextField(
        label=_("Why do you ask, and what would help?"),
        max_length=4000,
        help_text=_("Facts, and what is going well too. Write as if the family will read it: it may."),
        widget=forms.Textarea(attrs=OWN_WORDS),
    )
    needs = forms.MultipleChoiceField(
        label=_("What is it about?"),
        choices=FamilyNeed.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )
    family_words = TextField(
        label=_("What would the family like help with, in their own words?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs=OWN_WORDS),
    )
    flags = forms.MultipleChoiceField(
        label=_("What else should we know about them?"),
        choices=Flag.choices,
        required=False,
        help_text=_("As far as you know. We keep it as told by you, until we have asked the family."),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )
    risks = TextField(
        label=_("Is there anything that could make a visit unsafe?"),
        max_length=2000,
        required=False,
        help_text=_("For them or for us: a dog, somebody who must not know, a person who has been violent."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    is_urgent = forms.BooleanField(
        label=_("This cannot wait two weeks"),
        required=False,
        help_text=_("Tell us above why. If somebody is in danger now, ring 999 first."),
    )

    field_order = ["reason", "needs", "family_words", "words_language", "flags", "risks", "is_urgent"]


class AgreedStep(AnyStep):
    """That the family wants this. Nothing here is filled in beforehand."""

    tells = ("agreed_how", "agreed_on", "heard_of_us")
    agreed_how = forms.ChoiceField(
        label=_("How did the family agree to this?"),
        choices=[choice for choice in AgreedHow.choices if choice[0] != AgreedHow.THEMSELVES],
        widget=forms.RadioSelect,
    )
    agreed_on = DayField(label=_("When did they agree?"))
    family_agreed = forms.BooleanField(
        label=_("The family knows what is written here, and wants us to get in touch"),
        error_messages={"required": _("We can only get in touch with a family that wants us to.")},
    )
    heard_of_us = LineField(label=_("How did you hear of us?"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("agreed_how") and cleaned.get("agreed_on"):
            try:
                check_agreement(agreed_how=cleaned["agreed_how"], agreed_on=cleaned["agreed_on"])
            except ReferralRefused as refused:
                show_refusal(self, refused)
        return cleaned


class MyselfStep(AnyStep):
    """The parent who asks for the own family."""

    tells = ("service", "language", "interpreter_needed")
    service = service_field(_("What would you like?"))
    carer_name = LineField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As you like to be called. A first name is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    language = forms.ChoiceField(
        label=_("Which language do you like to speak?"), choices=[("", "—"), *SPOKEN_LANGUAGES], required=False
    )
    interpreter_needed = forms.BooleanField(label=_("I would like an interpreter"), required=False)

    def told(self) -> dict[str, Any]:
        carer = {"role": "parent", "is_main_carer": True, "display_name": self.cleaned_data["carer_name"]}
        return {**super().told(), "people": [carer], "referrer_name": carer["display_name"]}


class MyChildrenStep(AnyStep, HouseholdForm):
    """The children, born or on the way."""

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        del self.fields["carer_name"], self.fields["carer_born"]

    def told(self) -> dict[str, Any]:
        return {"people": self.children_named()}


class ReachMeStep(ReachStep):
    """How to reach whoever asks, without putting them at risk."""

    field_order = ["phone", "phone_safe", "may_leave_message", "email", "email_safe", "contact_wishes", "postcode"]

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        del self.fields["lines"]
        yes_or_no = [(Safe.YES, _("Yes")), (Safe.NO, _("No"))]
        for name, question in (
            ("phone", _("Is it safe to call you there?")),
            ("email", _("Is it safe to write there?")),
        ):
            field = self.fields[f"{name}_safe"]
            field.label, field.help_text = question, _("Say no if somebody else might see or hear it.")
            field.choices, field.initial, field.required = yes_or_no, None, False
        self.fields["phone"].label, self.fields["email"].label = _("Your phone"), _("Your email")
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["may_leave_message"].label = _("You may leave a message")
        self.fields["postcode"].label = _("Your postcode")
        self.fields["postcode"].widget.attrs["autocomplete"] = "postal-code"
        self.fields["contact_wishes"].help_text = _("For example: mornings, when the little one sleeps.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for way in ("phone", "email"):
            if cleaned.get(way) and not cleaned.get(f"{way}_safe") and f"{way}_safe" not in self.errors:
                self.add_error(f"{way}_safe", _("Please say whether it is safe, so that we do nothing wrong."))
        return cleaned

    def told(self) -> dict[str, Any]:
        told = super().told()
        safe = self.cleaned_data["email_safe"] == Safe.YES
        return {**told, "referrer_email": self.cleaned_data["email"] if safe else ""}


class MyWishStep(WordsStep):
    """What the parent would like, in own words."""

    tells = ("family_words", "words_language")
    family_words = TextField(
        label=_("What would you like help with?"),
        max_length=2000,
        help_text=_("In your own words, in any language. There is no right answer."),
        widget=forms.Textarea(attrs=OWN_WORDS),
    )
    field_order = ["family_words", "words_language"]


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

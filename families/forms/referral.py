"""What is asked of somebody who wants support for a family: in short steps in public, on one page by phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, ServiceKind
from betterstart.fields import DayField, LineField, TextField, ask_plainly
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.actions.referral import ReferralRefused, check_agreement
from families.forms.family import HouseholdForm, ReachForm, language_field
from families.forms.records import show_refusal
from families.models import Channel, Flag, Safe
from families.models.referral import AgencyType, AgreedHow, FamilyNeed

# The words a page is written in and those of a family are named by the same codes, but for one.
PAGE_LANGUAGES = {"en-gb": "en"}
OWN_WORDS = {"class": "words", "dir": "auto"}


WHAT_IT_IS = {
    ServiceKind.HOME_VISITING: _("a volunteer visits every week, with time for you and the children"),
    ServiceKind.GROUP: _("a group of parents and little children who meet"),
    ServiceKind.WORKER_LED: _("a trained worker visits you"),
}


class ServiceChoice(forms.ModelChoiceField):
    def label_from_instance(self, service: Service) -> str:  # type: ignore[override]
        return f"{service.name} · {service.organisation.name}"


class PublicServiceChoice(ServiceChoice):
    """For people who do not know the services by their names."""

    def label_from_instance(self, service: Service) -> str:  # type: ignore[override]
        return f"{super().label_from_instance(service)}: {WHAT_IT_IS[ServiceKind(service.kind)]}"


class AnyStep(forms.Form):
    """What every step is made with. `services` are those that may be asked for."""

    tells: tuple[str, ...] = ()
    """The fields that are told as they are."""

    def __init__(self, data: Any = None, *, services: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        ask_plainly(self)
        if "service" in self.fields:
            self.fields["service"].queryset = services.select_related("organisation").order_by("name")
            if len(self.fields["service"].queryset) == 1:
                self.initial.setdefault("service", self.fields["service"].queryset[0].pk)

    def told(self) -> dict[str, Any]:
        """As fields of `receive_referral`."""
        return {name: self.cleaned_data[name] for name in self.tells}


def service_field(label: Any) -> ServiceChoice:
    return PublicServiceChoice(
        label=label,
        queryset=Service.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        help_text=_("Not sure? Choose what sounds closest. If another fits better, you will be asked."),
    )


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
    ways: tuple[str, ...] = ("phone", "email", "lines")
    """One of these fields is needed: a postcode alone finds nobody."""
    no_way: Any = _("Give us one way to get in touch: a phone number, an email or an address.")
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
        if not any(cleaned.get(way) or way in self.errors for way in self.ways):
            self.add_error("phone", self.no_way)
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
    ways = ("phone", "email", "contact_wishes")
    no_way = _("Give us one way to get in touch: a phone number, or an email.")

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
            field.needed_with = name
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
        safe = [way for way in ("phone", "email") if cleaned.get(f"{way}_safe") == Safe.YES]
        if not self.errors and not safe and not cleaned.get("contact_wishes"):
            sentence = _("You say this is not safe. Tell us here how we can reach you: when, or through whom.")
            self.add_error("contact_wishes", sentence)
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

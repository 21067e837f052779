"""What coordinators type about a referral: one that comes by phone, and what they decide."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, User
from betterstart.clock import at_london, london_today
from betterstart.fields import DayField, LineField, TextField, ask_plainly
from families.actions.referral import LONGEST_AGO
from families.forms.family import HouseholdForm, RegisterForm
from families.forms.member import Birth
from families.forms.referral import AgreedStep, HouseholdStep, ReachStep, ReferrerStep, ServiceChoice, WhyStep
from families.models import DatePrecision, Family, Referral
from families.models.family import fold
from families.models.referral import AgreedHow, Fit, HowReceived, NotAcceptedReason, TryChannel


class PhoneForm(AgreedStep, WhyStep, ReachStep, HouseholdStep, ReferrerStep):
    """Everything on one page, for somebody who types while they listen. Nothing but a name and a way back is needed."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    service = ServiceChoice(
        label=_("For which service?"), queryset=Service.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    how = forms.ChoiceField(
        label=_("How did it come?"),
        choices=[(how.value, how.label) for how in (HowReceived.PHONE, HowReceived.LETTER, HowReceived.IN_PERSON)],
        initial=HowReceived.PHONE,
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    received_on = DayField(label=_("When did it come?"), help_text=_("The two weeks count from this day."))
    asked_by = forms.ChoiceField(
        label=_("Who asks?"),
        choices=[("professional", _("Somebody who works with the family")), ("family", _("The family itself"))],
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    NEEDED_OF_PROFESSIONALS = ("referrer_name", "referrer_agency", "reason", "agreed_how", "agreed_on", "family_agreed")

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        services = Service.objects.coordinated_by(user).filter(is_open=True)
        super().__init__(data, services=services, **kwargs)
        self.initial |= {"uuid": uuids.uuid4(), "received_on": london_today()}
        for name in (*self.NEEDED_OF_PROFESSIONALS, "agency_type", "referrer_email", "words_language"):
            self.fields[name].required = False
        self.fields["carer_born"].label = _("Date of birth of the main carer")
        self.fields["referrer_name"].label, self.fields["referrer_role"].label = _("Their name"), _("Their role")
        self.fields["referrer_agency"].label = _("Where they work")
        self.fields["referrer_email"].label, self.fields["referrer_phone"].label = _("Their email"), _("Their phone")
        self.fields["referrer_email"].help_text = _("What we decide is told there. Empty: you tell them.")

    def clean_received_on(self) -> dt.date:
        day = self.cleaned_data["received_on"]
        if day > london_today():
            raise forms.ValidationError(_("This day has not come yet."))
        if day < london_today() - LONGEST_AGO:
            raise forms.ValidationError(_("This is more than a year ago."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("asked_by") == "professional":
            for name in self.NEEDED_OF_PROFESSIONALS:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        elif (
            cleaned.get("asked_by") == "family"
            and not cleaned.get("family_words")
            and "family_words" not in self.errors
        ):
            self.add_error("family_words", _("What would they like? Their own words are best."))
        return cleaned

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        told: dict[str, Any] = {}
        for step in (ReferrerStep, HouseholdStep, ReachStep, WhyStep, AgreedStep):
            told |= {name: given[name] for name in step.tells}
        told |= {"people": self.people(), **self.reached()}
        told |= {"uuid": given["uuid"], "how": given["how"], "received_at": self._received_at()}
        if given["asked_by"] == "family":
            told |= {"is_self_referral": True, "referrer_name": given["carer_name"], "referrer_agency": ""}
            told |= {"referrer_email": given["email"] if given["email_safe"] == "yes" else ""}
            told |= {"agreed_how": AgreedHow.THEMSELVES, "agreed_on": given["agreed_on"] or given["received_on"]}
        return told

    def _received_at(self) -> dt.datetime:
        day = self.cleaned_data["received_on"]
        return timezone.now() if day == london_today() else at_london(day, dt.time(12))


class AskForm(forms.Form):
    def __init__(self, data: Any = None, *, referral: Referral) -> None:
        super().__init__(data)
        self.referral = referral

    words = TextField(
        label=_("What would you like to know?"),
        max_length=2000,
        help_text=_("It goes by email: name nobody, and say only what the question needs."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )


class AnswerForm(forms.Form):
    answer = TextField(
        label=_("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"class": "words", "dir": "auto"})
    )


class TryForm(forms.Form):
    channel = forms.ChoiceField(
        label=_("How did you try?"), choices=TryChannel.choices, widget=forms.RadioSelect(attrs={"class": "row"})
    )
    tried_on = DayField(label=_("When?"))
    note = LineField(label=_("Anything to add?"), max_length=300, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"tried_on": london_today()})
        ask_plainly(self)


class TellForm(forms.Form):
    """How whoever asked hears of a decision: by email where there is one, unless a person would rather tell them."""

    told = forms.BooleanField(label=_("I have told whoever asked"), required=False)
    by_hand = forms.BooleanField(
        label=_("Send no email: I tell them myself"),
        required=False,
        help_text=_("After a loss, for example, or when a voice is kinder. Today reminds you until you have."),
    )

    def __init__(self, data: Any = None, *, referral: Referral, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.referral = referral
        del self.fields["told" if referral.may_be_written_to else "by_hand"]
        ask_plainly(self)


class DecisionForm(TellForm):
    """What goes with a decision that closes a referral."""

    note = TextField(
        label=_("A note for us"),
        max_length=2000,
        required=False,
        help_text=_("Only those who see this referral read it."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    field_order = ["note", "told", "by_hand"]


class SayNoForm(DecisionForm):
    reason = forms.ChoiceField(label=_("Why?"), choices=NotAcceptedReason.choices, widget=forms.RadioSelect)
    signpost = TextField(
        label=_("What could help them instead?"),
        max_length=2000,
        required=False,
        help_text=_("This is told to whoever asked, in your words. Name nobody of the family."),
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
    )
    field_order = ["reason", "signpost", "note", "told", "by_hand"]


class PassOnForm(DecisionForm):
    service = ServiceChoice(
        label=_("To which service?"), queryset=Service.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    agreed_by = LineField(label=_("Who in the family agreed that it is passed on?"), max_length=200)
    agreed_on = DayField(label=_("When did they agree?"))

    def __init__(self, data: Any = None, *, referral: Referral) -> None:
        super().__init__(data, referral=referral)
        for name in ("told", "by_hand", "note"):
            self.fields.pop(name, None)
        others = Service.objects.filter(is_open=True).exclude(pk=referral.service_id)
        self.fields["service"].queryset = others.select_related("organisation").order_by("name")


class _YesForm(TellForm):
    """What is asked before a yes, whoever the family is."""

    fits = forms.MultipleChoiceField(
        label=_("Have you looked?"), choices=Fit.choices, widget=forms.CheckboxSelectMultiple
    )
    agreed_how = forms.ChoiceField(
        label=_("How did the family agree?"), choices=AgreedHow.choices, widget=forms.RadioSelect
    )
    agreed_on = DayField(label=_("When did they agree?"))

    def __init__(self, data: Any = None, *, referral: Referral, **kwargs: Any) -> None:
        super().__init__(data, referral=referral, **kwargs)
        self.initial |= {"agreed_how": referral.agreed_how, "agreed_on": referral.agreed_on}

    def decision(self) -> dict[str, Any]:
        given = {name: self.cleaned_data[name] for name in ("fits", "agreed_how", "agreed_on")}
        return given | {name: self.cleaned_data.get(name, False) for name in ("told", "by_hand")}


class AcceptNewForm(_YesForm, RegisterForm):
    """Yes to a family that is new here: what was told is filled in, to be put right where it is wrong."""

    def __init__(self, data: Any = None, *, referral: Referral, user: User, **kwargs: Any) -> None:
        carer, *children = referral.people
        initial = _as_typed(referral, carer)
        known = [_child_as_typed(child) for child in children] or [{}]
        super().__init__(data, referral=referral, user=user, initial=initial, known=known, **kwargs)
        for name in ("service", "another_family", "uuid"):
            del self.fields[name]


class AcceptKnownForm(_YesForm, HouseholdForm):
    """Yes to a family that is known: whoever of the children is not there yet can be added."""

    def __init__(self, data: Any = None, *, referral: Referral, family: Family, **kwargs: Any) -> None:
        there = list(family.members.all())
        names = {fold(name) for member in there for name in (member.display_name, member.known_as) if name}
        born = {member.date_of_birth for member in there if member.date_of_birth}
        due = {member.due_date for member in there if member.due_date}
        new = [
            _child_as_typed(child)
            for child in referral.people[1:]
            if fold(child["display_name"]) not in names
            and (not child.get("date_of_birth") or child["date_of_birth"] not in born)
            and (not child.get("due_date") or child["due_date"] not in due)
        ]
        super().__init__(data, referral=referral, known=new, **kwargs)
        del self.fields["carer_name"], self.fields["carer_born"]


def _as_typed(referral: Referral, carer: dict[str, Any]) -> dict[str, Any]:
    """What a referral says, as the fields of RegisterForm."""
    typed = {
        "carer_name": carer["display_name"],
        "carer_born": _born(carer),
        "language": referral.language,
        "interpreter_needed": referral.interpreter_needed,
        "first_wish": referral.family_words,
        **(referral.address or {}),
    }
    for contact in referral.contacts:
        way = contact["channel"]
        typed |= {way: contact["value"], f"{way}_safe": contact.get("safe", "unknown")}
        typed |= {"may_leave_message": contact.get("may_leave_message", typed.get("may_leave_message", False))}
    return typed


def _born(person: dict[str, Any]) -> Any:
    born = person.get("date_of_birth")
    return Birth(born, person.get("birth_precision", DatePrecision.DAY)) if born else None


def _child_as_typed(child: dict[str, Any]) -> dict[str, Any]:
    return {"display_name": child["display_name"], "born": _born(child), "due_date": child.get("due_date")}

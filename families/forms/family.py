from __future__ import annotations

import uuid as uuids
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, User
from betterstart.fields import DayField, LineField, TextField
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.actions.contact import ContactRefused, check_contact
from families.actions.member import MemberRefused, ReallyAChild, check_member
from families.forms.contact import AddressForm, PostcodeField
from families.forms.member import AsksWhetherAChild, BirthField
from families.forms.records import RecordForm
from families.forms.support import first_wish_field
from families.models import AddressKind, Channel, Family, FamilyMember, MemberRole, Safe, Support, SupportState

MOST_CHILDREN = 12


def language_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Language they like to speak with us"),
        choices=[("", _("Not asked yet")), *SPOKEN_LANGUAGES],
        required=False,
    )


class FamilyForm(RecordForm):
    """What we call a family, how we speak with it, and what everybody must know before a visit."""

    language = language_field()

    class Meta:
        model = Family
        fields = ["name", "language", "interpreter_needed", "safety_notes"]
        field_classes = {"name": LineField, "safety_notes": TextField}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = self.instance.language
        if there and there not in dict(SPOKEN_LANGUAGES):
            self.fields["language"].choices = [*self.fields["language"].choices, (there, there)]


class ChildForm(AsksWhetherAChild, forms.Form):
    """One child, born or on the way. Left empty, it is nobody."""

    display_name = LineField(label=_("Name"), max_length=200, required=False)
    born = BirthField(required=False)
    due_date = DayField(label=_("Or due date"), required=False, help_text=_("For a baby on the way."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._hide_question()
        self.order_fields(["display_name", "born", "sure", "due_date"])

    def member_fields(self) -> dict[str, Any] | None:
        """As fields of FamilyMember; None where nothing was filled in."""
        name, due = self.cleaned_data.get("display_name", ""), self.cleaned_data.get("due_date")
        birth = self.birth_fields()
        if not (name or due or birth["date_of_birth"]):
            return None
        role = MemberRole.UNBORN if due and not birth["date_of_birth"] else MemberRole.CHILD
        name = name or str(_("Baby") if role == MemberRole.UNBORN else _("Child"))
        return {"role": role, "display_name": name, "due_date": due, **birth}


ChildFormSet = forms.formset_factory(ChildForm, extra=0, max_num=MOST_CHILDREN, absolute_max=MOST_CHILDREN)


def judge(form: forms.Form, check: Callable[[], None], filled_in: Any, field: str) -> None:
    """Show what an action would refuse beside the field of this form that holds it."""
    if not filled_in:
        return
    try:
        check()
    except (ContactRefused, MemberRefused) as refused:
        form.add_error(field, [message for messages in refused.message_dict.values() for message in messages])


class HouseholdForm(forms.Form):
    """The main carer and the children."""

    carer_name = LineField(label=_("Name of the main carer"), max_length=200)
    carer_born = BirthField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        one_more_child: bool = False,
        known: Sequence[dict[str, Any]] = ({}, {}),
        **kwargs: Any,
    ) -> None:
        super().__init__(data, **kwargs)
        self.children = ChildFormSet(_with_one_more(data) if one_more_child else data, prefix="child", initial=known)

    def is_valid(self) -> bool:
        return self.children.is_valid() & super().is_valid()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        carer = self._carer()
        judge(self, lambda: check_member(relatives=(), **carer), carer["date_of_birth"], "carer_born")
        self._judge_children(FamilyMember(**carer))
        return cleaned

    def _judge_children(self, carer: FamilyMember) -> None:
        if not self.children.is_valid():
            for sentence in self.children.non_form_errors():
                self.add_error(None, sentence)
            return
        for form in self.children:
            if (fields := form.member_fields()) is None:
                continue
            try:
                check_member(relatives=[carer], sure=form.cleaned_data["sure"], **fields)
            except MemberRefused as refused:
                for field, messages in refused.message_dict.items():
                    form.add_error("born" if field == "date_of_birth" else field, messages)
            except ReallyAChild as question:
                form.ask(question)
        if not self.children.is_valid():
            self.add_error(None, _("Please look at the children below."))

    def _carer(self) -> dict[str, Any]:
        born = self.cleaned_data.get("carer_born")
        fields = {
            "role": MemberRole.PARENT,
            "is_main_carer": True,
            "display_name": self.cleaned_data.get("carer_name", ""),
            "date_of_birth": born and born.day,
        }
        return fields | ({"birth_precision": born.precision} if born else {})

    def children_named(self) -> list[dict[str, Any]]:
        return [fields for form in self.children if (fields := form.member_fields())]

    def people(self) -> list[dict[str, Any]]:
        return [self._carer(), *self.children_named()]


class ReachForm(forms.Form):
    """How to reach the main carer safely, and where the family lives."""

    phone = LineField(label=_("Phone"), max_length=40, required=False)
    phone_safe = forms.ChoiceField(
        label=_("Is it safe to call this number?"),
        choices=Safe.choices,
        initial=Safe.UNKNOWN,
        widget=forms.RadioSelect(attrs={"class": "row"}),
        help_text=_("Ask the person. Until they say yes, we do not use it."),
    )
    may_leave_message = forms.BooleanField(label=_("We may leave a message"), required=False)
    may_say_who_we_are = forms.BooleanField(label=_("We may say who we are"), required=False)
    shared_device = forms.BooleanField(label=_("Somebody else may see or hear it"), required=False)
    email = LineField(label=_("Email"), max_length=254, required=False)
    email_safe = forms.ChoiceField(
        label=_("Is it safe to write there?"),
        choices=Safe.choices,
        initial=Safe.UNKNOWN,
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    kind = forms.ChoiceField(
        label=_("Kind of address"), choices=AddressKind.choices, initial=AddressKind.HOME, widget=forms.RadioSelect
    )
    lines = TextField(label=_("Address"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    postcode = PostcodeField(label=_("Postcode"), max_length=20, required=False)
    access_notes = LineField(
        label=_("Finding the door"),
        max_length=300,
        required=False,
        help_text=AddressForm.Meta.help_texts["access_notes"],
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        judge(self, lambda: check_contact(channel=Channel.PHONE, value=cleaned["phone"]), cleaned.get("phone"), "phone")
        judge(self, lambda: check_contact(channel=Channel.EMAIL, value=cleaned["email"]), cleaned.get("email"), "email")
        return cleaned

    def contacts(self) -> list[dict[str, Any]]:
        given = self.cleaned_data
        rules = {name: given[name] for name in ("may_leave_message", "may_say_who_we_are", "shared_device")}
        contacts = []
        if given["phone"]:
            contacts.append({"channel": Channel.PHONE, "value": given["phone"], "safe": given["phone_safe"], **rules})
        if given["email"]:
            contacts.append({"channel": Channel.EMAIL, "value": given["email"], "safe": given["email_safe"]})
        return contacts

    def address(self) -> dict[str, Any] | None:
        fields = {name: self.cleaned_data[name] for name in ("kind", "lines", "postcode", "access_notes")}
        is_home = fields["kind"] in {AddressKind.HOME, AddressKind.TEMPORARY}
        return fields if fields["lines"] or fields["postcode"] or not is_home else None


class RegisterForm(ReachForm, HouseholdForm):
    """A new family: who they are, how to reach them safely, what they would like."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    service = forms.ModelChoiceField(
        label=_("Which service takes them in?"),
        queryset=Service.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    name = LineField(
        label=_("What we call this family"),
        max_length=200,
        required=False,
        help_text=_("As they like to be called. Left empty, we use the first name of the main carer."),
    )
    language = language_field()
    interpreter_needed = forms.BooleanField(label=_("Needs an interpreter"), required=False)
    first_wish = first_wish_field()
    another_family = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, user: User, **kwargs: Any) -> None:
        super().__init__(data, initial={"uuid": uuids.uuid4(), **kwargs.pop("initial", {})}, **kwargs)
        services = Service.objects.coordinated_by(user).filter(is_open=True).order_by("name")
        self.fields["service"].queryset = services
        if len(services) == 1:
            self.initial["service"] = services[0]

    def for_action(self) -> dict[str, Any]:
        return {**{name: self.cleaned_data[name] for name in ("uuid", "service")}, **self.registration()}

    def registration(self) -> dict[str, Any]:
        """What `register_family` is told about the family itself."""
        given = self.cleaned_data
        return {
            "name": given["name"] or given["carer_name"].split()[0],
            "language": given["language"],
            "interpreter_needed": given["interpreter_needed"],
            "first_wish": given["first_wish"],
            "people": self.people(),
            "contacts": self.contacts(),
            "address": self.address(),
            "sure": True,
        }

    def is_another_family(self, marks: Iterable[str]) -> bool:
        """Whether the person has seen each of the look-alikes and said that theirs is another one."""
        return set(marks) <= set(self.cleaned_data["another_family"].split())


def _with_one_more(data: Any) -> Any:
    data = data.copy()
    there = data.get("child-TOTAL_FORMS", "0")
    data["child-TOTAL_FORMS"] = str(min(int(there) if there.isdecimal() else 0, MOST_CHILDREN - 1) + 1)
    return data


class FindForm(forms.Form):
    """The search and the two filters above a list of families."""

    q = LineField(label=_("Find"), required=False)
    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.none(), required=False, empty_label=_("All services")
    )
    state = forms.ChoiceField(label=_("State"), required=False)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data)
        supports = Support.objects.visible_to(user)
        self.fields["service"].queryset = Service.objects.filter(pk__in=supports.values("service")).order_by("name")
        self.fields["state"].choices = [("", _("All states")), *SupportState.choices]
        self.fields["q"].widget = forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": _("Name, reference, phone, postcode")}
        )

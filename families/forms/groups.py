from __future__ import annotations

import datetime as dt
import re
import uuid as uuids
from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service, User
from betterstart.clock import london_today
from betterstart.fields import LineField, TextField
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from betterstart.places.postcodes import NotAPostcode, normalise_postcode
from families.actions.booking import OutsideAges
from families.actions.group import may_run, weekly_sessions
from families.forms.moments import ClockField, CountField, NearDayField
from families.forms.records import RecordForm
from families.models import BookingState, DatePrecision, Family, FamilyMember, GroupSeries, MemberRole

DISTRICT = re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]?")
MOST_CHILDREN = 4


class SessionsForm(forms.Form):
    """One session, or one each week at the same time."""

    day = NearDayField(label=_("First day"))
    starts = ClockField(label=_("From"))
    ends = ClockField(label=_("Until"))
    weeks = CountField(label=_("How many weeks"), most=52, initial=1, help_text=_("One session each week. 1 for once."))

    def sessions(self) -> list[tuple[dt.datetime, dt.datetime]]:
        """Raises GroupRefused."""
        given = self.cleaned_data
        return weekly_sessions(given["day"], given["starts"], given["ends"], given["weeks"])


class GroupForm(RecordForm):
    """What a group is, where it meets, for whom, and who runs it."""

    language = forms.ChoiceField(
        label=_("Language"), choices=[("", _("Any language")), *SPOKEN_LANGUAGES], required=False
    )
    age_from_months = CountField(label=_("Children from (months)"), most=240)
    age_until_months = CountField(
        label=_("Children until (months)"), most=240, help_text=_("60 means under five years.")
    )
    places = CountField(
        label=_("Places"),
        most=500,
        required=False,
        help_text=_("People, adults and children together. Empty: no limit."),
    )
    children_per_adult = CountField(
        label=_("Most children for each adult"),
        most=20,
        required=False,
        help_text=_("Adults are those who come and those who run the group. Empty: no rule."),
    )
    sessions_to_complete = CountField(
        label=_("Sessions that count as completed"),
        most=52,
        required=False,
        help_text=_("For example 5 of 8. Empty: nobody needs to complete anything."),
    )
    facilitators = forms.ModelMultipleChoiceField(
        label=_("Who runs it"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
        required=False,
        help_text=_("They open the sign-in page on the day. It shows names only."),
    )

    class Meta:
        model = GroupSeries
        fields = [
            "name", "about", "entry", "venue", "address", "access_info", "language", "age_from_months",
            "age_until_months", "places", "children_per_adult", "sessions_to_complete",
        ]  # fmt: skip
        field_classes = {
            "name": LineField, "about": TextField, "venue": LineField, "address": LineField, "access_info": TextField,
        }  # fmt: skip
        widgets = {
            "entry": forms.RadioSelect,
            "about": forms.Textarea(attrs={"rows": 3}),
            "access_info": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, service: Service, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service = service
        self.fields["facilitators"].queryset = may_run(service).order_by("display_name")
        if self.instance.pk:
            self.initial["facilitators"] = [each.user_id for each in self.instance.named.all()]
        else:
            self.initial |= {"age_from_months": service.age_from_months, "age_until_months": service.age_until_months}

    def _again(self) -> dict[str, Any]:
        return {"service": self.service}


class NewGroupForm(GroupForm, SessionsForm):
    """A new group together with its first sessions."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuids.uuid4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial |= {"weeks": 8, "sessions_to_complete": 5, "places": 16}

    def for_action(self) -> dict[str, Any]:
        """Raises GroupRefused for sessions that cannot be planned."""
        given = {name: value for name, value in self.cleaned_data.items() if name not in SessionsForm.base_fields}
        return given | {"sessions": self.sessions()}


class CancelSessionForm(forms.Form):
    reason = LineField(label=_("Why does it not take place?"), max_length=300)


class PeopleField(forms.ModelMultipleChoiceField):
    """People of a family, children with their age."""

    def label_from_instance(self, member: FamilyMember) -> str:  # type: ignore[override]
        age = member.age_in_words() if member.is_child else ""
        return f"{member} · {age}" if age else str(member)


class WhoComesForm(forms.Form):
    """Who of a family comes to a group."""

    people = PeopleField(
        label=_("Who comes?"), queryset=FamilyMember.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    sure = forms.BooleanField(label=_("Yes, book anyway"), required=False)

    def __init__(self, data: Any = None, *, family: Family, people: Collection[int] | None = None, **kwargs: Any):
        super().__init__(data, **kwargs)
        members = family.members.current().exclude(role=MemberRole.UNBORN)
        chosen = [each.pk for each in members if each.is_main_carer or each.is_child] if people is None else people
        self.fields["people"].queryset = members
        self.initial["people"] = list(chosen)
        if not self.data.get("sure"):
            self.fields["sure"].widget = forms.HiddenInput()

    def ask(self, question: OutsideAges) -> None:
        self.fields["sure"].widget = forms.CheckboxInput()
        self.add_error("people", str(question))

    def no_place(self, refusal: str) -> None:
        self.add_error("people", refusal)


class BookForm(WhoComesForm):
    """Who of a family comes, and whether they have places, are asked first, or wait."""

    state = forms.ChoiceField(
        label=_("How?"),
        choices=[
            (BookingState.BOOKED, _("Give them places")),
            (BookingState.INVITED, _("Invite them: they say yes or no later")),
            (BookingState.WAITLISTED, _("Put them on the waiting list")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, family: Family, full: bool) -> None:
        super().__init__(
            data, family=family, initial={"state": BookingState.WAITLISTED if full else BookingState.BOOKED}
        )

    def no_place(self, refusal: str) -> None:
        """Somebody else has the place: the waiting list is chosen, so that sending again takes it."""
        self.add_error("state", refusal)
        self.data = self.data.copy()
        self.data["state"] = BookingState.WAITLISTED


AGES = [
    ("", _("No child, or not told")),
    ("3", _("Under 6 months")),
    ("9", _("6 to 11 months")),
    ("18", _("1 year")),
    ("30", _("2 years")),
    ("42", _("3 years")),
    ("54", _("4 years")),
    ("78", _("5 or more")),
]


class SomeoneNewForm(forms.Form):
    """Somebody at the door of a drop-in whom nobody knows yet: the least that is needed."""

    uuid = forms.UUIDField(widget=forms.HiddenInput, initial=uuids.uuid4)
    name = LineField(
        label=_("First name of the adult"), max_length=100, help_text=_("As they like to be called. No surname needed.")
    )
    postcode = LineField(
        label=_("First half of the postcode"),
        max_length=10,
        required=False,
        help_text=_("Like BD7. The whole of it is fine too."),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, MOST_CHILDREN + 1):
            self.fields[f"child_{number}"] = LineField(label=_("First name of a child"), max_length=100, required=False)
            self.fields[f"age_{number}"] = forms.ChoiceField(label=_("How old?"), choices=AGES, required=False)
        children = [f"{part}_{number}" for number in range(1, MOST_CHILDREN + 1) for part in ("child", "age")]
        self.order_fields(["uuid", "name", *children, "postcode"])

    @property
    def children(self) -> list[tuple[Any, Any]]:
        """Pairs of name and age, for the page."""
        return [(self[f"child_{number}"], self[f"age_{number}"]) for number in range(1, MOST_CHILDREN + 1)]

    def clean_postcode(self) -> dict[str, Any] | None:
        """As fields of Address: a whole postcode is one, half of one is only where they are from."""
        text = self.cleaned_data["postcode"].upper().strip()
        if not text:
            return None
        if DISTRICT.fullmatch(text):
            return {"kind": "home", "lines": text}
        try:
            return {"kind": "home", "postcode": normalise_postcode(text)}
        except NotAPostcode as error:
            raise ValidationError(now_("Write the first half like BD7, or the whole like BD7 2AA.")) from error

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {
            "uuid": given["uuid"],
            "name": given["name"],
            "address": given["postcode"],
            "children": [
                _child(given[f"child_{number}"], given[f"age_{number}"])
                for number in range(1, MOST_CHILDREN + 1)
                if given[f"child_{number}"] or given[f"age_{number}"]
            ],
        }


def _child(name: str, months: str) -> dict[str, Any]:
    """An age at the door gives the year of birth, no more."""
    born = _months_ago(int(months)) if months else None
    return {
        "display_name": name or now_("Child"),
        "date_of_birth": born,
        "birth_precision": DatePrecision.YEAR if born else DatePrecision.DAY,
    }


def _months_ago(months: int) -> dt.date:
    today = london_today()
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    return dt.date(years, month + 1, min(today.day, 28))

from __future__ import annotations

import zoneinfo
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from allauth.account.forms import ReauthenticateForm as PasswordAgainForm
from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, MaxLengthValidator
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from betterstart.access.actions import ask_for_new_password
from betterstart.access.models import Membership, Organisation, Service, User
from betterstart.access.passwords import LONGEST
from betterstart.access.roles import WHOLE_ORGANISATION_ROLES, Role
from betterstart.clock import london_today
from betterstart.fields import DayField, LineField

CONTINENTS = {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
REASON_HINT = _("A few words for the record. Colleagues who administer will see them; please name no family.")


class SignInForm(LoginForm):
    """The library's form; a password longer than any we keep is refused before it is hashed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST))


class ReauthenticateForm(PasswordAgainForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].validators.append(MaxLengthValidator(LONGEST))


class ResetForm(ResetPasswordForm):
    """Notes the wish and asks nobody whether the address is known: a worker finds out, out of sight."""

    def clean_email(self) -> str:
        return self.cleaned_data["email"].strip().lower()

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        ask_for_new_password(email=self.cleaned_data["email"], site=request.build_absolute_uri("/"))
        return self.cleaned_data["email"]


class MailField(forms.EmailField):
    """An address on the internet, in small letters: `localhost` is nobody's."""

    default_validators = [EmailValidator(allowlist=[])]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_python(self, value: Any) -> str:
        return super().to_python(value).lower()


ROLE_SENTENCES = {
    Role.VOLUNTEER: _("Sees the families they are matched with. Records check-ins."),
    Role.COORDINATOR: _("Sees the families of their services. Plans, matches, records."),
    Role.MANAGER: _("Sees numbers and shared stories. Opens a record only with a reason."),
    Role.SAFEGUARDING_LEAD: _("Handles concerns. Opens a record with a reason."),
    Role.ADMINISTRATOR: _("Looks after people, services and the audit. Sees no family."),
}


def role_choices() -> list[tuple[str, Any]]:
    """Each role with what it lets a person do."""
    return [
        (role.value, format_html('{} <small class="hint">{}</small>', role.label, ROLE_SENTENCES[role]))
        for role in Role
    ]


def language_choices(codes: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Each language in its own words: who needs it can read it. Without codes, those whose every page is translated."""
    return [
        (code, "English" if code == "en-gb" else get_language_info(code)["name_local"].capitalize())
        for code in codes or settings.WHOLE_LANGUAGES
    ]


class PlaceField(forms.ChoiceField):
    """Where a role holds: a whole organisation, or one of its services, among those one administers."""

    def offer(self, by: User) -> None:
        self.places: dict[str, tuple[Organisation, Service | None]] = {}
        groups: list[Any] = [("", _("Choose a place"))]
        for organisation in Organisation.objects.administered_by(by).prefetch_related("services").order_by("name"):
            whole = _("%(organisation)s, all of it") % {"organisation": organisation.name}
            options = [(f"organisation-{organisation.pk}", whole)]
            self.places[options[0][0]] = (organisation, None)
            for service in sorted(organisation.services.all(), key=lambda row: row.name):
                options.append((f"service-{service.pk}", service.name))
                self.places[options[-1][0]] = (organisation, service)
            groups.append((organisation.name, options))
        self.choices = groups


class RoleForm(forms.Form):
    """A role and where it holds."""

    role = forms.ChoiceField(label=_("Role"), choices=role_choices, widget=forms.RadioSelect)
    place = PlaceField(
        label=_("Where"),
        help_text=_("Coordinators and volunteers usually have one service. A whole organisation means all of them."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].offer(by)
        places = self.fields["place"].places
        if len(places) == 1:
            self.fields["place"].initial = next(iter(places))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "place" in cleaned:
            cleaned["organisation"], cleaned["service"] = self.fields["place"].places[cleaned["place"]]
            if cleaned["service"] and cleaned.get("role") in WHOLE_ORGANISATION_ROLES:
                self.add_error("place", _("This role is for a whole organisation, not for one of its services."))
        return cleaned

    @property
    def granted(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("role", "organisation", "service")}


class InviteForm(RoleForm):
    email = MailField(label=_("Email address"))
    display_name = LineField(label=_("Name"), max_length=200, help_text=_("They can change it when they begin."))
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=language_choices, widget=forms.RadioSelect, initial="en-gb"
    )

    field_order = ["display_name", "email", "role", "place", "language"]

    @property
    def letter(self) -> dict[str, Any]:
        return {**self.granted, **{name: self.cleaned_data[name] for name in ("email", "display_name", "language")}}


class PasswordPairMixin(forms.Form):
    password = forms.CharField(
        label=_("Choose a password"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters. Three or four ordinary words are strong, and easy to remember."),
    )
    password_again = forms.CharField(
        label=_("The same password again"),
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AcceptForm(PasswordPairMixin):
    """Name and password of somebody who was invited."""

    display_name = LineField(label=_("Your name"), max_length=200, help_text=_("As colleagues should see it."))

    field_order = ["display_name", "password", "password_again"]

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["display_name"].widget.attrs["autocomplete"] = "name"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password, again = cleaned.get("password"), cleaned.get("password_again")
        if password and again and password != again:
            self.add_error("password_again", _("The two passwords are not the same."))
        if password:
            try:
                validate_password(password, User(email=self.email, display_name=cleaned.get("display_name", "")))
            except ValidationError as weak:
                self.add_error("password", weak)
        return cleaned


class ReasonForm(forms.Form):
    reason = LineField(label=_("Why"), max_length=200, help_text=REASON_HINT)


class EndRoleForm(ReasonForm):
    when = forms.ChoiceField(
        label=_("When"),
        choices=[("now", _("Now")), ("day", _("At the end of a day"))],
        widget=forms.RadioSelect,
        initial="now",
    )
    last_day = DayField(label=_("Last day"), required=False)

    field_order = ["when", "last_day", "reason"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("when") == "now":
            cleaned["last_day"] = None
        elif "last_day" in cleaned:
            if cleaned["last_day"] is None:
                self.add_error("last_day", _("Choose the last day, or choose “Now”."))
            elif cleaned["last_day"] < london_today():
                self.add_error("last_day", _("The last day cannot be in the past."))
        return cleaned

    @property
    def wish(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("last_day", "reason")}


class RestoreForm(forms.Form):
    """Which of the roles that ended together come back."""

    memberships = forms.ModelMultipleChoiceField(
        label=_("Give these roles back"),
        queryset=Membership.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave all empty to give none: the person can then sign in, but sees nothing."),
    )

    def __init__(self, *args: Any, memberships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["memberships"].queryset = memberships
        self.initial["memberships"] = list(memberships)
        if not memberships:
            self.fields["memberships"].widget = forms.MultipleHiddenInput()


class PeopleFilterForm(forms.Form):
    """What the list of people is narrowed to. Nothing here is required, and nonsense narrows nothing."""

    q = LineField(label=_("Name or email address"), required=False, max_length=200)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Any role")), *Role.choices], required=False)
    service = forms.ModelChoiceField(
        label=_("Service"), queryset=Service.objects.none(), required=False, empty_label=_("Any service")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = Service.objects.administered_by(by).order_by("name")


class OrganisationForm(forms.ModelForm):
    name = LineField(label=_("Name"), max_length=200)

    class Meta:
        model = Organisation
        fields = ["name"]


class ServiceForm(forms.ModelForm):
    """A service and the promises it makes. Numbers, each with a sentence that says what it does."""

    name = LineField(label=_("Name"), max_length=200)
    organisation = forms.ModelChoiceField(
        label=_("Organisation"), queryset=Organisation.objects.none(), empty_label=None
    )

    GROUPS = (
        (_("The service"), ["organisation", "name", "kind", "is_open"]),
        (_("Referrals"), ["takes_public_referrals", "referral_answer_days"]),
        (_("For whom"), ["age_from_months", "age_until_months", "pregnancy_from_week"]),
        (
            _("Visits"),
            ["usual_visit_minutes", "long_visit_minutes", "longest_visit_minutes", "late_visit_days"],
        ),
        (_("Check-ins"), ["check_in_due_hours", "check_in_edit_days"]),
        (
            _("Keeping in touch"),
            [
                "contact_every_days",
                "no_contact_days",
                "not_available_in_a_row",
                "waiting_touch_days",
                "could_not_reach_tries",
                "longest_pause_weeks",
            ],
        ),
        (_("Looking together"), ["first_review_weeks", "review_every_weeks"]),
        (_("Supervision"), ["supervision_every_weeks", "group_counts_as_supervision"]),
    )

    class Meta:
        model = Service
        fields = [
            "organisation", "name", "kind", "is_open", "takes_public_referrals", "referral_answer_days",
            "age_from_months", "age_until_months", "pregnancy_from_week",
            "usual_visit_minutes", "long_visit_minutes", "longest_visit_minutes", "late_visit_days",
            "check_in_due_hours", "check_in_edit_days", "contact_every_days", "no_contact_days",
            "not_available_in_a_row", "waiting_touch_days", "could_not_reach_tries", "longest_pause_weeks",
            "first_review_weeks", "review_every_weeks", "supervision_every_weeks", "group_counts_as_supervision",
        ]  # fmt: skip
        widgets = {"kind": forms.RadioSelect}
        help_texts = {
            "is_open": _("Families can be offered this service. Those already in it stay."),
            "takes_public_referrals": _("Then it can be chosen on the page where people ask for support."),
            "referral_answer_days": _("What whoever asks is promised. Today shows a referral before this is over."),
            "age_from_months": _("The youngest child's age when a family can join. 0 means from birth."),
            "usual_visit_minutes": _("Filled in for a new visit; anybody can change it."),
            "long_visit_minutes": _("A longer visit is asked about once, then saved as it was."),
            "longest_visit_minutes": _("A longer visit cannot be saved: it is most likely a slip."),
            "late_visit_days": _("Volunteers record visits up to this many days back; later, a coordinator does."),
            "check_in_due_hours": _("After a visit, the volunteer's check-in is expected within this time."),
            "check_in_edit_days": _("For so long after sending it, volunteers can still change their check-in."),
            "contact_every_days": _("What families are promised. Today shows a family when this is about to pass."),
            "no_contact_days": _("When nobody met or spoke to a family for so long, its coordinator is told."),
            "not_available_in_a_row": _("After so many visits in a row that could not happen, somebody should call."),
            "waiting_touch_days": _("Families who wait for a volunteer hear from you at least this often."),
            "could_not_reach_tries": _("So many tries, in different ways, before a referral counts as not reached."),
            "longest_pause_weeks": _("A support can pause for so long; after that it is time to decide together."),
            "first_review_weeks": _("Counted from the day a support starts, or another volunteer is introduced."),
            "supervision_every_weeks": _("Volunteers and their coordinator talk at least this often: usually 4 to 6."),
            "group_counts_as_supervision": _("Otherwise a group is extra, and a talk between two is still due."),
            "review_every_weeks": _("Proposed after each one. 0: this service holds none by itself, as most groups."),
        }

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        administered = Organisation.objects.administered_by(by).order_by("name")
        if self.instance.pk:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = administered
            self.fields["organisation"].initial = administered.first()

    @property
    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        organisation = cleaned.get("organisation") or getattr(self.instance, "organisation", None)
        same = Service.objects.filter(organisation=organisation, name=cleaned.get("name")).exclude(pk=self.instance.pk)
        if same.exists():
            self.add_error("name", _("There is already a service with this name."))
        if cleaned.get("age_until_months", 240) <= cleaned.get("age_from_months", 0):
            self.add_error("age_until_months", _("This must be older than the age from which families can join."))
        longest = cleaned.get("longest_visit_minutes", 720)
        for name in ("usual_visit_minutes", "long_visit_minutes"):
            if cleaned.get(name, 0) > longest:
                self.add_error(name, _("This cannot be longer than the longest visit."))
        return cleaned


def time_zone_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Cities by continent. The database of time zones also knows abbreviations and old names: those are left out."""
    cities = sorted(zone for zone in zoneinfo.available_timezones() if zone.split("/")[0] in CONTINENTS)
    by_continent = groupby(cities, key=lambda zone: zone.split("/")[0])
    return [
        (continent, [(zone, zone.split("/", 1)[1].replace("_", " ").replace("/", ", ")) for zone in zones])
        for continent, zones in by_continent
    ]


class AccountForm(forms.ModelForm):
    display_name = LineField(label=_("Name"), max_length=200, help_text=_("As colleagues see it."))
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=time_zone_choices,
        help_text=_("For your sign-ins and messages. Visits are always in London time."),
    )

    language = forms.ChoiceField(label=_("Language"), choices=language_choices, widget=forms.RadioSelect)

    field_order = ["display_name", "language", "time_zone"]

    class Meta:
        model = User
        fields = ["display_name", "language", "time_zone"]

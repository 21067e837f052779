from __future__ import annotations

import uuid as uuids
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from families.actions.visit import later_in_series
from families.actions.visit_rules import VisitRefused
from families.forms.moments import CountField, MomentForm, NearDayField, ShortLine, Words
from families.models import (
    Family,
    FamilyMember,
    MemberRole,
    NotDeliveredReason,
    Support,
    SupportKind,
    Visit,
    VisitMode,
    VisitPurpose,
)
from families.models.visit import MAX_WORDS

MOST_CARDS = 7
# Where the sentence of a rule is shown.
PLACES = {"actual_start": "day", "planned_start": "day", "duration_minutes": "minutes"}
QUESTIONS = ("long", "overlap", "late")


def cards(css: str = "row") -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": css})


def chips() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "chips"})


class MemberField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, member: FamilyMember) -> str:  # type: ignore[override]
        age = member.age_in_words()
        return f"{member}, {age}" if age and member.is_child else str(member)


def present_field() -> MemberField:
    """Who of the family was there; the form gives it the people."""
    return MemberField(
        queryset=FamilyMember.objects.none(),
        label=gettext_lazy("Who was there"),
        required=False,
        widget=chips(),
        error_messages=dict.fromkeys(
            ("invalid_choice", "invalid_pk_value"), gettext_lazy("Choose people of this family.")
        ),
    )


class SupportField(forms.ModelChoiceField):
    def label_from_instance(self, support: Support) -> str:  # type: ignore[override]
        return f"{support.service} · {support.get_state_display()}"


class Asking(forms.Form):
    """A form that knows which sending it is, what the person was looking at, and what an action asked back."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    confirmed = forms.MultipleChoiceField(
        label=gettext_lazy("Is that right?"),
        choices=[(key, key) for key in QUESTIONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    asks = False
    stored: Visit | None = None
    """The visit as somebody else left it while this form was being filled in."""

    def __init__(self, *args: Any, family: Family, user: User, visit: Visit | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.family, self.user, self.visit = family, user, visit

    def ask(self, questions: Mapping[str, str]) -> None:
        """Show the questions of an action; the person answers by ticking, or corrects what they are about."""
        self.fields["confirmed"].choices = list(questions.items())  # type: ignore[attr-defined]
        self.add_error("confirmed", _("Please tick if it is so, or correct it above."))
        self.asks = True

    def show(self, refusal: VisitRefused) -> None:
        """Put the sentences of an action beside the fields they are about."""
        for name, errors in refusal.error_dict.items():
            place = PLACES.get(name, name)
            self.add_error(place if place in self.fields else NON_FIELD_ERRORS, errors)
        if "uuid" in refusal.error_dict:
            self.data = self.data.copy()
            self.data[self.add_prefix("uuid")] = str(uuids.uuid4())


def writable_supports(family: Family, user: User) -> models.QuerySet[Support]:
    """The supports of this family that this person plans and records visits for, closed ones among them."""
    coordinated = models.Q(pk__in=Support.objects.coordinated_by(user).values("pk"))
    worked = models.Q(pk__in=Support.objects.worked_by(user).values("pk"))
    return family.supports.select_related("service", "family").filter(coordinated | worked)


def workers_of(supports: models.QuerySet[Support], me: User, visit: Visit | None) -> models.QuerySet[User]:
    """Who may visit: people assigned to these supports and coordinators of their services; oneself first."""
    services = supports.values("service_id")
    here = models.Q(service__in=services) | models.Q(service=None, organisation__services__in=services)
    coordinators = Membership.objects.active().filter(here, role=Role.COORDINATOR).values("user")
    assigned = User.objects.filter(is_active=True, assignments__support__in=supports).values("pk")
    near = [models.When(pk=me.pk, then=0), models.When(pk__in=assigned, then=1)]
    people = models.Q(pk__in=coordinators) | models.Q(pk__in=assigned)
    if visit:
        people |= models.Q(pk=visit.worker_id)
    nearness = models.Case(*near, default=2, output_field=models.IntegerField())
    return User.objects.filter(people).order_by(nearness, "display_name")


class VisitForm(MomentForm, Asking):
    """What planning and recording have in common: which support, who goes, when, for how long, where."""

    support = SupportField(
        queryset=Support.objects.none(),
        label=gettext_lazy("Which support"),
        widget=cards(""),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the supports of this family.")},
    )
    minutes = CountField(label=gettext_lazy("How long (minutes)"))
    mode = forms.ChoiceField(label=gettext_lazy("Where"), choices=VisitMode, widget=cards("row two"))
    purpose = forms.ChoiceField(label=gettext_lazy("What kind of visit"), choices=VisitPurpose)
    worker = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=gettext_lazy("Who goes"),
        widget=cards(),
        empty_label=None,
        error_messages={"invalid_choice": gettext_lazy("Choose somebody who is with this family.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.visit:
            del self.fields["support"]
            self.supports = Support.objects.filter(pk=self.visit.support_id)
        else:
            self.supports = writable_supports(self.family, self.user)
            self._offer_supports()
        self._offer_workers()
        if not self.is_bound:
            self.fields["day"].widget.attrs["autofocus"] = True

    def _offer_supports(self) -> None:
        """Open ones are offered; a closed one that is sent all the same gets the action's own sentence."""
        self.open_supports = [support for support in self.supports if support.is_open]
        field: Any = self.fields["support"]
        field.queryset = self.supports
        if len(self.open_supports) == 1:
            field.widget = forms.HiddenInput()
        else:
            field.widget.choices = [(row.pk, field.label_from_instance(row)) for row in self.open_supports]

    def _offer_workers(self) -> None:
        field: Any = self.fields["worker"]
        leads = Support.objects.coordinated_by(self.user).filter(family=self.family).exists()
        people = workers_of(self.supports, self.user, self.visit)
        field.queryset = people if leads else people.filter(pk=self.user.pk)
        choices = [(person.pk, person.display_name) for person in field.queryset]
        if len(choices) < 2:
            field.widget = forms.HiddenInput()
        else:
            field.widget = cards() if len(choices) <= MOST_CARDS else forms.Select()
            field.widget.choices = choices

    def plan(self) -> dict[str, Any]:
        """What the planning actions take, from a valid form."""
        cleaned = self.cleaned_data
        names = ["worker", "minutes", "mode", "uuid", "confirmed"]
        return {name: cleaned[name] for name in names} | {"planned_start": cleaned["moment"]}


class PlanForm(VisitForm):
    """One visit, or one each week."""

    repeat = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=[
            ("once", gettext_lazy("Just this once")),
            ("weeks", gettext_lazy("Every week, a number of times")),
            ("until", gettext_lazy("Every week, until a day")),
        ],
        widget=cards(),
        initial="once",
    )
    weeks = CountField(label=gettext_lazy("How many visits"), required=False)
    until = NearDayField(label=gettext_lazy("The last one on or before"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        repeat = cleaned.get("repeat")
        if repeat in ("weeks", "until") and not cleaned.get(repeat) and repeat not in self.errors:
            asks = {"weeks": _("Write how many visits, for example 6."), "until": _("Choose the last day.")}
            self.add_error(repeat, asks[repeat])
        return cleaned

    @property
    def is_series(self) -> bool:
        return self.cleaned_data["repeat"] != "once"

    def series(self) -> dict[str, Any]:
        """What `plan_series` takes, from a valid form."""
        cleaned = self.cleaned_data
        fields = {key: value for key, value in self.plan().items() if key != "planned_start"}
        until = cleaned["until"] if cleaned["repeat"] == "until" else None
        return fields | {
            "first_day": cleaned["day"],
            "time": cleaned["time"],
            "weeks": None if until else cleaned["weeks"],
            "until": until,
        }


class MoveForm(VisitForm):
    """Another time for a planned visit, and if wanted another person or place."""

    purpose = None  # type: ignore[assignment]


class RecordForm(VisitForm):
    """A visit that took place."""

    present = present_field()
    someone_else = ShortLine(limit=200, label=gettext_lazy("Someone else who was there"))
    what_happened = Words(
        limit=MAX_WORDS,
        label=gettext_lazy("What did you do together, what went well?"),
        help_text=gettext_lazy("Write it as if the family will read it; they may."),
    )
    kinds_of_support = forms.MultipleChoiceField(
        label=gettext_lazy("What it was about"), choices=SupportKind, required=False, widget=chips()
    )
    travel_minutes = CountField(label=gettext_lazy("Travel (minutes)"), required=False, most=720)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["worker"].label = _("Who went")
        here = models.Q(gone_on=None)
        if self.visit:
            here |= models.Q(pk__in=self.visit.presences.values("member"))
        people = self.family.members.filter(here).exclude(role=MemberRole.UNBORN)
        self.fields["present"].queryset = people  # type: ignore[attr-defined]

    @property
    def says_more(self) -> bool:
        """Whether something below the fold of the form is out of the ordinary, or wrong."""
        names = ("purpose", "travel_minutes", "kinds_of_support")
        usual = (None, "", [], VisitPurpose.ORDINARY)
        return any(self[name].errors or self[name].value() not in usual for name in names)

    def facts(self) -> dict[str, Any]:
        """What the recording actions take, from a valid form."""
        names = ["worker", "mode", "purpose", "present", "someone_else", "what_happened", "travel_minutes"]
        cleaned = self.cleaned_data
        return {name: cleaned[name] for name in [*names, "kinds_of_support", "confirmed"]} | {
            "actual_start": cleaned["moment"],
            "duration_minutes": cleaned["minutes"],
        }


class Missing(forms.Form):
    """Why a visit did not take place."""

    reason = forms.ChoiceField(label=gettext_lazy("Why not"), choices=NotDeliveredReason, widget=cards("row two"))
    note = Words(limit=MAX_WORDS, label=gettext_lazy("Anything to add"))
    rebooked = forms.ChoiceField(
        label=gettext_lazy("Is a new time agreed?"),
        choices=[
            ("", gettext_lazy("Not yet")),
            ("yes", gettext_lazy("Yes")),
            ("no", gettext_lazy("No, none is wanted")),
        ],
        widget=cards(),
        required=False,
    )

    def outcome(self) -> dict[str, Any]:
        """What the actions take, from a valid form."""
        rebooked = {"yes": True, "no": False}.get(self.cleaned_data["rebooked"])
        return {"reason": self.cleaned_data["reason"], "note": self.cleaned_data["note"], "rebooked": rebooked}


class MissedForm(Missing, Asking):
    """A planned visit that did not, or will not, take place."""

    and_later = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        later = later_in_series(self.visit).count() if self.visit.series else 0
        words = ngettext(
            "Also cancel the {n} later visit of this series", "Also cancel the {n} later visits of this series", later
        )
        self.fields["and_later"].label = words.format(n=later)
        if not later:
            del self.fields["and_later"]
        self.is_ahead = bool(self.visit.planned_start and self.visit.planned_start > timezone.now())
        if self.is_ahead:
            known = NotDeliveredReason.FAMILY_NOT_AVAILABLE
            self.fields["reason"].choices = [choice for choice in NotDeliveredReason.choices if choice[0] != known]


class WithdrawForm(Asking):
    """A visit that was entered by mistake."""

    note = Words(
        limit=500,
        label=gettext_lazy("What went wrong?"),
        help_text=gettext_lazy("For example: this was Berta’s visit. It stays in the history with your name."),
        required=True,
        error_messages={"required": gettext_lazy("Write in a few words what went wrong.")},
    )


class TryForm(Missing, VisitForm):
    """A try nobody had planned, that did not reach the family."""

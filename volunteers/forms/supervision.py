"""Planning a talk, writing it down (what went well first), and confirming it."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.models import User, UserQuerySet
from betterstart.clock import LONDON, at_london
from betterstart.fields import DayField, ask_plainly
from families.actions.visit_plan import no_such_hour
from families.forms.moments import ClockField, CountField, MomentForm, ShortLine, Words
from families.forms.visit import cards, chips
from volunteers.actions.supervision import Agreed, Told
from volunteers.models import Match, Supervision, Topic
from volunteers.models.supervision import BETWEEN_TWO, LONGEST_TALK, MOST_WORDS, AgreedBy

LINES = 2
MORE_LINES = 2

ASKED = {
    Topic.HOW_ARE_YOU: (gettext_lazy("How are they?"), gettext_lazy("In themselves, before anything about visits.")),
    Topic.STRENGTHS: (
        gettext_lazy("What do they do well?"),
        gettext_lazy("What you saw or heard that helped a family, as you would say it to them."),
    ),
    Topic.WORRIES: (gettext_lazy("What worries them?"), ""),
    Topic.BOUNDARIES: (
        gettext_lazy("Where do they need a line, or help to keep one?"),
        gettext_lazy("Times, money, phone numbers, doing more than was agreed."),
    ),
    Topic.LEARNING: (gettext_lazy("What would they like to learn?"), ""),
    Topic.WELLBEING: (
        gettext_lazy("What support did you offer them?"),
        gettext_lazy("A break, another visit together, somebody to talk to."),
    ),
}


class PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name)


def people_field(label: Any, people: UserQuerySet, **kwargs: Any) -> PeopleField:
    wrong = {"required": gettext_lazy("Choose who is there."), "invalid_choice": gettext_lazy("Choose from this list.")}
    return PeopleField(
        people.order_by("display_name", "pk"),
        label=label,
        widget=chips(),
        error_messages=wrong,
        **kwargs,
    )


class TalkForm(MomentForm):
    """With whom, what kind and when. `person` is given for a talk between two, `people` to choose from for a group."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("What kind of talk?"),
        choices=[(kind.value, kind.label) for kind in BETWEEN_TWO],
        widget=cards("row"),
        error_messages={"required": gettext_lazy("Choose what kind of talk it is.")},
    )
    asks_who = gettext_lazy("Who is invited?")
    field_order = ("uuid", "kind", "people", "day", "time", "which")

    def __init__(self, data: Any = None, *, people: UserQuerySet | None = None, initial: Any = None) -> None:
        super().__init__(data, initial={"uuid": uuids.uuid4()} | (initial or {}))
        if people is not None:
            del self.fields["kind"]
            self.fields["people"] = people_field(self.asks_who, people)
            self.order_fields(self.field_order)

    def show(self, refusal: ValidationError) -> None:
        """Put the sentences of an action beside the fields they are about."""
        by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: [refusal]}
        for name, errors in by_field.items():
            self.add_error(name if name in self.fields else None, errors)

    @property
    def is_group(self) -> bool:
        return "people" in self.fields


class PlanTalkForm(TalkForm):
    pass


class HoldForm(TalkForm):
    """What was said. About families only between two, each by its match; a group speaks without family names."""

    asks_who = gettext_lazy("Who was there?")
    minutes = CountField(label=gettext_lazy("How long (minutes)"), most=LONGEST_TALK)
    how_are_you = Words(limit=MOST_WORDS, label=ASKED[Topic.HOW_ARE_YOU][0], help_text=ASKED[Topic.HOW_ARE_YOU][1])
    strengths = Words(limit=MOST_WORDS, label=ASKED[Topic.STRENGTHS][0], help_text=ASKED[Topic.STRENGTHS][1])
    worries = Words(limit=MOST_WORDS, label=ASKED[Topic.WORRIES][0])
    boundaries = Words(limit=MOST_WORDS, label=ASKED[Topic.BOUNDARIES][0], help_text=ASKED[Topic.BOUNDARIES][1])
    learning = Words(limit=MOST_WORDS, label=ASKED[Topic.LEARNING][0])
    wellbeing = Words(limit=MOST_WORDS, label=ASKED[Topic.WELLBEING][0], help_text=ASKED[Topic.WELLBEING][1])
    next_day = DayField(label=gettext_lazy("When do you talk next? Day"), required=False)
    next_time = ClockField(label=gettext_lazy("Time"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    names_meant = forms.BooleanField(
        label=gettext_lazy("I have looked: nobody’s family can be known from it"), required=False
    )

    def __init__(
        self,
        data: Any = None,
        *,
        people: UserQuerySet | None = None,
        expected: Collection[User] = (),
        matches: Sequence[Match] = (),
        supervision: Supervision | None = None,
        initial: Any = None,
    ) -> None:
        """`people`: to choose a group from. `expected`: of a group that was planned or is on record."""
        super().__init__(data, people=people, initial=initial)
        self.matches, self.names = list(matches), list(data.getlist("named")) if data else []
        self.supervision = supervision
        if supervision:
            self.fields.pop("kind", None)
        if expected:
            absent = User.objects.filter(pk__in=[person.pk for person in expected])
            label = gettext_lazy("Who could not come?")
            self.fields["absent"] = people_field(label, absent, required=False)
        for match in self.matches:
            label = _("With {family}").format(family=match.family.name)
            self.fields[f"match_{match.pk}"] = Words(limit=MOST_WORDS, label=label)
        for number in range(1, LINES + self._agreed_already() + 1):
            self._add_line(number)
        if not self.names:
            del self.fields["names_meant"]
        for field in self.fields.values():
            if isinstance(field, Words):
                field.widget.attrs["rows"] = 3
        ask_plainly(self)

    def _agreed_already(self) -> int:
        typed = [name for name in self.data if name.startswith("what_")] if self.is_bound else []
        known = [name for name in self.initial if str(name).startswith("what_")]
        return max(0, min(len(typed or known), 20) - LINES) + (MORE_LINES if known and not typed else 0)

    def _add_line(self, number: int) -> None:
        self.fields[f"what_{number}"] = ShortLine(limit=300, label=_("What was agreed"))
        self.fields[f"doer_{number}"] = forms.ChoiceField(
            label=_("Who does it"), choices=self._doers(), required=False, widget=cards("row")
        )
        self.fields[f"due_{number}"] = DayField(label=_("By when"), required=False)
        self.initial.setdefault(f"doer_{number}", AgreedBy.PERSON)

    def _doers(self) -> list[tuple[str, str]]:
        theirs = _("Everybody who was there") if self.writes_of_group else _("They do")
        return [(AgreedBy.PERSON, theirs), (AgreedBy.SUPERVISOR, _("I do"))]

    def ask_about(self, names: Sequence[str]) -> None:
        """Words for a group name a family that is visited now: asked once, then taken as it stands."""
        self.names = list(names)
        self.fields["names_meant"] = self.base_fields["names_meant"]
        sentence = _("A family may be known from this: {names}. Family detail belongs in a talk between two.")
        self.add_error("names_meant", sentence.format(names=get_text_list(self.names, _("and"))))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self._set_next(cleaned)
        for number in self._numbers():
            if cleaned.get(f"due_{number}") and not cleaned.get(f"what_{number}"):
                self.add_error(f"what_{number}", _("Say what will be done by then."))
        return cleaned

    def _set_next(self, cleaned: dict[str, Any]) -> None:
        day, time = cleaned.get("next_day"), cleaned.get("next_time")
        if day and not time and "next_time" not in self.errors:
            self.add_error("next_time", _("Say at what time."))
        elif time and not day and "next_day" not in self.errors:
            self.add_error("next_day", _("Say on which day."))
        elif day and time:
            try:
                cleaned["next_at"] = at_london(day, time)
            except ValueError:
                self.add_error("next_time", no_such_hour(day, time))
                return
            if cleaned["next_at"] <= timezone.now():
                self.add_error("next_day", _("Choose a day that is still ahead."))

    def _numbers(self) -> list[int]:
        return [int(name[5:]) for name in self.fields if name.startswith("what_")]

    def lines(self) -> list[list[Any]]:
        """The fields of each thing agreed, for the page."""
        return [[self[f"{name}_{number}"] for name in ("what", "doer", "due")] for number in self._numbers()]

    @property
    def writes_of_group(self) -> bool:
        return self.is_group or bool(self.supervision and self.supervision.is_group)

    @property
    def opens_more(self) -> bool:
        """Something is written, or wrong, in the part that is folded away."""
        return any(self[name].value() or self[name].errors for name in ("boundaries", "learning", "wellbeing"))

    def match_fields(self) -> list[Any]:
        return [self[f"match_{match.pk}"] for match in self.matches]

    def told(self) -> Told:
        """What the actions take, from a valid form."""
        cleaned = self.cleaned_data
        agreed = [
            Agreed(cleaned[f"what_{n}"], cleaned.get(f"doer_{n}") or AgreedBy.PERSON, cleaned.get(f"due_{n}"))
            for n in self._numbers()
            if cleaned.get(f"what_{n}")
        ]
        return Told(
            held_at=cleaned["moment"],
            minutes=cleaned["minutes"],
            words={topic: cleaned[topic] for topic in ASKED if cleaned.get(topic)},
            matches={match.pk: cleaned[f"match_{match.pk}"] for match in self.matches},
            agreed=agreed,
            absent=list(cleaned.get("absent") or ()),
        )


def now_here() -> dict[str, Any]:
    """Today and now, as the form starts."""
    now = timezone.localtime(timezone.now(), LONDON)
    return {"day": now.date(), "time": now.time().replace(second=0, microsecond=0)}


class ConfirmForm(forms.Form):
    """Reading what is written, and adding to it."""

    words = Words(
        limit=MOST_WORDS,
        label=gettext_lazy("Anything you would add, or see differently?"),
        help_text=gettext_lazy("In your own words. It stands beside the rest, as you write it."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class CancelForm(forms.Form):
    note = ShortLine(limit=300, label=gettext_lazy("Why, in a few words"))

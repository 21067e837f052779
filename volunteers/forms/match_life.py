"""What a coordinator writes down on the way of a match, and while the two are together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.models import User
from betterstart.clock import london_today
from betterstart.fields import DayField
from families.actions.own_words import adults_of
from families.actions.review import first_review_on
from families.actions.visit_rules import VisitRefused, coordinators_of
from families.forms.moments import ClockField, CountField, MomentForm, NearDayField, ShortLine, Words
from families.forms.visit import QUESTIONS, cards
from families.models import Family, FamilyMember, Support, VisitMode
from volunteers.actions import Weekly
from volunteers.forms.match import room
from volunteers.models import LookingBack, Match, MatchEndReason, Reply, Told, Volunteer
from volunteers.models.match_offer import LONGEST_DESCRIPTION

USUAL_MINUTES = 60
USUAL_VISIT_MINUTES = 120
USUAL_WEEKS = 6
MOST_WEEKS = 26
# Where the sentence of a rule of visits is shown.
PLACES = {"planned_start": "day", "duration_minutes": "minutes", "worker": "attends"}
WAYS = [(way.value, way.label) for way in Told if way != Told.THEMSELVES]


class Questioned(forms.Form):
    """A form that plans visits: what is unusual is asked, and ticked where it is so."""

    confirmed = forms.MultipleChoiceField(
        label=gettext_lazy("Is that right?"),
        choices=[(key, key) for key in QUESTIONS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    asks = False

    def ask(self, questions: Mapping[str, str]) -> None:
        """Show what the action asked back; the person ticks, or corrects what it is about."""
        self.fields["confirmed"].choices = list(questions.items())  # type: ignore[attr-defined]
        self.add_error("confirmed", _("Please tick if it is so, or correct it above."))
        self.asks = True

    def show(self, refusal: VisitRefused) -> None:
        """Put the sentences of planning beside the fields they are about."""
        for name, errors in refusal.error_dict.items():
            place = PLACES.get(name, name)
            self.add_error(place if place in self.fields else None, errors)


class OfferForm(forms.Form):
    """What one side is told, before anybody is named."""

    description = Words(limit=LONGEST_DESCRIPTION, required=True)

    def __init__(self, data: Any = None, *, label: str, draft: str) -> None:
        super().__init__(data, initial={"description": draft})
        self.fields["description"].label = label
        self.fields["description"].widget.attrs["rows"] = 9
        self.fields["description"].help_text = _(
            "In general words: no names, no ages of children, no address. Change the draft as you like."
        )


class SaidForm(forms.Form):
    """Who of the family said it, and how it reached us."""

    said_by = forms.ModelChoiceField(
        queryset=FamilyMember.objects.none(),
        label=gettext_lazy("Who told you?"),
        empty_label=None,
        widget=cards("row"),
        error_messages={"required": gettext_lazy("Choose who of the family answered.")},
    )
    told = forms.ChoiceField(
        label=gettext_lazy("How did they tell you?"),
        choices=WAYS,
        widget=cards("row"),
        error_messages={"required": gettext_lazy("Choose how they told you.")},
    )

    def __init__(self, data: Any = None, *, family: Family | None) -> None:
        """`family`: None where the volunteer said it."""
        adults = adults_of(family) if family else []
        super().__init__(data, initial={"said_by": adults[0].pk} if len(adults) == 1 else {})
        if family is None:
            del self.fields["said_by"]
            return
        self.fields["said_by"].queryset = FamilyMember.objects.filter(pk__in=[adult.pk for adult in adults])  # type: ignore[attr-defined]


class AnswerForm(SaidForm):
    """A side's answer, told to the coordinator."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Would they like to meet?"),
        choices=[(Reply.YES.value, Reply.YES.label), (Reply.NO.value, Reply.NO.label)],
        widget=cards("row"),
        error_messages={"required": gettext_lazy("Choose yes or no. Both are fine.")},
    )
    words = Words(
        limit=1000,
        required=False,
        label=gettext_lazy("In their own words, if they said something"),
        help_text=gettext_lazy("A no needs no reason. Do not ask for one."),
    )
    field_order = ("answer", "said_by", "told", "words")


class IntroductionForm(MomentForm, Questioned):
    """When and where the two first meet, and who comes along."""

    minutes = CountField(label=gettext_lazy("How long (minutes)"), most=720, initial=USUAL_MINUTES)
    attends = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label=gettext_lazy("Which coordinator comes along"),
        empty_label=None,
        widget=cards("row"),
        error_messages={"required": gettext_lazy("A coordinator of this service comes along. Choose who.")},
    )
    mode = forms.ChoiceField(label=gettext_lazy("Where"), choices=VisitMode, widget=cards("row two"), initial="home")
    where = ShortLine(
        limit=300,
        required=True,
        label=gettext_lazy("Where you meet, as the volunteer is told"),
        help_text=gettext_lazy("For example: at the library, by the front door, ten minutes before."),
    )
    who = ShortLine(
        limit=200,
        required=True,
        label=gettext_lazy("Whom the volunteer meets, as they are told"),
        help_text=gettext_lazy("Both have said yes: a first name is fine now. Nothing else of the record is shown."),
    )
    field_order = ("day", "time", "which", "minutes", "attends", "mode", "where", "who", "confirmed")

    def __init__(self, data: Any = None, *, support: Support, by: User) -> None:
        super().__init__(data, initial={"attends": by.pk})
        people = coordinators_of(support).order_by("display_name")
        self.fields["attends"].queryset = people  # type: ignore[attr-defined]

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        taken = ("minutes", "attends", "mode", "where", "who", "confirmed")
        return {"planned_start": given["moment"]} | {name: given[name] for name in taken}


class BeginForm(Questioned):
    """What the two agreed when it felt right."""

    first_day = NearDayField(label=gettext_lazy("The first visit is on"))
    time = ClockField(label=gettext_lazy("At"))
    minutes = CountField(label=gettext_lazy("How long (minutes)"), most=720, initial=USUAL_VISIT_MINUTES)
    weeks = CountField(
        label=gettext_lazy("How many weekly visits to plan now"),
        most=MOST_WEEKS,
        initial=USUAL_WEEKS,
        help_text=gettext_lazy("Each week on the same day and at the same time. More can be planned later."),
    )
    ground_rules = forms.MultipleChoiceField(
        label=gettext_lazy("What you agreed on together"),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Tick what you have talked through."),
        error_messages={"required": gettext_lazy("Agree on at least one ground rule together.")},
    )
    own_rule = ShortLine(limit=200, label=gettext_lazy("Something else you agreed on"))
    review_on = DayField(label=gettext_lazy("You look together by"), required=False)

    def __init__(self, data: Any = None, *, match: Match, rules: Sequence[str]) -> None:
        support = match.support
        today = london_today()
        super().__init__(data, initial={"review_on": first_review_on(support.service, today)})
        self.fields["ground_rules"].choices = [(rule, rule) for rule in rules]  # type: ignore[attr-defined]
        if support.state != "waiting":
            del self.fields["review_on"]
        elif support.service.review_every_weeks:
            self.fields["review_on"].required = True

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        weekly = Weekly(*(given[name] for name in ("first_day", "time", "minutes", "weeks")))
        own = [given["own_rule"]] if given["own_rule"] else []
        agreed = {"ground_rules": [*given["ground_rules"], *own], "review_on": given.get("review_on")}
        return {"weekly": weekly, "confirmed": given["confirmed"], **agreed}


class PauseForm(forms.Form):
    until = DayField(label=gettext_lazy("They go on again on"))
    words = Words(limit=500, required=False, label=gettext_lazy("Anything to remember"))


class EndingForm(forms.Form):
    """A goodbye that is agreed on."""

    reason = forms.ChoiceField(
        label=gettext_lazy("Why it ends"),
        choices=[(reason.value, reason.label) for reason in MatchEndReason if reason != MatchEndReason.SAFETY],
        widget=cards(""),
        error_messages={"required": gettext_lazy("Choose why it ends.")},
    )
    ending_on = DayField(label=gettext_lazy("The last visit together is on"))
    words = Words(limit=1000, required=False, label=gettext_lazy("Anything to remember"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"ending_on": london_today() + dt.timedelta(weeks=4)})


class StopForm(forms.Form):
    """Before they began: it does not come about."""

    words = Words(
        limit=500,
        required=False,
        label=gettext_lazy("Anything to remember"),
        help_text=gettext_lazy("Nobody has to explain. This is for coordinators."),
    )


class BesideForm(forms.Form):
    """Who stands in, or takes over."""

    volunteer = forms.ModelChoiceField(
        queryset=Volunteer.objects.none(),
        label=gettext_lazy("Who could it be"),
        empty_label=gettext_lazy("Choose a volunteer"),
        error_messages={"required": gettext_lazy("Choose a volunteer.")},
    )

    def __init__(self, data: Any = None, *, volunteers: list[tuple[Volunteer, int]]) -> None:
        super().__init__(data)
        free = [(row, n) for row, n in volunteers if n < row.most_families]
        who: Any = self.fields["volunteer"]
        who.queryset = Volunteer.objects.filter(pk__in=[row.pk for row, _n in free])
        who.widget.choices = [("", _("Choose a volunteer")), *((row.pk, room(row, n)) for row, n in free)]
        self.have_room = len(free)


class LookingBackForm(forms.Form):
    """How it was, as one side finds it."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Looking back, how was it?"),
        choices=LookingBack,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose what comes closest.")},
    )
    words = Words(
        limit=2000,
        required=False,
        label=gettext_lazy("Anything you would like to say?"),
        help_text=gettext_lazy("What was good, what was hard, and why it ends, as you see it."),
    )


class SaidBackForm(SaidForm, LookingBackForm):
    """The same, told to the coordinator."""

    field_order = ("answer", "words", "said_by", "told")

    def __init__(self, data: Any = None, *, family: Family | None) -> None:
        super().__init__(data, family=family)
        self.fields["words"].label = _("In their own words")
        self.fields["words"].help_text = _("As they say it. The other side does not read it.")


class OwnAnswerForm(forms.Form):
    """A volunteer's own answer."""

    answer = forms.ChoiceField(
        label=gettext_lazy("Would you like to meet them?"),
        choices=[(Reply.YES.value, gettext_lazy("Yes, I would")), (Reply.NO.value, gettext_lazy("No, thank you"))],
        widget=cards("row"),
        error_messages={"required": gettext_lazy("Choose yes or no. Both are fine.")},
    )
    words = Words(
        limit=1000,
        required=False,
        label=gettext_lazy("Anything you would like to say?"),
        help_text=gettext_lazy("You need no reason. Only the coordinator reads this."),
    )

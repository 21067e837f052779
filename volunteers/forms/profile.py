"""What a volunteer tells of themselves, section by section. Nothing is ticked beforehand, nothing has to be told."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, TextField, ask_plainly
from families.forms.contact import PostcodeField
from families.forms.records import StepForm
from families.forms.times import TimesField
from families.forms.visit import cards, chips
from families.models import Enjoyed, Heading, HomeFact
from families.models.need import USUAL_NEEDS
from families.reports.plan import LANGUAGES
from volunteers.models import Experience, Means, OfferedAs, Section, Volunteer, VolunteerProfile, WithIt

FEWEST_LANGUAGES = 3
YES_OR_NO = [("", gettext_lazy("Not said")), ("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
KNOWN = {"yes": True, "no": False, "": None}
SAID = {known: word for word, known in KNOWN.items()}


def yes_or_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=YES_OR_NO, coerce=KNOWN.get, empty_value=None, required=False, widget=cards("row two")
    )


def few_lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "dir": "auto"})


class SectionForm(StepForm):
    """One section. A coordinator who writes down what they were told says on which day."""

    said_on = DayField(label=gettext_lazy("They said so on"))

    def __init__(self, data: Any = None, *, profile: VolunteerProfile, volunteer: Volunteer, is_theirs: bool) -> None:
        self.profile, self.volunteer, self.is_theirs = profile, volunteer, is_theirs
        self.arrange()
        known = {"version": profile.version if profile.pk else 0, "said_on": london_today()}
        super().__init__(data, initial=known | self.known())
        self.add_fields()
        if is_theirs:
            del self.fields["said_on"]
        else:
            self.order_fields([name for name in self.fields if name != "said_on"])
        ask_plainly(self)

    def arrange(self) -> None:
        """What has to be known before the fields."""

    def add_fields(self) -> None:
        """Fields that depend on what is known."""

    def known(self) -> dict[str, Any]:
        """What was said so far."""
        told = self.base_fields.keys() - {"version", "said_on", "most_families"}
        return {name: getattr(self.profile, name) for name in told}

    def for_action(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TimesForm(SectionForm):
    times = TimesField(label=gettext_lazy("When could I visit?"), required=False)


class RoomForm(SectionForm):
    hours_a_week = forms.DecimalField(
        label=gettext_lazy("Hours a week"),
        required=False,
        min_value=0.5,
        max_value=40,
        decimal_places=1,
        widget=forms.NumberInput(attrs={"step": "0.5", "class": "short"}),
        help_text=gettext_lazy("With the way there and back. Most give about three."),
    )
    most_families = forms.TypedChoiceField(
        label=gettext_lazy("Families at the same time"),
        coerce=int,
        choices=[(1, gettext_lazy("One")), (2, gettext_lazy("Two")), (3, gettext_lazy("Three"))],
        widget=cards(),
    )

    def known(self) -> dict[str, Any]:
        return super().known() | {"most_families": self.volunteer.most_families}


class TravelForm(SectionForm):
    postcode = PostcodeField(
        label=gettext_lazy("Home postcode"),
        required=False,
        help_text=gettext_lazy("To work out how far it is. Others see the first part only."),
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "postal-code"}),
    )
    miles = forms.IntegerField(
        label=gettext_lazy("How many miles I go at most"),
        required=False,
        min_value=1,
        max_value=60,
        widget=forms.NumberInput(attrs={"class": "short"}),
    )
    means = forms.MultipleChoiceField(
        label=gettext_lazy("How I get there"), choices=Means, required=False, widget=chips()
    )
    has_car = yes_or_no(gettext_lazy("Have I a car?"))

    def known(self) -> dict[str, Any]:
        kept = super().known() | {"has_car": SAID[self.profile.has_car]}
        return kept if self.is_theirs else kept | {"postcode": ""}

    def add_fields(self) -> None:
        if not self.is_theirs and self.profile.postcode:
            words = _("{area} is kept. Leave it empty, and it stays.")
            self.fields["postcode"].help_text = words.format(area=self.profile.area)

    def for_action(self) -> dict[str, Any]:
        given = super().for_action()
        stays = not self.is_theirs and not given["postcode"]
        return given | {"postcode": self.profile.postcode} if stays else given


SKILLS = [("speaks", gettext_lazy("I speak it")), ("reads", gettext_lazy("I read it"))]


class LanguagesForm(SectionForm):
    def arrange(self) -> None:
        self.rows = max(FEWEST_LANGUAGES, len(self.profile.languages) + 1)

    def known(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for row, each in enumerate(self.profile.languages):
            found[f"language_{row}"] = each["code"]
            found[f"skills_{row}"] = [skill for skill, _label in SKILLS if each[skill]]
        return found

    def add_fields(self) -> None:
        for row in range(self.rows):
            label = _("A language") if row == 0 else _("Another language")
            self.fields[f"language_{row}"] = forms.ChoiceField(label=label, choices=LANGUAGES, required=False)
            self.fields[f"skills_{row}"] = forms.MultipleChoiceField(
                label=_("What I do in it"), choices=SKILLS, required=False, widget=chips()
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        chosen = [given.get(f"language_{row}") for row in range(self.rows)]
        for row, code in enumerate(chosen):
            if code and not given.get(f"skills_{row}"):
                self.add_error(f"skills_{row}", _("Say whether you speak it, read it, or both."))
            elif given.get(f"skills_{row}") and not code:
                self.add_error(f"language_{row}", _("Choose the language."))
            if code and code in chosen[:row]:
                self.add_error(f"language_{row}", _("This language is there twice."))
        return given

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        languages = [
            {"code": given[f"language_{row}"], **{skill: skill in given[f"skills_{row}"] for skill, _label in SKILLS}}
            for row in range(self.rows)
            if given[f"language_{row}"]
        ]
        return {name: given[name] for name in ("version", "said_on") if name in given} | {"languages": languages}


def skill_choices() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """What families pick from, under its headings."""
    groups = groupby(USUAL_NEEDS.items(), key=lambda need: need[1][0])
    return [(Heading(heading).label, [(key, words) for key, (_of, words) in needs]) for heading, needs in groups]


class HelpsForm(SectionForm):
    enjoys = forms.MultipleChoiceField(
        label=gettext_lazy("What I like to do"), choices=Enjoyed, required=False, widget=chips()
    )
    skills = forms.MultipleChoiceField(
        label=gettext_lazy("What I feel able to help with"),
        choices=skill_choices,
        required=False,
        widget=chips(),
        help_text=gettext_lazy("Families choose from the same list, as they would say it of themselves."),
    )
    skills_words = LineField(label=gettext_lazy("Something else I can do"), max_length=300, required=False)


class SharedForm(SectionForm):
    shared = forms.MultipleChoiceField(
        label=gettext_lazy("What I have lived through"),
        choices=Experience,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Only what you tick is used, and only when a family has been through something like it. Coordinators see "
            "it, families do not. Untick it at any time."
        ),
    )
    shared_words = TextField(label=gettext_lazy("In my own words"), max_length=1000, required=False, widget=few_lines())


class HomesForm(SectionForm):
    has_pets = yes_or_no(gettext_lazy("Have I animals at home?"))

    def known(self) -> dict[str, Any]:
        homes = {f"home_{fact}": how for fact, how in self.profile.homes.items()}
        return homes | {"has_pets": SAID[self.profile.has_pets]}

    def add_fields(self) -> None:
        choices = [("", _("Not said")), *WithIt.choices]
        for fact in HomeFact:
            self.fields[f"home_{fact}"] = forms.ChoiceField(
                label=fact.label, choices=choices, required=False, widget=cards("row two")
            )
        self.order_fields([*[f"home_{fact}" for fact in HomeFact], "has_pets"])

    def for_action(self) -> dict[str, Any]:
        given = super().for_action()
        said = {fact: given.pop(f"home_{fact}") for fact in HomeFact.values}
        return given | {"homes": {fact: how for fact, how in said.items() if how}}


class MeForm(SectionForm):
    limits = TextField(
        label=gettext_lazy("What I would rather not do"),
        max_length=1000,
        required=False,
        widget=few_lines(),
        help_text=gettext_lazy("For example: not after dark, not in my own street."),
    )
    gender = LineField(
        label=gettext_lazy("My gender, in my own words"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Only if you like."),
    )
    offered_as = forms.ChoiceField(
        label=gettext_lazy("If a family asks for a woman, or for a man, I am"),
        choices=OfferedAs,
        required=False,
        widget=cards(),
        help_text=gettext_lazy("Used for this alone, and only where a family has asked."),
    )


FORMS: dict[str, type[SectionForm]] = {
    Section.TIMES: TimesForm,
    Section.ROOM: RoomForm,
    Section.TRAVEL: TravelForm,
    Section.LANGUAGES: LanguagesForm,
    Section.HELPS: HelpsForm,
    Section.SHARED: SharedForm,
    Section.HOMES: HomesForm,
    Section.ME: MeForm,
}


class InsuranceForm(StepForm):
    seen_on = DayField(
        label=gettext_lazy("I saw the business-use insurance on"),
        required=False,
        help_text=gettext_lazy("Empty: it no longer counts."),
    )

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.directory.models import DAYS, LONGEST_DESCRIPTION, Entry, Source, language_name
from betterstart.directory.reports import AGES, Asked, languages_spoken, topics
from betterstart.fields import LineField, TextField
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from betterstart.places.postcodes import NotAPostcode, normalise_postcode
from betterstart.places.reports import points_of

MILES = [(1, _("1 mile")), (2, _("2 miles")), (5, _("5 miles")), (10, _("10 miles"))]
MOST_TOPICS = 10
OLDEST = 99


class PostcodeField(LineField):
    def clean(self, value: Any) -> str:
        try:
            return normalise_postcode(super().clean(value))
        except NotAPostcode as error:
            raise forms.ValidationError(_("Write the postcode like BD3 9LD.")) from error


class SearchForm(forms.Form):
    """What one can look for. `near`: where a family lives, else a postcode is asked for."""

    q = LineField(
        label=_("What is needed"),
        required=False,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": _("Sleep, food, swimming …")}
        ),
    )
    age = forms.ChoiceField(label=_("For what age"), required=False)
    language = forms.ChoiceField(label=_("In which language"), required=False)
    day = forms.TypedChoiceField(label=_("On which day"), required=False, coerce=int, empty_value=None)
    miles = forms.TypedChoiceField(label=_("How far"), required=False, coerce=int, empty_value=None)
    postcode = PostcodeField(label=_("From which postcode"), required=False, max_length=12)
    topic = forms.CharField(required=False, widget=forms.HiddenInput, max_length=100)

    def __init__(self, data: Any, *, near: tuple[float, float] | None = None, at_home: bool = False) -> None:
        super().__init__(data)
        self.near, self.topics = near, topics()
        self.fields["age"].choices = [("", _("Any age")), *((key, label) for key, (_a, _b, label) in AGES.items())]
        spoken = sorted((language_name(code), code) for code in languages_spoken())
        self.fields["language"].choices = [("", _("Any language")), *((code, name) for name, code in spoken)]
        self.fields["day"].choices = [("", _("Any day")), *DAYS]
        self.fields["miles"].choices = [("", _("Any distance")), *MILES]
        if at_home:
            del self.fields["postcode"]
            if near is None:
                del self.fields["miles"]

    def clean_postcode(self) -> str:
        postcode = str(self.cleaned_data["postcode"])
        if postcode:
            self.near = points_of([postcode]).get(postcode)
            if self.near is None:
                raise forms.ValidationError(_("We do not know where this postcode lies, so nothing is measured."))
        return postcode

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("miles") and self.near is None and "postcode" not in self.errors:
            self.add_error("postcode", _("Write the postcode to measure from."))
        return self.cleaned_data

    def asked(self, after: str) -> Asked:
        """What was understood of it; what was not is said beside its field and overlooked."""
        self.is_valid()
        known = self.cleaned_data
        return Asked(
            text=known.get("q", "")[:100],
            topic=known.get("topic", ""),
            age=known.get("age", ""),
            language=known.get("language", ""),
            day=known.get("day"),
            miles=known.get("miles") if self.near else None,
            near=self.near,
            after=after,
        )

    @property
    def narrowing(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {"q", "topic"}]

    @property
    def is_narrowed(self) -> bool:
        return any(bound.value() for bound in self.narrowing)


class EntryForm(forms.ModelForm):
    """An entry of our own."""

    topics = LineField(
        label=_("What it helps with"),
        required=False,
        max_length=500,
        help_text=_("With commas between: sleep, feeding, meeting others."),
    )
    from_years = forms.IntegerField(label=_("From what age"), required=False, min_value=0, max_value=OLDEST)
    up_to = forms.IntegerField(
        label=_("Up to what age"),
        required=False,
        min_value=0,
        max_value=OLDEST,
        help_text=_("In years. 4 means until the fifth birthday. Empty for everybody."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=SPOKEN_LANGUAGES,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )
    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=DAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "chips"}),
    )
    times = LineField(
        label=_("Times"), required=False, max_length=200, help_text=_("Tuesday 10:00 to 11:30, term time.")
    )
    url = forms.URLField(label=_("Website"), required=False, max_length=500, assume_scheme="https")
    place_name = LineField(label=_("Name of the place"), required=False, max_length=200)
    address = LineField(label=_("Address"), required=False, max_length=300)
    postcode = PostcodeField(label=_("Postcode"), required=False, max_length=12)
    access = LineField(label=_("Getting in"), required=False, max_length=500, help_text=_("Steps, buggies, the bell."))
    is_over = forms.BooleanField(
        label=_("It is no longer there"),
        required=False,
        help_text=_("It is not found any more. Families who were told of it keep it in their record."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    class Meta:
        model = Entry
        fields = [
            "name",
            "organisation_name",
            "description",
            "cost",
            "how_to_join",
            "phone",
            "email",
            "url",
            "is_remote",
        ]
        field_classes = {
            "name": LineField,
            "organisation_name": LineField,
            "description": TextField,
            "cost": LineField,
            "how_to_join": LineField,
            "phone": LineField,
        }

    field_order = (
        "name", "organisation_name", "description", "topics", "from_years", "up_to", "languages", "days", "times",
        "place_name", "address", "postcode", "access", "is_remote", "cost", "how_to_join", "phone", "email", "url",
        "is_over", "version",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].max_length = LONGEST_DESCRIPTION
        entry = self.instance
        if entry.pk is None:
            del self.fields["is_over"], self.fields["version"]
            return
        venue = entry.venues.first()
        self.initial |= {
            "topics": ", ".join(entry.topics),
            "from_years": None if entry.from_months is None else entry.from_months // 12,
            "up_to": None if entry.to_months is None else entry.to_months // 12,
            "languages": entry.languages,
            "days": entry.days,
            "times": ", ".join(entry.times),
            "is_over": entry.gone_on is not None,
            "version": entry.version,
        }
        if venue:
            self.initial |= {"place_name": venue.name} | {
                name: getattr(venue, name) for name in ("address", "postcode", "access")
            }

    def _post_clean(self) -> None:
        """Leave the row alone: the action writes it."""

    def clean_topics(self) -> list[str]:
        topics = [each.strip()[:100] for each in self.cleaned_data["topics"].split(",")]
        topics = list(dict.fromkeys(filter(None, topics)))
        if len(topics) > MOST_TOPICS:
            raise forms.ValidationError(_("At most ten. Choose those by which people look for it."))
        return topics

    def for_action(self) -> dict[str, Any]:
        """The arguments of `add_entry` and `edit_entry`."""
        known = dict(self.cleaned_data)
        place = {"name": known.pop("place_name")} | {
            name: known.pop(name) for name in ("address", "postcode", "access")
        }
        first, last = known.pop("from_years"), known.pop("up_to")
        known["from_months"] = first * 12 if first else None
        known["to_months"] = None if last is None else last * 12 + 11
        known["times"] = [known["times"]] if known["times"] else []
        if "version" in known:
            known["version"] = known["version"] or 0
        return known | {"venue": place}

    def show_stored(self, stored: Entry) -> None:
        """Somebody saved meanwhile: what was typed stays; sending again keeps it."""
        self.add_error(
            None, _("Somebody changed this while you were here. Check it; sending again keeps what you see here.")
        )
        self.data = self.data.copy()
        self.data["version"] = str(stored.version)


class RunForm(forms.Form):
    """Which directory, and where it is read from."""

    source = forms.ModelChoiceField(
        label=_("Directory"), queryset=Source.objects.all(), required=False, empty_label=_("A new one")
    )
    name = LineField(
        label=_("Its name"), required=False, max_length=100, help_text=_("For a new one: what people call it here.")
    )
    url = LineField(
        label=_("Address of its feed"),
        required=False,
        max_length=300,
        help_text=_("Begins with https://. Empty for the address of last time."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=_("Or a file"),
        required=False,
        allow_empty_file=True,
        help_text=_("JSON in the shape of Open Referral UK, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def clean(self) -> dict[str, Any]:
        known = self.cleaned_data
        source, url, file = known.get("source"), known.get("url"), known.get("file")
        if not source and not known.get("name"):
            self.add_error("name", _("Give the new directory a name."))
        if not file and not url and not (source and source.url):
            self.add_error("url", _("Write the address of its feed, or choose a file."))
        return known

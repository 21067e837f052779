"""Days, times and words as people type them in visit forms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.clock import at_london, comes_twice, day_in_words, london_today
from betterstart.fields import DayField, LineField, TextField
from betterstart.lexicon.forms import FairWordingTextarea
from families.actions.visit_plan import no_such_hour

TIME_FORMATS = ["%H:%M", "%H:%M:%S", "%H.%M", "%H%M"]


class NearDayField(DayField):
    """A day near enough for a visit to be planned or remembered."""

    def validate(self, value: dt.date | None) -> None:
        super().validate(value)
        if value and abs(value.year - london_today().year) > 10:
            raise ValidationError(_("Please check the year."))


class ClockField(forms.TimeField):
    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {}).setdefault("invalid", gettext_lazy("Write the time like this: 14:30."))
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(input_formats=TIME_FORMATS, widget=widget, **kwargs)


class CountField(forms.IntegerField):
    """A whole number typed into a plain field: no arrows to turn it by accident."""

    def __init__(self, *, most: int = 100_000, **kwargs: Any) -> None:
        sentence = gettext_lazy("Write a number, for example 90.")
        kwargs["error_messages"] = dict.fromkeys(("invalid", "min_value", "max_value"), sentence)
        widget = forms.TextInput(attrs={"inputmode": "numeric", "class": "short", "autocomplete": "off"})
        super().__init__(min_value=0, max_value=most, widget=widget, **kwargs)


class _Limited:
    """At most so many characters, said in a sentence. The browser is not told, so that it never cuts a paste."""

    def __init__(self, *, limit: int, **kwargs: Any) -> None:
        self.limit = limit
        super().__init__(required=kwargs.pop("required", False), **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)  # type: ignore[misc]
        if len(value) > self.limit:
            sentence = _("This is {length} characters long and there is room for {limit}. Please shorten it.")
            raise ValidationError(sentence.format(length=f"{len(value):,}", limit=f"{self.limit:,}"))


class ShortLine(_Limited, LineField):
    pass


class Words(_Limited, TextField):
    """Somebody's words about a family, with gentle prompts beside them."""

    def __init__(self, *, limit: int, **kwargs: Any) -> None:
        attrs = {
            "class": "words",
            "rows": 5,
            "dir": "auto",
            "data-limit": limit,
            "data-counter": gettext_lazy("{n} characters left"),
        }
        super().__init__(limit=limit, widget=FairWordingTextarea(attrs=attrs), **kwargs)


class MomentForm(forms.Form):
    """A day and a clock time in London. Asks which one is meant in the hour that autumn gives back."""

    day = NearDayField(label=gettext_lazy("Day"))
    time = ClockField(label=gettext_lazy("Time"))
    which = forms.ChoiceField(
        label=gettext_lazy("The clocks went back that night, so this time came twice. Which one was it?"),
        choices=[
            ("first", gettext_lazy("the first time, before they went back")),
            ("second", gettext_lazy("the second time, after they went back")),
        ],
        widget=forms.RadioSelect,
        required=False,
    )
    asks_which = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        day, time = cleaned.get("day"), cleaned.get("time")
        if day and time:
            self._set_moment(cleaned, day, time)
        return cleaned

    def _set_moment(self, cleaned: dict[str, Any], day: dt.date, time: dt.time) -> None:
        self.asks_which = comes_twice(day, time)
        if self.asks_which and not cleaned.get("which"):
            sentence = _("There was {time} twice on {day}.")
            self.add_error("which", sentence.format(time=time.strftime("%H:%M"), day=day_in_words(day)))
            return
        try:
            cleaned["moment"] = at_london(day, time.replace(fold=int(cleaned.get("which") == "second")))
        except ValueError:
            self.add_error("time", no_such_hour(day, time))

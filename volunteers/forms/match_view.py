from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from families.forms.moments import Words
from families.models import MatchAnswer
from volunteers.models import MatchView


class MatchViewForm(forms.Form):
    """How it goes with a family, as the volunteer finds it."""

    answer = forms.ChoiceField(
        label=_("How does it go between you?"),
        choices=MatchAnswer,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what comes closest.")},
    )
    words = Words(
        label=_("Anything you would like to say?"),
        limit=2000,
        help_text=_("What goes well, what is hard, what could be different."),
    )

    def __init__(self, data: Any = None, *, view: MatchView | None) -> None:
        super().__init__(data, initial={"answer": view.answer, "words": view.words} if view else None)

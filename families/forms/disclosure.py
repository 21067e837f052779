from __future__ import annotations

import uuid as uuids
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.fields import DayField, LineField, TextField
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.models import Basis, DisclosureBasis, Family, FamilyMember, FamilyTold
from families.models.wording import NEVER_ASKED, Shown


def _words(label: Any, help_text: Any = "", **kwargs: Any) -> TextField:
    widget = forms.Textarea(attrs={"class": "words", "rows": 3})
    return TextField(label=label, help_text=help_text, max_length=2000, widget=widget, **kwargs)


class DisclosureForm(forms.Form):
    """What was shared without a yes. Nothing is chosen beforehand."""

    to_whom = LineField(label=_("With whom?"), max_length=200, help_text=_("Who it was, where, and how."))
    what = _words(_("What was shared?"), _("Only what was needed."))
    why = _words(_("Why?"))
    basis = forms.ChoiceField(label=_("What allows it?"), choices=DisclosureBasis, widget=forms.RadioSelect)
    about = forms.ModelChoiceField(
        label=_("About whom?"), queryset=FamilyMember.objects.none(), required=False, empty_label=_("The family")
    )
    happened_on = DayField(label=_("When?"))
    family_told = forms.ChoiceField(label=_("Does the family know?"), choices=FamilyTold, widget=forms.RadioSelect)
    why_not_told = _words(_("If not: why?"), _("For example: it could put a child at more risk."), required=False)
    uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, family: Family) -> None:
        super().__init__(data, initial={"happened_on": london_today(), "uuid": uuids.uuid4()})
        self.fields["about"].queryset = family.members  # type: ignore[attr-defined]


class WordingForm(forms.Form):
    """On which basis an organisation does something, and in which words it tells or asks families."""

    basis = forms.ChoiceField(label=_("Why does the law allow it?"), choices=Basis, widget=forms.RadioSelect)
    words = _words(_("The words families read or hear"), _("Plain and short. Earlier answers keep the words they had."))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, shown: Shown, basis: str) -> None:
        super().__init__(data, initial={"words": shown.words, "version": shown.version, "basis": basis})
        if not basis:
            del self.fields["basis"]
        elif shown.about in NEVER_ASKED:
            choices = [choice for choice in Basis.choices if choice[0] != Basis.CONSENT]
            self.fields["basis"].choices = choices  # type: ignore[attr-defined]


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=_("In which language?"), choices=SPOKEN_LANGUAGES)

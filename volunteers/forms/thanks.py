from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from families.forms.moments import Words
from families.models import FamilyMember
from families.models.member import LANGUAGE_NAMES
from volunteers.actions import FamilySaid
from volunteers.models.thanks import LONGEST_THANKS

ENGLISH = "en"


class ThanksForm(forms.Form):
    """A thank-you of one's own, of a family, or both."""

    words = Words(label=_("Your own words"), limit=LONGEST_THANKS, required=False)
    member = forms.ChoiceField(
        label=_("Somebody who said something"), required=False, help_text=_("Only with their yes to using their words.")
    )
    family_words = Words(
        label=_("What they said, in their own words and language"), limit=LONGEST_THANKS, required=False
    )
    language = forms.ChoiceField(label=_("Said in"), required=False, initial=ENGLISH)
    translation = Words(label=_("In English, if it was said in another language"), limit=LONGEST_THANKS, required=False)

    def __init__(self, data: Any = None, *, adults: Sequence[FamilyMember]) -> None:
        super().__init__(data)
        self.adults = {str(each.uuid): each for each in adults}
        people = [(key, f"{each} · {each.family}") for key, each in self.adults.items()]
        self.fields["member"].choices = [("", _("Nobody: only my own words")), *people]  # type: ignore[attr-defined]
        self.fields["language"].choices = sorted(LANGUAGE_NAMES.items(), key=lambda each: str(each[1]))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("member") and not cleaned.get("family_words"):
            self.add_error("family_words", __("Write what they said, word by word."))
        if cleaned.get("family_words") and not cleaned.get("member") and "member" not in self.errors:
            self.add_error("member", __("Say who said this."))
        return cleaned

    @property
    def said(self) -> FamilySaid | None:
        cleaned = self.cleaned_data
        member = self.adults.get(cleaned["member"])
        if member is None:
            return None
        return FamilySaid(member, cleaned["family_words"], cleaned["language"] or ENGLISH, cleaned["translation"])

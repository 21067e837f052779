from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.forms.moments import DayField, Words
from volunteers.actions.matching import LOOK_AGAIN_AFTER
from volunteers.reports.matching.rules import Barrier

MOST = 2000


def _asked(label: Any, help_text: Any) -> Words:
    missing = {"required": _("Please write a sentence or two.")}
    return Words(label=label, help_text=help_text, limit=MOST, required=True, error_messages=missing)


class _Refusable(forms.Form):
    def refuse(self, refusal: ValidationError) -> None:
        """Show why it was refused: beside the field where there is one, else above."""
        said = refusal.error_dict if hasattr(refusal, "error_dict") else {None: refusal.error_list}
        for name, errors in said.items():
            self.add_error(name if name in self.fields else None, errors)


class DecisionForm(_Refusable):
    """Why this person, or why none of them; what the family said; and what would make us look again."""

    why = _asked(
        _("Why this person?"),
        _("In your own words. The sentences on the card are only what is on record; you know more."),
    )
    family_said = _asked(_("What did the family say?"), _("What they hope for in whoever comes, as they said it."))
    look_again_if = _asked(
        _("What would make us look again?"), _("For example: the visits keep moving, or the family goes quiet.")
    )
    look_again_on = DayField(label=_("Look again on"), help_text=_("Four weeks from now, unless you choose otherwise."))

    def __init__(self, data: Any = None, *, nobody: bool, barriers: Sequence[Barrier] = ()) -> None:
        super().__init__(data)
        self.barriers = barriers
        self.initial.setdefault("look_again_on", london_today() + LOOK_AGAIN_AFTER)
        if nobody:
            self.fields["why"].label = _("Why none of them?")
            self.fields["why"].help_text = _("In your own words.")
            self.fields["look_again_if"].help_text = _("For example: somebody new who speaks Urdu, or other days.")

    def clean(self) -> dict[str, Any]:
        """A rule that began to bar the two since the page was opened: what was typed stays."""
        for barrier in self.barriers:
            self.add_error(None, barrier.sentence)
        return self.cleaned_data


class LookForm(_Refusable):
    """Looking at a decision again: what you found, and whether to look once more."""

    found = _asked(_("What did you find?"), _("How it goes for the family and for the volunteer, in your own words."))
    next_on = DayField(
        label=_("Look once more on"), help_text=_("Leave it empty if it goes well by itself."), required=False
    )

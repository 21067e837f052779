from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from betterstart.fields import LineField, TextField
from families.models import Family, FamilyMember


class KeptApartForm(forms.Form):
    """Somebody whom nobody contacts, or who must never be told anything of a family."""

    member: Any = forms.ModelChoiceField(
        queryset=FamilyMember.objects.none(),
        label=_("Is it somebody of this family?"),
        required=False,
        empty_label=_("No, somebody else"),
    )
    name = LineField(label=_("Else: their name"), max_length=200, required=False)
    relation = LineField(
        label=_("Who they are to the family"),
        max_length=200,
        required=False,
        help_text=_("For example a former partner."),
    )
    reached_at = LineField(
        label=_("A number or email address of theirs"),
        max_length=254,
        required=False,
        help_text=_("So that it is noticed if it ever stands beside somebody in this family."),
    )
    never_contact = forms.BooleanField(label=_("Never contact them"), required=False)
    never_tell = forms.BooleanField(label=_("Never tell them anything of this family"), required=False)
    reason = TextField(
        label=_("Why"),
        max_length=1000,
        help_text=_("For the safeguarding lead and the coordinators. Volunteers do not read it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = family.members.exclude(role__in=["child", "unborn"])


class DecideForm(forms.Form):
    """What a safeguarding lead decided, and why."""

    stands = forms.ChoiceField(
        label=_("What do you decide?"),
        choices=[
            ("yes", _("It stands. Others in the family may be written to again.")),
            ("no", _("It is lifted. They may be contacted and told like anybody else.")),
        ],
        widget=forms.RadioSelect,
    )
    decision = TextField(label=_("Why"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))

    def for_action(self) -> dict[str, Any]:
        return {"stands": self.cleaned_data["stands"] == "yes", "decision": self.cleaned_data["decision"]}

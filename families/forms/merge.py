from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import User
from betterstart.fields import LineField, TextField
from families.models import Family, FamilyMember
from families.models.family import REFERENCE_LENGTH
from families.reports.compare import Comparison, may_be_one, who_may_be_who

SHORTEST_REASON = 10


class ReasonField(TextField):
    """A few words on why, for everybody who reads this record later."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
        kwargs.setdefault("help_text", _("Everybody who supports this family may read it."))
        super().__init__(max_length=1000, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if len(value) < SHORTEST_REASON:
            raise forms.ValidationError(_("Say in a few words how you know."))


class OtherFamilyForm(forms.Form):
    """Which record may be the same family, by its reference."""

    other = LineField(
        label=_("The other record’s reference"),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "code", "autocomplete": "off", "autocapitalize": "characters"}),
    )

    def __init__(self, *args: Any, user: User, family: Family, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user, self.family = user, family

    def clean_other(self) -> Family:
        typed = "".join(filter(str.isalnum, self.cleaned_data["other"])).upper()
        if typed == self.family.reference:
            raise forms.ValidationError(_t("This is the record you came from. Type the reference of the other one."))
        found = Family.objects.coordinated_by(self.user).filter(reference=typed) if typed else Family.objects.none()
        other = found.first() if len(typed) == REFERENCE_LENGTH else None
        if other is None:
            raise forms.ValidationError(_t("You coordinate no family with this reference."))
        return other


SOMEBODY_ELSE = "new"


class MergeForm(forms.Form):
    """What stays when two records become one: the name, who is who, and why they are one family."""

    name = forms.ChoiceField(label=_("What we call this family from now"), widget=forms.RadioSelect)
    reason = ReasonField(label=_("How do you know that they are the same family?"))

    def __init__(self, *args: Any, compared: Comparison, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept_name = compared.kept.name
        if compared.merged.name == self.kept_name:
            del self.fields["name"]
        else:
            self.fields["name"].choices = [(name, name) for name in (self.kept_name, compared.merged.name)]
            self.initial["name"] = self.kept_name
        likely = who_may_be_who(compared.ours, compared.theirs)
        self.people = {f"person_{member.pk}": member for member in compared.theirs}
        for name, member in self.people.items():
            self.fields[name] = self._who(member, compared.ours)
            self.initial[name] = str(likely.get(member.pk, SOMEBODY_ELSE))
        self.order_fields(["name", *self.people, "reason"])

    def _who(self, member: FamilyMember, ours: list[FamilyMember]) -> forms.ChoiceField:
        choices = [(str(one.pk), _t("is {name}").format(name=_told(one))) for one in ours if may_be_one(one, member)]
        return forms.ChoiceField(label=_told(member), choices=[(SOMEBODY_ELSE, _t("is somebody else")), *choices])

    def people_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.people]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = [cleaned.get(name) for name in self.people]
        for name in self.people:
            if cleaned.get(name) not in (None, SOMEBODY_ELSE) and chosen.count(cleaned[name]) > 1:
                self.add_error(name, _t("Two people cannot both be this person."))
        return cleaned

    def for_action(self) -> dict[str, Any]:
        given = self.cleaned_data
        pairs = [(int(given[name]), other.pk) for name, other in self.people.items() if given[name] != SOMEBODY_ELSE]
        return {"name": given.get("name") or self.kept_name, "reason": given["reason"], "same_people": pairs}


class SeparateForm(forms.Form):
    reason = ReasonField(label=_("How do you know that they are two families?"))


def _told(member: FamilyMember) -> str:
    """A person as one tells them apart in a list: with the age, or the role of a grown-up."""
    return f"{member} ({member.age_in_words() or member.get_role_display()})"

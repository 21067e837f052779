"""What an adult is asked, and how they answered. Nothing is ticked beforehand."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from betterstart.access.models import Organisation, Service, User
from betterstart.clock import london_today
from betterstart.fields import DayField, LineField
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.models import (
    Answer,
    Family,
    FamilyMember,
    HowAnswered,
    InterpretedBy,
    MemberRole,
    OtherAgency,
    Referral,
    SharingPermission,
    What,
)
from families.models.sharing import To
from families.models.wording import Shown

SOMEBODY_ELSE = "named"


class PersonChoice(forms.ModelChoiceField):
    widget = forms.Select


class AnswerForm(forms.Form):
    """One answer of one adult, to the words above the form."""

    answer = forms.ChoiceField(
        label=gettext_lazy("What did they say?"),
        choices=[(Answer.GIVEN.value, gettext_lazy("Yes")), (Answer.REFUSED.value, gettext_lazy("No"))],
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    how = forms.ChoiceField(
        label=gettext_lazy("How?"),
        choices=[(how.value, how.label) for how in (HowAnswered.SPOKEN, HowAnswered.SIGNED)],
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    on = DayField(label=gettext_lazy("When?"))
    child = PersonChoice(
        label=gettext_lazy("On behalf of"),
        queryset=FamilyMember.objects.none(),
        required=False,
        empty_label=gettext_lazy("Themselves"),
    )
    language = forms.ChoiceField(label=gettext_lazy("In which language?"), choices=SPOKEN_LANGUAGES, required=False)
    interpreter = forms.ChoiceField(
        label=gettext_lazy("Who interpreted?"),
        choices=InterpretedBy,
        required=False,
        help_text=gettext_lazy("Never a child or a partner: it is a burden for them, and not a free answer."),
    )
    interpreted_by = PersonChoice(
        label=gettext_lazy("If it was somebody of the family: who?"),
        queryset=FamilyMember.objects.none(),
        required=False,
        empty_label=gettext_lazy("Nobody of the family"),
    )
    evidence = LineField(
        label=gettext_lazy("Where is the signed form?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only where they signed on paper."),
    )
    read = forms.IntegerField(widget=forms.HiddenInput)
    uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, family: Family, adult: FamilyMember, shown: Shown) -> None:
        initial = {"on": london_today(), "language": shown.language, "read": shown.version, "uuid": uuids.uuid4()}
        super().__init__(data, initial=initial)
        people = family.members.current()
        children = people.filter(role__in=[MemberRole.CHILD, MemberRole.UNBORN])
        if "child" in self.fields:
            self.fields["child"].queryset = children  # type: ignore[attr-defined]
        self.fields["interpreted_by"].queryset = people.exclude(pk=adult.pk)  # type: ignore[attr-defined]

    def for_action(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class AgreementForm(AnswerForm):
    """To be supported: an adult speaks for themselves only."""

    child = None  # type: ignore[assignment]


class PermissionForm(AnswerForm):
    """To share something with one recipient."""

    recipient = forms.ChoiceField(label=gettext_lazy("With whom?"))
    named = LineField(
        label=gettext_lazy("Who is it?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Only for “somebody else”: the name, as the family knows it."),
    )
    what = forms.ChoiceField(label=gettext_lazy("What for?"), widget=forms.RadioSelect)
    until = DayField(
        label=gettext_lazy("Until"), required=False, help_text=gettext_lazy("Empty means a year. It can be less.")
    )
    field_order = ("recipient", "named", "what", "answer", "how", "on", "until")

    def __init__(
        self, data: Any = None, *, by: User, organisation: Organisation, again: SharingPermission | None, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        self.fields["what"].choices = [(key, capfirst(str(words))) for key, words in What.choices]  # type: ignore[attr-defined]
        self.known = _recipients(by, kwargs["family"], organisation)
        choices = [("", _("Choose")), *((key, str(each)) for key, (each, _to) in self.known.items())]
        self.fields["recipient"].choices = [*choices, (SOMEBODY_ELSE, _("Somebody else"))]  # type: ignore[attr-defined]
        if again:
            found = (key for key, (_name, to) in self.known.items() if to == _to_of(again))
            self.initial |= {"recipient": next(found, SOMEBODY_ELSE), "named": again.named, "what": again.what}
            self.initial["child"] = again.child_id

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("recipient") == SOMEBODY_ELSE and not cleaned.get("named"):
            self.add_error("named", _("Write who it is."))
        return cleaned

    def for_action(self) -> dict[str, Any]:
        told = {name: value for name, value in self.cleaned_data.items() if name not in {"recipient", "named"}}
        chosen = self.cleaned_data["recipient"]
        to = To(named=self.cleaned_data["named"]) if chosen == SOMEBODY_ELSE else self.known[chosen][1]
        return told | {"to": to}


def _to_of(row: SharingPermission) -> To:
    return To(service=row.service, agency=row.agency, referral=row.referral, named=row.named)


def _recipients(by: User, family: Family, organisation: Organisation) -> dict[str, tuple[str, To]]:
    """Everybody something may be shared with: other services, agencies of the family, whoever referred them."""
    services = Service.objects.filter(is_open=True).select_related("organisation").order_by("name", "pk")
    agencies = OtherAgency.objects.visible_to(by).current().filter(family=family, organisation=organisation)
    referrals = Referral.objects.visible_to(by).filter(family=family, service__organisation=organisation)
    return {
        **{f"agency-{row.pk}": (f"{row} · {row.get_role_display()}", To(agency=row)) for row in agencies},
        **{
            f"referral-{row.pk}": (_("{who}, who referred them").format(who=row.asked_by), To(referral=row))
            for row in referrals.filter(is_self_referral=False)
        },
        **{f"service-{row.pk}": (f"{row.name} · {row.organisation}", To(service=row)) for row in services},
    }

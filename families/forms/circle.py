from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from betterstart.fields import DayField, LineField
from families.models import AlterKind, Circle, CircleTie, HelpKind, Strength

UNSAID = "unsaid"


def _chips() -> forms.CheckboxSelectMultiple:
    return forms.CheckboxSelectMultiple(attrs={"class": "chips"})


class TieForm(forms.Form):
    """Somebody in a circle. A nickname and who they are is enough; nothing is chosen beforehand."""

    nickname = LineField(
        label=_("What do you call them?"),
        max_length=30,
        help_text=_("A nickname or the name of a place. No surnames."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    kind = forms.ChoiceField(
        label=_("Who are they?"),
        choices=AlterKind,
        widget=forms.RadioSelect(attrs={"class": "chips"}),
        error_messages={"required": _("Choose who they are.")},
    )
    strength = forms.ChoiceField(
        label=_("How close?"),
        choices=[*((str(value), label) for value, label in Strength.choices), (UNSAID, _("Rather not say"))],
        widget=forms.RadioSelect(attrs={"class": "chips"}),
        required=False,
    )
    between = forms.MultipleChoiceField(label=_("How is it between you?"), widget=_chips(), required=False)
    helps = forms.MultipleChoiceField(
        label=_("What goes between you?"), choices=HelpKind, widget=_chips(), required=False
    )
    since = LineField(
        label=_("Since when?"),
        max_length=40,
        required=False,
        help_text=_("As you would say it: “school”, “2019”, “the baby came”."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    formal = forms.ChoiceField(
        label=_("Is it their job to help?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        widget=forms.RadioSelect(attrs={"class": "chips"}),
        required=False,
    )
    knows = forms.MultipleChoiceField(label=_("Whom of these do they know?"), widget=_chips(), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        circle: Circle,
        others: Sequence[CircleTie],
        tie: CircleTie | None = None,
        knows: Sequence[str] = (),
        offered: dict[str, Any] | None = None,
    ) -> None:
        """`others`: whom they may know. `tie`: the one to change. `offered`: what the page fills in beforehand."""
        super().__init__(data, initial=_known(tie, knows) if tie else offered)
        name = str(circle.member)
        self.fields["between"].choices = [  # type: ignore[attr-defined]
            ("gives", gettext("{name} gives to them").format(name=name)),
            ("receives", gettext("They give to {name}").format(name=name)),
            ("strained", pgettext_lazy("how it is with somebody", "It is strained")),
        ]
        self.fields["knows"].choices = [(str(other.who), other.nickname) for other in others]  # type: ignore[attr-defined]
        if not others:
            del self.fields["knows"]
        if not tie:
            del self.fields["version"]

    def for_action(self) -> dict[str, Any]:
        """The fields as the actions take them."""
        data = dict(self.cleaned_data)
        strength, between = data.pop("strength"), data.pop("between")
        return data | {
            "strength": int(strength) if strength not in ("", UNSAID) else None,
            "formal": {"yes": True, "no": False}.get(data["formal"]),
            "knows": {uuid.UUID(who) for who in data.get("knows", ())},
            **{name: name in between for name in ("gives", "receives", "strained")},
        }

    def show_both(self, stored: models.Model) -> None:
        """Somebody saved meanwhile: what was typed stays; sending again is fine."""
        self.add_error(
            None, gettext("Somebody changed this while you were here. Look at it again; sending again is fine.")
        )
        self.data = self.data.copy()
        self.data["version"] = stored.version  # type: ignore[attr-defined]


def _known(tie: CircleTie, knows: Sequence[str]) -> dict[str, Any]:
    return {
        "nickname": tie.nickname,
        "kind": tie.kind,
        "strength": UNSAID if tie.strength is None else str(tie.strength),
        "between": [name for name in ("gives", "receives", "strained") if getattr(tie, name)],
        "helps": tie.helps,
        "since": tie.since,
        "formal": "yes" if tie.formal else "no",
        "knows": list(knows),
        "version": tie.version,
    }


class FinishForm(forms.Form):
    drawn_on = DayField(label=_("Drawn on"))

"""What an adult says back, and the answer to it."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import User
from betterstart.fields import LineField, TextField, ask_plainly
from betterstart.lexicon.feelings import base_language
from betterstart.lexicon.languages import SPOKEN_LANGUAGES
from families.forms.records import StepForm
from families.models import (
    Family,
    FamilyMember,
    FamilyReply,
    HowHeard,
    HowSaid,
    RecordPart,
    ReplyKind,
    ReplyOutcome,
    Support,
    Visit,
)
from families.models.own_words import VOICES
from families.models.reply import CORRECTED_KINDS, MAX_WORDS, NOTE_KINDS

NOT_OF_A_NOTE = [(kind.value, kind.label) for kind in ReplyKind if kind not in NOTE_KINDS]


def words_field(label: Any, help_text: Any = "", *, rows: int = 4, limit: int = MAX_WORDS, **kwargs: Any) -> TextField:
    widget = forms.Textarea(attrs={"class": "words", "rows": rows, "dir": "auto"})
    return TextField(label=label, help_text=help_text, max_length=limit, widget=widget, **kwargs)


class AnswerForm(forms.Form):
    """What is said back, what was done, and how they hear of it."""

    outcome = forms.ChoiceField(label=_("What became of it?"), choices=ReplyOutcome, widget=forms.RadioSelect)
    answer = words_field(_("What do you say back?"))
    answer_in_theirs = words_field(
        _("The same in their language"), _("If you or an interpreter can."), rows=3, limit=2 * MAX_WORDS, required=False
    )
    did = words_field(
        _("What did we do?"), _("They read it as “You said, we did”. Leave it empty if there was nothing to do."),
        rows=2, required=False,
    )  # fmt: skip
    heard = forms.ChoiceField(label=_("How do they hear of it?"), choices=HowHeard, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, reply: FamilyReply) -> None:
        on_page = reply.how == HowSaid.OWN_PAGE and not reply.member.left_on
        super().__init__(data, initial={"heard": HowHeard.OWN_PAGE if on_page else None})
        if not reply.asks_what_became_of_it:
            del self.fields["outcome"]
        if reply.visit_id is None and "outcome" in self.fields:
            self.fields["outcome"].help_text = _("Change the record first, where it was wrong.")
        if reply.kind in CORRECTED_KINDS:
            self.fields["answer"].help_text = _("If you keep both, say why: it stands beside the note and their words.")
        if reply.language in ("", "en"):
            del self.fields["answer_in_theirs"]
        ask_plainly(self)


class TranslateForm(StepForm):
    translation = words_field(_("In English"), limit=2 * MAX_WORDS, required=False)
    translated_by = LineField(label=_("Who translated it?"), max_length=200, required=False)

    def __init__(self, data: Any = None, *, reply: FamilyReply, user: User) -> None:
        known = {"translation": reply.translation, "version": reply.version}
        super().__init__(data, initial=known | {"translated_by": reply.translated_by or user.display_name})


class _SaidForm(forms.Form):
    """The id of what is said: sending twice is one row."""

    uuid = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial={"uuid": uuids.uuid4()} | (initial or {}))
        ask_plainly(self)

    def keep_support(self, supports: list[Support]) -> None:
        """Who it is for is asked only where more than one could be meant."""
        field = self.fields["support"]
        if len(supports) < 2:
            del self.fields["support"]
        else:
            field.choices = [(support.pk, support.service) for support in supports]  # type: ignore[attr-defined]
        self.supports = {support.pk: support for support in supports}

    def chosen_support(self) -> Support | None:
        chosen = self.cleaned_data.pop("support", None)
        return self.supports[chosen] if chosen else next(iter(self.supports.values()), None)


class TellForm(_SaidForm):
    """For a coordinator who writes down what an adult told them, in the adult's words."""

    member = forms.ModelChoiceField(
        label=_("Who said it?"), queryset=FamilyMember.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    kind = forms.ChoiceField(label=_("What is it about?"), choices=ReplyKind, widget=forms.RadioSelect)
    about = forms.ChoiceField(
        label=_("Which part is not right?"),
        choices=[("", _("Nothing to correct")), *RecordPart.choices],
        required=False,
    )
    words = words_field(_("In their words"), _("As they said it, in their language."), required=False)
    language = forms.ChoiceField(label=_("In which language?"), choices=SPOKEN_LANGUAGES, initial="en")
    coordinator_only = forms.BooleanField(
        label=_("They want this to stay with the coordinator"),
        required=False,
        help_text=_("Whoever wrote the note does not see it then."),
    )
    support = forms.TypedChoiceField(label=_("Who is it for?"), coerce=int, widget=forms.RadioSelect)
    field_order = ("member", "kind", "about", "words", "language", "support", "coordinator_only", "uuid")

    def __init__(
        self, data: Any = None, *, family: Family, supports: list[Support], visit: Visit | None = None
    ) -> None:
        super().__init__(data)
        people = FamilyMember.objects.of_family(family).filter(role__in=VOICES)
        self.fields["member"].queryset = people  # type: ignore[attr-defined]
        self.keep_support([] if visit else supports)
        kinds: Any = self.fields["kind"]
        if visit:
            del self.fields["about"]
            kinds.choices = [(kind.value, kind.label) for kind in (*NOTE_KINDS, ReplyKind.CORRECTION)]
        else:
            kinds.choices = NOT_OF_A_NOTE
            del self.fields["coordinator_only"]


class NoteReplyForm(_SaidForm):
    """Beside one note on an adult's own page: is this right?"""

    kind = forms.ChoiceField(
        label=_("Is this right?"),
        choices=[(kind.value, kind.label) for kind in NOTE_KINDS],
        widget=forms.RadioSelect(attrs={"class": "row"}),
    )
    words = words_field(
        _("Your words"), _("In any language. They stand beside the note for everyone who reads it."), required=False
    )
    coordinator_only = forms.BooleanField(label=_("Only the coordinator should read this"), required=False)
    visit_version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, required=False)

    def said(self) -> dict[str, Any]:
        return self.cleaned_data | {
            "language": language_now(),
            "visit_version": self.cleaned_data["visit_version"] or 0,
        }


class SayForm(_SaidForm):
    """What an adult asks or tells on their own page, beside no note."""

    kind = forms.ChoiceField(label=_("What would you like to say?"), choices=NOT_OF_A_NOTE, widget=forms.RadioSelect)
    about = forms.ChoiceField(
        label=_("If something is not right: which part?"), choices=[("", _("Nothing to correct")), *RecordPart.choices],
        required=False,
    )  # fmt: skip
    words = words_field(
        _("Your words"),
        _("In any language. For a different volunteer or a call you need not say why."),
        required=False,
    )
    support = forms.TypedChoiceField(label=_("Who is it for?"), coerce=int, widget=forms.RadioSelect)
    follows = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, supports: list[Support], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        # Who goes on from an answer says it to whoever gave that.
        self.keep_support([] if (data or initial or {}).get("follows") else supports)

    def said(self) -> dict[str, Any]:
        return self.cleaned_data | {"language": language_now()}


def language_now() -> str:
    """The language somebody reads the page in: the most likely one of their words."""
    return base_language(get_language())

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from betterstart.lexicon.feelings import (
    OWN_WORD_LENGTH,
    RATHER_NOT_SAY,
    SOMETHING_ELSE,
    FeelingsRefused,
    base_language,
    check_feelings,
    feelings_for,
)
from betterstart.lexicon.models import FairWordingPrompt


def feeling_choices() -> list[tuple[Any, Any]]:
    """The feelings in the reader's language, by group, and the two ways out of the list."""
    options = feelings_for(get_language())
    groups = [
        (label, [(option.key, option.word) for option in members])
        for label, members in groupby(options, key=lambda option: option.group_label)
    ]
    return [
        *groups,
        (_("Or"), [(SOMETHING_ELSE, _("something else")), (RATHER_NOT_SAY, _("rather not say"))]),
    ]


class FeelingsForm(forms.Form):
    """Up to three feelings, the person's own word, or "rather not say". Cleaned to what is to be stored."""

    feelings = forms.MultipleChoiceField(
        label=_("Feelings"),
        choices=feeling_choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose up to three."),
    )
    own_feeling = forms.CharField(label=_("Your own word"), max_length=OWN_WORD_LENGTH, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "feelings" in cleaned and "own_feeling" in cleaned:
            try:
                cleaned["feelings"], cleaned["own_feeling"] = check_feelings(
                    cleaned["feelings"], cleaned["own_feeling"]
                )
            except FeelingsRefused as refusal:
                field = "own_feeling" if refusal.code in ("own_word_missing", "own_word_long") else "feelings"
                self.add_error(field, refusal)
        return cleaned


class FairWordingTextarea(forms.Textarea):
    """A text area that shows gentle prompts under itself while one writes (and, without script, after saving)."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        notes = f"{(attrs or {}).get('id') or name}-wording"
        attrs = {
            **(attrs or {}),
            "hx-post": f"{reverse('lexicon:wording-check')}?field={name}",
            "hx-trigger": "input changed delay:800ms",
            "hx-target": f"#{notes}",
            "hx-sync": "this:replace",
            "hx-params": name,
        }
        area = super().render(name, value, attrs, renderer)
        return format_html('{}<div id="{}" class="wording-notes" aria-live="polite"></div>', area, notes)


class WordingPromptForm(forms.ModelForm):
    class Meta:
        model = FairWordingPrompt
        fields = ["words", "suggestion", "why", "language", "order", "is_active"]
        widgets = {
            "words": forms.Textarea(attrs={"rows": 5}),
            "suggestion": forms.Textarea(attrs={"rows": 2}),
            "why": forms.Textarea(attrs={"rows": 2}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {base_language(code): name for code, name in settings.LANGUAGES}
        here = self.instance.language
        self.fields["language"] = forms.ChoiceField(
            label=_("Language"), choices=list(({here: here} | known).items()), initial=here
        )

    def clean_words(self) -> str:
        words = "\n".join(line.strip() for line in self.cleaned_data["words"].splitlines() if line.strip())
        if not any(character.isalnum() for character in words):
            raise forms.ValidationError(_("Give at least one word to look for."))
        return words

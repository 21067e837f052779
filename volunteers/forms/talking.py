"""Asking, answering, and asking for a call."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from families.forms.moments import ShortLine, Words


class NoteForm(forms.Form):
    words = Words(limit=2000, label=_("Your words"))


class SeenForm(forms.Form):
    """Reading a check-in: a few words back, or a question."""

    words = Words(limit=2000, label=_("A few words back"))
    version = forms.IntegerField(widget=forms.HiddenInput)


class CallForm(forms.Form):
    words = ShortLine(
        limit=300,
        label=_("What about, or when is a good time?"),
        help_text=_("You can leave this empty."),
    )

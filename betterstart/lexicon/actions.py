from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.models import User
from betterstart.access.recording import record
from betterstart.lexicon.models import FairWordingPrompt


class WordingPromptRefused(ValidationError):
    """The prompt has no words to look for, or says nothing about what could be written instead."""


@transaction.atomic
def save_wording_prompt(
    *,
    by: User,
    prompt: FairWordingPrompt | None,
    words: str,
    suggestion: str,
    why: str,
    language: str,
    is_active: bool,
    order: int,
) -> FairWordingPrompt:
    """Add a fair-wording prompt (`prompt=None`) or change one, and give it back.

    Writes the audit event `wording_prompt.added` or `wording_prompt.changed`. Raises WordingPromptRefused.
    """
    verb = "wording_prompt.changed" if prompt else "wording_prompt.added"
    prompt = prompt or FairWordingPrompt()
    prompt.words, prompt.suggestion, prompt.why = words, suggestion, why
    prompt.language, prompt.is_active, prompt.order = language, is_active, order
    if not prompt.phrases or not suggestion.strip():
        raise WordingPromptRefused(_("Give at least one word to look for, and what could be written instead."))
    prompt.save()
    record(by=by, verb=verb, target=prompt, label=str(prompt), details={"in_use": is_active})
    return prompt

from typing import Any

from django import template

from betterstart.lexicon.wording import prompts_for

register = template.Library()


@register.inclusion_tag("lexicon/_wording_notes.html")
def wording_notes(text: str, language: str | None = None) -> dict[str, Any]:
    """The gentle prompts a saved text calls for: shown to the person who wrote it, beside it."""
    return {"found": prompts_for(text or "", language)}

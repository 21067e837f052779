"""Letters about a person's own sign-in: neutral in content, in their language, as text and as HTML."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation


def send_letter(name: str, *, to: str, language: str, facts: dict[str, Any]) -> None:
    """Send the three templates that begin with this name: subject, text, HTML.

    Raises OSError if the mail server does not take it.
    """
    with translation.override(language):
        letter = EmailMultiAlternatives(
            subject=" ".join(render_to_string(f"{name}_subject.txt", facts).split()),
            body=render_to_string(f"{name}.txt", facts),
            to=[to],
        )
        letter.attach_alternative(render_to_string(f"{name}.html", facts), "text/html")
    letter.send()

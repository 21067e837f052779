from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest

from betterstart.access.actions import AccessRefused


def attempted(request: HttpRequest, form: Form, act: Callable[..., Any]) -> bool:
    """True if a valid form was sent and the act was done; a refusal becomes the form's error, all typed text kept."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except AccessRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True

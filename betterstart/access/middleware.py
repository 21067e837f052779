from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from betterstart.access.acting import Scope, acting_as
from betterstart.access.recording import request_id


class ActingMiddleware:
    """Each request is one transaction, acting as the person who asks.

    Not ATOMIC_REQUESTS: its transaction ends before a lazily rendered response reads its querysets. A failed
    request (500 and above) leaves nothing behind.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user_id = request.user.pk if request.user.is_authenticated else None
        token = request_id.set(str(uuid.uuid4()))
        try:
            with acting_as(Scope.SCOPED, user_id), pghistory.context(user=user_id, request=request_id.get()):
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            return response
        finally:
            request_id.reset(token)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Closed by default: a view of ours that names no rule answers nobody."""
        if not hasattr(view, "access_rule") and not view.__module__.startswith(("allauth.", "django.")):
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} names no access rule")
        return None

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from betterstart.access.permissions import Permission

View = Callable[..., HttpResponse]


def _guard(view: View, rule: str, allowed: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not allowed(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded.access_rule = rule  # type: ignore[attr-defined]
    return guarded


def require(permission: Permission) -> Callable[[View], View]:
    """The view is for people whose roles include this permission: others get 403, strangers the sign-in page."""
    return lambda view: _guard(view, permission.value, lambda user: user.may(permission))


def signed_in_only(view: View) -> View:
    """For pages about oneself."""
    return _guard(view, "signed in", lambda user: True)


def open_to_all(view: View) -> View:
    """For pages without anything personal on them."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    opened.access_rule = "open to all"  # type: ignore[attr-defined]
    return opened

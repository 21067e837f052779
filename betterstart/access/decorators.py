from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from betterstart.access.models import User
from betterstart.access.permissions import Permission

View = Callable[..., HttpResponse]


class PageRequest(HttpRequest):
    """What a request is once the middleware has seen it (for type checks)."""

    user: User  # type: ignore[assignment]  # or AnonymousUser, which answers is_authenticated and little else
    htmx: HtmxDetails
    second_factor_missing: bool


def sign_in_first(request: PageRequest) -> HttpResponse:
    """To the sign-in page, and from there back to the page the person was on (not to a fragment or a form's target)."""
    page = request.get_full_path()
    if request.htmx:
        page = request.htmx.current_url_abs_path or "/"
    elif request.method not in {"GET", "HEAD"}:
        came_from = request.headers.get("Referer", "")
        here = url_has_allowed_host_and_scheme(came_from, {request.get_host()})
        page = urlsplit(came_from)._replace(scheme="", netloc="").geturl() if here else "/"
    return redirect_to_login(page)


def _guard(view: View, rule: str, allowed: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return sign_in_first(request)
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

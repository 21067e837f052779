from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from betterstart.access.models import User
from betterstart.access.permissions import Permission

View = Callable[..., HttpResponse]

SIGNED_OUT = "signed_out"
"""In the session of a browser: whose session ended there because nothing happened for a while."""
OPEN_TO_ALL = "open to all"
TYPED = "typed"
TYPED_KEPT_SECONDS = 60 * 60
MOST_TYPED = 20_000


class PageRequest(HttpRequest):
    """What a request is once the middleware has seen it (for type checks)."""

    user: User  # type: ignore[assignment]  # or AnonymousUser, which answers is_authenticated and little else
    htmx: HtmxDetails
    second_factor_missing: bool
    languages: list[str]


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


def keeps_words(view: View) -> View:
    """Words sent to this view after the session ran out wait, for an hour, for the same person to sign in here again.

    For the long forms about families; never for a view that takes a password, a token or a file.
    """
    view.keeps_words = True  # type: ignore[attr-defined]
    return view


def _keep_typed(request: PageRequest) -> None:
    """Server-side, in the session of this browser, and bound to whose session it was. Nothing without knowing whose."""
    fields = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    length = sum(len(value) for values in fields.values() for value in values)
    if request.session.get(SIGNED_OUT) is None or length > MOST_TYPED:
        return
    kept = {"by": request.session[SIGNED_OUT], "path": request.path, "at": time.time(), "fields": fields}
    request.session[TYPED] = kept
    request.session.set_expiry(TYPED_KEPT_SECONDS)
    messages.info(request, _("What you wrote is kept for an hour. Sign in, and it is filled in again, not sent yet."))


def take_typed(request: PageRequest) -> dict[str, list[str]] | None:
    """What this person sent to this page after their session had run out: given once, and to nobody else."""
    kept = request.session.get(TYPED)
    if kept is None or kept["path"] != request.path:
        return None
    del request.session[TYPED]
    is_mine = kept["by"] == request.user.pk and time.time() - kept["at"] < TYPED_KEPT_SECONDS
    return kept["fields"] if is_mine else None


def sent_or_kept(request: PageRequest) -> Any:
    """What was sent to this page now; or what the same person sent too late and gets back once, to look at and send."""
    if request.method == "POST":
        return request.POST
    typed = take_typed(request)
    return MultiValueDict(typed) if typed else None


def _guard(view: View, rule: str, allowed: Callable[[Any], bool]) -> View:
    @wraps(view)
    def guarded(request: PageRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            if request.method == "POST" and hasattr(guarded, "keeps_words"):
                _keep_typed(request)
                return redirect_to_login(request.get_full_path())
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


def not_translated_yet(view: View) -> View:
    """For a page open to all whose words nobody has translated: better in English than half of each."""
    view.only_whole_languages = True  # type: ignore[attr-defined]
    return view


def open_to_all(view: View) -> View:
    """For pages without anything personal on them."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs)

    opened.access_rule = OPEN_TO_ALL  # type: ignore[attr-defined]
    return opened

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from typing import Any

import pghistory
from allauth.account.authentication import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.decorators import OPEN_TO_ALL, SIGNED_OUT, PageRequest, sign_in_first
from betterstart.access.recording import request_id

Answer = Callable[[PageRequest], HttpResponse]

PERMISSIONS_POLICY = ", ".join(
    [
        *(f"{feature}=()" for feature in ("accelerometer", "camera", "geolocation", "gyroscope", "magnetometer")),
        *(f"{feature}=()" for feature in ("microphone", "payment", "usb", "browsing-topics")),
        "publickey-credentials-create=(self)",
        "publickey-credentials-get=(self)",
    ]
)
NOTED_EVERY_SECONDS = 60
# What a paid person without a second factor may still do: set one up, look after their own account, leave.
SET_UP_PAGES = frozenset(
    {
        "access:second-factor",
        "access:account",
        "account_change_password",
        "account_logout",
        "account_reauthenticate",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_list_webauthn",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_view_recovery_codes",
        "access:set-language",
        "usersessions_list",
    }
)


class PageHeadersMiddleware:
    """Headers for every answer, errors included. Outermost, so that nothing slips past; files keep their caching."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if hasattr(request, "user"):
            response.headers["Cache-Control"] = "no-store"
            patch_vary_headers(response, ["HX-Request"])
        return response


class SignedInMiddleware:
    """How long a session lasts, in whose language it speaks, and how it ends: decided here, not by the cookie."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        was_signed_in = request.user.is_authenticated
        if was_signed_in:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
            if _is_over(request):
                person = request.user.pk
                logout(request)
                request.session[SIGNED_OUT] = person
                messages.info(request, _("You were signed out because nothing happened for a while. Sign in to go on."))
            else:
                _note_activity(request)
        response = self.get_response(request)
        if was_signed_in and not request.user.is_authenticated and request.path == reverse("account_logout"):
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return _leave_fragment(request, response)

    def process_view(
        self, request: PageRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """A page speaks a language only once all its words are there: those open to all come first."""
        is_open = getattr(view, "access_rule", "") == OPEN_TO_ALL and not hasattr(view, "only_whole_languages")
        request.languages = settings.FAMILY_LANGUAGES if is_open else settings.WHOLE_LANGUAGES
        if translation.get_language() not in request.languages:
            translation.activate(settings.LANGUAGE_CODE)
            request.LANGUAGE_CODE = settings.LANGUAGE_CODE
        return None


def _is_over(request: PageRequest) -> bool:
    """Too long since anything happened (half an hour for paid roles), or since signing in."""
    now = time.time()
    idle = settings.SESSION_IDLE_STAFF if request.user.is_staff_member else settings.SESSION_IDLE_VOLUNTEER
    return (
        now - request.session.get("seen_at", now) > idle
        or now - request.session.get("signed_in_at", now) > settings.SESSION_COOKIE_AGE
    )


def _note_activity(request: PageRequest) -> None:
    now = int(time.time())
    request.session.setdefault("signed_in_at", now)
    if now - request.session.get("seen_at", 0) < NOTED_EVERY_SECONDS:
        return
    request.session["seen_at"] = now
    known = UserSession.objects.filter(session_key=request.session.session_key, user=request.user)
    if not known.update(last_seen_at=timezone.now()):
        UserSession.objects.create_from_request(request)


def _leave_fragment(request: PageRequest, response: HttpResponse) -> HttpResponse:
    """Signing in happens on a page of its own: a fragment that is sent there takes the whole page along."""
    entrances = (reverse("account_login").removesuffix("login/"), reverse("access:second-factor"))
    if request.htmx and response.status_code == 302 and response.headers["Location"].startswith(entrances):
        whole_page = HttpResponse(headers={"HX-Redirect": response.headers["Location"]})
        whole_page.cookies = response.cookies
        return whole_page
    return response


class SecondFactorMiddleware:
    """Nobody in a paid role gets anywhere on a password alone."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: PageRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not (settings.REQUIRE_SECOND_FACTOR and user.is_authenticated and user.is_staff_member):
            return None
        if any(proof["method"] == "mfa" for proof in get_authentication_records(request, user)):
            return None
        if user.second_factors.exists():
            # Signed in before it was set up (or past the check): start again, with it.
            logout(request)
            return sign_in_first(request)
        request.second_factor_missing = True
        if request.resolver_match and request.resolver_match.view_name in SET_UP_PAGES:
            return None
        return redirect("access:second-factor")


class ActingMiddleware:
    """Each request is one transaction, acting as the person who asks.

    Not ATOMIC_REQUESTS: its transaction ends before a lazily rendered response reads its querysets. A failed
    request (500 and above) leaves nothing behind.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: PageRequest) -> HttpResponse:
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
        self, request: PageRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Closed by default: a view of ours that names no rule answers nobody."""
        if not hasattr(view, "access_rule") and not view.__module__.startswith(("allauth.", "django.")):
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} names no access rule")
        return None

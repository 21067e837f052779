from __future__ import annotations

import logging

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from betterstart.access.decorators import open_to_all, signed_in_only
from betterstart.access.homes import home_of

log = logging.getLogger(__name__)


@require_safe
@signed_in_only
def home(request: HttpRequest) -> HttpResponse:
    """Each person's own first page, or a kind word for somebody without a role."""
    if name := home_of(request.user):
        return redirect(name)
    return render(request, "access/no_role.html")


@require_safe
@open_to_all
def health(request: HttpRequest) -> HttpResponse:
    """For the machine that watches: database and cache answer, or 503. Says nothing more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
        cache.get("health")
    except (DatabaseError, OSError, RedisError):
        log.exception("health check failed")
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The same bytes whether a thing does not exist or belongs to somebody else."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the request: whatever failed may fail again, the database first."""
    return HttpResponseServerError(render_to_string("500.html"))

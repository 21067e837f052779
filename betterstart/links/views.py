from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from betterstart.access.decorators import open_to_all
from betterstart.links.models import Link
from betterstart.links.opened import link_gone, note_opened
from betterstart.links.purposes import page_of


@require_safe
@open_to_all
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """From the letter to the page. Nothing changes by looking, and the token stays out of every later address."""
    link = Link.objects.for_token(token).first()
    if link is None:
        return link_gone(request)
    note_opened(request, link)
    return redirect(page_of(link.purpose))

"""Which links a browser came through: kept in its session for an hour, asked again of the database at each page."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from betterstart.links.models import Link

OPENED = "links_opened"
OPEN_FOR_SECONDS = 60 * 60


def note_opened(request: HttpRequest, link: Link) -> None:
    request.session[OPENED] = {**request.session.get(OPENED, {}), link.purpose: [link.pk, int(time.time())]}


def opened_link(request: HttpRequest, purpose: str) -> Link | None:
    """The link of this purpose that this browser came through within the hour, if it still holds."""
    pk, opened_at = request.session.get(OPENED, {}).get(purpose, (None, 0))
    if pk is None or time.time() - opened_at > OPEN_FOR_SECONDS:
        return None
    return Link.objects.live().filter(pk=pk, purpose=purpose).first()


def close_link(request: HttpRequest, purpose: str) -> None:
    """This browser forgets the link: for a shared device."""
    opened = request.session.get(OPENED, {})
    opened.pop(purpose, None)
    request.session[OPENED] = opened


def link_gone(request: HttpRequest) -> HttpResponse:
    """One page for a link that is wrong, used, taken back or too old: which of them is nobody's business."""
    return render(request, "links/gone.html", status=404)

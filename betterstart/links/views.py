from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from betterstart.access.decorators import open_to_all
from betterstart.access.limits import HOUR, too_often
from betterstart.links.models import Link
from betterstart.links.opened import link_gone, note_opened
from betterstart.links.purposes import page_of

logger = logging.getLogger(__name__)
MOST_MISSES = 100
"""Links that open nothing, tried from one address within the hour, before it is told to stop."""


@require_safe
@open_to_all
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """From the letter to the page. Nothing changes by looking, and the token stays out of every later address."""
    link = Link.objects.for_token(token).first()
    if link is None:
        answer = link_gone(request)
        # The address is told to stop, and logged; a link that is right still opens there, since a whole hostel, or the
        # customers of one telephone company, may share the address. 256 bits are not found by trying.
        if too_often(request, "link.missed", by_address=MOST_MISSES, by_browser=MOST_MISSES):
            logger.warning("many links that open nothing from one address")
            answer.status_code, answer.headers["Retry-After"] = 429, str(HOUR)
    else:
        note_opened(request, link)
        answer = redirect(page_of(link.purpose))
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer

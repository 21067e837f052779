"""Who is on their own page in this browser, for how long, and how they leave it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language

from betterstart.access.acting import Scope, acting_as
from betterstart.access.decorators import open_to_all
from betterstart.links.opened import link_gone, opened_link
from betterstart.text import clean_text
from families.actions.own_page import OWN_PAGE_LINK, page_that_opens
from families.forms.own_page import OWN
from families.models import OwnPage

ENTERED, LEFT = "own_page", "own_page_left"
# Without anything happening, and at all.
SECONDS_IDLE = {True: 30 * 60, False: 10 * 60}
SECONDS_AT_ALL = {True: 2 * 60 * 60, False: 60 * 60}
WORDS_GIVEN_BACK = 20_000
OwnView = Callable[..., HttpResponse]


def note_entered(request: HttpRequest, page: OwnPage, device: str) -> None:
    """From now this browser has the page open. It gets a new session, so that nobody set it up for them before."""
    request.session.cycle_key()
    now = int(time.time())
    before = page.last_opened_at.isoformat() if page.last_opened_at else ""
    request.session[ENTERED] = {"page": page.pk, "at": now, "seen": now, "own": device == OWN, "before": before}
    request.session.pop(LEFT, None)


def entered_page(request: HttpRequest) -> OwnPage | None:
    """The page this browser has open, if it still may: its time is not over, and neither is the page."""
    entry = request.session.get(ENTERED)
    if entry is None:
        return None
    now = time.time()
    is_over = now - entry["seen"] > SECONDS_IDLE[entry["own"]] or now - entry["at"] > SECONDS_AT_ALL[entry["own"]]
    page = None if is_over else page_that_opens(entry["page"])
    if page is None:
        del request.session[ENTERED]
        return None
    request.session[ENTERED] = {**entry, "seen": int(now)}
    request.own_page_closes_after = SECONDS_IDLE[entry["own"]]  # type: ignore[attr-defined]  # for the script
    return page


def own_page_only(view: OwnView, *, before_code: bool = False) -> OwnView:
    """The view is for an adult who came by their link and their code: it gets their page, and sees what they may see.

    It acts as them in the database, so that what a view forgets to leave out is not there. Before a code of their own
    is chosen there is nothing but choosing it (`before_code`).
    """

    @wraps(view)
    def entered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = entered_page(request)
        if page is None:
            return away(request)
        with acting_as(Scope.FAMILY, None, adult_id=page.adult_id), translation.override(language_of(request, page)):
            if page.code_is_first and not before_code:
                return redirect("families:own-code")
            return view(request, page, *args, **kwargs)

    return open_to_all(entered)


def away(request: HttpRequest) -> HttpResponse:
    """Nothing is open here. Who left in a hurry sees nothing of ours by going back; anybody else the neutral page.

    Whose page closed while they wrote has their words back, to copy: nothing was kept of them.
    """
    if request.session.get(LEFT):
        return redirect(settings.LEAVE_TO)
    if words := clean_text(request.POST.get("words", ""))[:WORDS_GIVEN_BACK]:
        return render(request, "families/own/words_back.html", {"words": words}, status=410)
    return link_gone(request)


def language_of(request: HttpRequest, page: OwnPage) -> str:
    """What was chosen in this browser; else the first language the adult reads that the pages are written in."""
    known = {code.split("-")[0]: code for code in settings.FAMILY_LANGUAGES}
    if settings.LANGUAGE_COOKIE_NAME in request.COOKIES:
        return get_language() or settings.LANGUAGE_CODE
    liked = sorted(page.adult.languages, key=lambda each: not each.get("preferred"))
    read = (known.get(each["code"]) for each in liked if each.get("reads", True))
    return next(filter(None, read), get_language() or settings.LANGUAGE_CODE)


def forget_all(request: HttpRequest) -> None:
    """Nothing of this visit stays in this browser, but that it was ended here. A worker's own session is left alone.

    Emptied under the same key: who leaves in a hurry may be gone before a new one arrives, and going back must still
    find that they left.
    """
    if ENTERED in request.session or opened_link(request, OWN_PAGE_LINK):
        request.session.clear()
        request.session[LEFT] = True


def last_opened(request: HttpRequest) -> dt.datetime | None:
    """When this page was opened before this time; None if never. Somebody who did not do that can say so."""
    before = request.session.get(ENTERED, {}).get("before", "")
    return dt.datetime.fromisoformat(before) if before else None

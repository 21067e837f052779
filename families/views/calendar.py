"""Visits in the calendar a person uses anyway."""

from __future__ import annotations

import logging
import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import open_to_all, require
from betterstart.access.limits import HOUR, too_often
from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.links.models import Link
from betterstart.links.opened import link_gone
from families.actions.calendar import CALENDAR_LINK, give_calendar, take_back_calendar
from families.reports.calendar import calendar_of

logger = logging.getLogger(__name__)
MOST_MISSES = 100
WEB = re.compile("^https?:")


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_PLAN)
def my_calendar(request: HttpRequest) -> HttpResponse:
    """Make an address (shown this once), or see that there is one."""
    address = ""
    if request.method == "POST":
        token = give_calendar(by=request.user)
        address = request.build_absolute_uri(reverse("families:calendar-feed", kwargs={"token": token}))
    live = Link.objects.live().filter(purpose=CALENDAR_LINK, subject_id=request.user.pk).first()
    context = {"address": address, "live": live, "webcal": WEB.sub("webcal:", address)}
    response = render(request, "families/calendar.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_POST
@require(Permission.VISIT_PLAN)
def calendar_take_back(request: HttpRequest) -> HttpResponse:
    take_back_calendar(by=request.user)
    messages.success(request, _("The address no longer works. Your calendar may keep what it has read for a while."))
    return redirect("families:my-calendar")


@require_safe
@open_to_all
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """What a calendar reads, by its address alone."""
    link = Link.objects.for_token(token).filter(purpose=CALENDAR_LINK).first()
    person = User.objects.filter(pk=link.subject_id, is_active=True).first() if link else None
    if person is None or not person.may(Permission.VISIT_PLAN):
        answer = link_gone(request)
        if too_often(request, "link.missed", by_address=MOST_MISSES, by_browser=MOST_MISSES):
            logger.warning("many addresses of calendars that open nothing from one address")
            answer.status_code, answer.headers["Retry-After"] = 429, str(HOUR)
        return answer
    answer = HttpResponse(calendar_of(person), content_type="text/calendar; charset=utf-8")
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Content-Disposition"] = 'inline; filename="visits.ics"'
    return answer

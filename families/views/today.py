from __future__ import annotations

import datetime as dt

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.clock import london_today
from families.reports.cover import covers_of, with_covers
from families.reports.drafts import unfinished
from families.reports.needs import needs_of
from families.reports.today import family_strips, greeting, planned_on, this_week

SHOWN = 20
MOST_SHOWN = 100


@require_safe
@require(Permission.TODAY_VIEW)
def today(request: HttpRequest) -> HttpResponse:
    """A coordinator's first page: who needs me, the oldest promise first."""
    day = london_today()
    found = needs_of(request.user, day, SHOWN)
    covers = covers_of(request.user, day)
    context = {
        "greeting": greeting(request.user, timezone.now()),
        "covers": covers,
        "needs": with_covers(request.user, found.needs, covers.holding),
        "total": found.total,
        "others": found.total - len(found.needs),
        "week": this_week(request.user, day),
        "strips": family_strips(request.user, day),
        "unfinished": unfinished(request.user),
    }
    return render(request, "families/today.html", context)


@require_safe
@require(Permission.TODAY_VIEW)
def needs(request: HttpRequest) -> HttpResponse:
    """Everything that waits, as far as one can take in."""
    day = london_today()
    found = needs_of(request.user, day, MOST_SHOWN)
    shown = with_covers(request.user, found.needs, covers_of(request.user, day).holding)
    context = {"needs": shown, "total": found.total, "others": found.total - len(found.needs)}
    return render(request, "families/today_needs.html", context)


@require_safe
@require(Permission.TODAY_VIEW)
def day(request: HttpRequest, day: str) -> HttpResponse:
    try:
        date = dt.date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    if abs(date.year - london_today().year) > 2:
        raise Http404
    visits, total = planned_on(request.user, date)
    context = {"day": date, "visits": visits, "total": total, "others": total - len(visits)}
    return render(request, "families/today_day.html", context)

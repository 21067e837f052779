"""What an adult reads on their own page. Every view here acts as them: see `own_page_session.own_page_only`."""

from __future__ import annotations

import datetime as dt

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from families.models import OwnPage
from families.reports.own_page import own_home, own_plan, own_visits, who_looked
from families.views.own_page_session import last_opened, own_page_only


@require_safe
@own_page_only
def own(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """The first of their pages: what they are working on, what was written last, and the way to everything else."""
    context = {"page": page, "home": own_home(page), "last_opened": last_opened(request)}
    return render(request, "families/own/home.html", context)


@require_safe
@own_page_only
def own_plan_page(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """What they are working on, in their words, with the numbers they gave."""
    return render(request, "families/own/plan.html", {"page": page, "plan": own_plan(page)})


@require_safe
@own_page_only
def own_visits_page(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """Every visit they may read about, with what was written and what they said back."""
    return render(request, "families/own/visits.html", {"page": page, "list": own_visits(page, _before(request))})


def _before(request: HttpRequest) -> dt.datetime | None:
    """Where the page begins; anything broken begins with the latest."""
    try:
        moment = parse_datetime(request.GET.get("before", "").replace(" ", "+"))
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


@require_safe
@own_page_only
def own_looked(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """Who has opened their record."""
    return render(request, "families/own/looked.html", {"page": page, "looked": who_looked(page)})

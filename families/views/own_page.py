"""What an adult finds on their own page. Every view here acts as them: see `own_page_session.own_page_only`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from families.models import OwnPage
from families.reports.own_page import own_home
from families.views.own_page_session import last_opened, own_page_only


@require_safe
@own_page_only
def own(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """The first of their pages: what was written last, and the way to everything else."""
    context = {"page": page, "home": own_home(page), "last_opened": last_opened(request)}
    return render(request, "families/own/home.html", context)

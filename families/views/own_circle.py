from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from families.models import OwnPage
from families.reports.circles import own_circle as circle_of
from families.views.own_page_session import own_page_only


@require_safe
@own_page_only
def own_circle(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """The circle this adult drew, as they finished it last; what is strained when they ask for it (`?whole`)."""
    whole = "whole" in request.GET
    return render(
        request, "families/own/circle.html", {"page": page, "drawn": circle_of(page, whole=whole), "whole": whole}
    )

"""Supervision from the side of a manager: dates, never words; and their own talks with coordinators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from volunteers.actions.supervision import coordinators_managed_by, hold_supervision
from volunteers.forms.supervision import HoldForm, now_here
from volunteers.models import Supervision, SupervisionKind
from volunteers.reports.supervision_pages import overseen
from volunteers.views.supervision import write_down


@require_safe
@require(Permission.SUPERVISION_OVERSEE)
def supervision_dates(request: HttpRequest) -> HttpResponse:
    return render(request, "volunteers/supervision_dates.html", {"page": overseen(request.user)})


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPERVISION_OVERSEE)
def coordinator_write(request: HttpRequest, person_id: int) -> HttpResponse:
    """A manager's talk with a coordinator."""
    person = get_object_or_404(coordinators_managed_by(request.user), pk=person_id)
    form = HoldForm(sent_or_kept(request), initial=now_here() | {"kind": SupervisionKind.ONE_TO_ONE})

    def act() -> Supervision:
        told = form.cleaned_data
        return hold_supervision(
            by=request.user, told=form.told(), kind=told["kind"], people=[person], uuid=told["uuid"]
        )

    return write_down(request, form, act, person=person)

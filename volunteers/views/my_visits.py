"""A volunteer's own pages: what is next, what was said, and a quiet way to ask for a call."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.models import Visit
from volunteers.actions import CallRefused, ask_for_call, close_call
from volunteers.forms.talking import CallForm
from volunteers.models import CallRequest
from volunteers.reports.before import visiting
from volunteers.reports.my_visits import my_check_ins, my_visits


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_visits_page(request: HttpRequest) -> HttpResponse:
    page = my_visits(request.user)
    if page.next:
        family = page.next.visit.family
        record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="my visits")
    return render(request, "volunteers/my_visits.html", {"page": page})


@require_safe
@require(Permission.MY_VISITS_VIEW)
def before_visit(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Who will be there, where it is, and what to take care of."""
    visits = Visit.objects.visible_to(request.user).planned().filter(worker=request.user)
    visit = get_object_or_404(visits.select_related("family", "support__service"), uuid=uuid)
    family = visit.family
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="before a visit")
    return render(request, "volunteers/before_visit.html", {"next": visiting(visit), "visit": visit, "family": family})


@require_safe
@require(Permission.MY_VISITS_VIEW)
def after_visits(request: HttpRequest) -> HttpResponse:
    """The check-ins one wrote, the latest first, with what came back."""
    rows, older = my_check_ins(request.user, request.GET.get("before", ""))
    return render(request, "volunteers/after_visits.html", {"rows": rows, "older": older})


@require_http_methods(["GET", "POST"])
@require(Permission.CHECK_IN_RECORD)
def call_ask(request: HttpRequest) -> HttpResponse:
    form = CallForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_call(by=request.user, words=form.cleaned_data["words"])
        except CallRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you for saying so. Your coordinator sees it now, and will call you."))
            return redirect("volunteers:my-visits")
    call = CallRequest.objects.visible_to(request.user).open().filter(volunteer__user=request.user).first()
    return render(request, "volunteers/call_ask.html", {"form": form, "call": call}, status=422 if form.errors else 200)


@require_POST
@require(Permission.CHECK_IN_RECORD)
def call_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    calls = CallRequest.objects.visible_to(request.user).filter(volunteer__user=request.user)
    close_call(by=request.user, request=get_object_or_404(calls, pk=pk))
    messages.success(request, _("Taken back. You can ask again whenever you like."))
    return redirect("volunteers:my-visits")

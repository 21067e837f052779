"""Stopping a volunteer at once, and deciding what follows: for managers and safeguarding leads."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from volunteers.actions.suspension import end_suspension, suspend
from volunteers.forms.pipeline import EndSuspensionForm, SuspendForm
from volunteers.models import Suspension, Volunteer
from volunteers.reports.pipeline import everybody
from volunteers.reports.standing import LOOKS
from volunteers.views.pipeline import done, page


@require_safe
@require(Permission.VOLUNTEER_SUSPEND)
def volunteers(request: HttpRequest) -> HttpResponse:
    """Names and states, and nothing else: to find whom to stop."""
    rows = [(row, *LOOKS[row.state]) for row in everybody(request.user)]
    return render(request, "volunteers/everybody.html", {"rows": rows})


def _overseen(request: HttpRequest, pk: int) -> Volunteer:
    rows = Volunteer.objects.overseen_by(request.user).select_related("user", "organisation")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.VOLUNTEER_SUSPEND)
def suspension_new(request: HttpRequest, pk: int) -> HttpResponse:
    row = _overseen(request, pk)
    form = SuspendForm(sent_or_kept(request))
    words = _("{name} is suspended. Their access is gone, and the coordinators are told.")
    if done(
        request,
        form,
        lambda: suspend(by=request.user, volunteer=row, **form.cleaned_data),
        words.format(name=row.display_name),
    ):
        return redirect("volunteers:everybody")
    return page(request, "volunteers/suspend.html", row, form)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.VOLUNTEER_SUSPEND)
def suspension(request: HttpRequest, pk: int) -> HttpResponse:
    """Why somebody is suspended, and the decision."""
    row = _overseen(request, pk)
    open_now = Suspension.objects.visible_to(request.user).open().select_related("suspended_by")
    suspended = get_object_or_404(open_now, volunteer=row)
    form = EndSuspensionForm(sent_or_kept(request))
    if done(request, form, lambda: end_suspension(by=request.user, volunteer=row, **form.cleaned_data), _("Saved.")):
        return redirect("volunteers:everybody")
    return page(request, "volunteers/suspension.html", row, form, suspended=suspended)

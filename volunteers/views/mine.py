"""A volunteer's own page: what they gave, what is theirs, and a way to step back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.clock import london_today
from volunteers.actions import CallRefused, ask_for_call
from volunteers.forms.mine import StepBackForm
from volunteers.models import Volunteer
from volunteers.reports.mine import DOORS, given


def own_row_or_404(request: HttpRequest) -> Volunteer:
    rows = Volunteer.objects.visible_to(request.user).filter(user=request.user)
    return get_object_or_404(rows.select_related("user", "organisation"))


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_page(request: HttpRequest) -> HttpResponse:
    volunteer = own_row_or_404(request)
    context = {"volunteer": volunteer, "given": given(request.user, volunteer, london_today())}
    context["doors"] = DOORS
    return render(request, "volunteers/mine.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.MY_VISITS_VIEW)
def step_back(request: HttpRequest) -> HttpResponse:
    """A break, or the end: it is said here and talked about, and nothing ends by itself."""
    own_row_or_404(request)
    form = StepBackForm(
        request.POST if request.method == "POST" else None, initial={"what": request.GET.get("what", "")}
    )
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_call(by=request.user, words=form.in_one_line())
        except CallRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you for telling us. Your coordinator sees it now, and will call you."))
            return redirect("volunteers:mine")
    return render(request, "volunteers/step_back.html", {"form": form}, status=422 if form.errors else 200)

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.actions.break_glass import close_record, open_record
from families.forms.break_glass import OpenRecordForm
from families.models import BreakGlass
from families.reports.break_glass import own_openings
from families.views.records import take


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_BREAK_GLASS)
def record_open(request: HttpRequest) -> HttpResponse:
    """Open a family's record for an hour, with a reason; and the records one opened before."""
    form = OpenRecordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        opened = []
        status = take(form, lambda: opened.append(open_record(by=request.user, **form.cleaned_data)))
        if status == 302:
            return redirect("families:family", opened[0].family.reference)
    context = {"form": form, "openings": own_openings(request.user)}
    return render(request, "families/break_glass_open.html", context, status=status)


@require_POST
@require(Permission.FAMILY_BREAK_GLASS)
def record_close(request: HttpRequest, pk: int) -> HttpResponse:
    opening = get_object_or_404(BreakGlass.objects.filter(user=request.user).select_related("family"), pk=pk)
    close_record(by=request.user, opening=opening)
    messages.success(request, _("The record is closed."))
    return redirect("families:open-record")

"""The volunteers: how they are, and what a family has by way of them. Panels that are pages of their own, too."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from betterstart.clock import london_today
from families.models import Family
from volunteers.actions import close_call
from volunteers.models import CallRequest, Volunteer
from volunteers.reports.beside import waits_beside
from volunteers.reports.matches import family_panel
from volunteers.reports.standing import standing_of
from volunteers.reports.volunteers import how_they_are, one_volunteer, recent_check_ins, who_to_ring


@require_safe
@require(Permission.MATCH_MANAGE)
def volunteers(request: HttpRequest) -> HttpResponse:
    rows, after = how_they_are(request.user, request.GET.get("after", ""))
    return render(request, "volunteers/volunteer_list.html", {"rows": rows, "after": after})


@require_safe
@require(Permission.MATCH_MANAGE)
def how_they_are_panel(request: HttpRequest) -> HttpResponse:
    rows, total = who_to_ring(request.user)
    template = "volunteers/_how_they_are.html" if request.htmx else "volunteers/how_they_are.html"
    return render(request, template, {"rows": rows, "total": total})


@require_safe
@require(Permission.VOLUNTEER_MANAGE)
def beside_today(request: HttpRequest) -> HttpResponse:
    found = waits_beside(request.user, london_today())
    template = "volunteers/_beside_today.html" if request.htmx else "volunteers/beside_today.html"
    return render(request, template, {"needs": found.needs, "others": found.total - len(found.needs)})


@require_safe
@require(Permission.MATCH_MANAGE)
def volunteer(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Volunteer.objects.kept_by(request.user).select_related("user", "service", "application")
    row = get_object_or_404(rows, pk=pk)
    context = {"volunteer": row, "standing": standing_of(request.user, row)}
    if row.user_id:
        context |= {"how": one_volunteer(request.user, row), "check_ins": recent_check_ins(request.user, row)}
    return render(request, "volunteers/volunteer.html", context)


@require_POST
@require(Permission.MATCH_MANAGE)
def call_close(request: HttpRequest, pk: int) -> HttpResponse:
    """The two have talked."""
    supervised = Volunteer.objects.supervised_by(request.user)
    call = get_object_or_404(CallRequest.objects.visible_to(request.user).filter(volunteer__in=supervised), pk=pk)
    close_call(by=request.user, request=call)
    messages.success(request, _("Good. The wish for a call is off the list."))
    return redirect("volunteers:volunteer", call.volunteer_id)


@require_safe
@require(Permission.FAMILY_VIEW)
def family_volunteers(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The panel on a family's page: its volunteers, and how the visits were."""
    family = get_object_or_404(Family.objects.visible_to(request.user), uuid=uuid)
    if not request.htmx:
        record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="volunteers")
    template = "volunteers/_family_panel.html" if request.htmx else "volunteers/family_panel.html"
    return render(request, template, {"panel": family_panel(request.user, family), "family": family})

"""Who visits whom: starting a match, looking at it, ending it."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.models import Family, Support
from families.reports.plan import wishes_about_volunteers
from volunteers.actions import MatchRefused, end_match, start_match
from volunteers.actions.matches import MATCHED_STATES
from volunteers.forms.match import MatchEndForm, MatchForm
from volunteers.models import Match, MatchState, Volunteer
from volunteers.reports.match_page import match_page
from volunteers.reports.volunteers import with_room


def match_or_404(request: HttpRequest, pk: int) -> Match:
    rows = Match.objects.visible_to(request.user).coordinated_by(request.user)
    return get_object_or_404(rows.select_related("family", "support__service", "volunteer__user"), pk=pk)


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def match_start(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    family = get_object_or_404(Family.objects.visible_to(request.user).coordinated_by(request.user), uuid=uuid)
    supports = list(
        Support.objects.coordinated_by(request.user)
        .filter(family=family, state__in=MATCHED_STATES)
        .select_related("service")
    )
    available = Volunteer.objects.visible_to(request.user).available_to(*(support.service for support in supports))
    volunteers = with_room(request.user, available)
    form = MatchForm(request.POST if request.method == "POST" else None, supports=supports, volunteers=volunteers)
    if request.method == "POST" and form.is_valid():
        try:
            match = start_match(by=request.user, **form.cleaned_data)
        except MatchRefused as refusal:
            form.add_error(None, refusal)
        else:
            words = _("{name} can now see this family, and finds it under My visits. Plan the introduction visit next.")
            messages.success(request, words.format(name=match.volunteer.user.display_name))
            return redirect("volunteers:match", match.pk)
    context = {"form": form, "family": family, "supports": supports, "wishes": wishes_about_volunteers(supports)}
    return render(request, "volunteers/match_start.html", context, status=422 if form.errors else 200)


@require_safe
@require(Permission.MATCH_MANAGE)
def match_detail(request: HttpRequest, pk: int) -> HttpResponse:
    match = match_or_404(request, pk)
    family = match.family
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="match")
    return render(
        request, "volunteers/match.html", {"page": match_page(request.user, match), "match": match, "family": family}
    )


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def match_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a match: first what it means, then the reason."""
    match = match_or_404(request, pk)
    if not match.holds:
        over = match.state == MatchState.ENDED
        messages.info(request, _("This match has already ended.") if over else _("This match has not begun."))
        return redirect("volunteers:match", match.pk)
    form = MatchEndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            end_match(by=request.user, match=match, **form.cleaned_data)
        except MatchRefused as refusal:
            form.add_error(None, refusal)
        else:
            at_once = match.assignment.ends_on == match.ended_on
            words = (
                _("Ended. {name} no longer sees this family.")
                if at_once
                else _("Ended. After today {name} no longer sees this family.")
            )
            messages.success(request, words.format(name=match.volunteer.user.display_name))
            return redirect("volunteers:match", match.pk)
    context = {"form": form, "page": match_page(request.user, match), "match": match, "family": match.family}
    return render(request, "volunteers/match_end.html", context, status=422 if form.errors else 200)

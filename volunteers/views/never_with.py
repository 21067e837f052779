"""Who is never brought together with a family. For its coordinators alone."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from betterstart.clock import london_date
from families.models import Family, FamilyReply, ReplyKind, Support
from families.views.records import take
from volunteers.actions.never_with import say_never, take_back_never
from volunteers.forms.never_with import NeverForm, TakeBackForm
from volunteers.models import Match, NeverReason, NeverSaidBy, NeverWith, Volunteer


def _family(request: HttpRequest, uuid: uuids.UUID) -> Family:
    family = get_object_or_404(Family.objects.visible_to(request.user).coordinated_by(request.user), uuid=uuid)
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="never with")
    return family


def _said(request: HttpRequest, family: Family) -> tuple[FamilyReply | None, dict[str, Any]]:
    """What the family asked for on their own page, and what that already says: it takes one step to note it."""
    try:
        uuid = uuids.UUID(request.GET.get("reply", ""))
    except ValueError:
        return None, {}
    replies = FamilyReply.objects.visible_to(request.user).coordinated_by(request.user)
    reply = get_object_or_404(replies, uuid=uuid, family=family, kind=ReplyKind.OTHER_VOLUNTEER)
    now = Match.objects.visible_to(request.user).holding().filter(support=reply.support_id)
    known = {"said_by": NeverSaidBy.FAMILY, "reason": NeverReason.ASKED, "said_on": london_date(reply.said_at)}
    return reply, known | {"volunteer": now.order_by("-pk").values_list("volunteer_id", flat=True).first()}


def _saved(request: HttpRequest, family: Family, volunteer: Volunteer) -> HttpResponse:
    """Back to the page; or to their match, where the two are together now."""
    matches = Match.objects.visible_to(request.user).coordinated_by(request.user).holding()
    if now := matches.filter(family=family, volunteer=volunteer).order_by("-pk").first():
        messages.warning(request, _("Saved. They are together now: decide today what becomes of it."))
        return redirect("volunteers:match", now.pk)
    messages.success(request, _("Saved. Nothing suggests or offers these two to each other."))
    return redirect("volunteers:never-with", family.uuid)


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def never_with(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Whom nothing suggests or offers to this family, and one more of them."""
    family = _family(request, uuid)
    reply, known = _said(request, family)
    supports = Support.objects.coordinated_by(request.user).filter(family=family).select_related("service", "family")
    support = (reply and supports.filter(pk=reply.support_id).first()) or supports.order_by("ended_on", "pk").first()
    volunteers = Volunteer.objects.visible_to(request.user).kept_by(request.user).here()
    form = NeverForm(request.POST or None, volunteers=volunteers.select_related("user"), initial=known)
    status = 200
    if request.method == "POST":
        status = take(form, lambda: say_never(by=request.user, support=support, reply=reply, **form.cleaned_data))
        if status == 302:
            return _saved(request, family, form.cleaned_data["volunteer"])
    rows = NeverWith.objects.visible_to(request.user).filter(family=family)
    rows = rows.select_related("volunteer__user", "recorded_by", "taken_back_by").order_by("taken_back_at", "-pk")
    context = {"family": family, "form": form, "rows": rows, "reply": reply}
    return render(request, "volunteers/never_with.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def never_take_back(request: HttpRequest, uuid: uuids.UUID, pk: int) -> HttpResponse:
    """It no longer holds."""
    family = _family(request, uuid)
    rows = NeverWith.objects.visible_to(request.user).standing().filter(family=family)
    row = get_object_or_404(rows.select_related("volunteer__user", "family"), pk=pk)
    form = TakeBackForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = take(form, lambda: take_back_never(by=request.user, row=row, **form.cleaned_data))
        if status == 302:
            messages.success(request, _("Taken back. They may be suggested to each other again."))
            return redirect("volunteers:never-with", uuid)
    context = {"family": family, "row": row, "form": form, "back": reverse("volunteers:never-with", args=[uuid])}
    return render(request, "volunteers/never_take_back.html", context, status=status)

"""The door of a session, on a phone or a tablet: tap whoever has arrived."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRefresh

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from families.actions.sign_in import SignInRefused, sign_in, sign_in_someone_new, undo_sign_in
from families.forms.groups import SomeoneNewForm
from families.models import FamilyMember, GroupSession
from families.reports.door import door
from families.views.records import take

MOST_TOGETHER = 30


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_SIGN_IN)
def door_page(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Names only. A tap says "arrived" or "not here", so that the same tap twice means the same."""
    session = _session(request, uuid)
    if request.method == "POST":
        return _tap(request, session)
    page = door(request.user, session, request.GET.get("q", "").strip()[:100])
    is_fragment = request.htmx and not request.htmx.history_restore_request
    template = "families/_door_list.html" if is_fragment else "families/door.html"
    return render(request, template, {"door": page, "session": session, "series": session.series})


def _tap(request: HttpRequest, session: GroupSession) -> HttpResponse:
    """By script the answer is what was tapped and the count beside it. A tap that cannot be shows the page anew."""
    arrived, gone = (_people(request.POST.get(name, "")) for name in ("arrived", "not_here"))
    try:
        if arrived:
            sign_in(by=request.user, session=session, people=arrived)
        for person in gone:
            undo_sign_in(by=request.user, session=session, person=person)
    except (SignInRefused, FamilyMember.DoesNotExist):
        messages.warning(request, _("That did not work: the list has changed meanwhile. Please look again."))
        arrived = gone = []
    if (not arrived and not gone) or not request.htmx:
        return HttpResponseClientRefresh() if request.htmx else redirect("families:session-door", session.uuid)
    page = door(request.user, session)
    household, person = page.of(arrived or gone)
    context = {"door": page, "household": household, "person": person, "session": session, "series": session.series}
    return render(request, "families/_door_tapped.html", context)


def _people(text: str) -> list[uuids.UUID]:
    """Those one tap was for; nobody where it is no tap of ours."""
    try:
        return [uuids.UUID(each) for each in text.split(",")[:MOST_TOGETHER]] if text else []
    except ValueError:
        return []


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_SIGN_IN)
@keeps_words
def someone_new(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Somebody nobody knows yet, with the least that is needed."""
    session = _session(request, uuid)
    if not session.series.is_drop_in:
        messages.info(request, _("People are booked into this group. Ask your coordinator to add them."))
        return redirect("families:session-door", session.uuid)
    form = SomeoneNewForm(sent_or_kept(request))

    def save() -> None:
        try:
            sign_in_someone_new(by=request.user, session=session, **form.for_action())
        except ValidationError as refusal:
            raise ValidationError(refusal.messages) from refusal

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:session-door", session.uuid)
    return render(request, "families/someone_new.html", {"form": form, "session": session}, status=status)


def _session(request: HttpRequest, uuid: uuids.UUID) -> GroupSession:
    """A session of a group this person runs."""
    mine = GroupSession.objects.visible_to(request.user).select_related("series__service__organisation")
    return get_object_or_404(mine, uuid=uuid)

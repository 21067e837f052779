"""Check-ins from the side of the volunteer who writes them."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.models import Family, Support, Visit, VisitState
from families.views.records import leading_on
from families.views.writing import write
from volunteers.actions import (
    AlreadyCheckedIn,
    CheckInRefused,
    StaleCheckIn,
    add_note,
    edit_check_in,
    may_edit,
    note_read,
    record_check_in,
)
from volunteers.forms.check_in import CheckInEditForm, CheckInForm
from volunteers.forms.talking import NoteForm
from volunteers.models import CheckIn, NoteKind
from volunteers.reports.check_in import (
    check_in_page,
    may_change_visit,
    planned_answers,
    readers,
    recorded_answers,
    unplanned_answers,
    volunteer_phone,
)


def own_check_in_or_404(request: HttpRequest, pk: int) -> CheckIn:
    rows = CheckIn.objects.visible_to(request.user).filter(author=request.user)
    rows = rows.select_related("visit__family", "visit__support__service", "author", "seen_by")
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
@require(Permission.CHECK_IN_RECORD)
@keeps_words
def check_in_record(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """How a visit was that had been planned, or that is on record already."""
    visits = Visit.objects.visible_to(request.user).filter(worker=request.user)
    visit = get_object_or_404(visits.select_related("family", "support__service"), uuid=uuid)
    if request.method == "GET":
        if stored := CheckIn.objects.visible_to(request.user).filter(visit=visit).first():
            return redirect("volunteers:my-check-in", stored.pk)
        if visit.state not in (VisitState.PLANNED, VisitState.DELIVERED):
            messages.info(
                request, _("That visit was moved or taken out, or did not happen: there is nothing to say about it.")
            )
            return redirect("volunteers:my-visits")

    def save(form: CheckInForm) -> HttpResponse:
        return recorded(request, form, visit=visit, support=visit.support)

    return write(
        request,
        CheckInForm,
        family=visit.family,
        visit=visit,
        template="volunteers/check_in_form.html",
        initial=planned_answers(visit),
        save=save,
        purpose=f"check-in-{visit.uuid}",
        stale=lambda form, stored: once_more(request, form, stored),
    )


@leading_on
@require_http_methods(["GET", "POST"])
@require(Permission.CHECK_IN_RECORD)
@keeps_words
def check_in_unplanned(request: HttpRequest, reference: str, support_id: int) -> HttpResponse:
    """How it was when the two met without a plan."""
    family = get_object_or_404(Family.objects.visible_to(request.user), reference=reference)
    supports = Support.objects.worked_by(request.user).filter(family=family).select_related("service", "family")
    support = get_object_or_404(supports, pk=support_id)
    return write(
        request,
        CheckInForm,
        family=family,
        template="volunteers/check_in_form.html",
        initial=unplanned_answers(support),
        save=lambda form: recorded(request, form, support=support),
        purpose=f"check-in-{support.pk}",
    )


def recorded(request: HttpRequest, form: CheckInForm, *, support: Support, visit: Visit | None = None) -> HttpResponse:
    """Send the answers on. What is kept already comes back beside what was typed (409), and nothing is lost."""
    cleaned = form.cleaned_data
    try:
        check_in = record_check_in(
            by=request.user,
            uuid=cleaned["uuid"],
            facts=form.told(),
            answers=form.answers(),
            visit=visit,
            support=support,
            version=cleaned["version"],
            confirmed=cleaned["confirmed"],
            device_time=form.sent_at(),
        )
    except AlreadyCheckedIn as kept:
        return two_versions(request, kept.stored)
    return redirect("volunteers:check-in-sent", check_in.pk)


def once_more(request: HttpRequest, form: CheckInForm, stored: Visit) -> HttpResponse | None:
    """The visit was written down by somebody else meanwhile: the rest of the answers can still be added to it."""
    if not stored.was_delivered:
        return None
    data = form.data.copy()
    data["version"] = str(stored.version)
    data.pop("happened", None)
    again = CheckInForm(data, family=form.family, user=form.user, visit=stored)
    messages.warning(request, _("This visit is written down already. Send your answers to add them to it."))
    context = {"form": again, "family": form.family, "visit": stored, "purpose": f"check-in-{stored.uuid}"}
    return render(request, "volunteers/check_in_form.html", context, status=409)


def two_versions(request: HttpRequest, stored: CheckIn, data: Any = None) -> HttpResponse:
    """What is on record, and under it what was typed, ready to be sent instead."""
    visit = stored.visit
    data = (data or request.POST).copy()
    data["version"], data["visit_version"] = str(stored.version), str(visit.version)
    if data.get("happened") == "as_planned" or "length" not in data:
        data["length"], data["minutes"] = "other", str(visit.duration_minutes or "")
    form = CheckInEditForm(
        data, family=visit.family, user=request.user, visit=visit, may_edit_visit=may_change_visit(request.user, stored)
    )
    page = check_in_page(stored, request.user)
    context = {"page": page, "check_in": stored, "family": visit.family, "visit": visit, "form": form}
    context |= {"two_versions": True, "may_edit": may_edit(request.user, stored)}
    return render(request, "volunteers/check_in_edit.html", context, status=409)


@require_http_methods(["GET", "POST"])
@require(Permission.CHECK_IN_RECORD)
def check_in_edit(request: HttpRequest, pk: int) -> HttpResponse:
    check_in = own_check_in_or_404(request, pk)
    if not may_edit(request.user, check_in):
        messages.info(request, _("This check-in has been read, so it stays as it is. You can add a note below."))
        return redirect("volunteers:my-check-in", check_in.pk)
    changes_visit = may_change_visit(request.user, check_in)

    def save(form: CheckInEditForm) -> HttpResponse:
        cleaned = form.cleaned_data
        versions = {"version": cleaned["version"], "visit_version": cleaned["visit_version"]}
        facts = form.facts() if changes_visit else None
        edit_check_in(
            by=request.user,
            check_in=check_in,
            answers=form.answers(),
            facts=facts,
            confirmed=cleaned["confirmed"],
            **versions,
        )
        messages.success(request, _("Saved. Your coordinator reads it as it stands now."))
        return redirect("volunteers:my-check-in", check_in.pk)

    def form_class(*args: Any, **kwargs: Any) -> CheckInEditForm:
        return CheckInEditForm(*args, may_edit_visit=changes_visit, **kwargs)

    try:
        return write(
            request,
            form_class,
            family=check_in.visit.family,
            visit=check_in.visit,
            template="volunteers/check_in_edit.html",
            initial=recorded_answers(check_in),
            save=save,
            check_in=check_in,
        )
    except StaleCheckIn as found:
        return two_versions(request, found.stored)


@require_safe
@require(Permission.CHECK_IN_RECORD)
def check_in_sent(request: HttpRequest, pk: int) -> HttpResponse:
    """Thank you, who reads it, and what happens next."""
    check_in = own_check_in_or_404(request, pk)
    support = check_in.visit.support
    context = {"check_in": check_in, "family": support.family, "readers": readers(support), "support": support}
    context["first_name"] = request.user.display_name.split()[0]
    context["reader_names"] = get_text_list([reader.display_name for reader in context["readers"]], _("or"))
    context["may_edit"] = may_edit(request.user, check_in)
    context["phone"] = volunteer_phone(request.user)
    return render(request, "volunteers/check_in_sent.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.CHECK_IN_RECORD)
def my_check_in(request: HttpRequest, pk: int) -> HttpResponse:
    """One's own check-in, with what came back; answering a question, or adding to it."""
    check_in = own_check_in_or_404(request, pk)
    family = check_in.visit.family
    note_read(by=request.user, check_in=check_in)
    page = check_in_page(check_in, request.user)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        kind = NoteKind.ANSWER if page.open_question else NoteKind.ADDENDUM
        try:
            add_note(by=request.user, check_in=check_in, kind=kind, words=form.cleaned_data["words"])
        except CheckInRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Sent. Your coordinator sees it."))
            return redirect("volunteers:my-check-in", check_in.pk)
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="check-in")
    context = {"page": page, "check_in": check_in, "family": family, "visit": check_in.visit, "form": form}
    return render(request, "volunteers/my_check_in.html", context, status=422 if form.errors else 200)

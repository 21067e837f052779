from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from betterstart.clock import duration_in_words, moment_in_words
from families.actions.visit import edit_visit, log_visit, may_edit
from families.actions.visit_rules import StaleVisit
from families.forms.visit import RecordForm, writable_supports
from families.forms.visit_versions import differences, merged, undecided
from families.models import Family, Visit, VisitState
from families.reports.visit import as_planned, as_recorded, support_to_offer, usual_visit
from families.reports.visit_page import last_hand, visit_page
from families.views.writing import write

FOUND_FAMILIES = 10


def visit_or_404(request: HttpRequest, uuid: uuids.UUID) -> Visit:
    visits = Visit.objects.visible_to(request.user).select_related("family", "support__service", "worker")
    return get_object_or_404(visits, uuid=uuid)


def family_or_404(request: HttpRequest, reference: str) -> Family:
    return get_object_or_404(Family.objects.visible_to(request.user), reference=reference)


@require_safe
@require(Permission.VISIT_LOG)
def choose_family(request: HttpRequest) -> HttpResponse:
    """The first half of logging a visit: a few letters find the family; one that is found alone is opened at once."""
    text = request.GET.get("q", "").strip()
    families = Family.objects.looked_after_by(request.user)
    families = families.matching(text) if text else families.order_by("name", "pk")
    found = list(families.prefetch_related("home_members")[: FOUND_FAMILIES + 1])
    if text and len(found) == 1 and not request.htmx:
        return redirect("families:visit-log", found[0].reference)
    context = {"found": found[:FOUND_FAMILIES], "more": len(found) > FOUND_FAMILIES, "text": text}
    template = "families/_visit_families.html" if request.htmx else "families/visit_choose_family.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_LOG)
@keeps_words
def visit_log(request: HttpRequest, reference: str) -> HttpResponse:
    """A visit nobody had planned."""
    family = family_or_404(request, reference)
    supports = [support for support in writable_supports(family, request.user) if support.is_open]
    support = support_to_offer(supports, request.GET.get("support", ""))
    waiting = Visit.objects.planned().filter(support__in=supports, planned_start__lte=timezone.now())

    def save(form: RecordForm) -> HttpResponse:
        chosen = form.cleaned_data["support"]
        visit = log_visit(by=request.user, support=chosen, uuid=form.cleaned_data["uuid"], **form.facts())
        return saved(request, visit)

    return write(
        request,
        RecordForm,
        family=family,
        template="families/visit_form.html",
        initial=usual_visit(family, support, request.user),
        save=save,
        purpose="visit-log",
        waiting=waiting.select_related("worker").order_by("-planned_start")[:3],
        closed=not supports,
    )


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_LOG)
@keeps_words
def visit_record(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """A planned visit that took place."""
    visit = visit_or_404(request, uuid)
    if request.method == "GET" and visit.state != VisitState.PLANNED:
        return redirect("families:visit-detail", visit.uuid)

    def save(form: RecordForm) -> HttpResponse:
        version = form.cleaned_data["version"]
        kept = log_visit(by=request.user, support=visit.support, visit=visit, version=version, **form.facts())
        return saved(request, kept)

    return write_of(request, visit, "visit-record", initial=as_planned(visit), save=save)


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_PLAN)
@keeps_words
def visit_edit(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Correct a visit that took place; also the way out of the page that shows two versions."""
    visit = visit_or_404(request, uuid)
    if not visit.was_delivered or not may_edit(request.user, visit):
        messages.warning(request, _("This visit cannot be changed here any more."))
        return redirect("families:visit-detail", visit.uuid)

    def save(form: RecordForm) -> HttpResponse:
        if undecided(request.POST):
            raise StaleVisit(visit)
        kept = edit_visit(by=request.user, visit=visit, version=form.cleaned_data["version"] or 0, **form.facts())
        return saved(request, kept)

    data = merged(request.POST, visit) if "differs" in request.POST else None
    return write_of(request, visit, "visit-edit", initial=as_recorded(visit), save=save, data=data)


def write_of(request: HttpRequest, visit: Visit, purpose: str, **how: Any) -> HttpResponse:
    """The form for a visit that is here already: planned, or on record."""
    return write(
        request,
        RecordForm,
        family=visit.family,
        visit=visit,
        template="families/visit_form.html",
        purpose=f"{purpose}-{visit.uuid}",
        stale=lambda form, stored: compare(request, form, stored),
        **how,
    )


def saved(request: HttpRequest, visit: Visit) -> HttpResponse:
    """Say what was saved; the page of the visit offers what comes next."""
    sentence = _("Saved: {family}, {when}, {duration}.")
    when = moment_in_words(visit.actual_start) if visit.actual_start else ""
    duration = duration_in_words(visit.duration_minutes or 0)
    messages.success(request, sentence.format(family=visit.family, when=when, duration=duration))
    return redirect("families:visit-detail", visit.uuid)


def compare(request: HttpRequest, form: RecordForm, stored: Visit) -> HttpResponse | None:
    """Two people wrote about one visit: both versions side by side. The same twice is simply saved."""
    if not stored.was_delivered:
        return None
    found = differences(form, stored)
    if not found:
        return saved(request, stored)
    typed = [
        (name, value)
        for name, values in form.data.lists()
        for value in values
        if name not in ("csrfmiddlewaretoken", "version", "differs") and not name.startswith("keep-")
    ]
    context = {"visit": stored, "family": stored.family, "found": found, "typed": typed}
    context["hand"] = last_hand(stored) or stored.recorded_by or _("somebody")
    return render(request, "families/visit_compare.html", context, status=409)


@require_safe
@require(Permission.FAMILY_VIEW)
def visit_detail(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    row = visit_or_404(request, uuid)
    record_read(by=request.user, family_id=row.family_id, family_reference=row.family.reference, page="visit")
    return render(request, "families/visit_page.html", visit_page(row, request.user))

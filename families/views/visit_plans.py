from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import keeps_words, require
from betterstart.access.permissions import Permission
from betterstart.clock import moment_in_words
from betterstart.transitions.machine import MoveRefused
from families.actions.visit import (
    log_not_delivered,
    mark_not_delivered,
    may_withdraw,
    reopen_visit,
    withdraw_visit,
)
from families.actions.visit_plan import move_visit, plan_series, plan_visit
from families.actions.visit_rules import StaleVisit, VisitRefused
from families.forms.visit import MissedForm, MoveForm, PlanForm, TryForm, WithdrawForm, writable_supports
from families.models import Visit, VisitState
from families.models.visit import VISIT_MACHINE
from families.reports.visit import as_planned, next_visit, support_to_offer, usual_visit
from families.views.visits import family_or_404, visit_or_404
from families.views.writing import write


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_PLAN)
def visit_plan(request: HttpRequest, reference: str) -> HttpResponse:
    """One visit, or one each week."""
    family = family_or_404(request, reference)
    supports = [support for support in writable_supports(family, request.user) if support.is_open]
    support = support_to_offer(supports, request.GET.get("support", ""))

    def save(form: PlanForm) -> HttpResponse:
        cleaned = form.cleaned_data
        what: dict[str, Any] = {"by": request.user, "support": cleaned["support"], "purpose": cleaned["purpose"]}
        if form.is_series:
            return planned(request, plan_series(**what, **form.series()))
        return planned(request, [plan_visit(**what, **form.plan())])

    return write(
        request,
        PlanForm,
        family=family,
        template="families/visit_plan.html",
        initial=next_visit(support, request.user),
        save=save,
        closed=not supports,
    )


def planned(request: HttpRequest, visits: list[Visit]) -> HttpResponse:
    first, last = visits[0], visits[-1]
    when = moment_in_words(first.planned_start)  # type: ignore[arg-type]
    if len(visits) == 1:
        words = _("Planned: {family}, {when}, with {worker}.").format(
            family=first.family, when=when, worker=first.worker.display_name
        )
    else:
        words = ngettext(
            "Planned: {n} visit to {family}, the first {first}, the last {last}.",
            "Planned: {n} visits to {family}, the first {first}, the last {last}.",
            len(visits),
        ).format(n=len(visits), family=first.family, first=when, last=moment_in_words(last.planned_start))  # type: ignore[arg-type]
    messages.success(request, words)
    return redirect("families:visit-detail", first.uuid)


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_PLAN)
def visit_move(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Another time, person or place for a planned visit."""
    visit = visit_or_404(request, uuid)
    if request.method == "GET" and visit.state != VisitState.PLANNED:
        return redirect("families:visit-detail", visit.uuid)

    def save(form: MoveForm) -> HttpResponse:
        what = form.plan() | {"version": form.cleaned_data["version"]}
        return planned(request, [move_visit(by=request.user, visit=visit, **what)])

    return write(
        request,
        MoveForm,
        family=visit.family,
        visit=visit,
        template="families/visit_move.html",
        initial=as_planned(visit),
        save=save,
    )


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_PLAN)
@keeps_words
def visit_missed(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """A planned visit that did not, or will not, take place."""
    visit = visit_or_404(request, uuid)
    if request.method == "GET" and visit.state != VisitState.PLANNED:
        return redirect("families:visit-detail", visit.uuid)

    def save(form: MissedForm) -> HttpResponse:
        cleaned = form.cleaned_data
        what = form.outcome() | {"version": cleaned["version"], "and_later": cleaned.get("and_later", False)}
        return missed(request, mark_not_delivered(by=request.user, visit=visit, **what))

    return write(
        request,
        MissedForm,
        family=visit.family,
        visit=visit,
        template="families/visit_missed.html",
        initial=as_planned(visit),
        save=save,
        purpose=f"visit-missed-{visit.uuid}",
        stale=lambda form, stored: missed(request, [stored]) if as_typed(form, stored) else None,
    )


def as_typed(form: MissedForm, stored: Visit) -> bool:
    """The same answer was sent before."""
    return stored.state == VisitState.NOT_DELIVERED and stored.not_delivered_reason == form.cleaned_data["reason"]


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_PLAN)
@keeps_words
def visit_try(request: HttpRequest, reference: str) -> HttpResponse:
    """A try nobody had planned, that did not reach the family."""
    family = family_or_404(request, reference)
    supports = [support for support in writable_supports(family, request.user) if support.is_open]
    support = support_to_offer(supports, request.GET.get("support", ""))

    def save(form: TryForm) -> HttpResponse:
        cleaned = form.cleaned_data
        what = {key: value for key, value in form.plan().items() if key != "confirmed"} | form.outcome()
        visit = log_not_delivered(by=request.user, support=cleaned["support"], purpose=cleaned["purpose"], **what)
        return missed(request, [visit])

    return write(
        request,
        TryForm,
        family=family,
        template="families/visit_missed.html",
        initial=usual_visit(family, support, request.user) | {"minutes": 15, "reason": "family_not_available"},
        save=save,
        purpose="visit-try",
        closed=not supports,
    )


def missed(request: HttpRequest, visits: list[Visit]) -> HttpResponse:
    first = visits[0]
    when = moment_in_words(first.planned_start)  # type: ignore[arg-type]
    words = _("Saved: {family}, {when}, did not happen ({reason}).").format(
        family=first.family, when=when, reason=first.get_not_delivered_reason_display()
    )
    if len(visits) > 1:
        words += " " + ngettext(
            "{n} later visit is cancelled too.", "{n} later visits are cancelled too.", len(visits) - 1
        )
        words = words.format(n=len(visits) - 1)
    messages.success(request, words)
    if first.rebooked:
        return redirect("families:visit-plan", first.family.reference)
    return redirect("families:visit-detail", first.uuid)


@require_http_methods(["GET", "POST"])
@require(Permission.VISIT_PLAN)
def visit_withdraw(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """A visit on record that was entered by mistake: what taking it out means, and why."""
    visit = visit_or_404(request, uuid)
    if VISIT_MACHINE.find(visit.state, VisitState.WITHDRAWN) is None or not may_withdraw(request.user, visit):
        messages.warning(request, _("This visit cannot be changed here any more."))
        return redirect("families:visit-detail", visit.uuid)

    def save(form: WithdrawForm) -> HttpResponse:
        cleaned = form.cleaned_data
        withdraw_visit(by=request.user, visit=visit, note=cleaned["note"], version=cleaned["version"] or 0)
        messages.success(request, _("Taken out. It counts nowhere any more, and stays in the history."))
        return redirect("families:visit-detail", visit.uuid)

    return write(
        request,
        WithdrawForm,
        family=visit.family,
        visit=visit,
        template="families/visit_withdraw.html",
        initial={"uuid": uuids.uuid4(), "version": visit.version},
        save=save,
        checked_in=visit.state in (VisitState.CHECKED_IN, VisitState.SEEN),
    )


@require_POST
@require(Permission.VISIT_LOG)
def visit_reopen(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Take back "did not happen"."""
    visit = visit_or_404(request, uuid)
    try:
        reopen_visit(by=request.user, visit=visit)
        messages.success(request, _("Taken back: the visit is planned again."))
    except VisitRefused as refused:
        messages.error(request, " ".join(refused.messages))
    except (MoveRefused, StaleVisit):
        messages.error(request, _("This visit has moved on. Here is where it stands now."))
    return redirect("families:visit-detail", visit.uuid)

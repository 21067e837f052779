"""The plan for everyone who waits: ask for it, watch it being worked out, stop it, read it family by family."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.models import Service
from betterstart.access.permissions import Permission
from volunteers.actions.joint_plan import PlanRefused, ask_plan, cancel_plan
from volunteers.models import JointPlan, PlanState
from volunteers.reports.joint_plan.pages import proposal, services_to_plan


@require_safe
@require(Permission.MATCH_MANAGE)
def plans(request: HttpRequest) -> HttpResponse:
    """The services this person coordinates, and the newest plan of each."""
    return render(request, "volunteers/joint_plans.html", {"choices": services_to_plan(request.user)})


@require_POST
@require(Permission.MATCH_MANAGE)
def plan_ask(request: HttpRequest, service_id: int) -> HttpResponse:
    service = get_object_or_404(Service.objects.coordinated_by(request.user), pk=service_id)
    try:
        plan = ask_plan(by=request.user, service=service)
    except PlanRefused as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("volunteers:joint-plans")
    return redirect("volunteers:joint-plan", plan.uuid)


@require_safe
@require(Permission.MATCH_MANAGE)
def plan_page(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """How far it is, or what it proposes. htmx asks for the fragment until the work is over."""
    plan = _plan(request, uuid)
    only = request.GET.get("only", "")
    context = {"plan": plan, "only": only}
    if plan.state == PlanState.DONE:
        context["page"] = page = proposal(request.user, plan, only=only, after=request.GET.get("after", ""))
        counts = {"": plan.waiting, "with": plan.could_start, "without": page.without}
        context["tabs"] = [
            {"label": words, "url": f"?only={key}", "current": key == only, "count": counts[key]}
            for key, words in _only().items()
        ]
    template = "volunteers/_joint_plan_body.html" if request.htmx else "volunteers/joint_plan.html"
    return render(request, template, context)


@require_POST
@require(Permission.MATCH_MANAGE)
def plan_stop(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    plan = _plan(request, uuid)
    try:
        cancel_plan(by=request.user, plan=plan)
        messages.success(request, _("Stopped. Nothing of it is kept."))
    except PlanRefused as refusal:
        messages.error(request, refusal.messages[0])
    return redirect("volunteers:joint-plan", plan.uuid)


def _only() -> dict[str, str]:
    return {"": _("Everyone"), "with": _("Somebody could come"), "without": _("Nobody yet")}


def _plan(request: HttpRequest, uuid: uuids.UUID) -> JointPlan:
    return get_object_or_404(
        JointPlan.objects.visible_to(request.user).select_related("service", "asked_by"), uuid=uuid
    )

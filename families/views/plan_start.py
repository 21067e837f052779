"""The initial visit, and whatever an adult of a family says later: one page for each question."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.transitions.machine import MoveRefused
from families.actions.editing import StaleEdit
from families.actions.family import edit_family
from families.actions.goal import move_goal, reword_goal, set_goal
from families.actions.need import need_set, pick_needs
from families.actions.own_words import PlanRefused, choose, say
from families.actions.score import give_scores, rate_goal
from families.actions.support import edit_support
from families.forms.plan import GoalForm, NeedsForm, RateForm, RewordForm, ScoresForm, WordsForm
from families.forms.plan_choices import SafetyForm, SpokenForm, WishesForm
from families.models import Goal, GoalState, Need, Sayable, Stage, Support
from families.reports.plan import choices_now, goal_page, interpreter_now, needs_of
from families.reports.plan_start import start_page
from families.views.plan import adult_of, plan_of, planned, review_of
from families.views.records import edit


def start_of(support: Support) -> str:
    return reverse("families:plan-start", args=[support.family.reference, support.pk])


@require_safe
@require(Permission.SUPPORT_MOVE)
def plan_start(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """What there is to talk about at the initial visit, step by step."""
    support = planned(request, reference, pk, "initial visit")
    context = {"family": support.family, "support": support, "start": start_page(request.user, support)}
    return render(request, "families/plan_start.html", context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_needs(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID) -> HttpResponse:
    """What one adult would like help with."""
    support = planned(request, reference, pk, "plan needs")
    adult, adults = adult_of(support, uuid)
    picked = list(Need.objects.standing().filter(support=support, member=adult).in_order())
    items = need_set(support.service.organisation)
    several = len(adults) > 1
    form = NeedsForm(sent_or_kept(request), items=items, picked=picked, adult=adult, several=several)

    def save() -> None:
        given = {"items": list(form.cleaned_data["items"]), "said": form.lines(), **form.common}
        pick_needs(by=request.user, support=support, adult=adult, interpreter=interpreter_now(support, adult), **given)
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": adult})

    own = [need for need in picked if need.said]
    context = {"support": support, "adult": adult, "own": own, "then": start_of(support)}
    return edit(request, form, save, template="families/plan_needs.html", family=support.family, **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_scores(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID, stage: str) -> HttpResponse:
    """How one adult copes with what they picked, in their own numbers."""
    if stage not in Stage.values:
        raise Http404
    support = planned(request, reference, pk, "plan scores")
    adult, _adults = adult_of(support, uuid)
    needs = needs_of(adult, support)
    if not needs:
        messages.info(request, _("Ask first what they would like help with."))
        return redirect("families:plan-needs", reference, pk, uuid)
    form = ScoresForm(sent_or_kept(request), needs=needs, adult=adult)

    def save() -> None:
        interpreter = interpreter_now(support, adult)
        give_scores(
            by=request.user, support=support, adult=adult, stage=stage, interpreter=interpreter, **form.for_action()
        )
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": adult})

    then = reverse("families:ending", args=[reference, pk]) if stage == Stage.END else start_of(support)
    then = review_of(request, reference) or then
    context = {"support": support, "adult": adult, "stage": Stage(stage), "then": then}
    return edit(request, form, save, template="families/plan_scores.html", family=support.family, **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_goal_new(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID) -> HttpResponse:
    """A goal in one adult's own words."""
    support = planned(request, reference, pk, "plan goal")
    adult, adults = adult_of(support, uuid)
    form = GoalForm(sent_or_kept(request), adult=adult, several=len(adults) > 1)

    def save() -> None:
        interpreter = interpreter_now(support, adult)
        set_goal(by=request.user, support=support, adult=adult, interpreter=interpreter, **form.for_action())
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": adult})

    context = {"support": support, "adult": adult, "then": start_of(support)}
    return edit(request, form, save, template="families/plan_goal_form.html", family=support.family, **context)


def _goal(request: HttpRequest, reference: str, pk: int, goal: int, page: str) -> tuple[Support, Any]:
    support = planned(request, reference, pk, page)
    rows = Goal.objects.visible_to(request.user).in_words().filter(support=support)
    found = get_object_or_404(rows, pk=goal)
    found.support, found.member.family = support, support.family
    return support, found


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_goal(request: HttpRequest, reference: str, pk: int, goal: int) -> HttpResponse:
    """One goal: its course, a new rating by the adult whose it is, and what becomes of it."""
    support, row = _goal(request, reference, pk, goal, "plan goal")
    form = RateForm(sent_or_kept(request), adult=row.member)
    review = review_of(request, reference)
    stage = Stage.REVIEW if review else Stage.BETWEEN

    def save() -> None:
        interpreter = interpreter_now(support, row.member)
        given = form.for_action() | {"interpreter": interpreter}
        rate_goal(by=request.user, goal=row, adult=row.member, stage=stage, **given)
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": row.member})

    context = {"support": support, "goal": row, "page": goal_page(request.user, row), "then": review or request.path}
    return edit(request, form, save, template="families/plan_goal.html", family=support.family, **context)


@require_POST
@require(Permission.SUPPORT_MOVE)
def plan_goal_move(request: HttpRequest, reference: str, pk: int, goal: int, to: str) -> HttpResponse:
    """It is reached, let go, or taken up again: as the adult whose goal it is says."""
    _support, row = _goal(request, reference, pk, goal, "plan goal")
    if to not in (GoalState.REACHED, GoalState.LET_GO, GoalState.WORKING_ON):
        raise Http404
    try:
        move_goal(by=request.user, goal=row, version=row.version, to=to)
        messages.success(request, _("Saved. It now says: %s.") % GoalState(to).label)
    except (MoveRefused, StaleEdit, PlanRefused):
        messages.error(request, _("This goal has moved on. Look at it again."))
    return redirect("families:plan-goal", reference, pk, goal)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_goal_reword(request: HttpRequest, reference: str, pk: int, goal: int) -> HttpResponse:
    """They say it differently now; what they said first stays."""
    support, row = _goal(request, reference, pk, goal, "plan goal")
    form = RewordForm(sent_or_kept(request), adult=row.member, several=False, initial={"version": row.version})

    def save() -> None:
        reword_goal(by=request.user, goal=row, interpreter=interpreter_now(support, row.member), **form.for_action())
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": row.member})

    context = {"support": support, "adult": row.member, "goal": row, "then": plan_of(support)}
    return edit(request, form, save, template="families/plan_goal_form.html", family=support.family, **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_words(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID) -> HttpResponse:
    """What whoever comes should know of their life, in their words."""
    support = planned(request, reference, pk, "plan words")
    adult, adults = adult_of(support, uuid)
    form = WordsForm(sent_or_kept(request), adult=adult, several=len(adults) > 1)

    def save() -> None:
        given = form.for_action() | {"interpreter": interpreter_now(support, adult)}
        say(by=request.user, support=support, adult=adult, kind=Sayable.KNOW, **given)
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": adult})

    context = {"support": support, "adult": adult, "then": start_of(support)}
    return edit(request, form, save, template="families/plan_words.html", family=support.family, **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_asked(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID, about: str) -> HttpResponse:
    """How the two spoke with each other ("spoken"); or who should come and who sees the numbers ("wishes")."""
    support = planned(request, reference, pk, "plan choices")
    adult, adults = adult_of(support, uuid)
    now, data = choices_now(support, adult), sent_or_kept(request)
    if about not in ("spoken", "wishes"):
        raise Http404
    form: Any = SpokenForm(data, now=now.get("interpreter"))
    if about == "wishes":
        form = WishesForm(data, adult=adult, several=len(adults) > 1, now=now)

    def save() -> None:
        for answer in form.answers():
            choose(by=request.user, support=support, adult=adult, **answer)
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": adult})

    context = {"support": support, "adult": adult, "about": about, "now": now, "then": start_of(support)}
    return edit(request, form, save, template="families/plan_asked.html", family=support.family, **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_safety(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Coming to their home safely: for those who visit."""
    support = planned(request, reference, pk, "home safety")
    form = SafetyForm(sent_or_kept(request), support=support)

    def save() -> None:
        given = form.cleaned_data
        notes, day = given["safety_notes"], given["home_safety_on"]
        with transaction.atomic():
            edit_support(by=request.user, support=support, version=given["version"], home_safety_on=day)
            family_version = given["family_version"]
            edit_family(by=request.user, family=support.family, version=family_version, safety_notes=notes)
        messages.success(request, _("Saved. Everyone who visits sees it."))

    context = {"support": support, "then": start_of(support)}
    return edit(request, form, save, template="families/plan_safety.html", family=support.family, **context)

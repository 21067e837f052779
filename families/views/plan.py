"""A family's plan: what its adults said, what comes next, and the copy that is theirs."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from families.actions.editing import StaleEdit
from families.actions.family import NotYourService
from families.actions.goal import share_entry
from families.actions.need import close_need
from families.actions.own_words import PlanRefused, adults_of, take_back_words, translate_words
from families.actions.plan_action import agree_action, drop_action, finish_action, reopen_action
from families.forms.plan_choices import ActionForm, TranslateForm
from families.models import Family, FamilyMember, Goal, GoalState, Need, OwnWords, PlanAction, Support
from families.reports.plan import plan_page
from families.reports.plan_copy import copy_language, plan_copy
from families.reports.plan_start import needs_of_visits
from families.views.records import edit, family_to_change, family_to_read

MOVES = {"done": finish_action, "drop": drop_action, "again": reopen_action}
SHARED = {"need": Need, "goal": Goal, "action": PlanAction}


def planned(request: HttpRequest, reference: str, pk: int, page: str) -> Support:
    """A support in a service this person coordinates, or 404. Notes that the record was opened."""
    family = family_to_change(request, reference, page)
    supports = Support.objects.coordinated_by(request.user).filter(family=family)
    return get_object_or_404(supports.select_related("service__organisation", "family"), pk=pk)


def adult_of(support: Support, uuid: uuids.UUID) -> tuple[FamilyMember, list[FamilyMember]]:
    """One of those who have a voice in this family, or 404; and all of them."""
    adults = list(adults_of(support.family))
    adult = next((each for each in adults if each.uuid == uuid), None)
    if adult is None:
        raise Http404
    adult.family = support.family
    return adult, adults


def review_of(request: HttpRequest, reference: str) -> str:
    """The page of the look together that led here; nothing where none did."""
    pk = request.GET.get("review", "")
    is_number = pk.isascii() and pk.isdecimal() and len(pk) < 19
    return reverse("families:review", args=[reference, int(pk)]) if is_number else ""


def plan_of(support: Support) -> str:
    return reverse("families:plan", args=[support.family.reference, support.pk])


@require_safe
@require(Permission.FAMILY_VIEW)
def plan(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """What the adults of a family said under one support, and what is agreed, as far as this reader may know."""
    family: Any = family_to_read(request, reference, "plan")
    supports = Support.objects.visible_to(request.user).filter(family=family)
    support = get_object_or_404(supports.select_related("service__organisation"), pk=pk)
    support.family = family
    mine = Support.objects.coordinated_by(request.user).filter(pk=pk).exists()
    page = plan_page(request.user, support)
    context = {"family": family, "support": support, "page": page, "may_write": mine and support.is_open}
    fits = needs_of_visits(request.user, support) if mine else None
    return render(request, "families/plan.html", context | {"coordinates": mine, "fits": fits})


@require_safe
@require(Permission.SUPPORT_MOVE)
def plan_copy_page(request: HttpRequest, reference: str, pk: int, uuid: uuids.UUID) -> HttpResponse:
    """One adult's own copy on paper: what is theirs, and what is ours together."""
    support = planned(request, reference, pk, "plan copy")
    adult, _adults = adult_of(support, uuid)
    language, is_translated = copy_language(adult)
    with translation.override(language):
        copy = plan_copy(support, adult)
    context = {"family": support.family, "support": support, "copy": copy, "adult": adult}
    context |= {"sheet_language": language, "is_translated": is_translated, "back": plan_of(support)}
    return render(request, "families/plan_copy.html", context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_action_new(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One thing to do next: by the family, the volunteer or the coordinator."""
    support = planned(request, reference, pk, "plan action")
    goals = list(support.goals.filter(state=GoalState.WORKING_ON).in_words())
    form = ActionForm(sent_or_kept(request), adults=adults_of(support.family), goals=goals, initial=request.GET.dict())

    def save() -> None:
        agree_action(by=request.user, support=support, **form.for_action())
        messages.success(request, _("Saved. It stands in the plan."))

    context = {"support": support, "then": plan_of(support)}
    return edit(request, form, save, template="families/plan_action.html", family=support.family, **context)


@require_POST
@require(Permission.FAMILY_VIEW)
def plan_action_move(request: HttpRequest, reference: str, pk: int, action: int, to: str) -> HttpResponse:
    """Done, dropped, or not done after all: by who coordinates, and by a volunteer for what is theirs."""
    family: Family = family_to_read(request, reference, "plan action")
    rows = PlanAction.objects.visible_to(request.user).filter(support=pk, family=family)
    row = get_object_or_404(rows.select_related("support__family", "member"), pk=action)
    if to not in MOVES:
        raise Http404
    try:
        MOVES[to](by=request.user, row=row, version=row.version)
        messages.success(request, _("Saved."))
    except (StaleEdit, NotYourService, PlanRefused):
        messages.error(request, _("This could not be changed just now. Look at it again."))
    return redirect(review_of(request, reference) or reverse("families:plan", args=[reference, pk]))


@require_POST
@require(Permission.SUPPORT_MOVE)
def plan_share(request: HttpRequest, reference: str, pk: int, kind: str, entry: int) -> HttpResponse:
    """An adult makes something ours together, or keeps it for themselves again."""
    support = planned(request, reference, pk, "plan sharing")
    if kind not in SHARED:
        raise Http404
    rows: Any = SHARED[kind].objects.visible_to(request.user).filter(support=support)  # type: ignore[attr-defined]
    row = get_object_or_404(rows.select_related("support__family", "member"), pk=entry)
    is_ours = request.POST.get("ours") == "yes"
    try:
        share_entry(by=request.user, row=row, is_ours=is_ours)
        words = _("The other adults of the family may see this now.") if is_ours else _("Only {name} sees this now.")
        messages.success(request, words.format(name=row.member))
    except (StaleEdit, PlanRefused) as refused:
        messages.error(request, getattr(refused, "message", "") or _("Somebody changed this meanwhile."))
    return redirect(plan_of(support))


@require_POST
@require(Permission.SUPPORT_MOVE)
def plan_need_close(request: HttpRequest, reference: str, pk: int, need: int) -> HttpResponse:
    """They do not need help with this any more; what they said of it stays."""
    support = planned(request, reference, pk, "plan needs")
    rows = Need.objects.visible_to(request.user).standing().filter(support=support)
    row = get_object_or_404(rows.select_related("support__family", "member", "item", "said"), pk=need)
    try:
        close_need(by=request.user, need=row)
        messages.success(request, _("Saved. What they said of it stays."))
    except (StaleEdit, PlanRefused) as refused:
        messages.error(request, getattr(refused, "message", "") or _("Somebody changed this meanwhile."))
    return redirect(plan_of(support))


def _words(request: HttpRequest, reference: str, pk: int, words: int) -> tuple[Support, OwnWords]:
    support = planned(request, reference, pk, "plan words")
    rows = OwnWords.objects.visible_to(request.user).standing().filter(support=support)
    return support, get_object_or_404(rows.select_related("support__family", "member"), pk=words)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_translate(request: HttpRequest, reference: str, pk: int, words: int) -> HttpResponse:
    """A translation beside what somebody said, with who translated."""
    support, said = _words(request, reference, pk, words)
    known = {"translation": said.translation, "into": said.translated_into or "en", "translator": said.translator}
    form = TranslateForm(sent_or_kept(request), initial=known | {"version": said.version})

    def save() -> None:
        translate_words(by=request.user, said=said, **form.cleaned_data)
        messages.success(request, _("Saved. It stands beside their words."))

    context = {"support": support, "said": said, "then": plan_of(support)}
    return edit(request, form, save, template="families/plan_translate.html", family=support.family, **context)


@require_POST
@require(Permission.SUPPORT_MOVE)
def plan_take_back(request: HttpRequest, reference: str, pk: int, words: int) -> HttpResponse:
    """They would rather not have it kept."""
    support, said = _words(request, reference, pk, words)
    take_back_words(by=request.user, said=said)
    messages.success(request, _("Taken back. No page shows it any more."))
    return redirect(plan_of(support))

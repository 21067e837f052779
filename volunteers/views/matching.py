"""Looking for a volunteer for one family: who could come and why, who could not and why, and what was decided."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.actions.own_words import adults_of
from families.models import Support, VisitNeeds
from families.reports.plan import wishes_about_volunteers
from families.reports.plan_copy import copy_language
from volunteers.actions.matching import decide_match, look_again
from volunteers.actions.pairing import MATCHED_STATES, MatchRefused
from volunteers.forms.matching import DecisionForm, LookForm
from volunteers.models import MatchDecision
from volunteers.reports.matching.cards import KEYS, MOST_CARDS, shortlist
from volunteers.reports.matching.decisions import decisions_of

PAGE = 30


def support_or_404(request: HttpRequest, pk: int, page: str) -> Support:
    """A support of a service this person coordinates. Notes that the family's record was opened."""
    rows = Support.objects.coordinated_by(request.user).select_related("family", "service__organisation")
    support = get_object_or_404(rows, pk=pk)
    family = support.family
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page=page)
    return support


def _from(request: HttpRequest, name: str = "from") -> int:
    """Where a page of a list begins; what is not a number begins at the top."""
    typed = request.GET.get(name, "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 7 else 0


@require_safe
@require(Permission.MATCH_MANAGE)
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Up to five people who could come to this family; or all of them, some at a time."""
    support = support_or_404(request, pk, "find a volunteer")
    order = request.GET.get("order", "")
    found = shortlist(request.user, support, order)
    sees_all, start = "all" in request.GET, _from(request)
    proposed = _from(request, "proposed")
    cards = found.put_first(found.cards(start, PAGE) if sees_all else found.cards(), proposed)
    more = start + PAGE if sees_all and found.could > start + PAGE else None
    context = {
        "family": support.family,
        "support": support,
        "found": found,
        "cards": cards,
        "proposed": proposed,
        "proposed_person": found.people.get(proposed),
        "barriers": found.barriers_of(proposed),
        "orders": [(key, words, key == found.considered.key) for key, words in KEYS.items()],
        "more": more,
        "sees_all": sees_all,
        "others": max(0, found.could - MOST_CARDS),
        "may_decide": support.state in MATCHED_STATES,
        "wishes": wishes_about_volunteers([support]),
        "visit_needs": VisitNeeds.objects.visible_to(request.user).filter(support=support).first(),
    }
    return render(request, "volunteers/find.html", context)


@require_safe
@require(Permission.MATCH_MANAGE)
def find_not_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Who else was considered and cannot come to this family now, each with the rule."""
    support = support_or_404(request, pk, "who else was considered")
    found = shortlist(request.user, support)
    rule, start = request.GET.get("rule", ""), _from(request)
    rows, has_more = found.not_now(rule, start, PAGE)
    context = {"family": support.family, "support": support, "found": found, "rows": rows, "rule": rule}
    return render(request, "volunteers/find_not_now.html", context | {"more": start + PAGE if has_more else None})


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MATCH_MANAGE)
def find_decide(request: HttpRequest, pk: int, volunteer_id: int | None = None) -> HttpResponse:
    """Choose one person for this family, or none of them, and say why. Nobody is told yet."""
    support = support_or_404(request, pk, "choose a volunteer")
    found = shortlist(request.user, support, request.GET.get("order", ""))
    volunteer = found.people.get(volunteer_id) if volunteer_id else None
    if volunteer_id and volunteer is None:
        raise Http404
    barriers = found.barriers_of(volunteer.pk) if volunteer else []
    form = DecisionForm(sent_or_kept(request), nobody=volunteer is None, barriers=barriers)
    if request.method == "POST" and form.is_valid():
        try:
            shown = found.as_facts(volunteer_id)
            decision = decide_match(
                by=request.user, support=support, volunteer=volunteer, shown=shown, **form.cleaned_data
            )
        except MatchRefused as refusal:
            form.refuse(refusal)
        else:
            return _decided(request, decision)
    card = found.card_of(volunteer.pk) if volunteer else None
    context = {"form": form, "family": support.family, "support": support, "volunteer": volunteer, "card": card}
    return render(
        request,
        "volunteers/find_decide.html",
        context | {"barriers": barriers, "found": found},
        status=422 if form.errors else 200,
    )


def _decided(request: HttpRequest, decision: MatchDecision) -> HttpResponse:
    if decision.match_id is None:
        messages.success(request, _("Written down. The family goes on waiting; Today tells you when to look again."))
        return redirect("volunteers:find-decisions", decision.support_id)
    words = _("Written down. Nobody has been told yet: next, ask {name} and the family, each apart.")
    messages.success(request, words.format(name=decision.volunteer.display_name))
    return redirect("volunteers:match", decision.match_id)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MATCH_MANAGE)
def find_decisions(request: HttpRequest, pk: int) -> HttpResponse:
    """What was decided about who visits this family, the newest first; and looking at the newest again."""
    support = support_or_404(request, pk, "why this volunteer")
    decided = decisions_of(request.user, support)
    form = LookForm(sent_or_kept(request)) if decided else None
    if request.method == "POST" and form and form.is_valid():
        try:
            look_again(by=request.user, decision=decided[0].decision, **form.cleaned_data)
        except MatchRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Written down."))
            return redirect("volunteers:find-decisions", pk)
    context = {"family": support.family, "support": support, "decided": decided, "form": form}
    status = 422 if form and form.errors else 200
    return render(request, "volunteers/find_decisions.html", context, status=status)


@require_safe
@require(Permission.MATCH_MANAGE)
def find_sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """For the family, on paper: what the computer does when we look for a volunteer, and what it does not."""
    support = support_or_404(request, pk, "how we look for a volunteer")
    adult = next(iter(adults_of(support.family)), None)
    language, is_translated = copy_language(adult) if adult else (settings.LANGUAGE_CODE, True)
    context = {"family": support.family, "support": support, "sheet_language": language}
    context |= {"is_translated": is_translated, "back": reverse("volunteers:find", args=[support.pk])}
    return render(request, "volunteers/find_sheet.html", context)

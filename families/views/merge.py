from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.actions.merge import MergeRefused, merge_families, say_not_the_same, separate_families
from families.forms.merge import MergeForm, OtherFamilyForm, SeparateForm
from families.models import FamilyMerge
from families.reports.compare import compare
from families.reports.same_family import proposals, what_moved
from families.views.records import edit, family_to_change, lead_on


@require_safe
@require(Permission.FAMILY_EDIT)
def same_list(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one family, among those this person coordinates."""
    return render(request, "families/same_list.html", {"proposed": proposals(request.user)})


@require_safe
@require(Permission.FAMILY_EDIT)
def same_choose(request: HttpRequest, reference: str) -> HttpResponse:
    """Which record is the same family as this one: those that look alike, or any by its reference."""
    family = family_to_change(request, reference, "same family")
    form = OtherFamilyForm(request.GET if "other" in request.GET else None, user=request.user, family=family)
    if form.is_bound and form.is_valid():
        return redirect("families:merge", family.reference, form.cleaned_data["other"].reference)
    context = {"form": form, "family": family, "proposed": proposals(request.user, only=family.pk)}
    return render(request, "families/same_choose.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def merge(request: HttpRequest, reference: str, other: str) -> HttpResponse:
    """Two records side by side, and what becomes of them when they are one family."""
    if reference == other:
        return redirect("families:same-choose", reference)
    try:
        kept, merged = (family_to_change(request, each, "same family") for each in (reference, other))
    except Http404:
        return lead_on(request, reference, other)
    compared = compare(request.user, kept, merged)
    form = MergeForm(request.POST or None, compared=compared)

    def save() -> None:
        merge_families(by=request.user, kept=kept, merged=merged, **form.for_action())
        messages.success(
            request, _("The two records are one now. You can take them apart again on this page, at any time.")
        )

    return edit(request, form, save, template="families/merge_compare.html", family=kept, compared=compared)


@require_POST
@require(Permission.FAMILY_EDIT)
def not_the_same(request: HttpRequest, reference: str, other: str) -> HttpResponse:
    """Remember that these are two families."""
    try:
        family, another = (family_to_change(request, each, "same family") for each in (reference, other))
        say_not_the_same(by=request.user, family=family, other=another)
        words = _("Noted: %(one)s and %(other)s are two families. They are not proposed again.")
        messages.success(request, words % {"one": family.in_words, "other": another.in_words})
    except MergeRefused as refusal:
        messages.error(request, refusal.messages[0])
    except Http404:
        return lead_on(request, reference, other)
    return redirect("families:same-list")


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def separate(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Take two records apart that were joined by mistake."""
    family = family_to_change(request, reference, "same family")
    joined = get_object_or_404(FamilyMerge.objects.visible_to(request.user), kept=family, pk=pk)
    form = SeparateForm(request.POST or None)

    def save() -> None:
        separate_families(by=request.user, merge=joined, reason=form.cleaned_data["reason"])
        messages.success(request, _("These are two records again."))

    context = {"joined": joined, "moved": what_moved(joined)}
    return edit(request, form, save, template="families/merge_apart.html", family=family, **context)

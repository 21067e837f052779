from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.clock import day_in_words
from families.actions.touch import keep_in_touch
from families.actions.visit_rules import VisitRefused
from families.forms.touch import TouchForm, WaitingForm, coordinated_services, managed_services
from families.models import Support
from families.reports.touch import touch_page
from families.reports.waiting_list import Key, long_waits, waiting_list
from families.reports.waiting_list import waiting as waiting_of
from families.views.my_families import family_tabs
from families.views.records import edit, family_to_change

BACK = {"today": "families:today", "list": "families:waiting-list"}


@require_safe
@require(Permission.SUPPORT_MOVE)
def waiting(request: HttpRequest) -> HttpResponse:
    """Everybody who waits for the services this person coordinates, the longest wait first."""
    form = WaitingForm(request.GET, services=coordinated_services(request.user))
    listed = waiting_list(request.user, form.chosen(), after=Key.parse(request.GET.get("after", "")))
    return render(
        request,
        "families/waiting_list.html",
        {"form": form, "listed": listed, "tabs": family_tabs(request.user, "waiting-list")},
    )


@require_safe
@require(Permission.METRICS_VIEW)
def waiting_long(request: HttpRequest) -> HttpResponse:
    """For a manager: who has waited six weeks or more, by reference and without names."""
    form = WaitingForm(request.GET, services=managed_services(request.user))
    listed = long_waits(request.user, form.chosen(), after=Key.parse(request.GET.get("after", "")))
    return render(request, "families/waiting_long.html", {"form": form, "listed": listed})


@require_http_methods(["GET", "POST"])
@require(Permission.SUPPORT_MOVE)
def touch(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A family that waits: how to reach them safely, what was said last, and a few words after the call."""
    family = family_to_change(request, reference, "waiting touch")
    supports = Support.objects.coordinated_by(request.user).filter(family=family).select_related("service", "family")
    support = waiting_of(supports).with_promise().filter(pk=pk).first()
    if support is None:
        get_object_or_404(supports, pk=pk)
        messages.info(request, _("This family does not wait any more. Here is where it stands now."))
        return redirect("families:support", reference, pk)
    form = TouchForm(request.POST or None, support=support)

    def save() -> None:
        try:
            keep_in_touch(by=request.user, support=support, **form.cleaned_data)
        except VisitRefused as refusal:
            raise form.in_our_words(refusal) from refusal
        day = day_in_words(form.cleaned_data["next_on"])
        messages.success(request, _("Saved. Today tells you again on {day}.").format(day=day))

    back = BACK.get(request.GET.get("from", ""))
    then = reverse(back) if back else family.page
    context = {"support": support, "page": touch_page(request.user, support), "back": then}
    return edit(request, form, save, template="families/touch.html", family=family, then=then, **context)

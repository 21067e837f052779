"""What several services with one family agree on: being named, the lead contact, numbers and addresses."""

from __future__ import annotations

import datetime as dt

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from betterstart.transitions.machine import MoveRefused
from families.actions.contact_change import answer_change
from families.actions.lead_contact import accept_lead, ask_lead, choose_lead, decline_lead, end_lead, withdraw_lead
from families.actions.naming import note_naming
from families.forms.together import LeadForm, NamedForm
from families.models import ContactChange, LeadContact, Support
from families.reports.contact_changes import comparisons
from families.reports.together import together
from families.views.records import edit, family_to_change

LEAD_ANSWERS = {
    "yes": (accept_lead, gettext_lazy("Saved. The family tells its story to you from now on.")),
    "no": (decline_lead, gettext_lazy("Saved. Whoever asked sees that it is not possible.")),
    "take-back": (withdraw_lead, gettext_lazy("Saved. The other service is not asked any more.")),
    "end": (end_lead, gettext_lazy("Saved. The family has no lead contact now.")),
}


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def support_named(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """What the family says to being named to other services."""
    family = family_to_change(request, reference, "support named")
    supports = Support.objects.coordinated_by(request.user).filter(family=family).select_related("service", "family")
    support = get_object_or_404(supports, pk=pk)
    form = NamedForm(request.POST or None, instance=support)

    def save() -> None:
        note_naming(by=request.user, support=support, **form.cleaned_data)
        messages.success(request, _("Saved. The family can change its mind at any time."))

    return edit(request, form, save, template="families/support_named.html", family=family, support=support)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def lead(request: HttpRequest, reference: str) -> HttpResponse:
    """Who the family tells its story to, and who could be asked."""
    family = family_to_change(request, reference, "lead contact")
    now = together(request.user, family)
    form = LeadForm(request.POST or None, user=request.user, together=now)

    def save() -> None:
        support, person, of = form.for_action()
        if person:
            choose_lead(by=request.user, support=support, person=person)
            messages.success(request, _("Saved. The family tells its story to %s from now on.") % person)
        else:
            ask_lead(by=request.user, support=support, of=of)
            messages.success(request, _("Saved. You see here when they have answered."))

    return edit(request, form, save, template="families/lead_contact.html", family=family, together=now)


@require_POST
@require(Permission.FAMILY_EDIT)
def lead_answer(request: HttpRequest, reference: str, pk: int, answer: str) -> HttpResponse:
    family = family_to_change(request, reference, "lead contact")
    row = get_object_or_404(LeadContact.objects.visible_to(request.user).filter(family=family), pk=pk)
    if answer not in LEAD_ANSWERS:
        raise Http404
    act, words = LEAD_ANSWERS[answer]
    try:
        act(by=request.user, lead=row)
        messages.success(request, words)
    except (ValidationError, MoveRefused) as refusal:
        messages.error(request, _said(refusal))
    return redirect("families:lead", reference)


@require_safe
@require(Permission.FAMILY_EDIT)
def contact_changes(request: HttpRequest, reference: str) -> HttpResponse:
    """What other organisations were told, beside what these services go on with."""
    family = family_to_change(request, reference, "contact changes")
    context = {"family": family, "comparisons": comparisons(request.user, family)}
    return render(request, "families/contact_changes.html", context)


@require_POST
@require(Permission.FAMILY_EDIT)
def contact_change_answer(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Use it too, or keep ours. `seen` says what the person looked at when they chose."""
    family = family_to_change(request, reference, "contact changes")
    change = get_object_or_404(ContactChange.objects.answered_by(request.user).filter(family=family), pk=pk)
    use = request.POST.get("answer") == "use"
    try:
        answer_change(by=request.user, change=change, use=use, seen_at=_moment(request.POST.get("seen", "")))
        messages.success(request, _("Saved. You use it too from now on.") if use else _("Saved. You keep yours."))
    except (ValidationError, MoveRefused) as refusal:
        messages.error(request, _said(refusal))
    left = ContactChange.objects.unanswered().answered_by(request.user).filter(family=family)
    return redirect(reverse("families:contact-changes", args=[reference]) if left.exists() else family.page)


def _moment(text: str) -> dt.datetime:
    """What was seen; anything broken was not."""
    try:
        seen = dt.datetime.fromisoformat(text)
    except ValueError:
        return dt.datetime(1, 1, 1, tzinfo=dt.UTC)
    return seen if seen.tzinfo else seen.replace(tzinfo=dt.UTC)


def _said(refusal: ValidationError | MoveRefused) -> str:
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)

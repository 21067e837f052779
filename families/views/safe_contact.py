from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.actions.contact import ContactRefused, ask_again
from families.actions.editing import StaleEdit
from families.actions.kept_apart import decide_kept_apart, keep_apart
from families.forms.kept_apart import DecideForm, KeptApartForm
from families.models import KeptApart
from families.reports.contact_rules import contact_rules, reference_of, to_look_at
from families.views.records import edit, family_to_change, family_to_read, take


@require_safe
@require(Permission.FAMILY_VIEW)
def rules(request: HttpRequest, reference: str) -> HttpResponse:
    """Whether each person may be reached now, by every way; whom to keep away; what was not sent, and why."""
    family = family_to_read(request, reference, "contact rules")
    context = {"family": family, "rules": contact_rules(request.user, family)}
    return render(request, "families/contact_rules.html", context)


@require_POST
@require(Permission.FAMILY_EDIT)
def still_the_same(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Asked again, and nothing has changed."""
    family = family_to_change(request, reference, "contact asked again")
    contact = get_object_or_404(family.contact_methods.current().select_related("family"), pk=pk)
    try:
        ask_again(by=request.user, contact=contact, version=contact.version)
    except (ContactRefused, StaleEdit) as refusal:
        sentences = refusal.messages if isinstance(refusal, ContactRefused) else [_("Somebody has just changed this.")]
        messages.error(request, " ".join(sentences))
    else:
        messages.success(request, _("Saved. It counts for another twelve weeks."))
    return redirect("families:contact-rules", reference)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def apart_add(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "kept apart add")
    form = KeptApartForm(sent_or_kept(request), family=family)

    def save() -> None:
        row = keep_apart(by=request.user, family=family, **form.cleaned_data)
        messages.success(request, _("Saved. It holds from now; a safeguarding lead looks at it: %s.") % row)

    then = reverse("families:contact-rules", args=[reference])
    return edit(request, form, save, template="families/kept_apart_form.html", family=family, then=then)


@require_safe
@require(Permission.CONCERNS_VIEW)
def apart_list(request: HttpRequest) -> HttpResponse:
    """For safeguarding leads: what their organisation wrote down and nobody has looked at, the oldest first."""
    context = to_look_at(request.user, after=request.GET.get("after", ""))
    return render(request, "families/kept_apart_list.html", context)


@require_http_methods(["GET", "POST"])
@require(Permission.CONCERNS_VIEW)
def apart_decide(request: HttpRequest, pk: int) -> HttpResponse:
    rows = KeptApart.objects.to_look_at(request.user).select_related("written_by", "decided_by")
    row = get_object_or_404(rows, pk=pk)
    reference = reference_of(request.user, row)
    record_read(by=request.user, family_id=row.family_id, family_reference=reference, page="kept apart")
    form = DecideForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = take(form, lambda: decide_kept_apart(by=request.user, row=row, **form.for_action()))
        if status == 302:
            messages.success(request, _("Saved. The coordinators read what you decided."))
            return redirect("families:kept-apart-list")
    context = {"row": row, "reference": reference, "form": form}
    return render(request, "families/kept_apart_decide.html", context, status=status)

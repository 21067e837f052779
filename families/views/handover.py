from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.actions.handover import HandoverRefused, add_line, leave_out, take_back
from families.forms.handover import PleaseKnowForm
from families.forms.records import show_refusal
from families.models import HandoverLine, Support
from families.reports.handover import handover


def _support(request: HttpRequest, reference: str, pk: int) -> Support:
    """A support this person may read now, or 404. Notes that its handover was opened."""
    supports = Support.objects.visible_to(request.user).with_promise()
    support = get_object_or_404(
        supports.select_related("service__organisation", "family"), pk=pk, family__reference=reference
    )
    record_read(by=request.user, family_id=support.family_id, family_reference=reference, page="handover")
    return support


def _leads(user: User, support: Support) -> bool:
    return Support.objects.responsible_to(user).filter(pk=support.pk).exists()


def _page(request: HttpRequest, support: Support, form: PleaseKnowForm | None = None) -> HttpResponse:
    """What is passed on, as the reader may know it; a coordinator may look at it as a volunteer reads it."""
    leads = _leads(request.user, support)
    with_them = [spell.worker for spell in support.assignments.in_force().select_related("worker")]
    eyes = request.GET.get("as", "")
    reader = next((worker for worker in with_them if leads and str(worker.pk) == eyes), None)
    if eyes and reader is None:
        raise Http404
    coordinates = Support.objects.coordinated_by(request.user).filter(pk=support.pk).exists()
    context = {
        "support": support,
        "family": support.family,
        "handover": handover(reader or request.user, support, leads=leads and reader is None),
        "leads": leads,
        "reader": reader,
        "with_them": with_them if leads else [],
        "coordinates": coordinates,
        "may_write": reader is None and (coordinates or request.user in with_them),
        "form": form or PleaseKnowForm(leads=leads),
    }
    return render(request, "families/handover.html", context, status=422 if form else 200)


@require_safe
@require(Permission.FAMILY_VIEW)
def handover_page(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    return _page(request, _support(request, reference, pk))


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.HANDOVER_WRITE)
def handover_add(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """A line of one's own for whoever comes next."""
    support = _support(request, reference, pk)
    if (data := sent_or_kept(request)) is None:
        return redirect("families:handover", reference, pk)
    form = PleaseKnowForm(data, leads=_leads(request.user, support))
    if request.method == "POST" and form.is_valid():
        try:
            add_line(by=request.user, support=support, **form.cleaned_data)
        except HandoverRefused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Saved. Whoever comes next will know."))
            return redirect("families:handover", reference, pk)
    return _page(request, support, form)


@require_POST
@require(Permission.SUPPORT_MOVE)
def handover_leave_out(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One line of the page is not passed on."""
    support = _support(request, reference, pk)
    key = request.POST.get("key", "")
    if key not in handover(request.user, support, leads=True).keys:
        messages.info(request, _("This line is not there any more, or must always be passed on."))
    else:
        try:
            leave_out(by=request.user, support=support, key=key)
            messages.success(request, _("Left out. It is not passed on."))
        except HandoverRefused as refusal:
            messages.error(request, " ".join(refusal.messages))
    return redirect("families:handover", reference, pk)


@require_POST
@require(Permission.HANDOVER_WRITE)
def handover_take_back(request: HttpRequest, reference: str, pk: int, line: int) -> HttpResponse:
    support = _support(request, reference, pk)
    lines = HandoverLine.objects.visible_to(request.user).standing().filter(support=support)
    row = get_object_or_404(lines.select_related("support__family"), pk=line)
    try:
        take_back(by=request.user, line=row)
        messages.success(request, _("Passed on again.") if row.key else _("Taken back."))
    except HandoverRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("families:handover", reference, pk)

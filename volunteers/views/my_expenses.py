"""A volunteer's own expenses, on the phone: a journey in two taps, a receipt by the camera, and what became of it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require, signed_in_only
from betterstart.access.permissions import Permission
from betterstart.clock import london_today
from families.models import Visit
from volunteers.actions import (
    ExpenseRefused,
    keep_receipt,
    note_receipt_opened,
    remove_line,
    save_line,
    say_no_receipt,
    send_claim,
    tell_miles_elsewhere,
)
from volunteers.forms.expenses import AnswerForm, JourneyForm, MilesElsewhereForm, ReceiptForm, SpentForm
from volunteers.models import ClaimState, ExpenseClaim, ExpenseLine, MilesElsewhere, Receipt
from volunteers.models.mileage import tax_year
from volunteers.reports.expenses import claim_page, last_miles, my_expenses, visits_to_claim

FORMS = {"journey": JourneyForm, "spent": SpentForm}


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_expenses_page(request: HttpRequest) -> HttpResponse:
    page = my_expenses(request.user, request.GET.get("before", ""))
    return render(request, "volunteers/my_expenses.html", {"page": page})


@require_http_methods(["GET", "POST"])
@require(Permission.MY_VISITS_VIEW)
def expense_add(request: HttpRequest, what: str) -> HttpResponse:
    if what not in FORMS:
        raise Http404
    visits = visits_to_claim(request.user, journeys=what == "journey")
    chosen = next((visit for visit in visits if str(visit.uuid) == request.GET.get("visit")), None)
    known = {"miles": last_miles(request.user, chosen)} if chosen else {}
    offered = [chosen] if chosen else visits
    form = FORMS[what](request.POST or None, visits=offered, chosen=chosen, initial=known)
    return _line_page(request, form, what, chosen=chosen)


@require_http_methods(["GET", "POST"])
@require(Permission.MY_VISITS_VIEW)
def expense_edit(request: HttpRequest, pk: int) -> HttpResponse:
    line = _own_line(request, pk)
    what = "journey" if line.is_journey else "spent"
    visits = visits_to_claim(request.user, line, journeys=line.is_journey)
    form = FORMS[what](request.POST or None, visits=visits, line=line)
    return _line_page(request, form, what, line=line)


def _line_page(
    request: HttpRequest, form: Any, what: str, line: ExpenseLine | None = None, chosen: Visit | None = None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_line(by=request.user, spent=form.spent(), line=line)
        except ExpenseRefused as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Kept. It is not sent yet."))
            if saved.is_journey:
                return _back(saved)
            return redirect("volunteers:expense-receipt", saved.pk)
    context = {"form": form, "what": what, "line": line, "chosen": chosen}
    return render(request, "volunteers/expense_line.html", context, status=422 if form.errors else 200)


def _show(form: Any, refusal: ValidationError) -> None:
    """The refusal beside its field, if the form has it."""
    told = refusal.message_dict if hasattr(refusal, "error_dict") else {None: refusal.messages}
    for name, sentences in told.items():
        form.add_error(name if name in form.fields else None, sentences)


def _back(line: ExpenseLine) -> HttpResponse:
    if line.claim.state == ClaimState.QUERIED:
        return redirect("volunteers:my-claim", line.claim_id)
    return redirect("volunteers:my-expenses")


def _own_line(request: HttpRequest, pk: int) -> ExpenseLine:
    """A line that can still be changed. One that is sent is not here."""
    lines = ExpenseLine.objects.filter(claim__in=ExpenseClaim.objects.of(request.user)).select_related("claim")
    return get_object_or_404(lines.filter(claim__state__in=[ClaimState.DRAFT, ClaimState.QUERIED]), pk=pk)


@require_POST
@require(Permission.MY_VISITS_VIEW)
def expense_remove(request: HttpRequest, pk: int) -> HttpResponse:
    line = _own_line(request, pk)
    try:
        remove_line(by=request.user, line=line)
    except ExpenseRefused as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("“%s” is taken off.") % line.what_for)
    return _back(line)


@require_http_methods(["GET", "POST"])
@require(Permission.MY_VISITS_VIEW)
def expense_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """After the line is kept, so that nothing typed hangs on a photo that may be refused."""
    line = _own_line(request, pk)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = ReceiptForm(*sent, initial={"no_receipt": line.no_receipt})
    if request.method == "POST" and form.is_valid():
        photo, why = form.cleaned_data["receipt"], form.cleaned_data["no_receipt"]
        try:
            if photo:
                keep_receipt(by=request.user, line=line, file=photo)
            else:
                say_no_receipt(by=request.user, line=line, why=why)
        except ExpenseRefused as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Kept. It is not sent yet."))
            return _back(line)
    context = {"form": form, "line": line, "kept": Receipt.objects.filter(line=line).exists()}
    return render(request, "volunteers/expense_receipt.html", context, status=422 if form.errors else 200)


@require_safe
@signed_in_only
def receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo or PDF, for the claimant and whoever decides: as a file that is looked at outside this site."""
    row = get_object_or_404(Receipt.objects.visible_to(request.user).select_related("line__claim"), line=pk)
    note_receipt_opened(by=request.user, receipt=row)
    ending = "pdf" if row.media_type == "application/pdf" else "jpg"
    return HttpResponse(
        bytes(row.content),
        content_type=row.media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, f"{_('receipt')}-{pk}.{ending}") or "attachment",
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


@require_POST
@require(Permission.MY_VISITS_VIEW)
def claim_send(request: HttpRequest, pk: int) -> HttpResponse:
    claim = get_object_or_404(ExpenseClaim.objects.of(request.user).filter(state=ClaimState.DRAFT), pk=pk)
    try:
        sent = send_claim(by=request.user, claim=claim)
    except ExpenseRefused as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("volunteers:my-expenses")
    messages.success(request, _("%s is sent. Your coordinator looks at it.") % sent.reference)
    return redirect("volunteers:my-claim", sent.pk)


@require_http_methods(["GET", "POST"])
@require(Permission.MY_VISITS_VIEW)
def my_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a claim, and the answer to a question about it."""
    claims = ExpenseClaim.objects.of(request.user).exclude(state=ClaimState.DRAFT)
    claim = get_object_or_404(claims, pk=pk)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            send_claim(by=request.user, claim=claim, answer=form.cleaned_data["answer"])
        except ExpenseRefused as refusal:
            _show(form, refusal)
        else:
            messages.success(request, _("Thank you. Your answer is sent."))
            return redirect("volunteers:my-claim", claim.pk)
    context = {"page": claim_page(request.user, claim), "claim": claim, "form": form}
    return render(request, "volunteers/my_claim.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@require(Permission.MY_VISITS_VIEW)
def miles_elsewhere(request: HttpRequest) -> HttpResponse:
    """Of this tax year, or of the last one: what is claimed late belongs to it."""
    this = tax_year(london_today())
    year, other = (this - 1, this) if request.GET.get("year") == str(this - 1) else (this, this - 1)
    told = MilesElsewhere.objects.filter(volunteer__user=request.user, tax_year=year).first()
    form = MilesElsewhereForm(request.POST or None, year=year, initial={"miles": told.miles if told else None})
    if request.method == "POST" and form.is_valid():
        try:
            tell_miles_elsewhere(by=request.user, year=year, miles=form.cleaned_data["miles"])
        except ExpenseRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. We count these miles too."))
            return redirect("volunteers:my-expenses")
    context = {"form": form, "other": other, "is_this": year == this}
    return render(request, "volunteers/miles_elsewhere.html", context, status=422 if form.errors else 200)

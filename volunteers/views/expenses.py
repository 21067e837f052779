"""Expenses of others: deciding on claims, and paying what was approved."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.models import Organisation
from betterstart.access.permissions import Permission
from betterstart.documents.download import download
from volunteers.actions import ExpenseRefused, ask_about_claim, decide_claim, make_pay_run, set_terms
from volunteers.forms.expenses import AskForm, DecideForm, PayRunForm, TermsForm
from volunteers.models import ExpenseClaim, ExpenseTerms, PayRun
from volunteers.models.mileage import USUAL_TERMS
from volunteers.models.pay_run import paid_for_by
from volunteers.reports.expenses import claim_page, claims_of, claims_to_decide, pay_run_sheet, to_pay

MOST_RUNS = 50


@require_safe
@require(Permission.EXPENSE_DECIDE)
def expense_claims(request: HttpRequest) -> HttpResponse:
    decided = request.GET.get("show") == "decided"
    listed = claims_to_decide(request.user, decided, request.GET.get("before", ""))
    tabs = [
        {"label": _("To decide"), "url": "?", "current": not decided},
        {"label": _("Decided"), "url": "?show=decided", "current": decided},
    ]
    may_pay = request.user.may(Permission.EXPENSE_PAY)
    context = {"listed": listed, "decided": decided, "tab_items": tabs, "may_pay": may_pay}
    return render(request, "volunteers/expense_claims.html", context)


def _claim(request: HttpRequest, pk: int) -> ExpenseClaim:
    claims = ExpenseClaim.objects.visible_to(request.user).exclude(claimant=request.user)
    return get_object_or_404(claims.select_related("claimant", "decided_by"), pk=pk)


@require_http_methods(["GET", "POST"])
@require(Permission.EXPENSE_DECIDE)
def expense_claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything on a claim, and the decision. Somebody's own claim is not here, also not for a coordinator."""
    claim = _claim(request, pk)
    page = claim_page(request.user, claim)
    form = DecideForm(request.POST if request.method == "POST" else None, lines=[each.line for each in page.lines])
    if request.method == "POST" and form.is_valid():
        facts = {"not_paid": form.not_paid, "words": form.cleaned_data["words"], "seen": form.cleaned_data["seen"]}
        try:
            decided = decide_claim(by=request.user, claim=claim, **facts)
        except ExpenseRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%s is decided. The volunteer reads it on their page.") % decided.reference)
            return redirect("volunteers:expense-claims")
    context = {"page": page, "claim": claim, "form": form, "ask": AskForm()}
    context["lines"] = [{"shown": each, **form.of(each.line)} for each in page.lines]
    return render(request, "volunteers/expense_claim.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@require(Permission.EXPENSE_DECIDE)
def expense_ask(request: HttpRequest, pk: int) -> HttpResponse:
    claim = _claim(request, pk)
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            ask_about_claim(by=request.user, claim=claim, words=form.cleaned_data["words"])
        except ExpenseRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Asked. The volunteer sees your question on their page."))
            return redirect("volunteers:expense-claims")
    return render(
        request, "volunteers/expense_ask.html", {"form": form, "claim": claim}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@require(Permission.EXPENSE_PAY)
def pay_runs(request: HttpRequest) -> HttpResponse:
    """What waits to be paid, and every run that was made."""
    form = PayRunForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            run = make_pay_run(by=request.user, **form.cleaned_data)
        except ExpenseRefused as refusal:
            form.add_error("until" if hasattr(refusal, "error_dict") else None, refusal.messages)
        else:
            messages.success(request, _("%s is made. Fetch its file now, or whenever you like.") % run.reference)
            return redirect("volunteers:pay-run", run.pk)
    runs = PayRun.objects.visible_to(request.user).select_related("made_by", "organisation")[:MOST_RUNS]
    waits = to_pay(request.user, sorted(paid_for_by(request.user)))
    context = {"form": form, "runs": runs, "waits": waits, "may_decide": request.user.may(Permission.EXPENSE_DECIDE)}
    return render(request, "volunteers/pay_runs.html", context, status=422 if form.errors else 200)


def _run(request: HttpRequest, pk: int) -> PayRun:
    return get_object_or_404(PayRun.objects.visible_to(request.user).select_related("made_by", "organisation"), pk=pk)


@require_safe
@require(Permission.EXPENSE_PAY)
def pay_run(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    return render(request, "volunteers/pay_run.html", {"run": run, "claims": claims_of(request.user, run)})


@require_safe
@require(Permission.EXPENSE_PAY)
def pay_run_file(request: HttpRequest, pk: int) -> HttpResponse:
    run = _run(request, pk)
    return download(pay_run_sheet(request.user, run), filename=run.reference.lower(), form="csv")


@require_http_methods(["GET", "POST"])
@require(Permission.EXPENSE_PAY)
def expense_terms(request: HttpRequest) -> HttpResponse:
    """What is paid for a mile, from which day on, and how long somebody has to ask."""
    organisations = Organisation.objects.filter(pk__in=paid_for_by(request.user))
    rows = ExpenseTerms.objects.filter(organisation__in=organisations).select_related("set_by", "organisation")
    now = {name: getattr(USUAL_TERMS, name) for name in ("pence_a_mile", "pence_after", "claim_months")}
    form = TermsForm(request.POST if request.method == "POST" else None, by=request.user, initial=now)
    if request.method == "POST" and form.is_valid():
        organisation = form.cleaned_data.pop("organisation")
        set_terms(by=request.user, organisation=organisation, terms=form.cleaned_data)
        messages.success(request, _("Saved. Claims keep the rate of the day on which something happened."))
        return redirect("volunteers:expense-terms")
    context = {"form": form, "rows": rows.order_by("-starts_on", "-pk")[:MOST_RUNS], "usual": USUAL_TERMS}
    return render(request, "volunteers/expense_terms.html", context, status=422 if form.errors else 200)

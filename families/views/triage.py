"""Referrals on a coordinator's desk."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record, record_read
from betterstart.clock import day_in_words
from betterstart.transitions.machine import MoveRefused
from families.actions import triage
from families.actions.family import AlreadyRegistered, NotYourService
from families.actions.referral import NotTaken, receive_referral, take_in
from families.actions.support import AlreadyOffered
from families.forms.records import show_refusal
from families.forms.triage import (
    AcceptKnownForm,
    AcceptNewForm,
    AnswerForm,
    AskForm,
    DecisionForm,
    PassOnForm,
    PhoneForm,
    SayNoForm,
    TryForm,
)
from families.models import Family, Referral, ReferralState
from families.models.referral import REFERRAL_MACHINE
from families.reports.referrals import option_of, other_rows, referral_page, waiting_rows
from families.reports.support import earlier_supports
from families.views.records import take

R = ReferralState


def _referral(request: HttpRequest, uuid: UUID, page: str) -> Referral:
    """A referral of the services this person coordinates, or 404. Notes that it was opened."""
    rows = Referral.objects.visible_to(request.user).select_related("service__organisation", "family", "support")
    referral = get_object_or_404(rows, uuid=uuid)
    if referral.family:
        family = referral.family
        record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page=page)
    else:
        record(by=request.user, verb="referral.read", target=referral, label=referral.reference)
    return referral


@require_safe
@require(Permission.REFERRAL_TRIAGE)
def referral_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest promise first; or what was decided, or set aside."""
    which = request.GET.get("list", "waiting")
    if which not in {"waiting", "decided", "set-aside"}:
        raise Http404
    before = request.GET.get("before", "")
    older: int | None = None
    if which == "waiting":
        rows, total = waiting_rows(request.user)
    else:
        rows, older = other_rows(request.user, which, int(before) if before.isdecimal() and len(before) < 19 else None)
        total = len(rows)
    names = {"waiting": _("Waiting"), "decided": _("Decided"), "set-aside": _("Set aside")}
    tabs = [{"url": f"?list={key}", "label": name, "current": key == which} for key, name in names.items()]
    tabs.append({"url": reverse("families:transfer-list"), "label": _("Between services"), "current": False})
    context = {"rows": rows, "total": total, "others": total - len(rows), "older": older, "which": which, "tabs": tabs}
    return render(request, "families/referral_list.html", context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.REFERRAL_TRIAGE)
def referral_new(request: HttpRequest) -> HttpResponse:
    """A referral that comes by phone, by letter or in person."""
    one_more = "one_more_child" in request.POST
    form = PhoneForm(sent_or_kept(request), user=request.user, one_more_child=one_more)
    status = 200
    if request.method == "POST" and not one_more:
        if form.is_valid() and (referral := _receive(request, form)):
            return redirect("families:referral", referral.uuid)
        status = 422
    return render(request, "families/referral_new.html", {"form": form}, status=status)


def _receive(request: HttpRequest, form: PhoneForm) -> Referral | None:
    try:
        referral = receive_referral(by=request.user, site=request.build_absolute_uri, **form.for_action())
    except NotTaken:
        form.add_error("service", _("This service takes no new families at the moment."))
        return None
    except ValidationError as refusal:
        show_refusal(form, refusal)
        return None
    words = _("Saved. Its reference is {reference}; the answer is due by {day}.")
    messages.success(request, words.format(reference=referral.reference, day=day_in_words(referral.answer_by)))
    return referral


@require_safe
@require(Permission.REFERRAL_TRIAGE)
def referral(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What was asked, by whom, for whom; who it may be; and every decision one step away."""
    row = _referral(request, uuid, "referral")
    page = referral_page(request.user, row)
    triage.see_answers(by=request.user, referral=row)
    return render(request, "families/referral_detail.html", {"referral": row, "page": page})


def _ask(request: HttpRequest, row: Referral, form: Any) -> None:
    triage.ask_for_more(by=request.user, referral=row, site=request.build_absolute_uri, **form.cleaned_data)
    sent = _("Your question is on its way.") if row.may_be_written_to else _("Kept. There is no address: please ring.")
    messages.success(request, sent)


def _say_no(request: HttpRequest, row: Referral, form: Any) -> None:
    triage.turn_down(by=request.user, referral=row, site=request.build_absolute_uri, **form.cleaned_data)


def _give_up(request: HttpRequest, row: Referral, form: Any) -> None:
    triage.give_up(by=request.user, referral=row, site=request.build_absolute_uri, **form.cleaned_data)


def _withdraw(request: HttpRequest, row: Referral, form: Any, *, by_family: bool) -> None:
    site = request.build_absolute_uri
    triage.withdraw(by=request.user, referral=row, by_family=by_family, site=site, **form.cleaned_data)


def _pass_on(request: HttpRequest, row: Referral, form: Any) -> None:
    passed = triage.pass_on(by=request.user, referral=row, site=request.build_absolute_uri, **form.cleaned_data)
    messages.success(request, _("It is with {service} now.").format(service=passed.service))


Decide = Callable[[HttpRequest, Referral, Any], None]
DECISIONS: dict[str, tuple[type[Any], Decide]] = {
    R.MORE_INFORMATION: (AskForm, _ask),
    R.NOT_ACCEPTED: (SayNoForm, _say_no),
    R.COULD_NOT_REACH: (DecisionForm, _give_up),
    R.WITHDRAWN_BY_FAMILY: (DecisionForm, partial(_withdraw, by_family=True)),
    R.WITHDRAWN_BY_REFERRER: (DecisionForm, partial(_withdraw, by_family=False)),
    R.REDIRECTED: (PassOnForm, _pass_on),
}


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.REFERRAL_TRIAGE)
def referral_decide(request: HttpRequest, uuid: UUID, to: str) -> HttpResponse:
    """One decision: what it asks for, and then back to the referral."""
    if to not in DECISIONS:
        raise Http404
    row = _referral(request, uuid, "referral-decide")
    form_class, decide = DECISIONS[to]
    form = form_class(sent_or_kept(request), referral=row)
    status = take(form, lambda: decide(request, row, form)) if request.method == "POST" else 200
    if status == 302:
        if to != R.MORE_INFORMATION:
            _say_what_was_told(request, row)
        return redirect("families:referral", row.uuid)
    return _form(request, row, form, status, option=option_of(row, to))


def _say_what_was_told(request: HttpRequest, row: Referral) -> None:
    told = _("Decided, and whoever asked has been told.") if row.told_at else _("Decided. Now tell whoever asked.")
    messages.success(request, told)


def _form(request: HttpRequest, row: Referral, form: Any, status: int, **context: Any) -> HttpResponse:
    return render(request, "families/referral_form.html", {"referral": row, "form": form, **context}, status=status)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.REFERRAL_TRIAGE)
def referral_try(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Somebody tried to reach the family."""
    row = _referral(request, uuid, "referral-try")
    form = TryForm(sent_or_kept(request))
    status = 200
    if request.method == "POST":
        status = take(form, lambda: triage.log_try(by=request.user, referral=row, **form.cleaned_data))
    if status == 302:
        messages.success(request, _("Noted: you tried."))
        return redirect("families:referral", row.uuid)
    return _form(request, row, form, status, title=_("Note a try"), button=_("Note it"))


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.REFERRAL_TRIAGE)
def referral_heard(request: HttpRequest, uuid: UUID, pk: int) -> HttpResponse:
    """An answer that came by phone."""
    row = _referral(request, uuid, "referral-heard")
    question = get_object_or_404(row.questions, pk=pk)
    form = AnswerForm(sent_or_kept(request))
    status = 200
    if request.method == "POST":
        status = take(form, lambda: triage.answer_question(by=request.user, question=question, **form.cleaned_data))
    if status == 302:
        return redirect("families:referral", row.uuid)
    return _form(request, row, form, status, title=_("What they answered"), button=_("Keep it"), question=question)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.REFERRAL_TRIAGE)
def referral_accept(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Yes: to a new family, or to one that is known (?family=REFERENCE)."""
    row = _referral(request, uuid, "referral-accept")
    reference = request.GET.get("family", "").strip().upper()
    family = Family.objects.visible_to(request.user).filter(reference=reference).first() if reference else None
    one_more = "one_more_child" in request.POST
    data = sent_or_kept(request)
    form: Any = (
        AcceptKnownForm(data, referral=row, family=family, one_more_child=one_more)
        if family
        else AcceptNewForm(data, referral=row, user=request.user, one_more_child=one_more)
    )
    status = 200
    if request.method == "POST" and not one_more:
        status = take(form, lambda: _accept(request, row, family, form))
    if status == 302:
        return redirect("families:family", row.family.reference)
    context = {"referral": row, "form": form, "family": family, "not_found": reference if not family else ""}
    if family:
        context["earlier"] = earlier_supports(request.user, family)
    return render(request, "families/referral_accept.html", context, status=status)


def _accept(request: HttpRequest, row: Referral, family: Family | None, form: Any) -> None:
    whom = {"family": family, "joining": form.children_named()} if family else {"registration": form.registration()}
    try:
        found = triage.accept_referral(
            by=request.user, referral=row, site=request.build_absolute_uri, **form.decision(), **whom
        )
    except NotYourService as refused:
        raise MoveRefused(_("This service takes no new families at the moment.")) from refused
    except AlreadyOffered as refused:
        raise MoveRefused(_("This family has this service already. Say no instead: it came twice.")) from refused
    except AlreadyRegistered as refused:
        raise MoveRefused(REFERRAL_MACHINE.refusal) from refused
    words = _("Accepted. {family} is offered {service}; the next step is the first contact.")
    messages.success(request, words.format(family=found.in_words, service=row.service))


@require_POST
@require(Permission.REFERRAL_TRIAGE)
def referral_told(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = _referral(request, uuid, "referral-told")
    triage.note_told(by=request.user, referral=row)
    messages.success(request, _("Noted: they know."))
    return redirect("families:referral", row.uuid)


@require_POST
@require(Permission.REFERRAL_TRIAGE)
def referral_take_in(request: HttpRequest, uuid: UUID) -> HttpResponse:
    row = _referral(request, uuid, "referral-take-in")
    take_in(by=request.user, referral=row, site=request.build_absolute_uri)
    messages.success(request, _("Taken in. Its clock has run since it arrived."))
    return redirect("families:referral", row.uuid)

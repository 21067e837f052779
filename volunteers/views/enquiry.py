"""Asking to volunteer, and applying, without an account. The application is kept with us, step by step."""

from __future__ import annotations

from typing import Any

from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import open_to_all
from betterstart.access.limits import too_often, too_often_about
from betterstart.clock import day_in_words
from betterstart.links.actions import LinkGone
from betterstart.links.opened import close_link, link_gone, opened_link
from betterstart.text import clean_text
from families.forms.records import show_refusal
from families.forms.referral_steps import summary_of
from volunteers.actions.application import (
    ApplicationRefused,
    DraftTooLong,
    begin_draft,
    find_draft,
    keep_step,
    send_application,
    take_up_link,
)
from volunteers.actions.enquiry import APPLY_LINK, EnquiryRefused, asked_in_public, enquire
from volunteers.forms.application import STEPS, ApplicationStep, EnquiryForm, Step, form_of, step_of, typed_in
from volunteers.models import ApplicationDraft

DRAFT, ASKED, SENT = "volunteer_draft", "volunteer_asked", "volunteer_sent"
TRAP = "website"
"""A field that people do not see: whatever fills it in is no person."""
FASTEST_SECONDS = 3
TOO_MANY = later("A lot came from this connection in the last hour. What you typed is still here: try again later.")


@require_http_methods(["GET", "POST"])
@open_to_all
def ask(request: HttpRequest) -> HttpResponse:
    """ "I would like to volunteer": what it is, and one short form."""
    services = asked_in_public()
    form = EnquiryForm(request.POST or None, services=services)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if too_often(request, "volunteer.ask", by_address=30, by_browser=10):
                form.add_error(None, TOO_MANY)
                status = 429
            elif _take_in(request, form):
                return redirect("volunteers:asked")
    shown = TimestampSigner().sign("shown")
    context = {"form": form, "trap": TRAP, "shown": request.POST.get("shown", shown), "services": services}
    return render(request, "volunteers/ask.html", context, status=status)


def _robotic(request: HttpRequest) -> str:
    """Why this looks as if a machine had filled it in; nothing where it does not. A person looks at it all the same."""
    if request.POST.get(TRAP):
        return "trap"
    signer, shown = TimestampSigner(), request.POST.get("shown", "")
    try:
        signer.unsign(shown, max_age=FASTEST_SECONDS)
    except SignatureExpired:  # which is what takes a person
        return ""
    except BadSignature:
        return "fast"
    return "fast"


def _take_in(request: HttpRequest, form: EnquiryForm) -> bool:
    told = dict(form.cleaned_data)
    email, robotic = told["email"], _robotic(request)
    if email and too_often_about("volunteer.ask", email, most=5):
        request.session[ASKED] = {"email": email}
        return True
    try:
        found = enquire(
            by=None,
            site=request.build_absolute_uri,
            page_language=get_language() or "en-gb",
            set_aside_because=robotic,
            **told,
        )
    except EnquiryRefused as refusal:
        show_refusal(form, refusal)
        return False
    draft = begin_draft(volunteer=found.volunteer, must_confirm=found.was_known, looks_robotic=bool(robotic))
    request.session[DRAFT] = str(draft.uuid)
    request.session[ASKED] = {"email": email}
    return True


@require_safe
@open_to_all
def asked(request: HttpRequest) -> HttpResponse:
    """Thanks, the same for everybody; and the way straight on."""
    told = request.session.get(ASKED)
    if told is None:
        return redirect("volunteers:ask")
    return render(request, "volunteers/asked.html", {"told": told, "first": STEPS[0].slug, "draft": _draft(request)})


def _draft(request: HttpRequest) -> ApplicationDraft | None:
    return find_draft(request.session.get(DRAFT))


def _own_email(draft: ApplicationDraft) -> str:
    """Of an address that is still to be confirmed nothing is told, not even by an error."""
    return "" if draft.must_confirm else draft.volunteer.email


@require_http_methods(["GET", "POST"])
@open_to_all
def apply_step(request: HttpRequest, slug: str) -> HttpResponse:
    """One step of the application: shown with what was typed before, kept, and on to the next one."""
    step, draft = step_of(slug), _draft(request)
    if step is None:
        raise Http404
    if draft is None:
        return redirect("volunteers:applied" if ASKED in request.session else "volunteers:ask")
    if request.method != "POST":
        return _show(request, step, form_of(step, draft.typed.get(slug), _own_email(draft)))
    typed = {name: list(map(clean_text, values)) for name, values in request.POST.lists()}
    form, back = form_of(step, typed, _own_email(draft)), request.POST.get("go") == "back"
    if not form.is_valid() and not back:
        return _show(request, step, form, status=422)
    try:
        keep_step(draft=draft, step=slug, typed=typed_in(form), looks_robotic=bool(request.POST.get(TRAP)))
    except DraftTooLong:
        form.add_error(None, _("This is more than we can keep. Please shorten it."))
        return _show(request, step, form, status=422)
    number = STEPS.index(step) + (-1 if back else 1)
    if number < 0:
        return redirect("volunteers:asked" if ASKED in request.session else "volunteers:ask")
    return (
        redirect("volunteers:apply-step", STEPS[number].slug) if number < len(STEPS) else redirect("volunteers:apply")
    )


def _show(request: HttpRequest, step: Step, form: ApplicationStep, status: int = 200) -> HttpResponse:
    too_young = getattr(form, "too_young", None)
    context = {
        "step": step,
        "form": form,
        "number": STEPS.index(step) + 1,
        "total": len(STEPS) + 1,
        "trap": TRAP,
        "comes_of_age": day_in_words(too_young.comes_of_age) if too_young else "",
    }
    return render(request, "volunteers/apply_step.html", context, status=status)


@require_http_methods(["GET", "POST"])
@open_to_all
def apply_review(request: HttpRequest) -> HttpResponse:
    """Everything once more, to be read before it is sent."""
    draft = _draft(request)
    if draft is None:
        return redirect("volunteers:applied" if ASKED in request.session else "volunteers:ask")
    forms = [form_of(step, draft.typed.get(step.slug, {}), _own_email(draft)) for step in STEPS]
    for step, form in zip(STEPS, forms, strict=True):
        if not form.is_valid():
            return redirect("volunteers:apply-step", step.slug)
    problem, status = "", 200
    if request.method == "POST":
        if not (problem := _send(request, draft, forms)):
            return redirect("volunteers:applied")
        status = 422
    parts = [(step, summary_of(form)) for step, form in zip(STEPS, forms, strict=True)]
    context = {"parts": parts, "problem": problem, "trap": TRAP}
    return render(request, "volunteers/apply_review.html", context, status=status)


def _send(request: HttpRequest, draft: ApplicationDraft, forms: list[Any]) -> str:
    """Send it, or give a sentence that says why not."""
    if too_often(request, "volunteer.apply", by_address=30, by_browser=10):
        return str(TOO_MANY)
    told: dict[str, Any] = {}
    for form in forms:
        told |= form.told()
    fast = (timezone.now() - draft.created_at).total_seconds() < FASTEST_SECONDS
    robotic = "trap" if draft.looks_robotic or request.POST.get(TRAP) else "fast" if fast else ""
    by = request.user if request.user.is_authenticated else None
    try:
        send_application(by=by, draft=draft, told=told, site=request.build_absolute_uri, set_aside_because=robotic)
    except ApplicationRefused as refusal:
        return " ".join(refusal.messages)
    request.session[SENT] = request.session.pop(DRAFT, None)
    request.session[ASKED] = {"applied": True, "email": draft.volunteer.email}
    return ""


@require_safe
@open_to_all
def applied(request: HttpRequest) -> HttpResponse:
    """Thanks, the same whether it arrived, had arrived before, or waits for the letter to be answered."""
    if ASKED not in request.session:
        return redirect("volunteers:ask")
    return render(request, "volunteers/applied.html")


@require_http_methods(["GET", "POST"])
@open_to_all
def apply_open(request: HttpRequest) -> HttpResponse:
    """From the link in the letter: it is used up by going on, not by looking."""
    link = opened_link(request, APPLY_LINK)
    if link is None:
        return link_gone(request)
    if request.method != "POST":
        return render(request, "volunteers/apply_open.html")
    try:
        draft = take_up_link(link=link, held=request.session.get(DRAFT) or request.session.get(SENT))
    except LinkGone:
        return link_gone(request)
    close_link(request, APPLY_LINK)
    request.session[ASKED] = {"applied": draft is None}
    if draft is None:
        return redirect("volunteers:applied")
    request.session[DRAFT] = str(draft.uuid)
    slug = next((step.slug for step in STEPS if step.slug not in draft.typed), "")
    return redirect("volunteers:apply-step", slug) if slug else redirect("volunteers:apply")

"""Asking for support without an account, in short steps. What is typed stays with us until it is sent."""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.acting import Scope, acting_as
from betterstart.access.decorators import open_to_all
from betterstart.access.limits import too_often, too_often_about
from betterstart.access.models import Service
from betterstart.clock import day_in_words
from betterstart.links.actions import LinkGone
from betterstart.links.opened import close_link, link_gone, opened_link
from betterstart.text import clean_text
from families.actions.member import MemberRefused
from families.actions.referral import NotTaken, ReferralRefused, receive_referral
from families.actions.referral_draft import (
    RETURN_LINK,
    DraftTooLong,
    find_draft,
    forget_draft,
    keep_draft,
    send_return_link,
    take_up_draft,
)
from families.forms.referral import AnyStep
from families.forms.referral_steps import STEPS, LaterForm, Step, form_of, step_of, summary_of, told_by, typed_in
from families.models import Referral, ReferralDraft

DRAFT, SENT = "referral_draft", "referral_sent"
TRAP = "website"
"""A field that people do not see: whatever fills it in is no person."""
FASTEST_SECONDS = 3
TOO_MANY = later("A lot came from this connection in the last hour. What you typed is still here: try again later.")


@require_safe
@open_to_all
def refer(request: HttpRequest) -> HttpResponse:
    """Two doors: for somebody who works with a family, and for a parent."""
    services = Service.objects.asked_for_in_public().select_related("organisation").order_by("name")
    return render(request, "families/refer.html", {"services": services, "draft": _draft(request)})


def _draft(request: HttpRequest, kind: str = "") -> ReferralDraft | None:
    draft = find_draft(request.session.get(DRAFT))
    return draft if draft and kind in {"", draft.kind} else None


@require_http_methods(["GET", "POST"])
@open_to_all
def refer_step(request: HttpRequest, kind: str, slug: str) -> HttpResponse:
    """One step: shown with what was typed before, kept, and on to the next one. Nothing is asked twice."""
    step, draft = step_of(kind, slug), _draft(request, kind)
    if step is None:
        raise Http404
    if request.method != "POST":
        return _show(request, kind, step, form_of(step, draft.typed.get(slug) if draft else None))
    go = request.POST.get("go", "")
    typed = {name: list(map(clean_text, values)) for name, values in request.POST.lists()}
    one_more = "one_more_child" in request.POST
    form = form_of(step, typed, one_more_child=one_more)
    if one_more:
        return _show(request, kind, step, form)
    if draft is None and too_often(request, "refer.begin", by_address=60, by_browser=20):
        form.add_error(None, TOO_MANY)
        return _show(request, kind, step, form, status=429)
    if not form.is_valid() and go not in {"back", "later"}:
        return _show(request, kind, step, form, status=422)
    return _keep(request, kind, step, form, draft, go)


def _keep(
    request: HttpRequest, kind: str, step: Step, form: AnyStep, draft: ReferralDraft | None, go: str
) -> HttpResponse:
    try:
        draft = keep_draft(
            draft=draft,
            kind=kind,
            step=step.slug,
            typed=typed_in(form),
            looks_robotic=bool(request.POST.get(TRAP)),
        )
    except DraftTooLong:
        form.add_error(None, _("This is more than we can keep. Please shorten it."))
        return _show(request, kind, step, form, status=422)
    request.session[DRAFT] = str(draft.uuid)
    if go == "later":
        return redirect("families:refer-later")
    slugs = [each.slug for each in STEPS[kind]]
    number = slugs.index(step.slug) + (-1 if go == "back" else 1)
    if number < 0:
        return redirect("families:refer")
    if number == len(slugs):
        return redirect("families:refer-review", kind)
    return redirect("families:refer-step", kind, slugs[number])


def _show(request: HttpRequest, kind: str, step: Step, form: AnyStep, status: int = 200) -> HttpResponse:
    number = STEPS[kind].index(step) + 1
    context = {"kind": kind, "step": step, "form": form, "number": number, "total": len(STEPS[kind]) + 1, "trap": TRAP}
    return render(request, "families/refer_step.html", context, status=status)


@require_http_methods(["GET", "POST"])
@open_to_all
def refer_review(request: HttpRequest, kind: str) -> HttpResponse:
    """Everything once more, to be read before it is sent."""
    if kind not in STEPS:
        raise Http404
    draft = _draft(request, kind)
    if draft is None:
        return redirect("families:refer-thanks" if _sent_before(request) else "families:refer")
    forms = [form_of(step, draft.typed.get(step.slug)) for step in STEPS[kind]]
    for step, form in zip(STEPS[kind], forms, strict=True):
        if not form.is_valid():
            return redirect("families:refer-step", kind, step.slug)
    problem, status = "", 200
    if request.method == "POST":
        if not (problem := _send(request, draft, told_by(kind, forms))):
            return redirect("families:refer-thanks")
        status = 422
    parts = [(step, summary_of(form)) for step, form in zip(STEPS[kind], forms, strict=True)]
    context = {"kind": kind, "draft": draft, "parts": parts, "problem": problem, "trap": TRAP}
    return render(request, "families/refer_review.html", context, status=status)


def _sent_before(request: HttpRequest) -> bool:
    """Whether this very form was sent already: by a button pressed twice, whose first answer the browser threw away."""
    try:
        uuid = uuids.UUID(request.POST.get("uuid", ""))
    except ValueError:
        return False
    with acting_as(Scope.ALL, None):
        referral = Referral.objects.select_related("service").filter(uuid=uuid).first()
        if referral:
            request.session[SENT] = _facts(referral)
    return referral is not None


def _send(request: HttpRequest, draft: ReferralDraft, told: dict[str, Any]) -> str:
    """Send it, and remember for the page of thanks; or give a sentence that says why not."""
    if too_often(request, "refer.send", by_address=30, by_browser=10):
        return str(TOO_MANY)
    try:
        referral = receive_referral(
            by=None,
            uuid=draft.uuid,
            site=request.build_absolute_uri,
            set_aside_because=_robotic(request, draft),
            page_language=get_language() or "en-gb",
            **told,
        )
    except NotTaken:
        return _("This service no longer takes requests here. Please go back to the first step and choose another.")
    except (MemberRefused, ReferralRefused) as refused:
        return " ".join(message for messages in refused.message_dict.values() for message in messages)
    forget_draft(uuid=draft.uuid)
    request.session[SENT] = _facts(referral)
    request.session.pop(DRAFT, None)
    return ""


def _robotic(request: HttpRequest, draft: ReferralDraft) -> str:
    """Why this looks as if a machine had filled it in; nothing where it does not. A person looks at it all the same."""
    if draft.looks_robotic or request.POST.get(TRAP):
        return "trap"
    return "fast" if (timezone.now() - draft.created_at).total_seconds() < FASTEST_SECONDS else ""


def _facts(referral: Referral) -> dict[str, Any]:
    """What the page of thanks says. The same for what was set aside."""
    return {
        "uuid": str(referral.uuid),
        "reference": referral.reference,
        "answer_by": referral.answer_by.isoformat(),
        "is_self_referral": referral.is_self_referral,
        "is_written_to": referral.may_be_written_to,
    }


@require_safe
@open_to_all
def refer_thanks(request: HttpRequest) -> HttpResponse:
    sent = request.session.get(SENT)
    if sent is None:
        return redirect("families:refer")
    answer_by = day_in_words(dt.date.fromisoformat(sent["answer_by"]))
    return render(request, "families/refer_thanks.html", {"sent": sent, "answer_by": answer_by})


@require_http_methods(["GET", "POST"])
@open_to_all
def refer_later(request: HttpRequest) -> HttpResponse:
    """Go on another day, by a link that is sent to an address. The answer is the same for every address.

    It is asked back first: once the link is on its way nothing is left here, and a mistyped address would lose it all.
    """
    draft = _draft(request)
    if draft is None:
        return redirect("families:refer")
    form = LaterForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "families/refer_later.html", {"form": form, "draft": draft}, status=status)
    if too_often(request, "refer.later", by_address=20, by_browser=5):
        form.add_error(None, TOO_MANY)
        return render(request, "families/refer_later.html", {"form": form, "draft": draft}, status=429)
    email = form.cleaned_data["email"]
    if "sure" not in request.POST:
        return render(request, "families/refer_later.html", {"form": form, "draft": draft, "email": email})
    if not too_often_about("refer.later", email, most=3):
        send_return_link(draft=draft, email=email, site=request.build_absolute_uri)
    del request.session[DRAFT]
    return render(request, "families/refer_kept.html", {"email": email})


@require_http_methods(["GET", "POST"])
@open_to_all
def refer_return(request: HttpRequest) -> HttpResponse:
    """From the link in the letter: it is used up by going on, not by looking."""
    link = opened_link(request, RETURN_LINK)
    if link is None:
        return link_gone(request)
    if request.method != "POST":
        return render(request, "families/refer_return.html")
    try:
        draft = take_up_draft(link=link)
    except LinkGone:
        draft = None
    close_link(request, RETURN_LINK)
    if draft is None:
        return link_gone(request)
    request.session[DRAFT] = str(draft.uuid)
    slug = next((step.slug for step in STEPS[draft.kind] if step.slug not in draft.typed), STEPS[draft.kind][-1].slug)
    return redirect("families:refer-step", draft.kind, slug)


@require_safe
@open_to_all
def refer_leave(request: HttpRequest) -> HttpResponse:
    """Away from here at once, and nothing to be found by going back."""
    for name in (DRAFT, SENT):
        request.session.pop(name, None)
    return HttpResponseRedirect(settings.LEAVE_TO)

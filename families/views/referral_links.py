"""What whoever made a referral sees by the links in their letters: where it stands, and a question to answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.acting import Scope, acting_as
from betterstart.access.decorators import open_to_all
from betterstart.links.actions import LinkGone
from betterstart.links.opened import link_gone, opened_link
from families.actions.referrer import ANSWER_LINK, STATUS_LINK, outcome_words
from families.actions.triage import TriageRefused, answer_question
from families.forms.triage import AnswerForm
from families.models import Referral, ReferralQuestion
from families.reports.referrals import public_state


@require_safe
@open_to_all
def referral_status(request: HttpRequest) -> HttpResponse:
    """Received, looked at, or answered. Nothing about the family."""
    link = opened_link(request, STATUS_LINK)
    if link is None:
        return link_gone(request)
    with acting_as(Scope.ALL, None):
        referral = Referral.objects.select_related("service").get(pk=link.subject_id)
        context = {
            "reference": referral.reference,
            "received_on": referral.received_at,
            "answer_by": referral.answer_by,
            "state": public_state(referral),
            "outcome": outcome_words(referral),
            "signpost": referral.signpost,
        }
    return render(request, "families/referral_status.html", context)


@require_http_methods(["GET", "POST"])
@open_to_all
def referral_answer(request: HttpRequest) -> HttpResponse:
    """One answer to one question. What was typed after the link closed stays on the page, to be copied."""
    link, form = opened_link(request, ANSWER_LINK), AnswerForm(request.POST or None)
    if link is None:
        if request.method == "POST":
            return render(request, "families/referral_answer.html", {"form": form, "is_gone": True}, status=404)
        return link_gone(request)
    with acting_as(Scope.ALL, None):
        question = ReferralQuestion.objects.select_related("referral").get(pk=link.subject_id)
    context = {"form": form, "question": question}
    if request.method != "POST":
        return render(request, "families/referral_answer.html", context)
    if not form.is_valid():
        return render(request, "families/referral_answer.html", context, status=422)
    try:
        answer_question(by=None, question=question, link=link, **form.cleaned_data)
    except (LinkGone, TriageRefused):
        return render(request, "families/referral_answer.html", {"form": form, "is_gone": True}, status=409)
    return render(request, "families/referral_answered.html", {"reference": question.referral.reference})

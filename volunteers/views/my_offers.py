"""What a volunteer is asked on their own page: would they like to meet a family, and how was it, looking back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from families.forms.records import show_refusal
from volunteers.actions import MatchRefused, answer_offer, look_back
from volunteers.forms.match_life import LookingBackForm, OwnAnswerForm
from volunteers.models import MatchFeedback, VolunteerOffer
from volunteers.reports.my_offers import my_offers


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_offers_page(request: HttpRequest) -> HttpResponse:
    return render(request, "volunteers/my_offers.html", {"page": my_offers(request.user)})


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MY_VISITS_VIEW)
def my_offer(request: HttpRequest, pk: int) -> HttpResponse:
    """One family, described without a name; yes or no, and both are fine."""
    offer = get_object_or_404(VolunteerOffer.objects.asked_of(request.user), pk=pk)
    form = OwnAnswerForm(sent_or_kept(request))
    if request.method == "POST" and form.is_valid():
        try:
            answered = answer_offer(by=request.user, offer=offer, **form.cleaned_data)
        except MatchRefused as refusal:
            show_refusal(form, refusal)
        else:
            yes = _("Thank you. Your coordinator tells you when the family has answered, too.")
            no = _("Thank you for saying so. A no is fine, and counts against nobody.")
            messages.success(request, yes if answered.says_yes else no)
            return redirect("volunteers:my-offers")
    context = {"offer": offer, "form": form}
    return render(request, "volunteers/my_offer.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MY_VISITS_VIEW)
def looking_back(request: HttpRequest, pk: int) -> HttpResponse:
    """How it was with a family. The family does not read it."""
    feedback = get_object_or_404(MatchFeedback.objects.asked_of(request.user), pk=pk)
    before = {"answer": feedback.answer, "words": feedback.words}
    form = LookingBackForm(sent_or_kept(request), initial=before)
    if request.method == "POST" and form.is_valid():
        try:
            look_back(by=request.user, feedback=feedback, **form.cleaned_data)
        except MatchRefused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("Thank you. Your coordinator reads it; the family does not."))
            return redirect("volunteers:my-visits")
    context = {"feedback": feedback, "form": form}
    return render(request, "volunteers/looking_back.html", context, status=422 if form.errors else 200)

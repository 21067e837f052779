"""How it goes with a family: asked of the volunteer, on the phone, before a review."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.models import Review
from volunteers.actions import MatchViewRefused, say_how_it_goes
from volunteers.forms.match_view import MatchViewForm
from volunteers.models import Match, MatchView


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MY_VISITS_VIEW)
def how_it_goes(request: HttpRequest, pk: int) -> HttpResponse:
    mine = Match.objects.holding().filter(volunteer__user=request.user)
    reviews = Review.objects.visible_to(request.user).open().filter(support__in=mine.values("support"))
    review = get_object_or_404(reviews.select_related("family"), pk=pk)
    family = review.family
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="how it goes")
    view = MatchView.objects.visible_to(request.user).filter(review=review, author=request.user).first()
    form = MatchViewForm(sent_or_kept(request), view=view)
    if request.method == "POST" and form.is_valid():
        try:
            say_how_it_goes(by=request.user, review=review, **form.cleaned_data)
        except MatchViewRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Thank you. Your coordinator reads it; the family does not."))
            return redirect("volunteers:my-visits")
    context = {"form": form, "review": review, "family": family, "view": view}
    return render(request, "volunteers/how_it_goes.html", context, status=422 if form.errors else 200)

"""What somebody who was asked about a volunteer sees by the link in their letter. Nothing but the volunteer's name."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from betterstart.access.acting import Scope, acting_as
from betterstart.access.decorators import not_translated_yet, open_to_all
from betterstart.links.actions import LinkGone
from betterstart.links.opened import close_link, link_gone, opened_link
from volunteers.actions.references import REFERENCE_LINK, answer_reference
from volunteers.forms.references import ReferenceForm
from volunteers.models import Reference

PAGE = "volunteers/reference_answer.html"


@require_http_methods(["GET", "POST"])
@open_to_all
@not_translated_yet
def reference_answer(request: HttpRequest) -> HttpResponse:
    """Five questions, once. What was typed after the link closed stays on the page, to be copied."""
    link, form = opened_link(request, REFERENCE_LINK), ReferenceForm(request.POST or None)
    if link is None:
        if request.method == "POST":
            return render(request, PAGE, {"form": form, "is_gone": True}, status=404)
        return link_gone(request)
    with acting_as(Scope.ALL, None):
        reference = Reference.objects.select_related("volunteer__user", "volunteer__organisation").get(
            pk=link.subject_id
        )
    context = {"form": form, "name": reference.volunteer, "organisation": reference.volunteer.organisation}
    if request.method != "POST":
        return render(request, PAGE, context)
    if not form.is_valid():
        return render(request, PAGE, context, status=422)
    try:
        answer_reference(link=link, reference=reference, **form.cleaned_data)
    except LinkGone:
        return render(request, PAGE, {"form": form, "is_gone": True}, status=409)
    close_link(request, REFERENCE_LINK)
    return render(request, "volunteers/reference_answered.html", context)

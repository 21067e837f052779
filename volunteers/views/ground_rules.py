"""The ground rules of an organisation, in its own words."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from betterstart.access.decorators import require
from betterstart.access.models import Organisation, Service
from betterstart.access.permissions import Permission
from families.actions.editing import StaleEdit
from volunteers.actions.ground_rules import word_ground_rules
from volunteers.forms.ground_rules import GroundRulesForm
from volunteers.models import GroundRules
from volunteers.models.match_feedback import rules_of


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def ground_rules(request: HttpRequest, organisation: int) -> HttpResponse:
    """A short list; whoever begins together talks it through."""
    mine = Service.objects.coordinated_by(request.user).values("organisation_id")
    here = get_object_or_404(Organisation.objects.filter(pk__in=mine), pk=organisation)
    stored = GroundRules.objects.visible_to(request.user).filter(organisation=here).first()
    seen = {"words": "\n".join(rules_of(here.pk)), "version": stored.version if stored else 0}
    form = GroundRulesForm(request.POST if request.method == "POST" else None, initial=seen)
    if request.method == "POST" and form.is_valid():
        try:
            word_ground_rules(by=request.user, organisation=here, **form.cleaned_data)
        except StaleEdit as found:
            form.show_both(found.stored)
        else:
            messages.success(request, _("Saved. Whoever begins from now on talks these through."))
            return redirect("volunteers:list")
    context = {"form": form, "organisation": here}
    return render(request, "volunteers/ground_rules.html", context, status=422 if form.errors else 200)

"""What visits to a family must fit: asked at the initial visit, and whenever it changes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from families.actions.editing import StaleEdit
from families.actions.own_words import PlanRefused, adults_of
from families.actions.visit_needs import NOTHING_SPECIAL, say_visit_needs
from families.forms.visit_needs import VisitNeedsForm
from families.models import VisitNeeds
from families.views.plan import planned
from families.views.plan_start import start_of
from families.views.records import edit


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def plan_visits(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """When visits suit, what is at home, who has to come and in which language; who said so, and when."""
    support = planned(request, reference, pk, "what visits must fit")
    adults = list(adults_of(support.family))
    row = VisitNeeds.objects.visible_to(request.user).filter(support=support).select_related("said_by").first()
    form = VisitNeedsForm(sent_or_kept(request), adults=adults, row=row)

    def save() -> None:
        say_visit_needs(by=request.user, support=support, **form.for_action())
        messages.success(request, _("Saved. It is looked at when a volunteer is found."))

    context = {"support": support, "adults": adults, "row": row, "then": start_of(support)}
    return edit(request, form, save, template="families/plan_visits.html", family=support.family, **context)


@require_POST
@require(Permission.SUPPORT_MOVE)
def plan_visits_nothing(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """One tap: an adult says that nothing is special."""
    support = planned(request, reference, pk, "what visits must fit")
    adult = next((each for each in adults_of(support.family) if str(each.uuid) == request.POST.get("said_by")), None)
    if adult is None:
        messages.error(request, _("Choose who says so."))
        return redirect("families:plan-visits", reference, pk)
    try:
        say_visit_needs(by=request.user, support=support, version=0, said_by=adult, **NOTHING_SPECIAL)
        messages.success(request, _("Saved, as %(name)s said it.") % {"name": adult})
    except StaleEdit:
        messages.error(request, _("Somebody has written this down meanwhile. Look at it again."))
        return redirect("families:plan-visits", reference, pk)
    except PlanRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect(start_of(support))

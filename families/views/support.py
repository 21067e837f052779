from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.actions.support import AlreadyOffered, edit_support, move_support, offer_support
from families.forms.support import MoveForm, OfferForm, SupportForm
from families.models import Support, SupportState
from families.reports.promise import Promise
from families.reports.reviews import ahead_and_before
from families.reports.support import consequence, earlier_supports, history, move_option, move_options
from families.reports.transfers import of_support
from families.views.records import edit, family_to_change, take


def _support(request: HttpRequest, reference: str, pk: int, page: str) -> Support:
    """A support in a service this person coordinates, or 404. Notes that the record was opened."""
    family = family_to_change(request, reference, page)
    supports = Support.objects.coordinated_by(request.user).filter(family=family)
    return get_object_or_404(supports.select_related("service__organisation", "family").with_promise(), pk=pk)


@require_http_methods(["GET", "POST"])
@require(Permission.SUPPORT_MOVE)
def support(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Where a support stands, what was agreed, and where it may go from here."""
    support = _support(request, reference, pk, "support")
    form = SupportForm(request.POST or None, instance=support)

    def save() -> None:
        edit_support(by=request.user, support=support, **form.cleaned_data)
        messages.success(request, _("Saved."))

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:support", reference, pk)
    transfers = of_support(request.user, support)
    context = {
        "family": support.family,
        "support": support,
        "form": form,
        "promise": Promise.of(support),
        "options": move_options(support),
        "history": history(support, transfers),
        "transfer": next((row for row in transfers if row.is_open), None),
        "came_by": next((row for row in transfers if row.new_support_id == support.pk), None),
        "earlier": earlier_supports(request.user, support.family, support),
        "reviews": ahead_and_before(request.user, support),
    }
    return render(request, "families/support_detail.html", context, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.SUPPORT_MOVE)
def support_move(request: HttpRequest, reference: str, pk: int, to: str) -> HttpResponse:
    """One move of a support: what it means, what it needs, what else happens with it."""
    support = _support(request, reference, pk, "support move")
    if to not in SupportState.values or to == SupportState.TRANSFERRED:  # the other service's yes does that
        raise Http404
    if (option := move_option(support, to)) is None:
        messages.warning(request, _("This support has moved on. Here is where it stands now."))
        return redirect("families:support", reference, pk)
    form = MoveForm(request.POST or None, support=support, to=to)

    def save() -> None:
        move_support(by=request.user, support=support, to=to, **form.cleaned_data)
        messages.success(
            request,
            _("Saved. %(service)s: %(state)s.") % {"service": support.service, "state": support.get_state_display()},
        )

    effects = consequence(support, to)
    context = {"support": support, "option": option, "effects": effects}
    return edit(request, form, save, template="families/support_move.html", family=support.family, **context)


@require_http_methods(["GET", "POST"])
@require(Permission.SUPPORT_MOVE)
def support_offer(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "support offer")
    form = OfferForm(request.POST or None, user=request.user, family=family)
    earlier = earlier_supports(request.user, family)

    def save() -> None:
        offered = offer_support(by=request.user, family=family, **form.cleaned_data)
        messages.success(request, _("Saved. %s is offered to this family.") % offered.service)

    try:
        return edit(request, form, save, template="families/support_offer.html", family=family, earlier=earlier)
    except AlreadyOffered:
        messages.info(request, _("This family has that service already."))
        return redirect("families:family", family.reference)

"""Thanks: given by whoever works with a volunteer, and kept by the volunteer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept, signed_in_only
from betterstart.access.permissions import Permission
from volunteers.actions import ThanksRefused, thank, thanks_read
from volunteers.forms.thanks import ThanksForm
from volunteers.models import Thanks, Volunteer
from volunteers.reports.thanks import adults_of, my_thanks, thanks_of


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_thanks_page(request: HttpRequest) -> HttpResponse:
    rows, older = my_thanks(request.user, request.GET.get("before", ""))
    return render(request, "volunteers/my_thanks.html", {"rows": rows, "older": older})


@require_POST
@require(Permission.MY_VISITS_VIEW)
def thanks_keep(request: HttpRequest, pk: int) -> HttpResponse:
    thanks_read(by=request.user, thanks=get_object_or_404(Thanks.objects.to(request.user), pk=pk))
    return redirect("volunteers:my-visits")


@require_http_methods(["GET", "POST"])
@keeps_words
@signed_in_only
def volunteer_thank(request: HttpRequest, pk: int) -> HttpResponse:
    """For everybody who may see this volunteer: coordinators, managers, safeguarding leads."""
    rows = Volunteer.objects.visible_to(request.user).here().exclude(user=request.user)
    volunteer = get_object_or_404(rows.select_related("user"), pk=pk)
    form = ThanksForm(sent_or_kept(request), adults=adults_of(request.user, volunteer))
    if request.method == "POST" and form.is_valid():
        try:
            thank(by=request.user, volunteer=volunteer, words=form.cleaned_data["words"], said=form.said)
        except ThanksRefused as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("It waits on %s’s page.") % volunteer.display_name)
            return redirect("volunteers:thank", volunteer.pk)
    context = {"form": form, "volunteer": volunteer, "given": thanks_of(request.user, volunteer.pk)}
    context["may_open"] = request.user.may(Permission.MATCH_MANAGE)
    return render(request, "volunteers/thank.html", context, status=422 if form.errors else 200)

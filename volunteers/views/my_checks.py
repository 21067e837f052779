"""A volunteer's own page of their checks and training, and the agreements they sign there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.views.records import take
from volunteers.actions.agreements import sign_agreement
from volunteers.forms.agreements import ChoiceForm, SignForm
from volunteers.models import AgreementKind, Volunteer
from volunteers.reports.checks import my_checks, signings


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_checks_page(request: HttpRequest) -> HttpResponse:
    """What I have, what is still to come, and when it runs out."""
    volunteer = get_object_or_404(Volunteer, user=request.user)
    return render(request, "volunteers/my_checks.html", {"page": my_checks(request.user, volunteer)})


@require_http_methods(["GET", "POST"])
@require(Permission.MY_VISITS_VIEW)
def my_agreement(request: HttpRequest, kind: str) -> HttpResponse:
    """Read one agreement and sign it; for a photo, say yes or no."""
    volunteer = get_object_or_404(Volunteer.objects.select_related("organisation"), user=request.user)
    signing = next((each for each in signings(volunteer) if each.wording.kind == kind), None)
    if signing is None:
        raise Http404
    form = (ChoiceForm if signing.is_choice else SignForm)(
        request.POST or None, initial={"version": signing.wording.version}
    )

    def save() -> None:
        answer = form.cleaned_data.get("answer", "yes") == "yes"
        given = {"kind": kind, "version": form.cleaned_data["version"], "answer": answer}
        sign_agreement(by=request.user, volunteer=volunteer, **given)

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        messages.success(request, _("Thank you. It is kept with today’s date."))
        return redirect("volunteers:my-checks")
    if status == 422 and form.non_field_errors():
        form.data = form.data.copy() | {"version": str(signing.wording.version)}  # the new words are what they see now
    context = {"form": form, "signing": signing, "title": AgreementKind(kind).label}
    return render(request, "volunteers/my_agreement.html", context, status=status)

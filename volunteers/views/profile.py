"""What a volunteer tells of themselves: on their own phone, or by a coordinator they told it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from families.views.records import take
from volunteers.actions.profile import say_profile, see_insurance
from volunteers.forms.profile import FORMS, InsuranceForm
from volunteers.models import Section, Volunteer
from volunteers.reports.profile import profile_of, profile_page


def me(request: HttpRequest) -> Volunteer:
    rows = Volunteer.objects.visible_to(request.user).filter(user=request.user)
    return get_object_or_404(rows.select_related("user", "organisation"))


def kept(request: HttpRequest, pk: int) -> Volunteer:
    """A volunteer this coordinator keeps, or 404."""
    rows = Volunteer.objects.visible_to(request.user).kept_by(request.user)
    return get_object_or_404(rows.select_related("user", "organisation"), pk=pk)


@require_safe
@require(Permission.MY_VISITS_VIEW)
def my_profile(request: HttpRequest) -> HttpResponse:
    page = profile_page(request.user, me(request))
    return render(request, "volunteers/my_profile.html", {"page": page})


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MY_VISITS_VIEW)
def my_profile_section(request: HttpRequest, section: str) -> HttpResponse:
    then = reverse("volunteers:my-profile")
    return _edit(request, me(request), section, f"{then}#{section}", is_theirs=True)


@require_safe
@require(Permission.VOLUNTEER_MANAGE)
def volunteer_profile(request: HttpRequest, pk: int) -> HttpResponse:
    page = profile_page(request.user, kept(request, pk))
    return render(request, "volunteers/volunteer_profile.html", {"page": page})


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.VOLUNTEER_MANAGE)
def volunteer_profile_section(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    then = reverse("volunteers:volunteer-profile", args=[pk])
    return _edit(request, kept(request, pk), section, f"{then}#{section}", is_theirs=False)


def _edit(request: HttpRequest, volunteer: Volunteer, section: str, then: str, *, is_theirs: bool) -> HttpResponse:
    if section not in Section.values:
        raise Http404
    profile = profile_of(request.user, volunteer)
    form = FORMS[section](sent_or_kept(request), profile=profile, volunteer=volunteer, is_theirs=is_theirs)

    def save() -> None:
        say_profile(by=request.user, volunteer=volunteer, section=section, **form.for_action())
        messages.success(request, _("Saved."))

    title = Section(section).label
    return _answer(request, form, save, then, title=title, volunteer=volunteer, is_theirs=is_theirs, section=section)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def volunteer_insurance(request: HttpRequest, pk: int) -> HttpResponse:
    """A coordinator saw the business-use insurance of somebody who drives."""
    volunteer = kept(request, pk)
    profile = profile_of(request.user, volunteer)
    known = {"seen_on": profile.insurance_seen_on, "version": profile.version if profile.pk else 0}
    form = InsuranceForm(sent_or_kept(request), initial=known)

    def save() -> None:
        see_insurance(by=request.user, volunteer=volunteer, **form.cleaned_data)
        messages.success(request, _("Saved."))

    then = reverse("volunteers:volunteer-profile", args=[pk])
    title = _("Business-use insurance")
    return _answer(request, form, save, then, title=title, volunteer=volunteer, is_theirs=False)


def _answer(request: HttpRequest, form: Any, save: Any, then: str, **context: Any) -> HttpResponse:
    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect(then)
    context |= {"form": form, "then": then}
    return render(request, "volunteers/profile_section.html", context, status=status)

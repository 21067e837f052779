"""Where a coordinator gives the adults of a family their own pages, sees how they stand, and takes them back."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.actions.own_page import give_page, take_back_page
from families.forms.own_page import GiveForm
from families.models import OwnPage, Support
from families.models.own_page import PAGE_ROLES
from families.reports.own_pages import qr_picture, ways_in
from families.views.member import member_to_change
from families.views.records import family_to_change, take


@require_safe
@require(Permission.FAMILY_EDIT)
def own_pages(request: HttpRequest, reference: str) -> HttpResponse:
    """Every adult of the family, and how they get to their page."""
    family = family_to_change(request, reference, "own pages")
    return render(request, "families/own_pages.html", {"family": family, "ways": ways_in(request.user, family)})


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def own_page_give(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Give a link. What is told only once is in the answer to this form, on a sheet to print, and nowhere else."""
    family, adult = member_to_change(request, reference, uuid, "own page give")
    supports = Support.objects.open().coordinated_by(request.user).filter(family=family).select_related("service")
    if adult.role not in PAGE_ROLES or adult.gone_on:
        messages.info(request, _("A page is for an adult who is part of this family now."))
        return redirect("families:own-pages", reference)
    if not supports:
        messages.info(request, _("A page is given by a service that is with the family now, and none of yours is."))
        return redirect("families:own-pages", reference)
    form = GiveForm(request.POST or None, supports=supports, adult=adult)
    given = []

    def save() -> None:
        given.append(give_page(by=request.user, adult=adult, site=request.build_absolute_uri, **form.cleaned_data))

    status = take(form, save) if request.method == "POST" else 200
    context = {"family": family, "adult": adult, "form": form}
    context["standing"] = OwnPage.objects.visible_to(request.user).live().filter(adult=adult).first()
    if status == 302:
        context |= {"given": given[0], "qr": qr_picture(given[0].address)}
        return render(request, "families/own_page_given.html", context)
    return render(request, "families/own_page_give.html", context, status=status)


@require_POST
@require(Permission.FAMILY_EDIT)
def own_page_take_back(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    family = family_to_change(request, reference, "own pages")
    page = get_object_or_404(OwnPage.objects.visible_to(request.user).filter(family=family), pk=pk)
    take_back_page(by=request.user, page=page)
    messages.success(request, _("The link is taken back. It opens nothing any more."))
    return redirect("families:own-pages", reference)

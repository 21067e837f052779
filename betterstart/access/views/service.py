from __future__ import annotations

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access import actions
from betterstart.access.decorators import require
from betterstart.access.forms import OrganisationForm, ServiceForm
from betterstart.access.models import Organisation, Service
from betterstart.access.permissions import Permission


@require_safe
@require(Permission.SERVICE_MANAGE)
def services(request: HttpRequest) -> HttpResponse:
    """Organisations one administers, each with its services."""
    by_name = Prefetch("services", Service.objects.order_by("name"))
    organisations = Organisation.objects.administered_by(request.user).prefetch_related(by_name).order_by("name")
    return render(request, "access/services.html", {"organisations": organisations})


@require_http_methods(["GET", "POST"])
@require(Permission.SERVICE_MANAGE)
def service_form(request: HttpRequest, service_id: int | None = None) -> HttpResponse:
    service = None
    if service_id is not None:
        service = get_object_or_404(Service.objects.administered_by(request.user), pk=service_id)
    organisation = service.organisation if service else None
    form = ServiceForm(request.POST or None, instance=service, by=request.user)
    if request.method == "POST" and form.is_valid():
        fields = {"organisation": organisation, **form.cleaned_data}
        saved = actions.save_service(by=request.user, service=service, **fields)
        messages.success(request, _("Saved: %(name)s. The new promises hold from now on.") % {"name": saved.name})
        return redirect("access:services")
    return render(request, "access/service_form.html", {"form": form, "service": service})


@require_http_methods(["GET", "POST"])
@require(Permission.SERVICE_MANAGE)
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    organisation = get_object_or_404(Organisation.objects.administered_by(request.user), pk=organisation_id)
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        stored = Organisation.objects.get(pk=organisation.pk)
        actions.rename_organisation(by=request.user, organisation=stored, name=form.cleaned_data["name"])
        messages.success(request, _("Saved. The organisation is now called %(name)s.") % {"name": stored.name})
        return redirect("access:services")
    return render(request, "access/organisation_form.html", {"form": form, "organisation": organisation})

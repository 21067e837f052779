from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.actions.contact import (
    ContactRefused,
    add_address,
    add_contact,
    edit_address,
    edit_contact,
    stop_contact,
)
from families.forms.contact import AddressForm, ContactForm
from families.reports.reach import way_used
from families.views.records import edit, family_to_change


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def contact_add(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "contact add")
    form = ContactForm(request.POST or None, family=family)

    def save() -> None:
        add_contact(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. Everybody who works with this family sees what to mind."))

    return edit(request, form, save, template="families/contact_form.html", family=family)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def contact_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    family = family_to_change(request, reference, "contact edit")
    contact = get_object_or_404(family.contact_methods.select_related("member", "family"), pk=pk)
    if used := way_used(request.user, contact):
        contact = used.contact
    form = ContactForm(request.POST or None, instance=contact, family=family)

    def save() -> None:
        edit_contact(by=request.user, contact=contact, **form.cleaned_data)
        messages.success(request, _("Saved. What was there before stays in the history."))

    return edit(request, form, save, template="families/contact_form.html", family=family, contact=contact)


@require_POST
@require(Permission.FAMILY_EDIT)
def contact_stop(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    family = family_to_change(request, reference, "contact stop")
    contact = get_object_or_404(family.contact_methods.current().select_related("family"), pk=pk)
    try:
        stop_contact(by=request.user, contact=contact, version=contact.version)
    except ContactRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("families:contact-changes", family.reference)
    messages.success(request, _("Saved. Nobody is shown this any more; it stays in the history."))
    return redirect("families:family", family.reference)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def address_add(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "address add")
    form = AddressForm(request.POST or None)

    def save() -> None:
        add_address(by=request.user, family=family, **form.cleaned_data)
        messages.success(request, _("Saved where they live now. The earlier address stays in the record."))

    earlier = family.addresses.all()
    return edit(request, form, save, template="families/address_form.html", family=family, earlier=earlier)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def address_edit(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    family = family_to_change(request, reference, "address edit")
    address = get_object_or_404(family.addresses.select_related("family"), pk=pk)
    form = AddressForm(request.POST or None, instance=address)

    def save() -> None:
        edit_address(by=request.user, address=address, **form.cleaned_data)
        messages.success(request, _("Saved. What was there before stays in the history."))

    return edit(request, form, save, template="families/address_form.html", family=family, address=address)

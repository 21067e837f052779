from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import require
from betterstart.access.permissions import Permission
from families.actions.member import add_member, edit_member, record_birth, record_leaving, record_return
from families.forms.member import BirthForm, LeavingForm, MemberForm
from families.models import FamilyMember, MemberRole
from families.views.records import edit, family_to_change


def _member(request: HttpRequest, reference: str, uuid: uuids.UUID, page: str) -> FamilyMember:
    family = family_to_change(request, reference, page)
    return get_object_or_404(family.members.select_related("family"), uuid=uuid)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def member_add(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "member add")
    form = MemberForm(request.POST or None)

    def save() -> None:
        member = add_member(by=request.user, family=family, **form.for_action())
        messages.success(request, _("Saved. %s is part of this family now.") % member)

    return edit(request, form, save, template="families/member_form.html", family=family)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def member_edit(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    member = _member(request, reference, uuid, "member edit")
    form = MemberForm(request.POST or None, instance=member)

    def save() -> None:
        saved = edit_member(by=request.user, member=member, **form.for_action())
        messages.success(request, _("Saved what we know about %s.") % saved)

    return edit(request, form, save, template="families/member_form.html", family=member.family, member=member)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def member_born(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    member = _member(request, reference, uuid, "member born")
    form = BirthForm(request.POST or None, member=member)

    def save() -> None:
        given = form.cleaned_data
        saved = record_birth(
            by=request.user,
            member=member,
            version=given["version"],
            date_of_birth=given["born"].day,
            birth_precision=given["born"].precision,
            display_name=given["display_name"],
        )
        messages.success(request, _("Saved. Welcome, %s.") % saved)

    if member.role != MemberRole.UNBORN and request.method == "GET":
        raise Http404
    return edit(request, form, save, template="families/member_born.html", family=member.family, member=member)


@require_POST
@require(Permission.FAMILY_EDIT)
def member_back(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Undo "no longer part of this family"."""
    member = _member(request, reference, uuid, "member back")
    record_return(by=request.user, member=member, version=member.version)
    messages.success(request, _("Saved. %s is part of this family again.") % member)
    return redirect("families:family", reference)


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def member_left(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    member = _member(request, reference, uuid, "member left")
    form = LeavingForm(request.POST or None, member=member)

    def save() -> None:
        given = form.cleaned_data
        record_leaving(
            by=request.user,
            member=member,
            version=given["version"],
            left_on=given["left_on"],
            died=given["why"] == "died",
        )
        messages.success(request, _("Saved. What was written with %s stays in the record.") % member)

    return edit(request, form, save, template="families/member_left.html", family=member.family, member=member)

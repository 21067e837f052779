from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.limits import too_often_about
from betterstart.access.permissions import Permission
from families.actions.leaving import move_member, record_grief, record_leaving, record_return, share_member
from families.actions.member import MemberRefused, add_member, edit_member, record_birth
from families.forms.member import BirthForm, GriefForm, LeavingForm, MemberForm, ShareForm
from families.models import Family, FamilyMember, MemberRole
from families.views.records import edit, family_to_change

MOST_SHARES = 10
"""References tried in an hour: enough for any family, too few to guess one."""


def member_to_change(request: HttpRequest, reference: str, uuid: uuids.UUID, page: str) -> tuple[Family, FamilyMember]:
    """A person of a family this person coordinates, seen from that family. The person's own may be another."""
    family = family_to_change(request, reference, page)
    return family, get_object_or_404(family.members, uuid=uuid)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def member_add(request: HttpRequest, reference: str) -> HttpResponse:
    family = family_to_change(request, reference, "member add")
    form = MemberForm(sent_or_kept(request))

    def save() -> None:
        member = add_member(by=request.user, family=family, **form.for_action())
        messages.success(request, _("Saved. %s is part of this family now.") % member)

    return edit(request, form, save, template="families/member_form.html", family=family)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def member_edit(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    family, member = member_to_change(request, reference, uuid, "member edit")
    form = MemberForm(sent_or_kept(request), instance=member)

    def save() -> None:
        saved = edit_member(by=request.user, family=family, member=member, **form.for_action())
        messages.success(request, _("Saved what we know about %s.") % saved)

    return edit(request, form, save, template="families/member_form.html", family=family, member=member)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def member_born(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    family, member = member_to_change(request, reference, uuid, "member born")
    form = BirthForm(sent_or_kept(request), member=member)

    def save() -> None:
        saved = record_birth(by=request.user, family=family, member=member, **form.for_action())
        words = _("Saved. %s is part of this family now.") if family.silent_since else _("Saved. Welcome, %s.")
        messages.success(request, words % saved)

    if member.role != MemberRole.UNBORN and request.method == "GET":
        raise Http404
    return edit(request, form, save, template="families/member_born.html", family=family, member=member)


@require_POST
@require(Permission.FAMILY_EDIT)
def member_back(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Undo "no longer part of this family"."""
    family, member = member_to_change(request, reference, uuid, "member back")
    try:
        record_return(by=request.user, family=family, member=member, version=member.version)
    except MemberRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("Saved. %s is part of this family again.") % member)
    return redirect("families:family", reference)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def member_left(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    family, member = member_to_change(request, reference, uuid, "member left")
    form = LeavingForm(sent_or_kept(request), member=member)

    def save() -> None:
        record_leaving(by=request.user, family=family, member=member, **form.cleaned_data)
        messages.success(request, _("Saved. What was written with %s stays in the record.") % member)

    return edit(request, form, save, template="families/member_left.html", family=family, member=member)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def member_grief(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Somebody died, or a pregnancy ended."""
    family, member = member_to_change(request, reference, uuid, "member grief")
    form = GriefForm(sent_or_kept(request), member=member)

    def save() -> None:
        record_grief(by=request.user, family=family, member=member, **form.cleaned_data)
        messages.info(request, _("Saved. Nothing automatic is sent to this family any more."))

    return edit(request, form, save, template="families/member_grief.html", family=family, member=member)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def member_share(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """A child belongs to a second family too, or to another one instead."""
    family, member = member_to_change(request, reference, uuid, "member share")
    form = ShareForm(sent_or_kept(request), member=member)

    def save() -> None:
        if too_often_about("member.share", str(request.user.pk), most=MOST_SHARES):
            raise MemberRefused({"reference": _("Many were tried in the last hour. Please try again later.")})
        given = {name: form.cleaned_data[name] for name in ("version", "reference")}
        who = {"by": request.user, "family": family, "member": member, **given}
        if form.cleaned_data["how"] == "moves":
            move_member(**who, moved_on=form.cleaned_data["since"])
        else:
            share_member(**who, since=form.cleaned_data["since"])
        messages.success(request, _("Saved. %s has a place in that family’s record now.") % member)

    if not member.is_child:
        raise Http404
    return edit(request, form, save, template="families/member_share.html", family=family, member=member)

from __future__ import annotations

import uuid as uuids
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from families.actions.personal import (
    keep_nhs_number,
    nhs_number_of,
    note_status,
    personal_of,
    remove_nhs_number,
    tell_more,
)
from families.actions.relationship import edit_relationship, end_relationship, relate
from families.forms.personal import MoreForm, NhsNumberForm, RelationshipForm, RemoveForm, StatusForm
from families.models import Family, FamilyMember, Relationship
from families.reports.person import person_page
from families.views.member import member_to_change
from families.views.records import edit, family_to_read


def _page_of(family: Family, member: FamilyMember) -> str:
    return reverse("families:member", args=[family.reference, member.uuid])


@require_safe
@require(Permission.FAMILY_VIEW)
def member(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """One person: what everybody who meets them may know, and for those who answer for the record the rest."""
    family = family_to_read(request, reference, "member")
    person = get_object_or_404(family.members, uuid=uuid)
    page = person_page(request.user, family, person)
    return render(request, "families/member_page.html", {"page": page, "family": family, "member": person})


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def member_more(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    family, person = member_to_change(request, reference, uuid, "member more")
    form = MoreForm(sent_or_kept(request), instance=person, personal=partial(personal_of, request.user, family, person))

    def save() -> None:
        tell_more(by=request.user, family=family, member=person, **form.for_action())
        messages.success(request, _("Saved what we know about %s.") % person)

    then = _page_of(family, person)
    return edit(request, form, save, template="families/member_more.html", family=family, then=then, member=person)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def relationship_add(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    family, person = member_to_change(request, reference, uuid, "relationship add")
    form = RelationshipForm(sent_or_kept(request), member=person, family=family)

    def save() -> None:
        relate(by=request.user, family=family, **form.for_action())
        messages.success(request, _("Saved. The other side is shown by itself."))

    then = _page_of(family, person)
    return edit(
        request, form, save, template="families/relationship_form.html", family=family, then=then, member=person
    )


def _relationship(family: Family, person: FamilyMember, pk: int) -> Relationship:
    rows = family.relationships.in_force()
    mine = rows.filter(person=person) | rows.filter(relative=person)
    return get_object_or_404(mine.select_related("person", "relative"), pk=pk)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def relationship_edit(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int) -> HttpResponse:
    family, person = member_to_change(request, reference, uuid, "relationship edit")
    row = _relationship(family, person, pk)
    form = RelationshipForm(sent_or_kept(request), instance=row, member=person, family=family)

    def save() -> None:
        edit_relationship(by=request.user, relationship=row, **form.for_action())
        messages.success(request, _("Saved. The other side is shown by itself."))

    context = {"member": person, "row": row, "other": row.other(person.pk), "then": _page_of(family, person)}
    return edit(request, form, save, template="families/relationship_form.html", family=family, **context)


@require_POST
@require(Permission.FAMILY_EDIT)
def relationship_end(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int) -> HttpResponse:
    family, person = member_to_change(request, reference, uuid, "relationship end")
    row = _relationship(family, person, pk)
    end_relationship(by=request.user, relationship=row, version=row.version)
    messages.success(request, _("Saved. The history keeps how it was."))
    return redirect(_page_of(family, person))


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def nhs_number(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Keep a number, or a new one instead. What is kept is not shown here."""
    family, person = member_to_change(request, reference, uuid, "nhs number")
    kept = nhs_number_of(request.user, family, person)
    stored = {"version": kept.version, "gateway": kept.gateway} if kept else {"version": 0}
    form = NhsNumberForm(request.POST or None, **stored)

    def save() -> None:
        keep_nhs_number(by=request.user, family=family, member=person, **form.cleaned_data)
        messages.success(request, _("Saved. The number stays hidden until somebody asks for it."))

    context = {"member": person, "kept": kept, "then": _page_of(family, person)}
    return edit(request, form, save, template="families/nhs_number.html", family=family, **context)


@require_POST
@require(Permission.FAMILY_EDIT)
def nhs_number_show(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Show the number, once, and write down who asked."""
    family, person = member_to_change(request, reference, uuid, "nhs number")
    kept = nhs_number_of(request.user, family, person)
    if kept is None:
        raise Http404
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="nhs number shown")
    context = {"member": person, "family": family, "kept": kept, "shown": True}
    form = NhsNumberForm(version=kept.version, gateway=kept.gateway)
    return render(request, "families/nhs_number.html", context | {"form": form})


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def nhs_number_remove(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Entered by mistake, or no longer allowed: asked once, then gone."""
    family, person = member_to_change(request, reference, uuid, "nhs number")
    kept = nhs_number_of(request.user, family, person)
    if kept is None and request.method == "GET":
        raise Http404
    form = RemoveForm(request.POST or None, initial={"version": kept.version if kept else 0})

    def save() -> None:
        remove_nhs_number(by=request.user, family=family, member=person, **form.cleaned_data)
        messages.success(request, _("The number is gone, from here and from the history."))

    context = {"member": person, "then": _page_of(family, person)}
    return edit(request, form, save, template="families/nhs_number_remove.html", family=family, **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def status_add(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    family, person = member_to_change(request, reference, uuid, "status add")
    form = StatusForm(sent_or_kept(request))

    def save() -> None:
        note_status(by=request.user, family=family, member=person, **form.cleaned_data)
        messages.success(request, _("Saved what the council has decided for %s.") % person)

    if not person.is_child:
        raise Http404
    then = _page_of(family, person)
    return edit(request, form, save, template="families/status_form.html", family=family, then=then, member=person)

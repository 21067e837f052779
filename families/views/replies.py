"""What families say back, from the side of those who answer."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require
from betterstart.access.permissions import Permission
from families.actions.reply import answer_reply, mark_seen, say_back, translate_reply
from families.forms.reply import AnswerForm, TellForm, TranslateForm
from families.models import Family, FamilyReply, Support, Visit
from families.reports.replies import replies_of, reply_page, with_people
from families.views.records import edit, family_to_change, family_to_read, take


@require_safe
@require(Permission.FAMILY_VIEW)
def replies(request: HttpRequest, reference: str) -> HttpResponse:
    """Everything this family said back, and what it was answered."""
    family = family_to_read(request, reference, "replies", whole=True)
    rows = replies_of(request.user, family)
    return render(request, "families/replies.html", {"family": family, "replies": rows, "reads_answers": True})


@keeps_words
@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def reply(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """One thing that somebody said, beside the note it is about; and the answer, which they can see."""
    family, row = _row(request, reference, uuid)
    if request.method == "GET":
        mark_seen(by=request.user, reply=row)
    form = AnswerForm(request.POST or None, reply=row)

    def save() -> None:
        answer_reply(by=request.user, reply=row, **form.cleaned_data)
        messages.success(request, _("Answered. {name} can read it.").format(name=row.first_name))

    context: dict[str, Any] = reply_page(request.user, row)
    context["translate"] = TranslateForm(reply=row, user=request.user)
    then = reverse("families:reply", args=[family.reference, row.uuid])
    return edit(request, form, save, template="families/reply.html", family=family, then=then, **context)


@require_POST
@require(Permission.FAMILY_EDIT)
def reply_translate(request: HttpRequest, reference: str, uuid: uuids.UUID) -> HttpResponse:
    """Put a translation beside their words."""
    family, row = _row(request, reference, uuid)
    form = TranslateForm(request.POST, reply=row, user=request.user)

    def save() -> None:
        translate_reply(by=request.user, reply=row, **form.cleaned_data)
        messages.success(request, _("Saved. Their own words stay above it."))

    status = take(form, save)
    if status == 302:
        return redirect("families:reply", family.reference, row.uuid)
    context = {"family": family, "form": AnswerForm(reply=row), "translate": form} | reply_page(request.user, row)
    return render(request, "families/reply.html", context, status=status)


@keeps_words
@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def reply_tell(request: HttpRequest, reference: str) -> HttpResponse:
    """Write down what an adult told, in their words."""
    family = family_to_change(request, reference, "what they say")
    visit = _visit(request, family)
    supports = Support.objects.coordinated_by(request.user).filter(family=family).select_related("service")
    form = TellForm(request.POST or None, family=family, supports=list(supports.open() or supports[:1]), visit=visit)

    def save() -> None:
        support = form.chosen_support()
        adult = form.cleaned_data.pop("member")
        say_back(by=request.user, adult=adult, visit=visit, support=support, **form.cleaned_data)
        messages.success(request, _("Written down in their words. It waits on Today until it is answered."))

    then = reverse("families:replies", args=[family.reference])
    back = reverse("families:visit-detail", args=[visit.uuid]) if visit else then
    context = {"visit": visit, "back": back}
    return edit(request, form, save, template="families/reply_tell.html", family=family, then=back, **context)


def _visit(request: HttpRequest, family: Family) -> Visit | None:
    """The visit whose note they speak of, from the address; 404 for anybody else's."""
    asked = request.GET.get("visit", "")
    if not asked:
        return None
    try:
        uuid = uuids.UUID(asked)
    except ValueError:
        uuid = uuids.UUID(int=0)
    return get_object_or_404(Visit.objects.visible_to(request.user).filter(family=family), uuid=uuid)


def _row(request: HttpRequest, reference: str, uuid: uuids.UUID) -> tuple[Family, FamilyReply]:
    """One of those of the supports this person coordinates, or 404."""
    family = family_to_change(request, reference, "what they say")
    rows = FamilyReply.objects.visible_to(request.user).coordinated_by(request.user).filter(family=family)
    return family, get_object_or_404(with_people(rows), uuid=uuid)

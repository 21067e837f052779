from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.models import Organisation
from betterstart.access.permissions import Permission
from families.actions import answer as actions
from families.forms.answers import AgreementForm, AnswerForm, PermissionForm
from families.models import (
    Answer,
    DataChoice,
    Family,
    FamilyMember,
    HowAnswered,
    Purpose,
    SharingPermission,
    Support,
    SupportAgreement,
)
from families.models.sharing import To
from families.models.wording import AGREEMENT, SHARING, Shown, Words
from families.reports.answers import answers_page
from families.views.records import edit, family_to_change, family_to_read

KINDS: dict[str, Any] = {"agreement": SupportAgreement, "choice": DataChoice, "permission": SharingPermission}


@require_safe
@require(Permission.FAMILY_VIEW)
def answers(request: HttpRequest, reference: str) -> HttpResponse:
    """What each adult agreed to, for those who answer for the whole record."""
    family = family_to_read(request, reference, "answers", whole=True)
    context = {"family": family, "adults": answers_page(request.user, family)}
    return render(request, "families/answers.html", context)


def _asking(request: HttpRequest, reference: str, uuid: uuids.UUID) -> tuple[Family, FamilyMember]:
    family = family_to_change(request, reference, "answers")
    return family, get_object_or_404(actions.who_may_answer(family), uuid=uuid)


def _shown(request: HttpRequest, organisation_id: int, about: str, adult: FamilyMember) -> Shown:
    """The words in the language that was chosen, else the one this adult likes best."""
    liked = next((each["code"] for each in adult.languages if each.get("preferred")), "en")
    words = Words(organisation_id)
    if not words.is_asked(about):
        raise Http404
    return words.about(about, request.GET.get("language", "") or liked)


def _organisation(request: HttpRequest, family: Family, pk: int) -> Organisation:
    mine = Support.objects.coordinated_by(request.user).filter(family=family)
    return get_object_or_404(Organisation.objects.filter(pk__in=mine.values("service__organisation")), pk=pk)


def _ask(request: HttpRequest, family: Family, adult: FamilyMember, form: Any, save: Any, **context: Any) -> Any:
    def say() -> None:
        save(**form.for_action())
        messages.success(request, _("Saved what %s said. It holds from now on.") % adult)

    context |= {"adult": adult, "then": reverse("families:answers", args=[family.reference])}
    return edit(request, form, say, template="families/answer_form.html", family=family, **context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def agreement_ask(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int) -> HttpResponse:
    """Would they like to be supported?"""
    family, adult = _asking(request, reference, uuid)
    supports = Support.objects.coordinated_by(request.user).select_related("service")
    support = get_object_or_404(supports, family=family, pk=pk)
    shown = _shown(request, support.service.organisation_id, AGREEMENT, adult)
    form = AgreementForm(sent_or_kept(request), family=family, adult=adult, shown=shown)

    def save(**told: Any) -> None:
        actions.give_agreement(by=request.user, adult=adult, support=support, **told)

    return _ask(request, family, adult, form, save, shown=shown, about=str(support.service))


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def choice_ask(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int, purpose: str) -> HttpResponse:
    """May we use what they told us for this?"""
    family, adult = _asking(request, reference, uuid)
    organisation = _organisation(request, family, pk)
    if purpose not in Purpose.values:
        raise Http404
    shown = _shown(request, organisation.pk, purpose, adult)
    form = AnswerForm(sent_or_kept(request), family=family, adult=adult, shown=shown)

    def save(**told: Any) -> None:
        actions.give_choice(by=request.user, adult=adult, organisation=organisation, purpose=purpose, **told)

    return _ask(request, family, adult, form, save, shown=shown, about=Purpose(purpose).label)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.FAMILY_EDIT)
def permission_ask(request: HttpRequest, reference: str, uuid: uuids.UUID, pk: int) -> HttpResponse:
    """May we share something with somebody who is named? `again`: an answer that is asked once more."""
    family, adult = _asking(request, reference, uuid)
    organisation = _organisation(request, family, pk)
    shown = _shown(request, organisation.pk, SHARING, adult)
    again = _answer(request, family, "permission", request.GET.get("again", ""))
    people = {"family": family, "adult": adult, "shown": shown}
    form = PermissionForm(sent_or_kept(request), by=request.user, organisation=organisation, again=again, **people)

    def save(**told: Any) -> None:
        actions.give_permission(by=request.user, adult=adult, organisation=organisation, **told)

    return _ask(request, family, adult, form, save, shown=shown, about=_("Sharing with somebody"))


def _answer(request: HttpRequest, family: Family, kind: str, uuid: Any) -> Any:
    """One answer of this family that the reader may see; none where the id is broken or somebody else's."""
    try:
        rows = KINDS[kind].objects.visible_to(request.user).filter(family=family, uuid=uuid)
    except (KeyError, ValidationError):
        return None
    return rows.select_related("member", "organisation", "child").first()


@require_http_methods(["GET", "POST"])
@require(Permission.FAMILY_EDIT)
def answer_take_back(request: HttpRequest, reference: str, kind: str, uuid: uuids.UUID) -> HttpResponse:
    """They take a yes back: once more to be sure, and it holds at once."""
    family = family_to_change(request, reference, "answers")
    if (row := _answer(request, family, kind, uuid)) is None:
        raise Http404
    if request.method == "GET":
        return render(request, "families/answer_take_back.html", {"family": family, "answer": row, "kind": kind})
    told = {"by": request.user, "adult": row.member, "child": row.child, "answer": Answer.WITHDRAWN}
    told |= {"how": HowAnswered.SPOKEN}
    try:
        _take_back(kind, row, told)
        messages.success(request, _("Taken back. Nothing of it is used or shared from now on."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("families:answers", reference)


def _take_back(kind: str, row: Any, told: dict[str, Any]) -> None:
    if kind == "agreement":
        actions.give_agreement(support=row.support, **told)
    elif kind == "choice":
        actions.give_choice(organisation=row.organisation, purpose=row.purpose, **told)
    else:
        to = To(service=row.service, agency=row.agency, referral=row.referral, named=row.named)
        actions.give_permission(organisation=row.organisation, to=to, what=row.what, **told)

"""Handing a family on: what the service that asks does, and what the one that is asked does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.transitions.machine import MoveRefused
from families.actions import transfer as actions
from families.forms.transfer import (
    AcceptForm,
    AgreementForm,
    AskForm,
    DeclineForm,
    ProposeForm,
    ReplyForm,
    TakeBackForm,
)
from families.models import Family, Support, SupportState, Transfer, TransferState
from families.models.transfer import TRANSFER_MACHINE
from families.reports.support import consequence
from families.reports.transfers import Row, coming, going, past, transfer_page
from families.views.records import edit, family_to_change, take

T = TransferState


@require_safe
@require(Permission.SUPPORT_MOVE)
def transfer_list(request: HttpRequest) -> HttpResponse:
    """What others ask of us, what we ask of others, or what is over."""
    which = request.GET.get("list", "coming")
    names = {"coming": _("We are asked"), "going": _("We ask"), "past": _("Over")}
    if which not in names:
        raise Http404
    before, older = request.GET.get("before", ""), None
    if which == "past":
        rows, older = past(request.user, int(before) if before.isdecimal() and len(before) < 19 else None)
        total = len(rows)
    else:
        rows, total = (coming if which == "coming" else going)(request.user)
    tabs = [{"url": f"?list={key}", "label": name, "current": key == which} for key, name in names.items()]
    context = {"rows": rows, "others": total - len(rows), "older": older, "which": which, "tabs": tabs}
    return render(request, "families/transfer_list.html", context)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def transfer_propose(request: HttpRequest, reference: str, pk: int) -> HttpResponse:
    """Begin to ask another service to go on with a family."""
    family = family_to_change(request, reference, "transfer propose")
    supports = Support.objects.coordinated_by(request.user).open().filter(family=family)
    support = get_object_or_404(supports.select_related("service__organisation", "family"), pk=pk)
    if open_one := support.transfers.open().first():
        return redirect("families:transfer", open_one.pk)
    form = ProposeForm(sent_or_kept(request), support=support, before=support.transfers.first())

    def save() -> None:
        actions.propose_transfer(by=request.user, support=support, **form.cleaned_data)
        messages.success(request, _("Noted. Nothing is shared until the family agrees and you send it."))

    context = {"support": support, "effects": consequence(support, SupportState.TRANSFERRED)}
    # Back here, and so on to what was just begun.
    return edit(
        request, form, save, template="families/transfer_propose.html", family=family, then=request.path, **context
    )


def _opened(request: HttpRequest, pk: int, page: str, transfers: Any = None) -> tuple[Transfer, Family | None]:
    """A transfer this person may read, and the family for those who know it; or 404. Notes that it was opened."""
    rows = Transfer.objects.visible_to(request.user) if transfers is None else transfers
    people = ("created_by", "sent_by", "answered_by")
    rows = rows.select_related("from_service__organisation", "to_service__organisation", *people)
    transfer = get_object_or_404(rows, pk=pk)
    actions.note_opened(by=request.user, transfer=transfer, page=page)
    return transfer, Family.objects.visible_to(request.user).filter(pk=transfer.family_id).first()


@require_safe
@require(Permission.SUPPORT_MOVE)
def transfer(request: HttpRequest, pk: int) -> HttpResponse:
    """Where it stands: to the service that asks all of it, to the one that is asked what the family agreed to."""
    row, family = _opened(request, pk, "transfer")
    page = transfer_page(request.user, row, family)
    context = {"page": page, "row": page.row, "transfer": row, "family": family}
    if page.sends and row.is_open:
        context["effects"] = consequence(row.support, SupportState.TRANSFERRED)
    return render(request, "families/transfer_detail.html", context)


def _step(
    request: HttpRequest,
    row: Transfer,
    family: Family | None,
    form: Any,
    save: Callable[[], Any],
    *,
    allowed: bool,
    said: str,
    **context: Any,
) -> HttpResponse:
    """One step of a transfer as a page with a form, and back to where it stands."""
    if not allowed:
        messages.warning(request, str(TRANSFER_MACHINE.refusal))
        return redirect("families:transfer", row.pk)
    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        messages.success(request, said)
        readable = Transfer.objects.visible_to(request.user).filter(pk=row.pk).exists()
        return redirect("families:transfer", row.pk) if readable else redirect("families:transfer-list")
    context |= {"transfer": row, "row": Row(row, family), "family": family, "form": form}
    return render(request, "families/transfer_form.html", context, status=status)


def _sent(request: HttpRequest, pk: int, page: str) -> tuple[Transfer, Family | None]:
    return _opened(request, pk, page, Transfer.objects.sent_by(request.user))


def _received(request: HttpRequest, pk: int, page: str) -> tuple[Transfer, Family | None]:
    return _opened(request, pk, page, Transfer.objects.asked_of(request.user))


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def transfer_agreed(request: HttpRequest, pk: int) -> HttpResponse:
    """The family agreed: to which words, who, how and when."""
    row, family = _sent(request, pk, "transfer agreed")
    form = AgreementForm(sent_or_kept(request), transfer=row)

    def save() -> None:
        actions.note_agreement(by=request.user, transfer=row, **form.cleaned_data)

    return _step(
        request, row, family, form, save, allowed=row.state == T.PROPOSED,
        said=_("Noted. Now you can ask {service}.").format(service=row.to_service),
        title=_("The family agrees"), button=_("Note it"),
        means=_("Read it to them, and change what they would say differently. A no is fine: then take it back."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def transfer_take_back(request: HttpRequest, pk: int) -> HttpResponse:
    row, family = _sent(request, pk, "transfer take back")
    form = TakeBackForm(sent_or_kept(request))

    def save() -> None:
        actions.withdraw_transfer(by=request.user, transfer=row, **form.cleaned_data)

    return _step(
        request, row, family, form, save, allowed=row.is_open,
        said=_("Taken back. You go on with the family as before."),
        title=_("Take it back"), button=_("Take it back"), danger=True,
        means=_("The other service reads nothing of it any more. You can ask again, it or another one."),
    )  # fmt: skip


@require_POST
@require(Permission.SUPPORT_MOVE)
def transfer_send(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the other service, now that the family agreed."""
    row, _family = _sent(request, pk, "transfer send")
    try:
        actions.send_transfer(by=request.user, transfer=row)
        words = _("Sent. Until {service} says yes, you stay responsible.")
        messages.success(request, words.format(service=row.to_service))
    except MoveRefused as refused:
        messages.warning(request, str(refused))
    return redirect("families:transfer", row.pk)


@require_POST
@require(Permission.SUPPORT_MOVE)
def transfer_noted(request: HttpRequest, pk: int) -> HttpResponse:
    """The sender has read the answer."""
    row, _family = _sent(request, pk, "transfer")
    actions.note_answer(by=request.user, transfer=row)
    return redirect("families:transfer", row.pk)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def transfer_reply(request: HttpRequest, pk: int, question: int) -> HttpResponse:
    """Answer a question of the other service."""
    row, family = _sent(request, pk, "transfer reply")
    asked = get_object_or_404(row.questions.select_related("transfer"), pk=question)
    form = ReplyForm(sent_or_kept(request))

    def save() -> None:
        actions.reply_about(by=request.user, question=asked, **form.for_action())

    return _step(
        request, row, family, form, save, allowed=row.waits and asked.replied_at is None,
        said=_("Answered. {service} reads it now.").format(service=row.to_service),
        title=_("Answer the question"), button=_("Answer"), question=asked,
        means=_("Tell no more than the family agreed to."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def transfer_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the sender something before the answer."""
    row, family = _received(request, pk, "transfer ask")
    form = AskForm(sent_or_kept(request))

    def save() -> None:
        actions.ask_about(by=request.user, transfer=row, **form.cleaned_data)

    return _step(
        request, row, family, form, save, allowed=row.waits,
        said=_("Asked. The answer appears here and on Today."),
        title=_("Ask something first"), button=_("Ask"), means="",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def transfer_decline(request: HttpRequest, pk: int) -> HttpResponse:
    row, family = _received(request, pk, "transfer decline")
    form = DeclineForm(sent_or_kept(request))

    def save() -> None:
        actions.decline_transfer(by=request.user, transfer=row, **form.cleaned_data)

    return _step(
        request, row, family, form, save, allowed=row.waits,
        said=_("Said. {service} goes on with the family and reads why.").format(service=row.from_service),
        title=_("It is not possible"), button=_("Say that it is not possible"), danger=True,
        means=_("The service that asked goes on with the family. You cannot read this any more afterwards."),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPPORT_MOVE)
def transfer_accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say yes: from that moment this service is responsible, and reads the family's record."""
    row, family = _received(request, pk, "transfer accept")
    form = AcceptForm(sent_or_kept(request))

    def save() -> None:
        actions.accept_transfer(by=request.user, transfer=row, **form.cleaned_data)

    return _step(
        request, row, family, form, save, allowed=row.waits,
        said=_("Yes. You are responsible for this family from now on. The next step is the first contact."),
        title=_("Go on with this family"), button=_("Say yes"),
        means=_("From this moment you are responsible, and the support of {service} ends.").format(
            service=row.from_service
        ),
    )  # fmt: skip

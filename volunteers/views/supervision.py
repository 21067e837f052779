"""Supervision from the side of whoever leads it: when to talk, what was said, what was agreed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.models import User
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from betterstart.clock import moment_in_words
from betterstart.transitions.machine import MoveRefused
from volunteers.actions.supervision import (
    NamesFamilies,
    StaleSupervision,
    cancel_supervision,
    edit_supervision,
    hold_supervision,
    matches_to_talk_through,
    may_edit,
    plan_supervision,
)
from volunteers.forms.supervision import CancelForm, HoldForm, PlanTalkForm, now_here
from volunteers.models import Supervision, SupervisionKind, Volunteer
from volunteers.reports.supervision_pages import of_volunteer, recorded, talk_page, who_may_come


def kept_or_404(request: HttpRequest, pk: int) -> Any:
    """A volunteer this person keeps, who has an account to confirm with."""
    rows = Volunteer.objects.kept_by(request.user).exclude(user=None).select_related("user")
    return get_object_or_404(rows, pk=pk)


def talk_or_404(request: HttpRequest, pk: int) -> Supervision:
    """A talk whose words this person reads as the one who leads it, or keeps the volunteer; not as the volunteer."""
    rows = Supervision.objects.led_or_kept_by(request.user).select_related("supervisor")
    return get_object_or_404(rows, pk=pk)


@require_safe
@require(Permission.VOLUNTEER_MANAGE)
def volunteer_talks(request: HttpRequest, pk: int) -> HttpResponse:
    """Talking with one volunteer: what happened, what is planned, what was agreed."""
    volunteer = kept_or_404(request, pk)
    context = {"volunteer": volunteer, "page": of_volunteer(request.user, volunteer)}
    return render(request, "volunteers/supervision_list.html", context)


def _taken(form: Any, act: Callable[[], Supervision]) -> Supervision | None:
    """Run the action behind a valid form; what it refuses stands in the form."""
    if not form.is_valid():
        return None
    try:
        return act()
    except NamesFamilies as found:
        form.ask_about(found.names)
    except StaleSupervision as found:
        form.data = form.data.copy()
        form.data["version"] = str(found.stored.version)
        form.add_error(None, _("Somebody changed this meanwhile. Your words are kept: look, and send them again."))
    except ValidationError as refusal:
        form.show(refusal)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    return None


def _plan(request: HttpRequest, form: PlanTalkForm, people: list[User], **context: Any) -> HttpResponse:
    def act() -> Supervision:
        told = form.cleaned_data
        who = list(told["people"]) if form.is_group else people
        kind = SupervisionKind.GROUP if form.is_group else told["kind"]
        return plan_supervision(by=request.user, kind=kind, people=who, planned_at=told["moment"], uuid=told["uuid"])

    if request.method == "POST" and (row := _taken(form, act)):
        when = moment_in_words(row.planned_at)  # type: ignore[arg-type]
        messages.success(request, _("Planned for {when}. They see it on their page.").format(when=when))
        return redirect("volunteers:supervision", row.pk)
    status = 422 if form.errors else 200
    return render(request, "volunteers/supervision_plan.html", {"form": form, **context}, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def talk_plan(request: HttpRequest, pk: int) -> HttpResponse:
    volunteer = kept_or_404(request, pk)
    form = PlanTalkForm(sent_or_kept(request), initial={"kind": SupervisionKind.ONE_TO_ONE})
    return _plan(request, form, [volunteer.user], volunteer=volunteer)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def group_plan(request: HttpRequest) -> HttpResponse:
    form = PlanTalkForm(sent_or_kept(request), people=who_may_come(request.user))
    return _plan(request, form, [])


def write_down(request: HttpRequest, form: HoldForm, act: Callable[[], Supervision], **context: Any) -> HttpResponse:
    """Show the form for what was said, or take it; a next day that was agreed becomes a plan."""

    def both() -> Supervision:
        row = act()
        if next_at := form.cleaned_data.get("next_at"):
            people = [part.person for part in row.parts.select_related("person")]
            plan_supervision(by=request.user, kind=row.kind, people=people, planned_at=next_at)
        return row

    if request.method == "POST" and (row := _taken(form, both)):
        messages.success(request, _("Saved. They can read it, add to it and confirm it on their own page."))
        return redirect("volunteers:supervision", row.pk)
    status = 422 if form.errors else 200
    return render(request, "volunteers/supervision_form.html", {"form": form, **context}, status=status)


def _meant(form: HoldForm) -> bool:
    return bool(form.cleaned_data.get("names_meant"))


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.VOLUNTEER_MANAGE)
def talk_write(request: HttpRequest, pk: int) -> HttpResponse:
    """A talk between two that was not planned here: also the call after something hard."""
    volunteer = kept_or_404(request, pk)
    asked = request.GET.get("kind", "")
    kind = asked if asked in SupervisionKind.values and asked != "group" else SupervisionKind.ONE_TO_ONE
    matches = matches_to_talk_through(request.user, [volunteer])
    form = HoldForm(sent_or_kept(request), matches=matches, initial=now_here() | {"kind": kind})

    def act() -> Supervision:
        told = form.cleaned_data
        people = [volunteer.user]
        return hold_supervision(by=request.user, told=form.told(), kind=told["kind"], people=people, uuid=told["uuid"])

    return write_down(request, form, act, volunteer=volunteer)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.VOLUNTEER_MANAGE)
def group_write(request: HttpRequest) -> HttpResponse:
    form = HoldForm(sent_or_kept(request), people=who_may_come(request.user), initial=now_here())

    def act() -> Supervision:
        told = form.cleaned_data
        return hold_supervision(
            by=request.user,
            told=form.told(),
            kind=SupervisionKind.GROUP,
            people=list(told["people"]),
            uuid=told["uuid"],
            names_meant=_meant(form),
        )

    return write_down(request, form, act)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPERVISION_HOLD)
def talk_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a talk that was planned."""
    row = talk_or_404(request, pk)
    if not row.is_planned:
        messages.info(request, _("This talk has moved on. Here is where it stands now."))
        return redirect("volunteers:supervision", row.pk)
    form = _form_about(request, row, now_here())

    def act() -> Supervision:
        return hold_supervision(by=request.user, told=form.told(), planned=row, names_meant=_meant(form))

    return write_down(request, form, act, supervision=row)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.SUPERVISION_HOLD)
def talk_edit(request: HttpRequest, pk: int) -> HttpResponse:
    row = talk_or_404(request, pk)
    if not may_edit(request.user, row):
        messages.info(request, _("This has been read and confirmed, so it stays as it is."))
        return redirect("volunteers:supervision", row.pk)
    form = _form_about(request, row, recorded(request.user, row))

    def act() -> Supervision:
        version = form.cleaned_data["version"] or 0
        return edit_supervision(
            by=request.user, supervision=row, version=version, told=form.told(), names_meant=_meant(form)
        )

    return write_down(request, form, act, supervision=row)


def _form_about(request: HttpRequest, row: Supervision, initial: dict[str, Any]) -> HoldForm:
    parts = list(row.parts.select_related("person", "volunteer__user"))
    people = [part.person for part in parts] if row.is_group else []
    volunteers = [part.volunteer for part in parts if part.volunteer and not row.is_group]
    matches = matches_to_talk_through(request.user, volunteers, row)
    return HoldForm(sent_or_kept(request), supervision=row, expected=people, matches=matches, initial=initial)


@require_safe
@require(Permission.SUPERVISION_HOLD)
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """One talk: what was said, what was agreed, and whether it is confirmed."""
    row = talk_or_404(request, pk)
    page = talk_page(request.user, row)
    for family in page.families:
        record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="supervision")
    return render(request, "volunteers/supervision.html", {"page": page, "talk": row, "form": CancelForm()})


@require_http_methods(["POST"])
@require(Permission.SUPERVISION_HOLD)
def talk_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    row = talk_or_404(request, pk)
    form = CancelForm(request.POST)
    try:
        note = form.cleaned_data["note"] if form.is_valid() else ""
        cancel_supervision(by=request.user, supervision=row, note=note)
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Called off. Agree another day when it suits you both."))
    return redirect("volunteers:supervision", row.pk)

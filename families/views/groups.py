"""Groups for the coordinators of a service: planning, the page of a group, cancelling, finishing."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.models import Service
from betterstart.access.permissions import Permission
from betterstart.clock import day_in_words, moment_in_words
from families.actions.group import add_sessions, cancel_session, create_group, edit_group, finish_group
from families.forms.groups import CancelSessionForm, GroupForm, NewGroupForm, SessionsForm
from families.models import GroupSeries, GroupSession
from families.reports.groups import completion, group_list, group_page
from families.views.records import take


@require_safe
@require(Permission.GROUP_SIGN_IN)
def group_list_page(request: HttpRequest) -> HttpResponse:
    """The groups this person runs, the next session first."""
    finished = request.GET.get("show") == "finished"
    listed = group_list(request.user, finished=finished, after=_key(request.GET.get("after", "")))
    here = reverse("families:group-list")
    tabs = [
        {"url": here, "label": _("Running"), "current": not finished},
        {"url": f"{here}?show=finished", "label": _("Finished"), "current": finished},
    ]
    context = {"listed": listed, "finished": finished, "tabs": tabs, "may_plan": request.user.may(Permission.GROUP_RUN)}
    return render(request, "families/group_list.html", context)


@require_safe
@require(Permission.GROUP_RUN)
def group(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Its sessions, who is booked and who waits, who has come often enough."""
    return render(request, "families/group.html", {"page": group_page(group_or_404(request, uuid))})


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
@keeps_words
def group_new(request: HttpRequest) -> HttpResponse:
    """A group with its sessions, for one of the services this person coordinates."""
    services = Service.objects.coordinated_by(request.user).order_by("name")
    service = services.filter(pk=_number(request.GET.get("service", ""))).first()
    if service is None and services.count() != 1:
        return render(request, "families/group_service.html", {"services": services})
    service = service or services.get()
    form = NewGroupForm(sent_or_kept(request), service=service)
    made: list[GroupSeries] = []

    def save() -> None:
        made.append(create_group(by=request.user, service=service, **form.for_action()))

    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        messages.success(request, _("Planned. Now book the families who want to come."))
        return redirect("families:group", made[0].uuid)
    return render(request, "families/group_new.html", {"form": form, "service": service}, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
@keeps_words
def group_edit(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    series = group_or_404(request, uuid)
    form = GroupForm(sent_or_kept(request), instance=series, service=series.service)

    def save() -> None:
        edit_group(by=request.user, series=series, **form.cleaned_data)
        messages.success(request, _("Saved."))

    return _form(request, form, save, "families/group_edit.html", series)


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
@keeps_words
def sessions_add(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    series = group_or_404(request, uuid)
    form = SessionsForm(sent_or_kept(request))

    def save() -> None:
        add_sessions(by=request.user, series=series, sessions=form.sessions())
        messages.success(request, _("Planned."))

    return _form(request, form, save, "families/group_sessions.html", series)


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
@keeps_words
def session_cancel(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """A session that does not take place, and why."""
    mine = GroupSession.objects.filter(series__in=GroupSeries.objects.coordinated_by(request.user))
    session = get_object_or_404(mine.select_related("series"), uuid=uuid)
    form = CancelSessionForm(sent_or_kept(request))

    def save() -> None:
        cancel_session(by=request.user, session=session, **form.cleaned_data)
        words = _("Cancelled: %s. Tell the families that are booked.")
        messages.success(request, words % moment_in_words(session.starts_at))

    return _form(request, form, save, "families/session_cancel.html", session.series, session=session)


@require_http_methods(["GET", "POST"])
@require(Permission.GROUP_RUN)
def group_finish(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The group is over: what is noted of it."""
    series = group_or_404(request, uuid)
    page = group_page(series)
    if not page.may_finish:
        last = page.sessions[-1] if page.sessions else None
        if last and not series.finished_at:
            words = _("This group still meets, the last time on %s.")
            messages.info(request, words % day_in_words(last.starts_at))
        return redirect("families:group", series.uuid)
    if request.method == "POST":
        finish_group(by=request.user, series=series)
        messages.success(request, _("Finished. %s stays to be read under “Finished”.") % series.name)
        return redirect("families:group", series.uuid)
    return render(request, "families/group_finish.html", {"page": page, "completion": completion(series)})


def group_or_404(request: HttpRequest, uuid: uuids.UUID) -> GroupSeries:
    """A group of a service this person coordinates."""
    mine = GroupSeries.objects.coordinated_by(request.user).select_related("service")
    return get_object_or_404(mine, uuid=uuid)


def _form(
    request: HttpRequest,
    form: Any,
    save: Callable[[], None],
    template: str,
    series: GroupSeries,
    **context: Any,
) -> HttpResponse:
    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:group", series.uuid)
    return render(request, template, {"form": form, "series": series, **context}, status=status)


def _key(text: str) -> uuids.UUID | None:
    try:
        return uuids.UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None

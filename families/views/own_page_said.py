"""What an adult says on their own page: beside a note, to their coordinator, and how things are."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from families.actions.reply import say_back
from families.actions.score import give_scores
from families.forms.own_page import HowForm
from families.forms.records import show_refusal
from families.forms.reply import NoteReplyForm, SayForm, language_now
from families.models import OwnPage, Stage
from families.reports.own_page import needs_to_ask, own_visit, supports_of, visits_of
from families.reports.replies import own_replies, promised_by
from families.views.own_page_session import own_page_only


@require_http_methods(["GET", "POST"])
@own_page_only
def own_note(request: HttpRequest, page: OwnPage, uuid: uuids.UUID) -> HttpResponse:
    """One visit, what was written about it, and what they say to that."""
    visit = get_object_or_404(visits_of(page).delivered(), uuid=uuid)
    form = NoteReplyForm(request.POST or None, initial={"visit_version": visit.version})

    def save() -> None:
        say_back(by=None, adult=page.adult, visit=visit, **form.said())

    status = _take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:own-note", uuid)
    context = {"page": page, "own": own_visit(page, visit), "form": form, "promised": promised_by()}
    return render(request, "families/own/note.html", context, status=status)


@require_http_methods(["GET", "POST"])
@own_page_only
def own_say(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """Ask for a correction, a different volunteer, a call, anything; and read what became of what they said before."""
    asked = {"kind": request.GET.get("kind", ""), "follows": request.GET.get("after", "")}
    form = SayForm(request.POST or None, supports=supports_of(page), initial=asked)

    def save() -> None:
        support = form.chosen_support()
        say_back(by=None, adult=page.adult, support=support, **form.said())

    status = _take(form, save) if request.method == "POST" else 200
    if status == 302:
        return redirect("families:own-said")
    return render(request, "families/own/say.html", {"page": page, "form": form}, status=status)


@require_http_methods(["GET"])
@own_page_only
def own_said(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """You said, we did: everything they said, and what they were answered."""
    context = {"page": page, "replies": own_replies(page.adult), "promised": promised_by()}
    return render(request, "families/own/said.html", context)


@require_http_methods(["GET", "POST"])
@own_page_only
def own_how(request: HttpRequest, page: OwnPage) -> HttpResponse:
    """How it is going: a number for up to three things they picked, or none."""
    asked = needs_to_ask(page)
    form = HowForm(request.POST or None, needs=[need for _support, need in asked])

    def save() -> None:
        given = form.replies()
        for support in {support for support, need in asked if need in given}:
            replies = {need: given[need] for each, need in asked if each == support and need in given}
            of: dict[str, Any] = {"support": support, "adult": page.adult, "stage": Stage.BETWEEN}
            give_scores(by=None, replies=replies, language=language_now(), **of)

    status = _take(form, save) if request.method == "POST" and asked else 200
    if status == 302:
        return redirect("families:own-plan")
    return render(request, "families/own/how.html", {"page": page, "form": form, "asked": asked}, status=status)


def _take(form: Any, save: Any) -> int:
    """302: said. 422: refused, with the sentences in the form and everything that was typed."""
    if not form.is_valid():
        return 422
    try:
        save()
    except ValidationError as refusal:
        show_refusal(form, refusal)
    else:
        return 302
    return 422

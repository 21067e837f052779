"""The way of a match, act by act, for the coordinator of its service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record_read
from betterstart.clock import day_in_words, moment_in_words
from betterstart.transitions.machine import MoveRefused
from families.actions.visit_rules import VisitNeedsAnswer, VisitRefused
from families.forms.records import show_refusal
from volunteers import actions
from volunteers.forms.match_life import (
    AnswerForm,
    BeginForm,
    BesideForm,
    EndingForm,
    IntroductionForm,
    OfferForm,
    PauseForm,
    SaidBackForm,
    StopForm,
)
from volunteers.models import Match, MatchFeedback, MatchState, Side, Volunteer
from volunteers.models.match import HOLDING, Kind
from volunteers.models.match_feedback import rules_of
from volunteers.reports.describing import draft
from volunteers.reports.volunteers import with_room
from volunteers.views.matches import match_or_404

Save = Callable[[], Any]


def _match(request: HttpRequest, pk: int) -> Match:
    match = match_or_404(request, pk)
    family = match.family
    record_read(by=request.user, family_id=family.pk, family_reference=family.reference, page="match")
    return match


def _taken(form: Any, save: Save) -> bool:
    """Run the action behind a form; what it refuses or asks stands in the form."""
    if not form.is_valid():
        return False
    try:
        save()
    except VisitNeedsAnswer as question:
        form.ask(question.questions)
    except VisitRefused as refusal:
        form.show(refusal)
    except ValidationError as refusal:
        show_refusal(form, refusal)
    except MoveRefused as refusal:
        form.add_error(None, str(refusal))
    else:
        return True
    return False


def _step(request: HttpRequest, match: Match, form: Any, save: Save, template: str, **context: Any) -> HttpResponse:
    """A form about a match, or back to the match once it is done."""
    if request.method == "POST" and _taken(form, save):
        return redirect("volunteers:match", match.pk)
    context |= {"form": form, "match": match, "family": match.family}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, template, context, status=status)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MATCH_MANAGE)
def match_ask(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """Ask one side, in words that name nobody."""
    match = _match(request, pk)
    if side not in Side.values:
        raise Http404
    asked = getattr(match, f"{side}_offer", None)
    label = _("What the volunteer is told") if side == Side.VOLUNTEER else _("What the family is told")
    words = asked.description if asked else draft(request.user, match, side)
    form = OfferForm(sent_or_kept(request), label=label, draft=words)

    def save() -> None:
        actions.offer_match(by=request.user, match=match, side=side, **form.cleaned_data)
        asked_now = _("Asked. {name} finds it under My visits.").format(name=match.volunteer)
        messages.success(request, asked_now if side == Side.VOLUNTEER else _("Kept. Tell the family in these words."))

    return _step(request, match, form, save, "volunteers/match_ask.html", to_family=side == Side.FAMILY)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MATCH_MANAGE)
def match_answer(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """What a side answered, as it was told to the coordinator."""
    match = _match(request, pk)
    offer = getattr(match, f"{side}_offer", None) if side in Side.values else None
    if offer is None:
        raise Http404
    form = AnswerForm(sent_or_kept(request), family=match.family if side == Side.FAMILY else None)

    def save() -> None:
        actions.record_answer(by=request.user, match=match, side=side, **form.cleaned_data)
        messages.success(request, _("Written down. The other side is not told of it before it has answered itself."))

    return _step(request, match, form, save, "volunteers/match_answer.html", offer=offer, of_family=side == Side.FAMILY)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MATCH_MANAGE)
def match_introduction(request: HttpRequest, pk: int) -> HttpResponse:
    match = _match(request, pk)
    form = IntroductionForm(sent_or_kept(request), support=match.support, by=request.user)

    def save() -> None:
        visit = actions.book_introduction(by=request.user, match=match, **form.for_action())
        words = _("Booked for {when}. The volunteer sees it under My visits.")
        messages.success(request, words.format(when=moment_in_words(visit.planned_start)))  # type: ignore[arg-type]

    return _step(request, match, form, save, "volunteers/match_introduction.html")


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MATCH_MANAGE)
def match_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """They have met, and it feels right."""
    match = _match(request, pk)
    form = BeginForm(sent_or_kept(request), match=match, rules=rules_of(match.support.service.organisation_id))

    def save() -> None:
        actions.begin_match(by=request.user, match=match, **form.for_action())
        words = _("They have begun. {name} sees this family now, and finds the visits under My visits.")
        messages.success(request, words.format(name=match.volunteer))

    return _step(request, match, form, save, "volunteers/match_begin.html")


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def match_pause(request: HttpRequest, pk: int) -> HttpResponse:
    match = _match(request, pk)
    form = PauseForm(request.POST if request.method == "POST" else None)

    def save() -> None:
        paused = actions.pause_match(by=request.user, match=match, **form.cleaned_data)
        words = _("Paused until {day}. On that day it is on your Today.")
        messages.success(request, words.format(day=day_in_words(paused.paused_until)))  # type: ignore[arg-type]

    return _step(request, match, form, save, "volunteers/match_pause.html")


@require_POST
@require(Permission.MATCH_MANAGE)
def match_resume(request: HttpRequest, pk: int) -> HttpResponse:
    """They go on after a pause, or after all."""
    return _sent(request, pk, actions.resume_match, _("They go on."))


@require_POST
@require(Permission.MATCH_MANAGE)
def match_talked(request: HttpRequest, pk: int) -> HttpResponse:
    """The coordinator has rung both."""
    return _sent(request, pk, actions.note_talked, _("Good. That call is off your list."))


def _sent(request: HttpRequest, pk: int, act: Any, words: str) -> HttpResponse:
    match = match_or_404(request, pk)
    try:
        act(by=request.user, match=match)
    except actions.MatchRefused as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, words)
    return redirect("volunteers:match", match.pk)


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def match_ending(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree on a goodbye."""
    match = _match(request, pk)
    form = EndingForm(request.POST if request.method == "POST" else None)

    def save() -> None:
        actions.plan_match_ending(by=request.user, match=match, **form.cleaned_data)
        messages.success(request, _("Agreed. Each side is asked apart how it was."))

    return _step(request, match, form, save, "volunteers/match_ending.html")


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def match_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """It does not come about: taken back, or it did not feel right to somebody."""
    match = _match(request, pk)
    met = match.state == MatchState.INTRODUCTION_BOOKED
    act = actions.say_not_suitable if met else actions.withdraw_match
    form = StopForm(request.POST if request.method == "POST" else None)

    def save() -> None:
        act(by=request.user, match=match, **form.cleaned_data)
        messages.success(request, _("Kept. The place of the volunteer is free again, and it counts against nobody."))

    return _step(request, match, form, save, "volunteers/match_stop.html", met=met)


@require_http_methods(["GET", "POST"])
@keeps_words
@require(Permission.MATCH_MANAGE)
def match_said_back(request: HttpRequest, pk: int, side: str) -> HttpResponse:
    """How a side found it, looking back, as it told the coordinator."""
    match = _match(request, pk)
    asked = MatchFeedback.objects.visible_to(request.user).filter(match=match)
    feedback = get_object_or_404(asked, side=side)
    form = SaidBackForm(sent_or_kept(request), family=match.family if side == Side.FAMILY else None)

    def save() -> None:
        actions.record_looking_back(by=request.user, feedback=feedback, **form.cleaned_data)
        messages.success(request, _("Written down. The other side does not read it."))

    return _step(request, match, form, save, "volunteers/match_said_back.html", of_family=side == Side.FAMILY)


@require_http_methods(["GET", "POST"])
@require(Permission.MATCH_MANAGE)
def match_beside(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Somebody who stands in for a while, or takes over with some visits together."""
    match = _match(request, pk)
    if kind not in (Kind.COVER, Kind.HANDOVER) or match.state not in HOLDING:
        raise Http404
    others = Volunteer.objects.visible_to(request.user).available_to(match.support.service)
    form = BesideForm(
        request.POST if request.method == "POST" else None,
        volunteers=with_room(request.user, others.exclude(pk=match.volunteer_id)),
    )

    def save() -> None:
        them = form.cleaned_data["volunteer"]
        actions.suggest_match(by=request.user, support=match.support, volunteer=them, kind=kind, beside=match)
        messages.success(request, _("Suggested. Open it below, and ask each side."))

    return _step(request, match, form, save, "volunteers/match_beside.html", is_cover=kind == Kind.COVER)

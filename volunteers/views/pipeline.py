"""People on their way to us: the list, and each step of the way as a coordinator takes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from betterstart.access.decorators import keeps_words, require, sent_or_kept
from betterstart.access.permissions import Permission
from betterstart.audit.record import record
from families.forms.records import show_refusal
from volunteers.actions.account import invite_volunteer
from volunteers.actions.application import begin_draft
from volunteers.actions.breaks import agree_break, end_break
from volunteers.actions.enquiry import answer_enquiry, change_reach, enquire
from volunteers.actions.interview import hold_interview
from volunteers.actions.leaving import finish_goodbye, leave
from volunteers.actions.readiness import settle
from volunteers.forms.application import STEPS
from volunteers.forms.pipeline import BreakForm, GoodbyeForm, InterviewForm, LeaveForm, PhoneEnquiryForm, ReachForm
from volunteers.models import Application, Break, Interview, Leaving, Match, Volunteer
from volunteers.reports.expenses import not_sent_yet
from volunteers.reports.pipeline import on_their_way
from volunteers.views.enquiry import DRAFT

manage = require(Permission.VOLUNTEER_MANAGE)


def kept(request: HttpRequest, pk: int) -> Volunteer:
    """A volunteer whom this person keeps as a coordinator, or 404."""
    rows = Volunteer.objects.kept_by(request.user).select_related("user", "organisation", "service", "application")
    return get_object_or_404(rows, pk=pk)


def done(request: HttpRequest, form: Any, act: Callable[[], Any], words: str) -> bool:
    """Whether a form was sent and the act done, which is said; a refusal is shown beside the fields."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        act()
    except ValidationError as refusal:
        show_refusal(form, refusal)
        return False
    messages.success(request, words)
    return True


def page(request: HttpRequest, template: str, volunteer: Volunteer | None, form: Any, **more: Any) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"volunteer": volunteer, "form": form, **more}, status=status)


def _at_once(request: HttpRequest, volunteer: Volunteer, act: Callable[[], Any], words: str) -> HttpResponse:
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, words)
    return redirect("volunteers:volunteer", volunteer.pk)


@require_safe
@manage
def people(request: HttpRequest) -> HttpResponse:
    return render(request, "volunteers/on_their_way.html", {"listed": on_their_way(request.user)})


@require_http_methods(["GET", "POST"])
@keeps_words
@manage
def enquiry_new(request: HttpRequest) -> HttpResponse:
    """Somebody rang, wrote, or stood at the door."""
    form, taken = PhoneEnquiryForm(sent_or_kept(request), user=request.user), []
    if done(
        request,
        form,
        lambda: taken.append(enquire(by=request.user, site=request.build_absolute_uri, **form.cleaned_data)),
        _("Saved. They are on the list."),
    ):
        return redirect("volunteers:volunteer", taken[0].volunteer.pk)
    return page(request, "volunteers/enquiry_new.html", None, form)


@require_safe
@manage
def told(request: HttpRequest, pk: int) -> HttpResponse:
    """What they told us themselves, and the talks with them."""
    volunteer = kept(request, pk)
    record(by=request.user, verb="volunteer.read", target=volunteer)
    context = {
        "volunteer": volunteer,
        "application": Application.objects.visible_to(request.user).filter(volunteer=volunteer).first(),
        "interviews": Interview.objects.visible_to(request.user).filter(volunteer=volunteer).select_related("held_by"),
    }
    return render(request, "volunteers/told.html", context)


@require_POST
@manage
def send_link(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept(request, pk)
    return _at_once(
        request,
        row,
        lambda: answer_enquiry(by=request.user, volunteer=row, site=request.build_absolute_uri),
        _("The link is on its way. It serves once, for four weeks."),
    )


@require_POST
@manage
def answered(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept(request, pk)
    return _at_once(
        request,
        row,
        lambda: answer_enquiry(by=request.user, volunteer=row, site=None),
        _("Good. They have had their answer."),
    )


@require_POST
@manage
def together(request: HttpRequest, pk: int) -> HttpResponse:
    """The application, filled in by two on the coordinator's screen."""
    draft = begin_draft(volunteer=kept(request, pk))
    request.session[DRAFT] = str(draft.uuid)
    return redirect("volunteers:apply-step", STEPS[0].slug)


@require_http_methods(["GET", "POST"])
@manage
def reach(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept(request, pk)
    form = ReachForm(request.POST or None, initial={"name": row.name, "phone": row.phone, "email": row.email})
    if done(request, form, lambda: change_reach(by=request.user, volunteer=row, **form.cleaned_data), _("Saved.")):
        return redirect("volunteers:volunteer", pk)
    return page(request, "volunteers/reach.html", row, form)


@require_http_methods(["GET", "POST"])
@keeps_words
@manage
def interview(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept(request, pk)
    form = InterviewForm(sent_or_kept(request), user=request.user, volunteer=row)
    if done(request, form, lambda: hold_interview(by=request.user, volunteer=row, **form.cleaned_data), _("Saved.")):
        return redirect("volunteers:volunteer", pk)
    return page(request, "volunteers/interview.html", row, form)


@require_POST
@manage
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept(request, pk)
    return _at_once(
        request,
        row,
        lambda: invite_volunteer(
            by=request.user,
            volunteer=row,
            link=lambda token: request.build_absolute_uri(reverse("access:accept", args=[token])),
        ),
        _("The invitation is on its way. Its link works for seven days."),
    )


@require_POST
@manage
def looked(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever comes back to us is ready once a person has looked at what is there, and all of it is in date."""
    row = kept(request, pk)
    if settle(volunteer=row, by=request.user, has_looked=True):
        messages.success(request, _("{name} is with us.").format(name=row.display_name))
    return redirect("volunteers:volunteer", pk)


@require_http_methods(["GET", "POST"])
@manage
def time_off(request: HttpRequest, pk: int) -> HttpResponse:
    """A break with its dates; the families they visit now are named, since somebody decides about each."""
    row = kept(request, pk)
    agreed = Break.objects.visible_to(request.user).open().filter(volunteer=row).first()
    known = {name: getattr(agreed, name) for name in ("starts_on", "back_on", "words")} if agreed else None
    form = BreakForm(request.POST or None, initial=known)
    if done(
        request,
        form,
        lambda: agree_break(by=request.user, volunteer=row, **form.cleaned_data),
        _("Saved. They take no new family while they are away."),
    ):
        return redirect("volunteers:volunteer", pk)
    matches = Match.objects.visible_to(request.user).holding().filter(volunteer=row).select_related("family")
    return page(request, "volunteers/break.html", row, form, matches=matches)


@require_POST
@manage
def back(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept(request, pk)
    return _at_once(
        request,
        row,
        lambda: end_break(by=request.user, volunteer=row),
        _("Welcome back to {name}.").format(name=row.display_name),
    )


@require_http_methods(["GET", "POST"])
@keeps_words
@manage
def goodbye_new(request: HttpRequest, pk: int) -> HttpResponse:
    row = kept(request, pk)
    form = LeaveForm(sent_or_kept(request), volunteer=row)
    if done(
        request,
        form,
        lambda: leave(by=request.user, volunteer=row, **form.cleaned_data),
        _("Saved. {name} has no access any more.").format(name=row.display_name),
    ):
        return redirect("volunteers:volunteer", pk)
    matches = Match.objects.visible_to(request.user).open().filter(volunteer=row).select_related("family")
    facts = {"matches": matches, "not_sent": not_sent_yet(request.user, row)}
    return page(request, "volunteers/leave.html", row, form, **facts)


@require_http_methods(["GET", "POST"])
@keeps_words
@manage
def goodbye(request: HttpRequest, pk: int) -> HttpResponse:
    """What comes after the last day: the talk, what they told, what is back."""
    row = kept(request, pk)
    rows = Leaving.objects.visible_to(request.user).filter(volunteer=row).order_by("-pk")[:1]
    leaving = get_object_or_404(Leaving.objects.filter(pk__in=list(rows.values_list("pk", flat=True))))
    form = GoodbyeForm.of(sent_or_kept(request), leaving)
    if done(request, form, lambda: finish_goodbye(by=request.user, leaving=leaving, **form.cleaned_data), _("Saved.")):
        return redirect("volunteers:on-their-way")
    return page(request, "volunteers/goodbye.html", row, form, leaving=leaving)

"""Courses, the times they are held, and the register."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from betterstart.access.decorators import require
from betterstart.access.models import Organisation, Service
from betterstart.access.permissions import Permission
from families.views.records import take
from volunteers.actions.training import (
    create_course,
    edit_course,
    give_places,
    mark_attendance,
    move_session,
    note_catch_up,
    plan_run,
)
from volunteers.forms.training import CatchUpForm, CourseForm, PlacesForm, RunForm, SessionForm, cells
from volunteers.models import Course, CourseRun, CourseSession, Volunteer
from volunteers.reports.training import course_list, register


@require_safe
@require(Permission.VOLUNTEER_MANAGE)
def courses(request: HttpRequest) -> HttpResponse:
    return render(request, "volunteers/course_list.html", {"courses": course_list(request.user)})


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def course_add(request: HttpRequest) -> HttpResponse:
    coordinated = Service.objects.coordinated_by(request.user)
    organisations = Organisation.objects.filter(pk__in=coordinated.values("organisation_id")).order_by("name")
    form = CourseForm(request.POST or None, organisations=organisations)

    def save() -> None:
        organisation = form.cleaned_data.pop("organisation", None) or organisations.get()
        create_course(by=request.user, organisation=organisation, **form.cleaned_data)

    return _form(request, form, save, title=_("A new course"), saved=_("Kept. Now plan when it is held."))


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def course_edit(request: HttpRequest, pk: int) -> HttpResponse:
    course = get_object_or_404(Course.objects.kept_by(request.user), pk=pk)
    form = CourseForm(request.POST or None, organisations=Organisation.objects.none(), course=course)
    sub = _("Who has completed it is worked out from this: a change counts for everybody at once.")
    return _form(
        request,
        form,
        lambda: edit_course(by=request.user, course=course, **form.cleaned_data),
        title=course.name,
        sub=sub,
        saved=_("Kept."),
    )


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def run_add(request: HttpRequest, pk: int) -> HttpResponse:
    """When and where a course is held next."""
    course = get_object_or_404(Course.objects.kept_by(request.user), pk=pk)
    form = RunForm(request.POST or None)
    made: list[CourseRun] = []
    status = 200
    if request.method == "POST":
        status = take(form, lambda: made.append(plan_run(by=request.user, course=course, **form.cleaned_data)))
    if status == 302:
        messages.success(request, _("Planned. Now say who has a place."))
        return redirect("volunteers:course-run", made[0].pk)
    title = _("When is “{name}” held?").format(name=course.name)
    return render(request, "volunteers/course_form.html", {"form": form, "title": title}, status=status)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def course_run(request: HttpRequest, pk: int) -> HttpResponse:
    """The register: a tick for each volunteer and session, all saved together."""
    run = run_or_404(request, pk)
    if request.method == "POST":
        return _take_register(request, run)
    return render(request, "volunteers/course_run.html", {"page": register(run)})


def _take_register(request: HttpRequest, run: CourseRun) -> HttpResponse:
    was, now = cells(request.POST.get("was", "").split()), cells(request.POST.getlist("there"))
    try:
        came, went = mark_attendance(by=request.user, run=run, was=was, now=now)
    except ValidationError as refusal:
        context = {"page": register(run, ticked=now), "refusal": refusal.messages[0]}
        return render(request, "volunteers/course_run.html", context, status=422)
    words = ngettext("Saved: {n} tick changed.", "Saved: {n} ticks changed.", came + went)
    messages.success(request, words.format(n=came + went))
    return redirect("volunteers:course-run", run.pk)


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def run_places(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_or_404(request, pk)
    kept = Volunteer.objects.kept_by(request.user).filter(organisation=run.course.organisation_id, left_on=None)
    free = kept.exclude(course_places__run=run).exclude(state__in=["not_proceeding", "left"]).select_related("user")
    form = PlacesForm(request.POST or None, volunteers=free)
    return _form(
        request,
        form,
        lambda: give_places(by=request.user, run=run, **form.cleaned_data),
        run=run,
        title=_("Who has a place?"),
        saved=_("Kept."),
    )


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def run_catch_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody missed a session and caught up on it in another way."""
    run = run_or_404(request, pk)
    form = CatchUpForm(request.POST or None, run=run)
    return _form(
        request,
        form,
        lambda: note_catch_up(by=request.user, **form.cleaned_data),
        run=run,
        title=_("Who has caught up on a session?"),
        saved=_("Kept. It counts like having been there."),
    )


@require_http_methods(["GET", "POST"])
@require(Permission.VOLUNTEER_MANAGE)
def session_edit(request: HttpRequest, pk: int) -> HttpResponse:
    mine = CourseSession.objects.filter(run__in=CourseRun.objects.kept_by(request.user))
    session = get_object_or_404(mine.select_related("run__course"), pk=pk)
    form = SessionForm(request.POST or None, session=session)
    return _form(
        request,
        form,
        lambda: move_session(by=request.user, session=session, **form.cleaned_data),
        run=session.run,
        title=_("Session {n} of “{name}”").format(n=session.number, name=session.run.course.name),
        saved=_("Kept. Tell those who have a place."),
    )


def run_or_404(request: HttpRequest, pk: int) -> CourseRun:
    return get_object_or_404(CourseRun.objects.kept_by(request.user).select_related("course"), pk=pk)


def _form(
    request: HttpRequest, form: Any, save: Any, *, title: str, saved: str, run: CourseRun | None = None, sub: str = ""
) -> HttpResponse:
    status = take(form, save) if request.method == "POST" else 200
    if status == 302:
        messages.success(request, saved)
        return redirect("volunteers:course-run", run.pk) if run else redirect("volunteers:course-list")
    context = {"form": form, "title": title, "sub": sub, "run": run}
    return render(request, "volunteers/course_form.html", context, status=status)

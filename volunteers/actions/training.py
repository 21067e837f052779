"""Courses of an organisation, the times they are held, and who was there. "Complete" is worked out, never typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from betterstart.access.models import Organisation, Service, User
from betterstart.audit.record import record
from betterstart.clock import london_today
from volunteers.actions.readiness import EvidenceRefused, must_keep, settle
from volunteers.models import Attendance, Course, CoursePlace, CourseRun, CourseSession, Volunteer

Cell = tuple[int, int]
"""A session and a volunteer, by their ids: one tick of the register."""
MOST_SESSIONS = 40


@transaction.atomic
def create_course(*, by: User, organisation: Organisation, **fields: object) -> Course:
    """`fields`: kind, name, sessions_needed, renew_years. Writes "course.created". Raises EvidenceRefused."""
    if not Service.objects.coordinated_by(by).filter(organisation=organisation).exists():
        raise PermissionDenied
    if Course.objects.filter(organisation=organisation, name__iexact=str(fields["name"])).exists():
        raise EvidenceRefused({"name": _("There is a course with this name already.")})
    course = Course.objects.create(organisation=organisation, **fields)
    record(by=by, verb="course.created", target=course, label=course.name)
    return course


@transaction.atomic
def edit_course(*, by: User, course: Course, **fields: object) -> Course:
    """The same fields, and `is_open`. Who has completed it follows at once. Writes "course.edited"."""
    _must_run(by, course)
    others = Course.objects.filter(organisation=course.organisation_id).exclude(pk=course.pk)
    if others.filter(name__iexact=str(fields["name"])).exists():
        raise EvidenceRefused({"name": _("There is a course with this name already.")})
    for name, value in fields.items():
        setattr(course, name, value)
    course.save(update_fields=[*fields, "updated_at"])
    record(by=by, verb="course.edited", target=course, label=course.name)
    return course


@transaction.atomic
def plan_run(*, by: User, course: Course, place: str, days: Sequence[dt.date], starts: dt.time | None) -> CourseRun:
    """Hold a course: a session on each day, in this order. Writes "course.planned". Raises EvidenceRefused."""
    _must_run(by, course)
    if not days or len(days) > MOST_SESSIONS:
        raise EvidenceRefused({"days": _("Give one day or more, at most forty.")})
    if sorted(set(days)) != list(days):
        raise EvidenceRefused({"days": _("Each day once, the first one first.")})
    run = CourseRun.objects.create(course=course, place=place, created_by=by)
    sessions = [CourseSession(run=run, number=number, day=day, starts=starts) for number, day in enumerate(days, 1)]
    CourseSession.objects.bulk_create(sessions)
    record(by=by, verb="course.planned", target=run, label=course.name, details={"sessions": len(days)})
    return run


@transaction.atomic
def move_session(*, by: User, session: CourseSession, day: dt.date, starts: dt.time | None, about: str) -> None:
    """Another day, hour or subject. Writes "course.session_changed"."""
    _must_run(by, session.run.course)
    session.day, session.starts, session.about = day, starts, about
    session.save(update_fields=["day", "starts", "about"])
    record(by=by, verb="course.session_changed", target=session, label=session.run.course.name)


@transaction.atomic
def give_places(*, by: User, run: CourseRun, volunteers: Collection[Volunteer]) -> int:
    """These volunteers have a place in this run; gives how many are new. Writes "course.place_given" for each."""
    _must_run(by, run.course)
    given = 0
    for volunteer in volunteers:
        must_keep(by, volunteer)
        _row, is_new = CoursePlace.objects.get_or_create(run=run, volunteer=volunteer, defaults={"created_by": by})
        if is_new:
            given += 1
            record(by=by, verb="course.place_given", target=run, label=f"volunteer {volunteer.pk}")
            settle(volunteer=volunteer, by=by)
    return given


@transaction.atomic
def mark_attendance(*, by: User, run: CourseRun, was: Collection[Cell], now: Collection[Cell]) -> tuple[int, int]:
    """Take what changed in the register between what somebody was shown and what they sent; gives how many ticks came
    and went. What another person ticked meanwhile stays. Writes "course.attendance_marked".

    Raises EvidenceRefused for a session that has not been held yet.
    """
    _must_run(by, run.course)
    run = CourseRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    sessions = {session.pk: session for session in run.sessions.all()}
    volunteers = {place.volunteer_id: place.volunteer for place in run.places.select_related("volunteer")}
    came, went = set(now) - set(was), set(was) - set(now)
    if any(session not in sessions or volunteer not in volunteers for session, volunteer in came | went):
        raise EvidenceRefused(_("Somebody changed this course meanwhile. Look at it again."))
    if any(sessions[session].day > london_today() for session, _volunteer in came):
        raise EvidenceRefused(_("One of these sessions has not been held yet. Tick it on the day."))
    for session, volunteer in sorted(came):
        Attendance.objects.get_or_create(session_id=session, volunteer_id=volunteer, defaults={"noted_by": by})
    for session, volunteer in sorted(went):
        Attendance.objects.filter(session=session, volunteer=volunteer, caught_up_on=None).delete()
    if came or went:
        details = {"came": sorted(map(list, came)), "went": sorted(map(list, went))}
        record(by=by, verb="course.attendance_marked", target=run, label=run.course.name, details=details)
    for pk in sorted({volunteer for _session, volunteer in came}):
        settle(volunteer=volunteers[pk], by=by)
    return len(came), len(went)


@transaction.atomic
def note_catch_up(*, by: User, session: CourseSession, volunteer: Volunteer, on: dt.date, how: str) -> Attendance:
    """A volunteer who missed a session has caught up on it. Writes "course.caught_up". Raises EvidenceRefused."""
    _must_run(by, session.run.course)
    must_keep(by, volunteer)
    if on > london_today():
        raise EvidenceRefused({"on": _("This day has not come yet.")})
    if on < session.day:
        raise EvidenceRefused({"on": _("The session was held after this day.")})
    if not session.run.places.filter(volunteer=volunteer).exists():
        raise EvidenceRefused({"volunteer": _("They have no place in this course.")})
    try:
        with transaction.atomic():
            row = Attendance.objects.create(
                session=session, volunteer=volunteer, caught_up_on=on, caught_up_how=how, noted_by=by
            )
    except IntegrityError:
        raise EvidenceRefused({"session": _("This session is ticked for them already.")}) from None
    record(by=by, verb="course.caught_up", target=session.run, label=f"volunteer {volunteer.pk}")
    settle(volunteer=volunteer, by=by)
    return row


def _must_run(by: User, course: Course) -> None:
    if not Course.objects.kept_by(by).filter(pk=course.pk).exists():
        raise PermissionDenied

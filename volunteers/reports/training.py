from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import models

from betterstart.access.models import User
from betterstart.clock import london_today
from volunteers.models import Attendance, Course, CourseRun, CourseSession, Volunteer

LATEST_RUNS = 3
MOST_COURSES = 100


@dataclass(frozen=True)
class Listed:
    course: Course
    runs: list[Any]
    """The latest, each with `first` and `last` day and how many have a `places`."""


def course_list(user: User) -> list[Listed]:
    """The courses this person keeps: those still offered first, each with the times it was held last."""
    courses = Course.objects.kept_by(user).select_related("organisation").order_by("-is_open", "-kind", "name")
    found = list(courses[:MOST_COURSES])
    runs = (
        CourseRun.objects.filter(course__in=[course.pk for course in found])
        .annotate(
            first=models.Min("sessions__day"),
            last=models.Max("sessions__day"),
            taken=models.Count("places", distinct=True),
        )
        .order_by("-last", "-pk")
    )
    by_course: dict[int, list[Any]] = {}
    for run in runs[: MOST_COURSES * LATEST_RUNS]:
        by_course.setdefault(run.course_id, []).append(run)
    return [Listed(course, by_course.get(course.pk, [])[:LATEST_RUNS]) for course in found]


@dataclass(frozen=True)
class Cell:
    session: CourseSession
    volunteer: Volunteer
    attendance: Attendance | None
    is_ticked: bool

    @property
    def value(self) -> str:
        return f"{self.session.pk}.{self.volunteer.pk}"

    @property
    def may_tick(self) -> bool:
        return self.session.day <= london_today() and not self.is_caught_up

    @property
    def is_caught_up(self) -> bool:
        return bool(self.attendance and self.attendance.caught_up_on)


@dataclass(frozen=True)
class Row:
    volunteer: Volunteer
    cells: list[Cell]

    @property
    def attended(self) -> int:
        return sum(cell.attendance is not None for cell in self.cells)


@dataclass(frozen=True)
class Register:
    run: CourseRun
    sessions: list[CourseSession]
    rows: list[Row]

    @property
    def was(self) -> str:
        """The ticks this page shows, so that only what changed is taken."""
        cells = [cell for row in self.rows for cell in row.cells]
        return " ".join(cell.value for cell in cells if cell.attendance and not cell.is_caught_up)

    @property
    def anything_to_tick(self) -> bool:
        return any(cell.may_tick for row in self.rows for cell in row.cells)


def register(run: CourseRun, ticked: Collection[tuple[int, int]] | None = None) -> Register:
    """Who has a place, in each session; `ticked`: what was sent and could not be taken."""
    sessions = list(run.sessions.all())
    volunteers = Volunteer.objects.filter(course_places__run=run).select_related("user")
    rows = Attendance.objects.filter(session__in=sessions)
    there = {(row.session_id, row.volunteer_id): row for row in rows}
    found = []
    for volunteer in sorted(volunteers, key=lambda each: each.display_name):
        cells = []
        for session in sessions:
            key = (session.pk, volunteer.pk)
            cells.append(Cell(session, volunteer, there.get(key), key in there if ticked is None else key in ticked))
        found.append(Row(volunteer, cells))
    return Register(run, sessions, found)

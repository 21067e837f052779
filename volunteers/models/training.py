from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation, Service
from volunteers.models.evidence import EvidenceQuerySet, in_months
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class CourseKind(models.TextChoices):
    PREPARATION = "preparation", _("Preparation course")
    SAFEGUARDING = "safeguarding", _("Safeguarding")
    EXTRA = "extra", _("Something extra")


NEEDED_COURSES = (CourseKind.PREPARATION, CourseKind.SAFEGUARDING)


class CourseQuerySet(models.QuerySet["Course"]):
    def visible_to(self, user: User) -> Self:
        """The courses of the organisations this person works in."""
        return self.filter(organisation__in=Organisation.objects.visible_to(user))

    def kept_by(self, user: User) -> Self:
        """Those a coordinator plans and keeps."""
        return self.filter(organisation__in=Service.objects.coordinated_by(user).values("organisation_id"))


@pghistory.track(append_only=True)
class Course(models.Model):
    """Something volunteers of an organisation learn together, in one session or several."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what is it for?"), max_length=12, choices=CourseKind)
    name = models.CharField(_("name"), max_length=120)
    sessions_needed = models.PositiveSmallIntegerField(
        _("sessions that make it complete"), validators=[MinValueValidator(1), MaxValueValidator(40)]
    )
    renew_years = models.PositiveSmallIntegerField(
        _("again after (years)"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    is_open = models.BooleanField(_("still offered"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["-kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="course_name_once"),
            models.CheckConstraint(condition=models.Q(sessions_needed__gte=1), name="course_needs_a_session"),
        ]

    def __str__(self) -> str:
        return self.name


class RunQuerySet(models.QuerySet["CourseRun"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(course__in=Course.objects.visible_to(user))

    def kept_by(self, user: User) -> Self:
        return self.filter(course__in=Course.objects.kept_by(user))


class CourseRun(models.Model):
    """One time that a course is held."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="runs")
    place = models.CharField(_("where"), max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.course} {self.pk}"


class SessionQuerySet(models.QuerySet["CourseSession"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(run__in=CourseRun.objects.visible_to(user))


class CourseSession(models.Model):
    """One session of a run. The same number is the same part of the course in every run."""

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField()
    day = models.DateField(_("day"))
    starts = models.TimeField(_("from"), null=True, blank=True)
    about = models.CharField(_("about"), max_length=120, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="course_session_number_once")]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.number}"


class CoursePlace(models.Model):
    """A volunteer has a place in a run."""

    run = models.ForeignKey(CourseRun, on_delete=models.PROTECT, related_name="places")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="course_places")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "volunteer"], name="course_place_once")]

    def __str__(self) -> str:
        return f"{self.volunteer_id} in {self.run_id}"


class AttendanceQuerySet(EvidenceQuerySet):
    def of(self, kind: str) -> Self:
        """At courses of this kind, of the volunteer's own organisation."""
        course = "session__run__course"
        return self.filter(
            **{f"{course}__kind": kind, f"{course}__organisation": models.F("volunteer__organisation")}
        ).annotate(day=Coalesce("caught_up_on", "session__day"))

    def enough(self, on: dt.date, kind: str) -> models.QuerySet[Any]:
        """The volunteers (their ids) who have attended enough different sessions of one such course, as of this day:
        where a course is to be done again after some years, a session counts for so long.
        """
        course = "session__run__course"
        months = models.F(f"{course}__renew_years") * models.Value(12)
        rows = self.of(kind).annotate(until=in_months(models.F("day"), months))
        counts = rows.filter(models.Q(until=None) | models.Q(until__gt=on)).order_by()
        by_course = counts.values("volunteer", course, f"{course}__sessions_needed")
        by_course = by_course.annotate(n=models.Count("session__number", distinct=True))
        return by_course.filter(n__gte=models.F(f"{course}__sessions_needed")).values("volunteer")


@pghistory.track(append_only=True)
class Attendance(models.Model):
    """A volunteer was at a session, or caught up on it later."""

    session = models.ForeignKey(CourseSession, on_delete=models.PROTECT, related_name="attendances")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="attendances")
    caught_up_on = models.DateField(_("caught up on"), null=True, blank=True)
    caught_up_how = models.CharField(_("how"), max_length=200, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(auto_now=True)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "volunteer"], name="course_attendance_once"),
            models.CheckConstraint(
                condition=models.Q(caught_up_on=None, caught_up_how="")
                | models.Q(caught_up_on__isnull=False) & ~models.Q(caught_up_how=""),
                name="course_caught_up_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} at {self.session_id}"

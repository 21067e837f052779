"""The life of a volunteer: which step may follow which, and what must be there first (domain notes, 4.5)."""

from __future__ import annotations

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from volunteers.models.dbs import DbsCheck
from volunteers.models.readiness import readiness
from volunteers.models.reference import ENOUGH_REFERENCES, Judgement, Reference
from volunteers.models.training import Attendance, CourseKind, CoursePlace
from volunteers.models.volunteer import ON_THEIR_WAY, OVER, Volunteer
from volunteers.models.volunteer import VolunteerState as V


def everything_is_asked_for(row: Volunteer) -> None:
    """Two references and the check are asked for, and there is a place in a preparation course."""
    asked = Reference.objects.filter(volunteer=row, asked_at__isnull=False).exclude(judgement=Judgement.NOT_NEEDED)
    missing = []
    if asked.count() < ENOUGH_REFERENCES:
        missing.append(now_("Two references are asked for first."))
    if not DbsCheck.objects.filter(volunteer=row).exists():
        missing.append(now_("The DBS check is asked for first."))
    places = CoursePlace.objects.filter(volunteer=row, run__course__kind=CourseKind.PREPARATION)
    if not (places.exists() or Attendance.objects.filter(volunteer=row).of(CourseKind.PREPARATION).exists()):
        missing.append(now_("They need a place in a preparation course."))
    if missing:
        raise MoveRefused(" ".join(missing))


def everything_is_in_date(row: Volunteer) -> None:
    """They may be with families. Every step that is missing is named with its reason."""
    missing = [f"{step.title}: {step.reason}" for step in readiness(row) if not step.is_done]
    if row.user_id is None:
        missing.append(now_("They have no account yet: invite them."))
    if missing:
        raise MoveRefused(" ".join(missing))


VOLUNTEER_MACHINE = StateMachine(
    name="volunteer",
    refusal=_("This is not the next step for this volunteer."),
    moves=(
        Move((V.ENQUIRY,), V.APPLIED),
        Move((V.APPLIED,), V.CHECKING),
        Move((V.CHECKING,), V.PREPARING, everything_is_asked_for),
        Move((V.PREPARING,), V.READY, everything_is_in_date),
        Move((V.READY,), V.ON_BREAK),
        Move((V.ON_BREAK,), V.READY),
        Move((*ON_THEIR_WAY, V.READY, V.ON_BREAK), V.SUSPENDED),
        Move((V.SUSPENDED,), V.READY),
        Move((V.SUSPENDED,), V.PREPARING),
        Move((*ON_THEIR_WAY, V.SUSPENDED), V.NOT_PROCEEDING),
        Move((V.PREPARING, V.READY, V.ON_BREAK, V.SUSPENDED), V.LEFT),
        # Somebody who left, or did not go on, asks again: what was checked then is looked at anew.
        Move(OVER, V.APPLIED),
        Move(OVER, V.PREPARING),
    ),
)

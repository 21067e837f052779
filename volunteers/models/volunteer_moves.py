"""The life of a volunteer: which step may follow which, and what must be there first (domain notes, 4.5)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as now_
from django.utils.translation import gettext_lazy as _

from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from betterstart.transitions.models import Transition
from volunteers.models.away import Break, Leaving, Suspension, SuspensionOutcome
from volunteers.models.dbs import DbsCheck
from volunteers.models.interview import Interview, InterviewOutcome
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


def _has_applied(volunteer: Volunteer) -> None:
    application = getattr(volunteer, "application", None)
    if application is None or application.applied_at is None:
        raise MoveRefused(now_("They have not sent an application yet."))


def _was_met(volunteer: Volunteer) -> None:
    latest = Interview.objects.filter(volunteer=volunteer).order_by("-held_on", "-pk").first()
    if latest is None or latest.outcome != InterviewOutcome.GO_ON:
        raise MoveRefused(now_("First somebody talks with them, and both want to go on."))


def _break_is_agreed(volunteer: Volunteer) -> None:
    if not Break.objects.open().filter(volunteer=volunteer).exists():
        raise MoveRefused(now_("A break needs its dates."))


def _break_is_over(volunteer: Volunteer) -> None:
    if Break.objects.open().filter(volunteer=volunteer).exists():
        raise MoveRefused(now_("They are on a break."))


def _is_suspended(volunteer: Volunteer) -> None:
    if not Suspension.objects.open().filter(volunteer=volunteer).exists():
        raise MoveRefused(now_("A suspension needs a manager or safeguarding lead, and a reason."))


def _is_decided(volunteer: Volunteer) -> None:
    if Suspension.objects.open().filter(volunteer=volunteer).exists():
        raise MoveRefused(now_("The suspension has not been decided yet."))


def _back_to(*states: str) -> Callable[[Volunteer], None]:
    """Back from a suspension only to where they were, or before it."""

    def guard(volunteer: Volunteer) -> None:
        _is_decided(volunteer)
        latest = Suspension.objects.filter(volunteer=volunteer).order_by("-pk").first()
        if latest is None or latest.came_from not in states:
            raise MoveRefused(now_("They come back to where they were before."))

    return guard


def _said_goodbye(volunteer: Volunteer) -> None:
    """With a reason and a day. Somebody suspended is let go only by a decision."""
    _is_decided(volunteer)
    said = Leaving.objects.filter(volunteer=volunteer)
    if volunteer.left_on is None or not said.filter(left_on=volunteer.left_on).exists():
        raise MoveRefused(now_("A goodbye needs its reason and its day."))


def may_come_back(volunteer: Volunteer) -> None:
    """Nobody opens again what a manager or safeguarding lead has decided: not by a form, a link or a role."""
    latest = Suspension.objects.filter(volunteer=volunteer).order_by("-pk").first()
    if latest and latest.outcome == SuspensionOutcome.ENDED:
        raise MoveRefused(
            now_("It was decided that they do not come back. Please talk with a manager or a safeguarding lead.")
        )


def is_to_be_looked_at(volunteer: Volunteer) -> bool:
    """They said goodbye, and since then nobody has talked with them, or looked at what is there: old evidence alone
    makes nobody ready who was away."""
    goodbye = Leaving.objects.filter(volunteer=volunteer).order_by("-pk").first()
    if goodbye is None:
        return False
    talks = Interview.objects.filter(volunteer=volunteer, outcome=InterviewOutcome.GO_ON)
    moves = Transition.objects.of("volunteer", volunteer.pk).filter(to_state=V.READY)
    since = goodbye.created_at
    return not (talks.filter(created_at__gt=since).exists() or moves.filter(happened_at__gt=since).exists())


def _both(*guards: Callable[[Volunteer], None]) -> Callable[[Volunteer], None]:
    def guard(volunteer: Volunteer) -> None:
        for each in guards:
            each(volunteer)

    return guard


VOLUNTEER_MACHINE = StateMachine(
    name="volunteer",
    refusal=_("This is not the next step for this volunteer."),
    moves=(
        Move((V.ENQUIRY,), V.APPLIED, _has_applied),
        Move((V.APPLIED,), V.CHECKING, _was_met),
        Move((V.CHECKING,), V.PREPARING, everything_is_asked_for),
        Move((V.PREPARING,), V.READY, everything_is_in_date),
        Move((V.READY,), V.ON_BREAK, _break_is_agreed),
        Move((V.ON_BREAK,), V.READY, _both(_break_is_over, everything_is_in_date)),
        Move((V.ON_BREAK,), V.PREPARING, _break_is_over),
        Move((*ON_THEIR_WAY, V.READY, V.ON_BREAK), V.SUSPENDED, _is_suspended),
        Move((V.SUSPENDED,), V.READY, _both(_back_to(V.READY, V.ON_BREAK), everything_is_in_date)),
        Move((V.SUSPENDED,), V.PREPARING, _back_to(V.PREPARING, V.READY, V.ON_BREAK)),
        Move((V.SUSPENDED,), V.CHECKING, _back_to(V.CHECKING)),
        Move((V.SUSPENDED,), V.APPLIED, _back_to(V.APPLIED)),
        Move((V.SUSPENDED,), V.ENQUIRY, _back_to(V.ENQUIRY)),
        Move((*ON_THEIR_WAY, V.SUSPENDED), V.NOT_PROCEEDING, _said_goodbye),
        Move((V.PREPARING, V.READY, V.ON_BREAK, V.SUSPENDED), V.LEFT, _said_goodbye),
        # Somebody who left, or did not go on, asks again: what was checked then is looked at anew.
        Move(OVER, V.APPLIED, _both(may_come_back, _has_applied)),
        Move(OVER, V.PREPARING, may_come_back),
    ),
)

"""A suspension: access is gone at once, in the same transaction; what follows is decided with care."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions import give_back_roles, withdraw_role
from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.audit.record import record
from betterstart.reminders.actions import say
from betterstart.reminders.models import Audience
from volunteers.actions.breaks import with_us_again
from volunteers.actions.leaving import leave
from volunteers.actions.match_course import suspend_matches
from volunteers.actions.readiness import settle
from volunteers.models import VOLUNTEER_MACHINE, Match, Suspension, Volunteer, VolunteerState
from volunteers.models.away import LeavingReason, SuspensionOutcome

V = VolunteerState


class SuspensionRefused(ValidationError):
    """This cannot be. `error_dict` has a sentence for each field."""


@transaction.atomic
def suspend(*, by: User, volunteer: Volunteer, kind: str, words: str) -> Suspension:
    """From this moment the volunteer may not be with families and sees none: every session ends, and their matches
    are paused. Coordinators are told at once, without the reason. Writes "volunteer.suspended", which holds no words.

    For managers and safeguarding leads. Raises PermissionDenied, SuspensionRefused.
    """
    _must_oversee(by, volunteer)
    with acting_as(Scope.ALL, by.pk):
        came_from = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk).state
        if VOLUNTEER_MACHINE.find(came_from, V.SUSPENDED) is None:
            raise SuspensionRefused(_("Only somebody who is with us, or on their way, can be suspended."))
        suspension = Suspension.objects.create(
            volunteer=volunteer, kind=kind, words=words, came_from=came_from, suspended_by=by
        )
        VOLUNTEER_MACHINE.move(volunteer, to=V.SUSPENDED, by=by)
        if volunteer.user:
            suspension.memberships = withdraw_role(
                by=by,
                person=volunteer.user,
                role=Role.VOLUNTEER,
                organisation=volunteer.organisation,
                reason=_("Suspended as a volunteer"),
            )
            suspension.save(update_fields=["memberships", "updated_at"])
        _tell_coordinators(by, volunteer, suspension)
        suspend_matches(by=by, volunteer=volunteer)
        record(by=by, verb="volunteer.suspended", target=volunteer, details={"kind": kind})
    return suspension


def _must_oversee(by: User, volunteer: Volunteer) -> None:
    if not Volunteer.objects.overseen_by(by).filter(pk=volunteer.pk).exists():
        raise PermissionDenied


def _tell_coordinators(by: User, volunteer: Volunteer, suspension: Suspension) -> None:
    """A letter that interrupts, to those who answer for the volunteer's families; it names nobody."""
    matches = Match.objects.open().filter(volunteer=volunteer)
    services = {*matches.values_list("support__service", flat=True), volunteer.service_id} - {None}
    roles = Membership.objects.active().filter(role=Role.COORDINATOR, organisation=volunteer.organisation)
    theirs = roles.filter(Q(service=None) | Q(service__in=services))
    for person in User.objects.filter(pk__in=theirs.values("user")):
        say(
            by=by,
            key=f"volunteer.suspended:{suspension.volunteer_id}:{suspension.suspended_at.isoformat()}:{person.pk}",
            kind="volunteer.suspended",
            to=person.email,
            subject=_("Please look at Today now"),
            body=_("A volunteer is suspended from this moment. Sign in: Today says who, and which visits to see to.")
            + "\n",
            audience=Audience.COLLEAGUE,
            is_asked_for=True,
        )


@transaction.atomic
def end_suspension(*, by: User, volunteer: Volunteer, outcome: str, words: str) -> Suspension:
    """It is decided. Back: the state before, or preparing where something has run out; access again, but to
    no family until a coordinator has resumed the match. Ended: they leave.

    Writes "volunteer.suspension_ended". Raises PermissionDenied, SuspensionRefused.
    """
    _must_oversee(by, volunteer)
    with acting_as(Scope.ALL, by.pk):
        rows = Suspension.objects.select_for_update(of=("self",)).open().filter(volunteer=volunteer)
        suspension = rows.first()
        if suspension is None:
            raise SuspensionRefused(_("This suspension has been decided already."))
        suspension.ended_at, suspension.ended_by = timezone.now(), by
        suspension.outcome, suspension.outcome_words = outcome, words
        suspension.save(update_fields=["ended_at", "ended_by", "outcome", "outcome_words", "updated_at"])
        if outcome == SuspensionOutcome.BACK:
            _come_back(by, volunteer, suspension)
        else:
            leave(by=by, volunteer=volunteer, reason=LeavingReason.OUR_DECISION)
        record(by=by, verb="volunteer.suspension_ended", target=volunteer, details={"outcome": outcome})
    return suspension


def _come_back(by: User, volunteer: Volunteer, suspension: Suspension) -> None:
    if suspension.came_from in {V.READY, V.ON_BREAK}:
        volunteer.breaks.open().update(closed_at=timezone.now())
        with_us_again(by=by, volunteer=volunteer)
    else:
        VOLUNTEER_MACHINE.move(volunteer, to=suspension.came_from, by=by)
    settle(volunteer=volunteer, by=by)
    if volunteer.user:
        give_back_roles(by=by, person=volunteer.user, memberships=suspension.memberships)

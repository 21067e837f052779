"""A volunteer goes on by themselves as far as their evidence carries them."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.transitions.machine import MoveRefused
from volunteers.models import VOLUNTEER_MACHINE, Volunteer, VolunteerState
from volunteers.models.volunteer_moves import is_to_be_looked_at

# In this order: what has carried somebody into the first may carry them on into the second.
BY_THEMSELVES = (
    (VolunteerState.CHECKING, VolunteerState.PREPARING),
    (VolunteerState.PREPARING, VolunteerState.READY),
)


class EvidenceRefused(ValidationError):
    """A piece of evidence that cannot be so. `error_dict` has a sentence for each field."""


def must_keep(by: User, volunteer: Volunteer) -> None:
    """Raises PermissionDenied for whoever is no coordinator of the organisation, or is the volunteer."""
    if not Volunteer.objects.kept_by(by).filter(pk=volunteer.pk).exists():
        raise PermissionDenied


@transaction.atomic
def settle(*, volunteer: Volunteer, by: User | None, has_looked: bool = False) -> list[str]:
    """Move a volunteer on as far as the evidence carries, and give the states they came into.

    Called in the transaction of every act that adds evidence. Nobody is moved back: evidence that runs out keeps a
    volunteer from being offered (`Volunteer.objects.ready`), and what that means is a person's decision. Whoever is
    back after a goodbye is ready only once a coordinator `has_looked` at what is there.
    Writes "volunteer.moved" for each.
    """
    moved = []
    with acting_as(Scope.ALL, by.pk if by else None):
        row = Volunteer.objects.select_for_update(of=("self",)).get(pk=volunteer.pk)
        for source, to in BY_THEMSELVES:
            if row.state != source:
                continue
            if to == VolunteerState.READY and not has_looked and is_to_be_looked_at(row):
                break
            try:
                VOLUNTEER_MACHINE.move(row, to=to, by=by)
            except MoveRefused:
                break
            record(by=by, verb="volunteer.moved", target=row, label=str(to))
            moved.append(str(to))
    if moved:
        volunteer.state = row.state
    return moved

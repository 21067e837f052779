from __future__ import annotations

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership
from betterstart.access.roles import Role
from volunteers.models import Volunteer, VolunteerState


def welcome(membership: Membership) -> None:
    """Whoever takes up the role of volunteer can be matched from then on; somebody who left is back.

    Called by the platform in the transaction that opens the membership.
    """
    if membership.role != Role.VOLUNTEER:
        return
    with acting_as(Scope.ALL, membership.user_id):
        volunteer, is_new = Volunteer.objects.get_or_create(
            user=membership.user, defaults={"organisation": membership.organisation, "state": VolunteerState.READY}
        )
        if not is_new and volunteer.left_on:
            volunteer.left_on, volunteer.state = None, VolunteerState.READY
            volunteer.save(update_fields=["left_on", "state", "updated_at"])

from __future__ import annotations

from betterstart.access.models import Membership
from betterstart.access.roles import Role
from volunteers.models import Volunteer


def welcome(membership: Membership) -> None:
    """Whoever takes up the role of volunteer can be matched from then on; somebody who left is back.

    Called by the platform in the transaction that opens the membership.
    """
    if membership.role != Role.VOLUNTEER:
        return
    volunteer, is_new = Volunteer.objects.get_or_create(
        user=membership.user, defaults={"organisation": membership.organisation}
    )
    if not is_new and volunteer.left_on:
        volunteer.left_on = None
        volunteer.save(update_fields=["left_on", "updated_at"])

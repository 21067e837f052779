from __future__ import annotations

from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions import AccessRefused
from betterstart.access.models import Membership, User
from betterstart.access.roles import Role
from betterstart.transitions.machine import MoveRefused
from volunteers.actions.readiness import settle
from volunteers.models import VOLUNTEER_MACHINE, Volunteer, VolunteerState
from volunteers.models.volunteer import OVER


def welcome(membership: Membership) -> None:
    """Whoever takes up the role of volunteer joins the row of their application; somebody invited without one prepares
    from then on, and is ready once the evidence is there. Somebody who left is back, and prepares again:
    a coordinator looks at their evidence anew.

    Called by the platform in the transaction that opens the membership. Raises AccessRefused for somebody suspended,
    let go by a decision, or with another organisation.
    """
    if membership.role != Role.VOLUNTEER:
        return
    with acting_as(Scope.ALL, membership.user_id):
        volunteer = _row_of(membership)
        if volunteer.state == VolunteerState.SUSPENDED:
            raise AccessRefused(_("They are suspended as a volunteer. A manager or safeguarding lead decides first."))
        if volunteer.state in OVER:
            try:
                VOLUNTEER_MACHINE.move(volunteer, to=VolunteerState.PREPARING, by=membership.user, left_on=None)
            except MoveRefused as refusal:
                raise AccessRefused(str(refusal)) from refusal
        else:
            settle(volunteer=volunteer, by=membership.user)


def _row_of(membership: Membership) -> Volunteer:
    person: User = membership.user
    volunteer = Volunteer.objects.filter(user=person).first()
    if volunteer:
        if volunteer.organisation_id != membership.organisation_id:
            raise AccessRefused(
                _("They are on the list of volunteers of another organisation. An account volunteers with one of them.")
            )
        return volunteer
    waiting = Volunteer.objects.filter(user=None, organisation=membership.organisation, email__iexact=person.email)
    volunteer = waiting.order_by("-pk").first()
    if volunteer:
        volunteer.user = person
        volunteer.save(update_fields=["user", "updated_at"])
        return volunteer
    volunteer = Volunteer.objects.create(
        user=person, organisation=membership.organisation, state=VolunteerState.PREPARING
    )
    VOLUNTEER_MACHINE.note_start(volunteer, by=person)
    return volunteer

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from betterstart.access.actions import AccessRefused, invite
from betterstart.access.actions.invitation import Link, resend_invitation
from betterstart.access.models import Invitation, Membership, User
from betterstart.access.roles import Role
from volunteers.models import Volunteer, VolunteerState


class InvitationRefused(ValidationError):
    """No invitation goes out. The message says why."""


def has_the_role(volunteer: Volunteer) -> bool:
    """They hold the role. Whoever is back after a goodbye has an account, and no role before they accept."""
    held = Membership.objects.active().filter(role=Role.VOLUNTEER, organisation=volunteer.organisation_id)
    return volunteer.user_id is not None and held.filter(user=volunteer.user_id).exists()


def _address(volunteer: Volunteer) -> str:
    return volunteer.user.email if volunteer.user else volunteer.email.lower()


def invitation_of(volunteer: Volunteer) -> Invitation | None:
    """The invitation that waits for somebody on their way, also where its link has run out."""
    sent = Invitation.objects.filter(
        email=_address(volunteer),
        organisation=volunteer.organisation_id,
        role=Role.VOLUNTEER,
        accepted_at=None,
        revoked_at=None,
    )
    return sent.order_by("-pk").first() if _address(volunteer) else None


@transaction.atomic
def invite_volunteer(*, by: User, volunteer: Volunteer, link: Link) -> None:
    """An account for somebody who prepares, or the role again for an account that lost it; sent again, the link before
    stops working. Taking it up joins the account to this volunteer.

    Raises InvitationRefused, and PermissionDenied where one coordinates nothing of theirs.
    """
    if has_the_role(volunteer):
        raise InvitationRefused(_("They have an account already."))
    if volunteer.state != VolunteerState.PREPARING:
        raise InvitationRefused(_("The account comes when they prepare: once the checks are asked for."))
    if not _address(volunteer):
        raise InvitationRefused(_("Write down an email address first."))
    try:
        waiting = invitation_of(volunteer)
        if waiting:
            resend_invitation(by=by, invitation=waiting, link=link)
            return
        invite(
            by=by,
            email=_address(volunteer),
            display_name=volunteer.display_name,
            role=Role.VOLUNTEER,
            organisation=volunteer.organisation,
            service=volunteer.service,
            link=link,
        )
    except AccessRefused as refusal:
        raise InvitationRefused(str(refusal)) from refusal

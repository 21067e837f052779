from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.acting import Scope, acting_as
from betterstart.access.actions.rules import (
    AccessRefused,
    check_not_held,
    check_scope,
    must_invite,
    open_membership,
)
from betterstart.access.letters import send_letter
from betterstart.access.models import Invitation, Membership, Organisation, Service, User, new_token, token_hash
from betterstart.access.recording import record
from betterstart.access.roles import Role

LASTS = dt.timedelta(days=7)
# Turns a token into the address of its page.
Link = Callable[[str], str]


class InvitationGone(Exception):
    """Used, revoked, expired or never there: to the person with the link it is all the same."""


@transaction.atomic
def invite(
    *,
    by: User,
    email: str,
    display_name: str,
    role: str,
    organisation: Organisation,
    service: Service | None = None,
    language: str = "en-gb",
    link: Link,
) -> Invitation:
    """Invite one address to one role, and send the link. Nothing is kept if the letter cannot be sent.

    Says nothing about whether the address has an account elsewhere. Raises PermissionDenied outside one's own
    organisations (a coordinator may bring in volunteers), AccessRefused for a role already held, an invitation still
    open, or a letter that did not go.
    """
    must_invite(by, role, organisation)
    check_scope(role, organisation, service)
    email = email.lower()
    account = _account(email)
    if account and account.is_active:
        check_not_held(account, role, organisation, service)
    waiting = Invitation.objects.filter(email=email, organisation=organisation, accepted_at=None, revoked_at=None)
    if waiting.open().exists():
        raise AccessRefused(_("This address already has an open invitation. You can send it again, or take it back."))
    waiting.update(revoked_at=timezone.now())
    token = new_token()
    invitation = Invitation.objects.create(
        email=email,
        display_name=display_name,
        role=role,
        organisation=organisation,
        service=service,
        language=language,
        token_hash=token_hash(token),
        invited_by=by,
        expires_at=timezone.now() + LASTS,
    )
    _record(by, "invitation.sent", invitation)
    _send(invitation, link(token))
    return invitation


@transaction.atomic
def resend_invitation(*, by: User, invitation: Invitation, link: Link) -> Invitation:
    """Send a fresh link for another seven days; the old one stops working. Raises AccessRefused if it is over."""
    invitation = _waiting(by, invitation)
    token = new_token()
    invitation.token_hash = token_hash(token)
    invitation.expires_at = timezone.now() + LASTS
    invitation.save(update_fields=["token_hash", "expires_at"])
    _record(by, "invitation.resent", invitation)
    _send(invitation, link(token))
    return invitation


@transaction.atomic
def revoke_invitation(*, by: User, invitation: Invitation) -> Invitation:
    """Take the invitation back: its link stops working. Raises AccessRefused if it was used or taken back before."""
    invitation = _waiting(by, invitation)
    invitation.revoked_at = timezone.now()
    invitation.save(update_fields=["revoked_at"])
    _record(by, "invitation.revoked", invitation)
    return invitation


@transaction.atomic
def take_back_invitations(*, by: User | None, email: str, role: str, organisation: Organisation) -> int:
    """Every invitation of an address to this role there stops working; gives how many. Writes "invitation.revoked".

    For an app whose act ends what the invitation was for: the caller has asked who may.
    """
    waiting = Invitation.objects.filter(email=email.lower(), role=role, organisation=organisation)
    rows = list(waiting.filter(accepted_at=None, revoked_at=None).select_for_update(of=("self",)))
    for invitation in rows:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        _record(by, "invitation.revoked", invitation)
    return len(rows)


@transaction.atomic
def accept_as_new(*, token: str, display_name: str, password: str) -> User:
    """Make the account (or open an ended one again) and give it the role. Raises InvitationGone.

    Whoever holds the link reads the mail of that address, so the address counts as proved.
    """
    invitation = _take(token)
    user = _account(invitation.email)
    if user and user.is_active:
        raise InvitationGone
    if user:
        user.is_active = True
        user.set_password(password)
        user.save(update_fields=["is_active", "password", "updated_at"])
    else:
        user = User.objects.create_user(
            email=invitation.email, display_name=display_name, password=password, language=invitation.language
        )
    _join(invitation, user)
    return user


@transaction.atomic
def accept_as(*, by: User, token: str) -> Membership | None:
    """Give the invitation's role to the signed-in person it was sent to; None if they have it by now.

    Raises InvitationGone, and PermissionDenied for anybody else.
    """
    invitation = _take(token)
    if by.email != invitation.email:
        raise PermissionDenied
    return _join(invitation, by)


@transaction.atomic
def found_organisation(*, organisation: str, email: str, display_name: str, link: Link) -> Invitation:
    """The first step of an installation: an organisation (made if need be) and an invitation for its administrator.

    For the person who runs the server, not for a page. Raises AccessRefused if the letter cannot be sent.
    """
    email = email.lower()
    place, _made = Organisation.objects.get_or_create(name=organisation)
    Invitation.objects.filter(email=email, organisation=place, accepted_at=None, revoked_at=None).update(
        revoked_at=timezone.now()
    )
    token = new_token()
    invitation = Invitation.objects.create(
        email=email,
        display_name=display_name,
        role=Role.ADMINISTRATOR,
        organisation=place,
        token_hash=token_hash(token),
        expires_at=timezone.now() + LASTS,
    )
    _record(None, "invitation.sent", invitation)
    _send(invitation, link(token))
    return invitation


def forget_invitations() -> int:
    """Remove invitations that ended long ago untaken, name and address with them. Gives how many there were.

    Writes "invitation.forgotten" for each, which names nobody. Running it twice at once does no harm.
    """
    with acting_as(Scope.ALL, None):
        waiting = Invitation.objects.to_forget().select_related("organisation", "service")
        rows = list(waiting.select_for_update(of=("self",), skip_locked=True))
        for invitation in rows:
            record(by=None, verb="invitation.forgotten", target=invitation, details=_describe(invitation))
            invitation.delete()
    return len(rows)


def _account(email: str) -> User | None:
    return User.objects.filter(email=email).first()


def _waiting(by: User, invitation: Invitation) -> Invitation:
    stored = Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)
    must_invite(by, stored.role, stored.organisation)
    if stored.accepted_at or stored.revoked_at:
        raise AccessRefused(_("This invitation was already used or taken back."))
    return stored


def _take(token: str) -> Invitation:
    invitation = (
        Invitation.objects.for_token(token).select_for_update(of=("self",)).select_related("organisation").first()
    )
    if invitation is None:
        raise InvitationGone
    return invitation


def _join(invitation: Invitation, user: User) -> Membership | None:
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    place = (user, invitation.role, invitation.organisation, invitation.service)
    try:
        check_not_held(*place)
    except AccessRefused:
        membership = None
    else:
        membership = open_membership(*place)
    _record(user, "invitation.accepted", invitation)
    return membership


def _record(by: User | None, verb: str, invitation: Invitation) -> None:
    record(by=by, verb=verb, target=invitation, label=invitation.display_name, details=_describe(invitation))


def _describe(invitation: Invitation) -> dict[str, str]:
    place = {"role": invitation.role, "organisation": str(invitation.organisation)}
    return {**place, "service": str(invitation.service)} if invitation.service else place


def _send(invitation: Invitation, address: str) -> None:
    """Raises AccessRefused, which undoes what came before."""
    facts = {"invitation": invitation, "address": address, "days": LASTS.days}
    try:
        send_letter("access/mail/invitation", to=invitation.email, language=invitation.language, facts=facts)
    except OSError as error:
        raise AccessRefused(
            _("The letter could not be sent, so nothing was saved. Please try again in a few minutes.")
        ) from error

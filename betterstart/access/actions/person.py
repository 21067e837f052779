from __future__ import annotations

import datetime as dt
from functools import partial

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Greatest, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from betterstart.access.actions.rules import (
    AccessRefused,
    check_not_held,
    check_scope,
    keep_an_administrator,
    must_administer,
    open_membership,
)
from betterstart.access.letters import send_letter
from betterstart.access.models import Invitation, Membership, Organisation, Service, User
from betterstart.access.recording import record
from betterstart.access.roles import Role
from betterstart.clock import at_london


@transaction.atomic
def give_role(
    *, by: User, person: User, role: str, organisation: Organisation, service: Service | None = None
) -> Membership:
    """Open a membership from now on. Raises PermissionDenied, or AccessRefused with what stands in the way."""
    must_administer(by, organisation)
    _must_know(by, person)
    check_scope(role, organisation, service)
    if not person.is_active:
        raise AccessRefused(_("%(name)s cannot sign in. Restore access first.") % {"name": person.display_name})
    check_not_held(person, role, organisation, service)
    membership = open_membership(person, role, organisation, service)
    record(by=by, verb="role.given", target=person, label=person.display_name, details=_describe(membership))
    return membership


@transaction.atomic
def end_role(*, by: User, membership: Membership, last_day: dt.date | None = None, reason: str) -> Membership:
    """End a membership now, or after its last day in London. Raises AccessRefused for the last administrator.

    The person stays in the list, and what they wrote stays theirs.
    """
    must_administer(by, membership.organisation)
    if membership.role == Role.ADMINISTRATOR:
        keep_an_administrator([membership.organisation_id], without=membership.user)
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    now = timezone.now()
    if membership.ends_at and membership.ends_at <= now:
        raise AccessRefused(_("This role has already ended."))
    membership.ends_at = now if last_day is None else at_london(last_day + dt.timedelta(days=1), dt.time())
    if membership.ends_at < max(now, membership.starts_at):
        raise AccessRefused(_("A role cannot end in the past."))
    membership.end_reason = reason
    membership.save(update_fields=["ends_at", "end_reason", "updated_at"])
    record(
        by=by,
        verb="role.ended",
        target=membership.user,
        label=membership.user.display_name,
        reason=reason,
        details={**_describe(membership), "ends_at": membership.ends_at.isoformat()},
    )
    return membership


@transaction.atomic
def end_access(*, by: User, person: User, reason: str) -> bool:
    """Take away every role in the organisations one administers, end all sessions, take back open invitations.

    True if the account was closed as well: it stays open while another organisation's role holds. Takes effect
    with the person's next request. Raises PermissionDenied for strangers, AccessRefused for oneself or the last
    administrator.
    """
    _must_know(by, person)
    if person == by:
        raise AccessRefused(_("You cannot end your own access. Ask another administrator."))
    administered = Organisation.objects.administered_by(by)
    held = person.memberships.not_over().filter(organisation__in=administered)
    running = list(held.filter(role=Role.ADMINISTRATOR).values_list("organisation", flat=True))
    if running:
        keep_an_administrator(running, without=person)
    held.update(ends_at=Greatest(Now(), "starts_at"), end_reason=reason, updated_at=Now())
    invitations = Invitation.objects.filter(accepted_at=None, revoked_at=None, organisation__in=administered)
    invitations.filter(Q(email=person.email) | Q(invited_by=person)).update(revoked_at=timezone.now())
    closed = not person.memberships.not_over().exists()
    if closed:
        person.is_active = False
        person.save(update_fields=["is_active", "updated_at"])
    sign_out(person)
    record(
        by=by,
        verb="access.ended",
        target=person,
        label=person.display_name,
        reason=reason,
        details={"account_closed": closed},
    )
    return closed


@transaction.atomic
def restore_access(*, by: User, person: User, memberships: list[Membership]) -> User:
    """Let the person sign in again, with these of the roles they had. Raises PermissionDenied for strangers."""
    _must_know(by, person)
    for membership in memberships:
        must_administer(by, membership.organisation)
    person.is_active = True
    person.save(update_fields=["is_active", "updated_at"])
    record(by=by, verb="access.restored", target=person, label=person.display_name)
    for membership in memberships:
        give_role(
            by=by,
            person=person,
            role=membership.role,
            organisation=membership.organisation,
            service=membership.service,
        )
    return person


@transaction.atomic
def reset_second_factor(*, by: User, person: User, reason: str) -> None:
    """Forget a lost second factor and end all sessions; the person sets up a new one after the next sign-in.

    The person is told by mail: it may not have been their wish. Raises AccessRefused for oneself or if there is none.
    """
    _must_know(by, person)
    if person == by:
        raise AccessRefused(_("Change your own second factor on your account page."))
    if not Authenticator.objects.filter(user=person).exists():
        raise AccessRefused(_("%(name)s has no second factor.") % {"name": person.display_name})
    Authenticator.objects.filter(user=person).delete()
    sign_out(person)
    record(by=by, verb="second_factor.reset", target=person, label=person.display_name, reason=reason)
    letter = partial(
        send_letter,
        "access/mail/second_factor_reset",
        to=person.email,
        language=person.language,
        facts={"person": person, "by": by},
    )
    transaction.on_commit(letter, robust=True)


@transaction.atomic
def sign_out_everywhere(*, by: User, person: User) -> None:
    """End every session of this person, on every device. Raises PermissionDenied for strangers."""
    _must_know(by, person)
    sign_out(person)
    record(by=by, verb="sessions.ended", target=person, label=person.display_name)


def forget_sessions() -> int:
    """Remove what is left of sessions that are over, devices and addresses with them. Gives how many there were."""
    gone, _kinds = Session.objects.filter(expire_date__lte=timezone.now()).delete()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return gone


def _must_know(by: User, person: User) -> None:
    if not User.objects.looked_after_by(by).filter(pk=person.pk).exists():
        raise PermissionDenied


def sign_out(person: User) -> None:
    """End every session of this person, on every device. For actions that have asked who may, and record it."""
    sessions = UserSession.objects.filter(user=person)
    Session.objects.filter(session_key__in=sessions.values("session_key")).delete()
    sessions.delete()


def _describe(membership: Membership) -> dict[str, str]:
    place = {"role": membership.role, "organisation": str(membership.organisation)}
    return {**place, "service": str(membership.service)} if membership.service else place

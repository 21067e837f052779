"""Roles that an app takes away and gives back, where it has asked who may: a volunteer who is suspended, or leaves."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Greatest, Now

from betterstart.access.actions.person import sign_out
from betterstart.access.actions.rules import open_membership
from betterstart.access.models import Invitation, Membership, Organisation, User
from betterstart.access.recording import record


@transaction.atomic
def withdraw_role(*, by: User, person: User, role: str, organisation: Organisation, reason: str) -> list[int]:
    """Every membership of this role in the organisation ends now, and all sessions of the person with it.

    Takes back open invitations to them there, and closes the account where no other role is left. Gives the
    memberships that ended, by their ids. Writes "role.withdrawn". The caller has asked who may.
    """
    held = person.memberships.not_over().filter(role=role, organisation=organisation)
    ended = list(held.select_for_update(of=("self",)).values_list("pk", flat=True))
    Membership.objects.filter(pk__in=ended).update(
        ends_at=Greatest(Now(), "starts_at"), end_reason=reason, updated_at=Now()
    )
    open_to_them = Invitation.objects.open().filter(email=person.email, organisation=organisation, role=role)
    open_to_them.update(revoked_at=Now())
    if person.is_active and not person.memberships.not_over().exists():
        person.is_active = False
        person.save(update_fields=["is_active", "updated_at"])
    sign_out(person)
    place = {"role": role, "organisation": str(organisation), "account_closed": not person.is_active}
    record(by=by, verb="role.withdrawn", target=person, label=person.display_name, reason=reason, details=place)
    return ended


@transaction.atomic
def give_back_roles(*, by: User, person: User, memberships: list[int]) -> None:
    """The same roles again, from now on: those of these memberships that are not held by now. Opens the account.

    Writes "role.given" for each. The caller has asked who may.
    """
    if not person.is_active:
        person.is_active = True
        person.save(update_fields=["is_active", "updated_at"])
    for ended in person.memberships.filter(pk__in=memberships).select_related("organisation", "service"):
        held = person.memberships.not_over().filter(role=ended.role, organisation=ended.organisation)
        if not held.filter(service=ended.service).exists():
            open_membership(person, ended.role, ended.organisation, ended.service)
            record(by=by, verb="role.given", target=person, label=person.display_name, details={"role": ended.role})

"""What holds for every change of who may do what."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from betterstart.access.models import Membership, Organisation, Service, User
from betterstart.access.roles import WHOLE_ORGANISATION_ROLES, Role


class AccessRefused(Exception):
    """The change is not possible. The message is a sentence for the person who tried."""


# What an app must do when somebody takes up a role, so that the platform need not know the app.
_newcomers: list[Callable[[Membership], None]] = []


def on_role_given(welcome: Callable[[Membership], None]) -> None:
    _newcomers.append(welcome)


def open_membership(user: User, role: str, organisation: Organisation, service: Service | None) -> Membership:
    membership = Membership.objects.create(user=user, role=role, organisation=organisation, service=service)
    for welcome in _newcomers:
        welcome(membership)
    return membership


def must_administer(by: User, organisation: Organisation) -> None:
    """Raises PermissionDenied unless this person administers the organisation."""
    if not Organisation.objects.administered_by(by).filter(pk=organisation.pk).exists():
        raise PermissionDenied


def must_invite(by: User, role: str, organisation: Organisation) -> None:
    """Raises PermissionDenied unless this person administers the organisation; volunteers are also brought in by
    whoever coordinates a service of it.
    """
    if role != Role.VOLUNTEER or not Service.objects.coordinated_by(by).filter(organisation=organisation).exists():
        must_administer(by, organisation)


def check_scope(role: str, organisation: Organisation, service: Service | None) -> None:
    """Raises AccessRefused where role and place do not go together."""
    if service and service.organisation_id != organisation.pk:
        raise AccessRefused(_("This service belongs to another organisation."))
    if service and role in WHOLE_ORGANISATION_ROLES:
        raise AccessRefused(_("This role is for the whole organisation. Choose no service."))


def check_not_held(user: User, role: str, organisation: Organisation, service: Service | None) -> None:
    """Raises AccessRefused if the person already has this role there, with no end or an end to come."""
    if Membership.objects.active().filter(user=user, role=role, organisation=organisation, service=service).exists():
        raise AccessRefused(_("%(name)s already has this role there.") % {"name": user.display_name})


def keep_an_administrator(organisations: list[int], without: User) -> None:
    """Raises AccessRefused if one of these organisations would be left with nobody who can let people in.

    Locks the organisations, so that two administrators cannot take each other out at the same moment.
    """
    list(Organisation.objects.select_for_update().filter(pk__in=organisations).order_by("pk"))
    administrators = Membership.objects.active().filter(role=Role.ADMINISTRATOR, ends_at=None).exclude(user=without)
    covered = set(administrators.filter(organisation__in=organisations).values_list("organisation", flat=True))
    if set(organisations) - covered:
        raise AccessRefused(
            _("%(name)s is the last administrator. Give this role to somebody else first.")
            % {"name": without.display_name}
        )

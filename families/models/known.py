"""What one organisation knows of a family, and others that support the same family do not read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import models

from betterstart.access.models import Membership, Organisation
from betterstart.access.roles import Role
from families.models.family import RECORD_OPENERS, BreakGlass, Family
from families.models.shared_care import SharedCare

if TYPE_CHECKING:
    from betterstart.access.models import User

Of = Callable[[models.QuerySet[Family]], models.Q]


def owner() -> models.ForeignKey:
    """The organisation whose knowledge a row is: who wrote it acted for it."""
    return models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", editable=False)


def acts_for(user: User, family: Family) -> int:
    """The organisation (its id) in whose name a coordinator writes in this record: of a support they coordinate, an
    open one first. Raises PermissionDenied where they coordinate none.
    """
    supports = apps.get_model("families.Support").objects.coordinated_by(user).filter(family=family)
    organisation = supports.order_by("ended_on", "pk").values_list("service__organisation", flat=True).first()
    if organisation is None:
        raise PermissionDenied
    return organisation


def of_family(families: models.QuerySet[Family]) -> models.Q:
    return models.Q(family__in=families)


def of_people_in(families: models.QuerySet[Family]) -> models.Q:
    """Rows about people who belong to these families now, a shared child included."""
    shared = SharedCare.objects.in_force().filter(family__in=families)
    return models.Q(family__in=families) | models.Q(member__in=shared.values("member"))


def known_to_coordinators(user: User, of: Of) -> models.Q:
    """Rows of the organisation a coordinator acts for, about the families they coordinate."""
    return of(Family.objects.coordinated_by(user)) & models.Q(organisation__in=_held(user, Role.COORDINATOR))


def known_to(user: User, of: Of) -> models.Q:
    """The same, and for managers and safeguarding leads rows of their organisation in a record they opened."""
    opened = BreakGlass.objects.open().filter(user_id=user.pk, user__is_active=True)
    in_opened = of(Family.objects.filter(pk__in=opened.values("family")))
    return known_to_coordinators(user, of) | in_opened & models.Q(organisation__in=_held(user, *RECORD_OPENERS))


def _held(user: User, *roles: Role) -> models.QuerySet:
    return Membership.objects.active().filter(user_id=user.pk, role__in=roles).values("organisation")

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from betterstart.access.permissions import Permission
from betterstart.access.roles import ROLE_PERMISSIONS

if TYPE_CHECKING:
    from betterstart.access.models import User


class PayRunQuerySet(models.QuerySet["PayRun"]):
    def visible_to(self, user: User) -> PayRunQuerySet:
        """Those of the organisations this person pays for."""
        return self.filter(organisation__in=paid_for_by(user)) if user.is_active else self.none()


class PayRun(models.Model):
    """Everything that was paid back at once. Made once, never changed; its file can be fetched again."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    until = models.DateField(_("approved until"))
    pence = models.PositiveBigIntegerField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    objects = PayRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"PAY-{self.pk:05d}"


def paid_for_by(user: User) -> set[int]:
    """The organisations for which this person pays expenses back: managers and administrators."""
    return {
        held.organisation_id
        for held in user.active_memberships
        if Permission.EXPENSE_PAY in ROLE_PERMISSIONS[held.role]
    }

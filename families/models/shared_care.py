from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.family import Family
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User


class SharedCareQuerySet(models.QuerySet["SharedCare"]):
    def visible_to(self, user: User) -> SharedCareQuerySet:
        """What the families this person may see share with another; never who the other family is."""
        return self.filter(family__in=Family.objects.visible_to(user))

    def in_force(self) -> SharedCareQuerySet:
        return self.filter(until=None)


@pghistory.track(append_only=True)
class SharedCare(models.Model):
    """A child belongs to this family too, beside the one its own row names. One child, two families, one row.

    One that is over says that the child was part of this family until that day.
    """

    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="shares")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="shares")
    since = models.DateField(_("since"), default=london_today)
    until = models.DateField(_("until"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SharedCareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member", "family"], condition=models.Q(until=None), name="shared_care_once_while_open"
            ),
            models.CheckConstraint(
                condition=models.Q(until=None) | models.Q(until__gte=models.F("since")),
                name="shared_care_dates_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} → {self.family_id}"

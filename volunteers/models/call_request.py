from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from volunteers.models.check_in import CheckIn
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class CallRequestQuerySet(models.QuerySet["CallRequest"]):
    def visible_to(self, user: User) -> CallRequestQuerySet:
        """One's own; coordinators those of the volunteers of their services' organisations."""
        own = models.Q(volunteer__user_id=user.pk)
        return self.filter(own | models.Q(volunteer__in=Volunteer.objects.kept_by(user)))

    def open(self) -> CallRequestQuerySet:
        return self.filter(closed_at=None)


@pghistory.track(append_only=True)
class CallRequest(models.Model):
    """A volunteer would like to be called. It waits until somebody has talked with them, or they take it back."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("what about, or when to ring"), max_length=300, blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CallRequestQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["volunteer"], condition=models.Q(closed_at=None), name="call_request_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at=None, closed_by=None)
                | models.Q(closed_at__isnull=False, closed_by__isnull=False),
                name="call_request_closed_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return f"call for {self.volunteer_id}"

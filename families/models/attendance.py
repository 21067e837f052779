from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone

from families.models.family import Family
from families.models.group import GroupSeries, GroupSession
from families.models.member import FamilyMember
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class GroupAttendanceQuerySet(models.QuerySet["GroupAttendance"]):
    def visible_to(self, user: User) -> GroupAttendanceQuerySet:
        """Who came to a group, under the supports whose course this person may read."""
        return self.filter(support__in=Support.objects.visible_to(user))

    def standing(self) -> GroupAttendanceQuerySet:
        """Without those that were taken back."""
        return self.filter(undone_at=None)

    def of(self, series: GroupSeries) -> GroupAttendanceQuerySet:
        return self.standing().filter(session__series=series)

    def first_time(self) -> GroupAttendanceQuerySet:
        """Of people who came to no earlier session of the same group."""
        earlier = GroupAttendance.objects.standing().filter(
            member=models.OuterRef("member"),
            session__series=models.OuterRef("session__series"),
            session__starts_at__lt=models.OuterRef("session__starts_at"),
        )
        return self.filter(~models.Exists(earlier))


@pghistory.track(append_only=True)
class GroupAttendance(models.Model):
    """One person, adult or child, at one session. It is a contact of the family with the service."""

    session = models.ForeignKey(GroupSession, on_delete=models.PROTECT, related_name="attendances")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="attendances")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="attendances")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="attendances")
    arrived_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GroupAttendanceQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["family", "-arrived_at"], name="attendance_family"),
            models.Index(fields=["support", "-arrived_at"], name="attendance_support"),
        ]
        constraints = [models.UniqueConstraint(fields=["session", "member"], name="attendance_once")]

    def __str__(self) -> str:
        return f"{self.member_id} at {self.session_id}"

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership, Organisation
from betterstart.access.roles import Role

if TYPE_CHECKING:
    from betterstart.access.models import User


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: User) -> AuditEventQuerySet:
        """Administrators see what people of their organisations did; nobody else reads the trail."""
        colleagues = Membership.objects.filter(organisation__in=Organisation.objects.administered_by(user))
        return self.filter(actor_id__in=colleagues.values("user_id"))


class AuditEvent(models.Model):
    """Something that was done, as plain values: it must outlive what it speaks of, so it points at nothing.

    Append-only: the database refuses update, delete and truncate, and the runtime role has no grant for them.
    """

    happened_at = models.DateTimeField(default=timezone.now)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=60)
    target_kind = models.CharField(max_length=60, blank=True)
    target_id = models.BigIntegerField(null=True)
    target_label = models.CharField(max_length=200, blank=True)
    family_id = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)
    details = models.JSONField(default=dict)
    request_id = models.CharField(max_length=36, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["actor_id", "-id"], name="audit_actor"),
            models.Index(fields=["family_id", "-id"], name="audit_family"),
            models.Index(fields=["verb", "-id"], name="audit_verb"),
        ]
        verbose_name = _("audit event")

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb} {self.target_label}"


class FamilyReadQuerySet(models.QuerySet["FamilyRead"]):
    def visible_to(self, user: User) -> FamilyReadQuerySet:
        """Administrators see who of their organisations looked; families are shown theirs on their own page."""
        colleagues = Membership.objects.filter(organisation__in=Organisation.objects.administered_by(user))
        return self.filter(reader_id__in=colleagues.values("user_id"))


class FamilyRead(models.Model):
    """Somebody opened a family's record. Written in the transaction that serves the page: no row, no page."""

    happened_at = models.DateTimeField(default=timezone.now)
    reader_id = models.BigIntegerField()
    reader_name = models.CharField(max_length=200)
    reader_role = models.CharField(max_length=20, choices=Role)
    family_id = models.BigIntegerField()
    family_reference = models.CharField(max_length=12)
    page = models.CharField(max_length=60)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=36, blank=True)

    objects = FamilyReadQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["family_id", "-id"], name="family_read_family"),
            models.Index(fields=["reader_id", "-id"], name="family_read_reader"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_name}: {self.family_reference}"

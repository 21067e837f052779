from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership, Organisation
from betterstart.access.roles import Role
from betterstart.clock import at_london

if TYPE_CHECKING:
    from betterstart.access.models import User


def on_days(rows: models.QuerySet, first: dt.date | None, last: dt.date | None) -> models.QuerySet:
    """Rows of these days in London, both included; an open side is open."""
    if first:
        rows = rows.filter(happened_at__gte=at_london(first, dt.time()))
    if last:
        rows = rows.filter(happened_at__lt=at_london(last + dt.timedelta(days=1), dt.time()))
    return rows


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, user: User) -> AuditEventQuerySet:
        """Administrators see what people of their organisations did; nobody else reads the trail."""
        colleagues = Membership.objects.filter(organisation__in=Organisation.objects.administered_by(user))
        return self.filter(actor_id__in=colleagues.values("user_id"))

    def about_family(self, reference: str) -> AuditEventQuerySet:
        """Everything done about the family that this reference names."""
        return self.filter(family_id__in=_families_named(reference))

    def verbs(self) -> list[str]:
        """Each verb once. Hops along the index from one verb to the next, however many rows there are."""
        with connection.cursor() as cursor:
            cursor.execute(
                """
                with recursive hop(verb) as (
                    (select verb from audit_auditevent order by verb limit 1)
                    union all
                    select (select e.verb from audit_auditevent e where e.verb > hop.verb order by e.verb limit 1)
                    from hop where hop.verb is not null
                )
                select verb from hop where verb is not null
                """
            )
            return [verb for (verb,) in cursor.fetchall()]


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
            models.Index(fields=["happened_at"], name="audit_happened"),
            models.Index(
                fields=["target_label"], condition=models.Q(family_id__isnull=False), name="audit_family_label"
            ),
        ]
        verbose_name = _("audit event")

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.verb} {self.target_label}"

    @property
    def words(self) -> str:
        return verb_words(self.verb)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The details, each as name and value; a pair is what it was and what it became."""
        return [
            (name.replace("_", " "), " → ".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in self.details.items()
        ]


class FamilyReadQuerySet(models.QuerySet["FamilyRead"]):
    def visible_to(self, user: User) -> FamilyReadQuerySet:
        """Administrators see who of their organisations looked; families are shown theirs on their own page."""
        colleagues = Membership.objects.filter(organisation__in=Organisation.objects.administered_by(user))
        return self.filter(reader_id__in=colleagues.values("user_id"))

    def about_family(self, reference: str) -> FamilyReadQuerySet:
        return self.filter(family_reference=reference)


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
            models.Index(fields=["family_reference", "-id"], name="family_read_reference"),
            models.Index(fields=["happened_at"], name="family_read_happened"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_name}: {self.family_reference}"


def _families_named(reference: str) -> list[int]:
    """The family's id as the trail itself knows it: this app knows no families."""
    read = FamilyRead.objects.filter(family_reference=reference).values_list("family_id", flat=True)[:1]
    done = AuditEvent.objects.filter(target_label=reference, family_id__isnull=False)
    return [*read] or [family for family in done.values_list("family_id", flat=True)[:1] if family]


def verb_words(verb: str) -> str:
    """ "check_in.recorded" as one reads it: "Check in recorded"."""
    return verb.replace("_", " ").replace(".", " ").capitalize()

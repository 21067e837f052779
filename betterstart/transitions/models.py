from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class TransitionQuerySet(models.QuerySet["Transition"]):
    def of(self, machine: str, subject_id: int) -> TransitionQuerySet:
        return self.filter(machine=machine, subject_id=subject_id)


class Transition(models.Model):
    """One move of one thing from a state to another: who, when, why. Rows are only ever added.

    Which rows a person may see follows the family (the row-level policy is set where families are known).
    """

    machine = models.CharField(max_length=30)
    subject_id = models.BigIntegerField()
    family_id = models.BigIntegerField(null=True)
    from_state = models.CharField(max_length=30, blank=True)
    to_state = models.CharField(max_length=30)
    happened_at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)

    objects = TransitionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["machine", "subject_id", "id"], name="transition_subject"),
            models.Index(fields=["family_id"], name="transition_family"),
        ]

    def __str__(self) -> str:
        return f"{self.machine} {self.subject_id}: {self.from_state} → {self.to_state}"

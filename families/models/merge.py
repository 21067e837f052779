from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models.family import Family

if TYPE_CHECKING:
    from betterstart.access.models import User


class FamilyMergeQuerySet(models.QuerySet["FamilyMerge"]):
    def visible_to(self, user: User) -> FamilyMergeQuerySet:
        """What was joined into the families whose whole record this person answers for."""
        return self.filter(kept__in=Family.objects.responsible_to(user))

    def standing(self) -> FamilyMergeQuerySet:
        """Without those taken apart again."""
        return self.filter(undone_at=None)


class FamilyMerge(models.Model):
    """Two records that were one family, joined by a person; and all it takes to have them apart again.

    The record that was joined stays as it was, without what belonged to it: a signpost for old references. What moved
    and what changed is written down row by row. Where the kept family is joined into another one in turn, `kept` goes
    along, so that each signpost leads to where the family is now.
    """

    kept = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="joined")
    merged = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    merged_into_id = models.BigIntegerField(editable=False)
    """The family it was joined into on that day, wherever that family is now."""
    merged_reference = models.CharField(max_length=12, editable=False)
    merged_name = models.CharField(max_length=200, editable=False)
    names = ArrayField(models.CharField(max_length=200), default=list, editable=False)
    """Everybody's names in the joined record, so that search finds the family by them."""
    people = models.JSONField(default=list, editable=False)
    """Which person is which: pairs of ids, the one who stays and the one of the joined record."""
    reason = models.TextField(_("why they are the same family"), max_length=1000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    happened_at = models.DateTimeField(default=timezone.now)
    moved = models.JSONField(default=list, editable=False)
    """Which rows were turned from one family or person to another: model, column, from, to, ids."""
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    undone_reason = models.TextField(_("why they are two families"), max_length=1000, blank=True)

    objects = FamilyMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["merged_reference"], name="merge_old_reference")]
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_at=None), name="merge_of_a_family_once"
            ),
            models.CheckConstraint(condition=~models.Q(kept=models.F("merged")), name="merge_of_two"),
            models.CheckConstraint(
                condition=models.Q(undone_at=None, undone_by=None) | models.Q(undone_at__isnull=False),
                name="merge_undone_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.merged_reference} → {self.kept_id}"

    @property
    def is_undone(self) -> bool:
        return self.undone_at is not None

    @property
    def went_on(self) -> bool:
        """Whether the family it was joined into has been joined into another one since."""
        return self.kept_id != self.merged_into_id


class MergeUndoQuerySet(models.QuerySet["MergeUndo"]):
    def visible_to(self, user: User) -> MergeUndoQuerySet:
        """Nobody's: what one organisation knows of a person is in it. Taking apart reads it."""
        return self.none()


class MergeUndo(models.Model):
    """What fields said before a merge filled them in or made them stricter: model, id, field, before, after."""

    merge = models.OneToOneField(FamilyMerge, on_delete=models.PROTECT, primary_key=True, related_name="undo")
    changed = models.JSONField(default=list, editable=False)

    objects = MergeUndoQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.merge_id}"


class NotTheSameQuerySet(models.QuerySet["NotTheSame"]):
    def visible_to(self, user: User) -> NotTheSameQuerySet:
        """Pairs of families this person may see, both of them."""
        families = Family.objects.visible_to(user)
        return self.filter(family__in=families, other__in=families)


class NotTheSame(models.Model):
    """Two families that look alike, and of which a person said that they are two. They are not proposed again."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField(default=timezone.now)

    objects = NotTheSameQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(Least("family", "other"), Greatest("family", "other"), name="not_the_same_once"),
            models.CheckConstraint(condition=~models.Q(family=models.F("other")), name="not_the_same_two_families"),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} is not {self.other_id}"

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from families.models.family import Family

if TYPE_CHECKING:
    from betterstart.access.models import User


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: User) -> DraftQuerySet:
        """One's own unfinished forms, while one may still see the family."""
        return self.filter(user_id=user.pk, family__in=Family.objects.visible_to(user))


class Draft(models.Model):
    """A form somebody is in the middle of. It survives a closed tab and a sign-out, and goes when the form is saved."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=60)
    fields = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "family", "purpose"], name="draft_once")]

    def __str__(self) -> str:
        return self.purpose

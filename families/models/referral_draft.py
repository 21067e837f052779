from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from betterstart.access.models import User


class ReferralDraftQuerySet(models.QuerySet["ReferralDraft"]):
    def visible_to(self, user: User) -> ReferralDraftQuerySet:
        """Nobody's but the browser's that is writing it, or whoever has the link."""
        return self.none()


class ReferralDraft(models.Model):
    """A referral that somebody without an account is still writing. It goes when it is sent, or after its time."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=12)
    typed = models.JSONField(default=dict)
    looks_robotic = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    kept_until = models.DateTimeField()

    objects = ReferralDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.uuid)

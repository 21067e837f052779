from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from betterstart.access.models import token_hash

if TYPE_CHECKING:
    from betterstart.access.models import User


class LinkQuerySet(models.QuerySet["Link"]):
    def visible_to(self, user: User) -> LinkQuerySet:
        """Nobody's: a link is found by its token alone."""
        return self.none()

    def live(self) -> LinkQuerySet:
        """Links that still open something."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=Now())

    def for_token(self, token: str) -> LinkQuerySet:
        return self.live().filter(token_hash=token_hash(token))


class Link(models.Model):
    """A way in for somebody without an account: to one thing, for one purpose, for a time. The token is not kept."""

    token_hash = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["purpose", "subject_id"], name="link_subject")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.subject_id}"

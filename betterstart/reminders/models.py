from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from betterstart.access.models import User

# A sender that died while sending gives its message back after this time.
LEASE = dt.timedelta(minutes=5)
MOST_TRIES = 10


class Audience(models.TextChoices):
    FAMILY = "family", _("somebody of a family")
    ASKER = "asker", _("somebody who asked us just now and gave this address")
    PROFESSIONAL = "professional", _("a professional")
    COLLEAGUE = "colleague", _("somebody who works with us")


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, user: User) -> MessageQuerySet:
        """What this person had said to somebody."""
        return self.filter(created_by_id=user.pk)

    def due(self) -> MessageQuerySet:
        """Not sent, not refused, in nobody's hands, not waiting for a better hour, not given up; oldest first."""
        free = models.Q(claimed_at=None) | models.Q(claimed_at__lt=Now() - LEASE)
        in_time = models.Q(not_before=None) | models.Q(not_before__lte=Now())
        due = self.filter(free, in_time, sent_at=None, refused_at=None, tries__lt=MOST_TRIES)
        return due.order_by("created_at", "pk")


class Message(models.Model):
    """What must be said to somebody outside: a row first, sent afterwards, once for each key."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=60)
    to = models.EmailField(_("to"), max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.FAMILY)
    family_id = models.BigIntegerField(null=True)
    person_id = models.BigIntegerField(null=True)
    """Whom it reaches: what an app knows of them decides whether it may be sent."""
    is_asked_for = models.BooleanField(default=False)
    """They wait for it just now, so the night does not hold it back."""
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    claimed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    """Kept back because of the hour, until this one."""
    waits_because = models.CharField(max_length=200, blank=True)
    refused_at = models.DateTimeField(null=True)
    refused_because = models.CharField(max_length=200, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"], condition=models.Q(sent_at=None, refused_at=None), name="message_to_be_sent"
            ),
            models.Index(fields=["family_id"], name="message_family"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent_at=None) | models.Q(refused_at=None), name="message_sent_or_refused"
            ),
            models.CheckConstraint(
                condition=models.Q(audience__in=["family", "asker", "professional", "colleague"]),
                name="message_audience_known",
            ),
        ]

    def __str__(self) -> str:
        return self.key

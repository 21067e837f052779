from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from families.models.family import Family
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User


class Audience(models.TextChoices):
    EVERYONE = "everyone", _("Everybody who is with this family")
    COORDINATORS = "coordinators", _("Coordinators only")


class HandoverLineQuerySet(models.QuerySet["HandoverLine"]):
    def visible_to(self, user: User) -> HandoverLineQuerySet:
        """Every line of the supports one answers for; of those one is in now, the lines for everybody and one's own."""
        together = models.Q(support__in=Support.objects.worked_by(user))
        own = together & (models.Q(audience=Audience.EVERYONE) | models.Q(by_id=user.pk))
        every = models.Q(support__in=Support.objects.responsible_to(user))
        return self.filter(own | every) if user.is_active else self.none()

    def standing(self) -> HandoverLineQuerySet:
        return self.filter(taken_back_at=None)


@pghistory.track(append_only=True)
class HandoverLine(models.Model):
    """What a person adds to the handover of a support ("please know"), or a line of it that is not passed on.

    With a `key` it names the line that is left out; without one it is a line in somebody's own words.
    """

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="handover_lines")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=60, blank=True)
    words = models.TextField(_("please know"), blank=True, max_length=500)
    audience = models.CharField(_("who reads it"), max_length=12, choices=Audience, default=Audience.EVERYONE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = HandoverLineQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["support", "key"],
                condition=models.Q(taken_back_at=None) & ~models.Q(key=""),
                name="handover_left_out_once",
            ),
            models.CheckConstraint(
                condition=models.Q(key="") ^ models.Q(words=""), name="handover_line_is_words_or_left_out"
            ),
        ]

    def __str__(self) -> str:
        return self.words or self.key

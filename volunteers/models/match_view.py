from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from families.models import Family, MatchAnswer, Review, Support
from volunteers.models.match import Match

if TYPE_CHECKING:
    from betterstart.access.models import User


class MatchViewQuerySet(models.QuerySet["MatchView"]):
    def visible_to(self, user: User) -> MatchViewQuerySet:
        """Those of the supports this person answers for; of those they are in now, what they said themselves."""
        own = models.Q(author_id=user.pk, support__in=Support.objects.worked_by(user))
        every = models.Q(support__in=Support.objects.responsible_to(user))
        return self.filter(own | every) if user.is_active else self.none()


@pghistory.track(append_only=True)
class MatchView(models.Model):
    """How a volunteer finds it goes with a family, asked before a review. The family never reads it."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("how it goes"), max_length=14, choices=MatchAnswer)
    words = models.TextField(_("in your own words"), max_length=2000, blank=True)
    answered_at = models.DateTimeField(auto_now=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MatchViewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "author"], name="match_view_once"),
            models.CheckConstraint(condition=models.Q(answer__in=MatchAnswer.values), name="match_view_answer_known"),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} on match {self.match_id}"

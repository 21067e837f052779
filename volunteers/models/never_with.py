from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models import Family, FamilyReply
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class NeverSaidBy(models.TextChoices):
    FAMILY = "family", _("The family")
    VOLUNTEER = "volunteer", _("The volunteer")
    COORDINATOR = "coordinator", _("A coordinator")


class NeverReason(models.TextChoices):
    KNOWS_THEM = "knows_them", _("They know each other")
    SAME_STREET = "same_street", _("They live in the same street")
    SCHOOL_GATE = "school_gate", _("They meet at school or nursery")
    AGENCY = "agency", _("The volunteer works for an agency that is involved")
    ASKED = "asked", _("Asked for somebody else")
    OTHER = "other", _("Something else")


class NeverWithQuerySet(models.QuerySet["NeverWith"]):
    def visible_to(self, user: User) -> NeverWithQuerySet:
        """Coordinators: of families they answer for and volunteers they keep. Volunteers: what they said themselves."""
        if not user.is_active:
            return self.none()
        theirs = models.Q(family__in=Family.objects.responsible_to(user), volunteer__in=Volunteer.objects.kept_by(user))
        return self.filter(theirs | models.Q(volunteer__user_id=user.pk, said_by=NeverSaidBy.VOLUNTEER))

    def standing(self) -> NeverWithQuerySet:
        return self.filter(taken_back_at=None)


@pghistory.track(append_only=True)
class NeverWith(models.Model):
    """These two are not brought together: nothing suggests or offers it, until it is taken back with a reason.

    Several may stand for one pair, when both said so. Neither side is ever shown what the other said.
    """

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    said_by = models.CharField(_("who said so"), max_length=11, choices=NeverSaidBy)
    reason = models.CharField(_("why"), max_length=11, choices=NeverReason)
    words = models.TextField(_("in a few words"), max_length=1000, blank=True)
    reply = models.ForeignKey(FamilyReply, on_delete=models.PROTECT, null=True, related_name="+")
    """Where the family asked for somebody else on their own page."""
    said_on = models.DateField(_("said on"), default=london_today)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    taken_back_at = models.DateTimeField(null=True, editable=False)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_why = models.TextField(_("why it no longer holds"), max_length=1000, blank=True)

    objects = NeverWithQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "never with"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(said_by__in=NeverSaidBy.values, reason__in=NeverReason.values),
                name="never_with_known",
            ),
            models.CheckConstraint(
                condition=models.Q(taken_back_at=None, taken_back_by=None, taken_back_why="")
                | models.Q(taken_back_at__isnull=False, taken_back_by__isnull=False) & ~models.Q(taken_back_why=""),
                name="never_with_taken_back_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.family_id} never with {self.volunteer_id}"

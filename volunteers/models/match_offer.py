"""What each side is asked before the two meet: without names, and each apart from the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from families.models import Family, FamilyMember, Support
from volunteers.models.match import Match
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

LONGEST_DESCRIPTION = 1500


class Side(models.TextChoices):
    VOLUNTEER = "volunteer", _("the volunteer")
    FAMILY = "family", _("the family")


class Reply(models.TextChoices):
    NONE = "", _("No answer yet")
    YES = "yes", _("Yes")
    NO = "no", _("No, thank you")


class Told(models.TextChoices):
    """How an answer reached us."""

    THEMSELVES = "themselves", _("On their own phone")
    FACE_TO_FACE = "face", _("Face to face")
    BY_PHONE = "phone", _("By phone")
    MESSAGE = "message", _("In a message")


class Asked(models.Model):
    """One side of a match is asked, and answers or does not. A no needs no reason."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="+")
    description = models.TextField(_("what they are told"), max_length=LONGEST_DESCRIPTION)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(_("answer"), max_length=3, choices=Reply, default=Reply.NONE, blank=True)
    told = models.CharField(_("how they told us"), max_length=10, choices=Told, blank=True)
    words = models.TextField(_("in their own words"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        return not self.answer

    @property
    def says_yes(self) -> bool:
        return self.answer == Reply.YES


def answered(name: str) -> models.CheckConstraint:
    """An answer has its moment, how it was told, and who wrote it down; without one there is none of the three."""
    without = models.Q(answer="", answered_at=None, told="", recorded_by=None)
    given = models.Q(answer__in=["yes", "no"], answered_at__isnull=False, recorded_by__isnull=False)
    return models.CheckConstraint(condition=without | (given & ~models.Q(told="")), name=name)


class VolunteerOfferQuerySet(models.QuerySet["VolunteerOffer"]):
    def visible_to(self, user: User) -> VolunteerOfferQuerySet:
        """One's own, and those of the supports this person answers for. Nobody reads in it what the family said."""
        if not user.is_active:
            return self.none()
        mine = models.Q(volunteer__in=Volunteer.objects.filter(user=user))
        return self.filter(mine | models.Q(support__in=Support.objects.responsible_to(user)))

    def asked_of(self, user: User) -> VolunteerOfferQuerySet:
        """What this volunteer themselves is asked."""
        return self.visible_to(user).filter(volunteer__user=user)

    def waiting(self) -> VolunteerOfferQuerySet:
        return self.filter(answer=Reply.NONE, closed_at=None)


@pghistory.track(append_only=True)
class VolunteerOffer(Asked):
    """A volunteer is asked whether they would like to meet a family that is described without names.

    They do not see the match itself before it begins, so that what concerns them stands here too: where the two
    first meet, and that it did not come about.
    """

    match = models.OneToOneField(Match, on_delete=models.PROTECT, related_name="volunteer_offer")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    meet_who = models.CharField(_("whom they meet"), max_length=200, blank=True)
    meet_where = models.CharField(_("where they meet"), max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True, editable=False)

    objects = VolunteerOfferQuerySet.as_manager()

    class Meta:
        constraints = [answered("volunteer_offer_answered")]

    def __str__(self) -> str:
        return f"offer {self.match_id} to volunteer {self.volunteer_id}"


class FamilyOfferQuerySet(models.QuerySet["FamilyOffer"]):
    def visible_to(self, user: User) -> FamilyOfferQuerySet:
        """Those of the supports this person answers for; a volunteer reads nothing of it."""
        return self.filter(support__in=Support.objects.responsible_to(user)) if user.is_active else self.none()


@pghistory.track(append_only=True)
class FamilyOffer(Asked):
    """A family is asked whether it would like to meet a volunteer who is described without a name."""

    match = models.OneToOneField(Match, on_delete=models.PROTECT, related_name="family_offer")
    said_by = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, null=True, related_name="+")

    objects = FamilyOfferQuerySet.as_manager()

    class Meta:
        constraints = [answered("family_offer_answered")]

    def __str__(self) -> str:
        return f"offer {self.match_id} to family {self.family_id}"

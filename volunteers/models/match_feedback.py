"""How it was, looking back, as each side says it apart; and the rules two people agree on when they begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from families.models import Family, FamilyMember, Support
from volunteers.models.match import Match
from volunteers.models.match_offer import Side, Told
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class LookingBack(models.TextChoices):
    GOOD = "good", _("It was good")
    MIXED = "mixed", _("Some of it was good, some was hard")
    HARD = "hard", _("It was hard")
    RATHER_NOT = "rather_not", _("Rather not say")


class MatchFeedbackQuerySet(models.QuerySet["MatchFeedback"]):
    def visible_to(self, user: User) -> MatchFeedbackQuerySet:
        """What one was asked oneself, and everything of the supports this person answers for."""
        if not user.is_active:
            return self.none()
        mine = models.Q(volunteer__in=Volunteer.objects.filter(user=user))
        return self.filter(mine | models.Q(support__in=Support.objects.responsible_to(user)))

    def asked_of(self, user: User) -> MatchFeedbackQuerySet:
        return self.visible_to(user).filter(volunteer__user=user)

    def waiting(self) -> MatchFeedbackQuerySet:
        return self.filter(answered_at=None)


@pghistory.track(append_only=True)
class MatchFeedback(models.Model):
    """One side of a match that ends is asked how it was and why it ends. Neither reads what the other said."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="feedback")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=Side)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, related_name="+")
    """Of the volunteer's side: whose it is."""
    said_by = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(_("looking back"), max_length=10, choices=LookingBack, blank=True)
    words = models.TextField(_("in their own words"), max_length=2000, blank=True)
    told = models.CharField(_("how they told us"), max_length=10, choices=Told, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = MatchFeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["match", "side"], name="match_feedback_once_a_side"),
            models.CheckConstraint(
                condition=models.Q(side="family", volunteer=None) | models.Q(side="volunteer", volunteer__isnull=False),
                name="match_feedback_has_its_side",
            ),
            models.CheckConstraint(
                condition=models.Q(answered_at=None, answer="", recorded_by=None)
                | models.Q(answered_at__isnull=False, answer__in=LookingBack.values, recorded_by__isnull=False),
                name="match_feedback_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.side} on match {self.match_id}"


# What two people agree on when they begin, in our words; an organisation may word it otherwise.
USUAL_RULES = (
    _("We visit at the time we agreed. Whoever cannot come says so as early as possible."),
    _("What is said at home stays between us and the coordinator. If somebody may be in danger, we tell."),
    _("We respect each other’s home, faith and way of life."),
    _("No money is lent or given, and no presents of value."),
    _("The family decides what we do together. Anybody may say no."),
    _("Pictures, and anything online, only if everybody agrees first."),
    _("If it does not feel right, either of us tells the coordinator. Nobody has to explain."),
)
MOST_RULES = 12


class GroundRulesQuerySet(models.QuerySet["GroundRules"]):
    def visible_to(self, user: User) -> GroundRulesQuerySet:
        """Those of organisations this person works in."""
        return self.filter(organisation__in=[held.organisation_id for held in user.active_memberships])


@pghistory.track(append_only=True)
class GroundRules(models.Model):
    """The ground rules of an organisation in its own words, one a line. Without a row our own words hold."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("ground rules, one a line"), max_length=3000)
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GroundRulesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "ground rules"

    def __str__(self) -> str:
        return f"ground rules of {self.organisation_id}"


def rules_of(organisation_id: int) -> list[str]:
    """What the two are asked to agree on, in the words of this organisation."""
    words = GroundRules.objects.filter(organisation=organisation_id).values_list("words", flat=True).first()
    return words.splitlines() if words else [str(rule) for rule in USUAL_RULES]

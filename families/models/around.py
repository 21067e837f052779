"""What is known around a family: other agencies, and what a referrer told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from families.models.family import Family
from families.models.known import known_to, of_family, owner
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User


class AgencyRole(models.TextChoices):
    HEALTH_VISITOR = "health_visitor", _("Health visitor")
    MIDWIFE = "midwife", _("Midwife")
    GP = "gp", _("GP")
    FAMILY_HUB = "family_hub", _("Children’s centre or family hub")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    NURSERY = "nursery", _("Nursery, childminder or school")
    OTHER = "other", _("Somebody else")


class MayContact(models.TextChoices):
    NOT_ASKED = "not_asked", _("Not asked yet")
    YES = "yes", _("Yes")
    NO = "no", _("No")


class OtherAgencyQuerySet(models.QuerySet["OtherAgency"]):
    def visible_to(self, user: User) -> OtherAgencyQuerySet:
        """What their own organisation wrote of families they answer for. Volunteers: none."""
        return self.filter(known_to(user, of_family))

    def current(self) -> OtherAgencyQuerySet:
        return self.filter(ended_on=None)


@pghistory.track(append_only=True)
class OtherAgency(models.Model):
    """Somebody outside the partnership who is with a family or one of its people."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="agencies")
    organisation = owner()
    member = models.ForeignKey(
        FamilyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for whom")
    )
    role = models.CharField(_("who they are"), max_length=20, choices=AgencyRole)
    agency = models.CharField(_("where they work"), max_length=200, blank=True)
    person_name = models.CharField(_("name"), max_length=200, blank=True)
    contact = models.CharField(_("phone or email"), max_length=254, blank=True)
    may_contact = models.CharField(
        _("may we contact them"), max_length=10, choices=MayContact, default=MayContact.NOT_ASKED
    )
    asked_on = models.DateField(_("the family said so on"), null=True, blank=True)
    ended_on = models.DateField(_("no longer with them since"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OtherAgencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "other agencies"
        ordering = ["role", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(may_contact="not_asked", asked_on=None)
                | models.Q(may_contact__in=["yes", "no"], asked_on__isnull=False),
                name="agency_answer_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return self.person_name or self.agency or str(self.get_role_display())  # type: ignore[attr-defined]


class Flag(models.TextChoices):
    LONE_PARENT = "lone_parent", _("One parent alone")
    TEENAGE_PARENT = "teenage_parent", _("A parent of 19 or younger")
    POSTNATAL_DEPRESSION = "postnatal_depression", _("Low after the birth")
    MENTAL_HEALTH = "mental_health", _("Mental health")
    LEARNING_DISABILITY = "learning_disability", _("A learning disability")
    SUBSTANCE_USE = "substance_use", _("Alcohol or drugs")
    DOMESTIC_ABUSE = "domestic_abuse", _("Domestic abuse")
    INTERPRETER = "interpreter", _("An interpreter is needed")
    MULTIPLE_BIRTH = "multiple_birth", _("Twins or more")


class FlagAnswer(models.TextChoices):
    """What the family says about it."""

    NOT_YET = "", _("Not asked yet")
    CONFIRMED = "confirmed", _("The family says so too")
    CORRECTED = "corrected", _("The family says it is not so")


class HouseholdFlagQuerySet(models.QuerySet["HouseholdFlag"]):
    def visible_to(self, user: User) -> HouseholdFlagQuerySet:
        """What their own organisation was told of families they answer for. Volunteers: none."""
        return self.filter(known_to(user, of_family))

    def to_ask(self) -> HouseholdFlagQuerySet:
        """Told by somebody else, and the family has not been asked."""
        return self.filter(answer=FlagAnswer.NOT_YET)


@pghistory.track(append_only=True)
class HouseholdFlag(models.Model):
    """Something a referrer told about a family. Theirs to say, not yet the family's, until the family answered."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="flags")
    organisation = owner()
    flag = models.CharField(max_length=24, choices=Flag)
    source = models.CharField(max_length=200)
    told_on = models.DateField()
    answer = models.CharField(max_length=10, choices=FlagAnswer, blank=True, default=FlagAnswer.NOT_YET)
    answered_on = models.DateField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = HouseholdFlagQuerySet.as_manager()

    class Meta:
        ordering = ["answer", "flag", "-told_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["family", "organisation", "flag", "source", "told_on"], name="flag_told_once"
            ),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_on=None)
                | models.Q(answer__in=["confirmed", "corrected"], answered_on__isnull=False),
                name="flag_answer_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_flag_display())  # type: ignore[attr-defined]

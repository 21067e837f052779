from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from volunteers.models.evidence import EvidenceQuerySet
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

ENOUGH_REFERENCES = 2
CHASE_AFTER = dt.timedelta(days=10)
"""R16 of the domain notes: a reference that was asked for and has not come is asked after."""


class Judgement(models.TextChoices):
    SATISFACTORY = "satisfactory", _("Satisfactory")
    NOT_SATISFACTORY = "not_satisfactory", _("Not satisfactory")
    NOT_NEEDED = "not_needed", _("No longer needed")


class AnsweredBy(models.TextChoices):
    LINK = "link", _("On the page")
    PHONE = "phone", _("By phone")


class ReferenceQuerySet(EvidenceQuerySet):
    def open(self) -> ReferenceQuerySet:
        """Nobody has said yet whether it will do."""
        return self.filter(judgement="")

    def enough(self, on: dt.date) -> models.QuerySet[Any]:
        """The volunteers (their ids) with as many satisfactory references as are needed. They do not run out."""
        good = self.filter(judgement=Judgement.SATISFACTORY).order_by().values("volunteer")
        return good.annotate(n=models.Count("pk")).filter(n__gte=ENOUGH_REFERENCES).values("volunteer")


@pghistory.track(append_only=True)
class Reference(models.Model):
    """Somebody who is asked whether they would trust a volunteer with families. What they say is kept apart."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="references")
    name = models.CharField(_("their name"), max_length=200)
    relation = models.CharField(_("how they know the volunteer"), max_length=200)
    email = models.EmailField(_("email address"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    asked_at = models.DateTimeField(null=True, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.CharField(max_length=5, choices=AnsweredBy, blank=True, editable=False)
    judgement = models.CharField(_("would you say"), max_length=16, choices=Judgement, blank=True)
    judged_at = models.DateTimeField(null=True, editable=False)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """None where the volunteer named them in their application."""
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(email="", phone=""), name="reference_can_be_reached"),
            models.CheckConstraint(
                condition=models.Q(judgement="", judged_by=None, judged_at=None)
                | models.Q(judgement__in=Judgement.values, judged_by__isnull=False, judged_at__isnull=False),
                name="reference_judged_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(judgement__in=["", Judgement.NOT_NEEDED]) | models.Q(answered_at__isnull=False),
                name="reference_judged_once_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def waits(self) -> bool:
        """Asked for, and neither answered nor set aside."""
        return bool(self.asked_at and not self.answered_at and not self.judgement)

    @property
    def is_to_judge(self) -> bool:
        return bool(self.answered_at and not self.judgement)


class Trust(models.TextChoices):
    YES = "yes", _("Yes")
    NOT_SURE = "not_sure", _("I am not sure")
    NO = "no", _("No")


class ReferenceWordsQuerySet(EvidenceQuerySet):
    def visible_to(self, user: User) -> ReferenceWordsQuerySet:
        """For those who keep the volunteer's record. What a referee lets the volunteer read is shown to them apart."""
        return self.kept_by(user)


@pghistory.track(append_only=True)
class ReferenceWords(models.Model):
    """What a referee said, and what a coordinator made of it. The volunteer does not read this row."""

    reference = models.OneToOneField(Reference, on_delete=models.PROTECT, related_name="words")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    how_known = models.TextField(_("how do you know each other?"), max_length=2000, blank=True)
    known_since = models.CharField(_("since when?"), max_length=100, blank=True)
    trust = models.CharField(
        _("would you trust them with young children, and with tired parents?"), max_length=8, choices=Trust, blank=True
    )
    trust_words = models.TextField(_("what makes you say so?"), max_length=2000, blank=True)
    anything = models.TextField(_("is there anything we should know?"), max_length=2000, blank=True)
    may_ring = models.BooleanField(_("you may ring me about this"), default=False)
    may_show = models.BooleanField(_("they may read what I wrote"), default=False)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    """Who wrote it down on the phone."""
    judged_words = models.TextField(_("why"), max_length=1000, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReferenceWordsQuerySet.as_manager()

    def __str__(self) -> str:
        return f"words of {self.reference_id}"

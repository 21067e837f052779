from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User


class HowAsked(models.TextChoices):
    ONLINE = "online", _("Online form")
    PHONE = "phone", _("By phone")
    EMAIL = "email", _("By letter or email")
    IN_PERSON = "in_person", _("In person")


class HeardOf(models.TextChoices):
    FRIEND = "friend", _("From a friend or my family")
    FAMILY = "family", _("From a family you visit")
    VOLUNTEER = "volunteer", _("From somebody who volunteers")
    POSTER = "poster", _("A poster or a leaflet")
    ONLINE = "online", _("Online")
    EVENT = "event", _("At an event")
    OTHER = "other", _("Somewhere else")


class ApplicationQuerySet(models.QuerySet["Application"]):
    def visible_to(self, user: User) -> ApplicationQuerySet:
        """One's own, and those of the volunteers whom this person keeps as a coordinator."""
        own = models.Q(volunteer__user_id=user.pk) if user.is_active else models.Q(pk=None)
        return self.filter(own | models.Q(volunteer__in=Volunteer.objects.kept_by(user)))


@pghistory.track(append_only=True)
class Application(models.Model):
    """What somebody told who would like to volunteer: at first in a few words, then in full. One for each person."""

    volunteer = models.OneToOneField(Volunteer, on_delete=models.PROTECT, related_name="application")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    how = models.CharField(_("how it came"), max_length=10, choices=HowAsked, default=HowAsked.ONLINE)
    heard_of = models.CharField(_("where they heard of us"), max_length=10, choices=HeardOf, blank=True)
    draws = models.TextField(_("what draws them"), max_length=2000, blank=True)
    page_language = models.CharField(max_length=12, default="en-gb")
    set_aside_because = models.CharField(max_length=10, blank=True)
    enquired_at = models.DateTimeField(_("asked"), default=timezone.now)
    asked_again_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_at = models.DateTimeField(_("applied"), null=True, blank=True)
    lines = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=8, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    why = models.TextField(_("why"), max_length=4000, blank=True)
    experience = models.TextField(_("experience they choose to share"), max_length=4000, blank=True)
    availability = models.TextField(_("when they have time"), max_length=1000, blank=True)
    referees = models.JSONField(default=list, blank=True)
    """Two people: name, email, and how they know them. Asked only once somebody has talked with the applicant."""
    dbs_agreed_at = models.DateTimeField(_("agreed to the check of the disclosure service"), null=True, blank=True)
    privacy_told_at = models.DateTimeField(_("told what we do with their data"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(applied_at=None)
                | models.Q(dbs_agreed_at__isnull=False, privacy_told_at__isnull=False),
                name="application_agreed_and_told",
            )
        ]

    def __str__(self) -> str:
        return str(self.uuid)


class ApplicationDraftQuerySet(models.QuerySet["ApplicationDraft"]):
    def visible_to(self, user: User) -> ApplicationDraftQuerySet:
        """Nobody's but the browser's that is writing it, or whoever has the link."""
        return self.none()

    def kept(self) -> ApplicationDraftQuerySet:
        return self.filter(kept_until__gt=timezone.now())


class ApplicationDraft(models.Model):
    """An application that is still being written. It goes when it is sent, or after its time."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    volunteer = models.ForeignKey(Volunteer, on_delete=models.CASCADE, related_name="+")
    typed = models.JSONField(default=dict)
    looks_robotic = models.BooleanField(default=False)
    must_confirm = models.BooleanField(default=False)
    """The address was known already: whoever writes here has to show, by the link in a letter, that it is theirs."""
    created_at = models.DateTimeField(default=timezone.now)
    kept_until = models.DateTimeField()

    objects = ApplicationDraftQuerySet.as_manager()

    def __str__(self) -> str:
        return str(self.uuid)

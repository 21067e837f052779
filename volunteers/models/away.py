"""Times in which a volunteer is not with families: a break, a suspension, and the goodbye."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from volunteers.models.volunteer import Volunteer, VolunteerState

if TYPE_CHECKING:
    from betterstart.access.models import User


class BreakQuerySet(models.QuerySet["Break"]):
    def visible_to(self, user: User) -> BreakQuerySet:
        """One's own, and those of the volunteers whom this person keeps, or oversees."""
        return self.filter(volunteer__in=Volunteer.objects.visible_to(user))

    def open(self) -> BreakQuerySet:
        """Agreed, and nobody has said yet that they are back."""
        return self.filter(closed_at=None)


@pghistory.track(append_only=True)
class Break(models.Model):
    """Some weeks without visits, agreed with dates. They are back on the day, whether or not anybody says so."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="breaks")
    starts_on = models.DateField(_("first day away"))
    back_on = models.DateField(_("first day back"))
    words = models.TextField(_("what we should know"), max_length=1000, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = BreakQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(back_on__gte=models.F("starts_on")), name="break_dates_in_order"),
            models.UniqueConstraint(
                fields=["volunteer"], condition=models.Q(closed_at=None), name="break_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.back_on}"

    @property
    def lies_ahead(self) -> bool:
        return self.starts_on > london_today()

    @property
    def is_over(self) -> bool:
        return self.back_on <= london_today()


class SuspensionKind(models.TextChoices):
    ALLEGATION = "allegation", _("Something was said that must be looked into")
    LAPSED_CHECK = "lapsed_check", _("A check has run out")
    OTHER = "other", _("Another reason")


class SuspensionOutcome(models.TextChoices):
    BACK = "back", _("They come back")
    ENDED = "ended", _("They do not come back")


class SuspensionQuerySet(models.QuerySet["Suspension"]):
    def visible_to(self, user: User) -> SuspensionQuerySet:
        """Those of the volunteers whom this person oversees: not coordinators, and never the volunteer."""
        return self.filter(volunteer__in=Volunteer.objects.overseen_by(user))

    def open(self) -> SuspensionQuerySet:
        return self.filter(ended_at=None)


@pghistory.track(append_only=True)
class Suspension(models.Model):
    """A volunteer may not be with families, and sees nothing, until it is decided. It is not a judgement."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="suspensions")
    kind = models.CharField(_("why"), max_length=14, choices=SuspensionKind)
    words = models.TextField(_("what happened"), max_length=4000)
    came_from = models.CharField(max_length=20, choices=VolunteerState)
    suspended_at = models.DateTimeField(default=timezone.now)
    suspended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    memberships = ArrayField(models.BigIntegerField(), default=list)
    """The access that ended with it, to be given back when it is lifted."""
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(_("outcome"), max_length=6, choices=SuspensionOutcome, blank=True)
    outcome_words = models.TextField(_("what was found, and decided"), max_length=4000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at=None, outcome="")
                | models.Q(ended_at__isnull=False) & ~models.Q(outcome=""),
                name="suspension_ends_with_an_outcome",
            ),
            models.UniqueConstraint(
                fields=["volunteer"], condition=models.Q(ended_at=None), name="suspension_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.suspended_at:%Y-%m-%d}"


class LeavingReason(models.TextChoices):
    TIME = "time", _("No time any more")
    WORK = "work", _("Work or study")
    HEALTH = "health", _("Their own health")
    FAMILY = "family", _("Their own family")
    MOVED = "moved", _("They are moving away")
    NOT_RIGHT = "not_right", _("It is not what they hoped for")
    NOT_NOW = "not_now", _("Not the right time")
    OUR_DECISION = "our_decision", _("We decided that it does not fit")
    NO_ANSWER = "no_answer", _("We do not hear from them any more")
    OTHER = "other", _("Another reason")


class ExitTalk(models.TextChoices):
    OFFERED = "offered", _("Offered, not held yet")
    HELD = "held", _("Held")
    NOT_WANTED = "not_wanted", _("Not wanted")


class WouldReturn(models.TextChoices):
    YES = "yes", _("Yes")
    MAYBE = "maybe", _("Perhaps")
    NO = "no", _("No")


class LeavingQuerySet(models.QuerySet["Leaving"]):
    def visible_to(self, user: User) -> LeavingQuerySet:
        """Those of the volunteers whom this person keeps, or oversees."""
        kept = models.Q(volunteer__in=Volunteer.objects.kept_by(user))
        return self.filter(kept | models.Q(volunteer__in=Volunteer.objects.overseen_by(user)))

    def unfinished(self) -> LeavingQuerySet:
        """Of the last goodbye something is still to do: the talk, or what they have of ours."""
        return self.filter(
            models.Q(exit_talk=ExitTalk.OFFERED) | models.Q(things_back=False) | models.Q(data_back=False)
        ).filter(volunteer__state__in=[VolunteerState.LEFT, VolunteerState.NOT_PROCEEDING])


@pghistory.track(append_only=True)
class Leaving(models.Model):
    """A goodbye: why, when, what they told at the end, and what came back to us."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="leavings")
    left_on = models.DateField(_("last day"), default=london_today)
    reason = models.CharField(_("why"), max_length=14, choices=LeavingReason)
    words = models.TextField(_("in a few words"), max_length=2000, blank=True)
    exit_talk = models.CharField(_("a talk at the end"), max_length=10, choices=ExitTalk, default=ExitTalk.OFFERED)
    exit_words = models.TextField(_("what they told"), max_length=4000, blank=True)
    would_return = models.CharField(_("would they come back?"), max_length=5, choices=WouldReturn, blank=True)
    things_back = models.BooleanField(_("what they had of ours is back: badge, keys, papers"), default=False)
    data_back = models.BooleanField(_("nothing about families is left on their devices or on paper"), default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = LeavingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(reason__in=LeavingReason.values), name="leaving_reason_known")
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} {self.left_on}"

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership, Organisation, Service, User
from betterstart.access.roles import Role
from betterstart.clock import london_today
from betterstart.transitions.machine import Move, StateMachine
from families.models import Assignment, Family, Support


class VolunteerQuerySet(models.QuerySet["Volunteer"]):
    def visible_to(self, user: User) -> VolunteerQuerySet:
        """Volunteers see themselves; coordinators the volunteers of their services' organisations."""
        coordinated = Service.objects.coordinated_by(user)
        return self.filter(models.Q(user_id=user.pk) | models.Q(organisation__in=coordinated.values("organisation_id")))

    def supervised_by(self, user: User) -> VolunteerQuerySet:
        """Volunteers who work in the services this person coordinates: whose calls and heavy days they answer."""
        return self.filter(user__in=User.objects.working_in(Service.objects.coordinated_by(user)))

    def available_to(self, *services: Service) -> VolunteerQuerySet:
        """Volunteers of the services' organisations who are with us today and hold the role of volunteer there."""
        role = Membership.objects.active().filter(
            role=Role.VOLUNTEER, user=models.OuterRef("user"), organisation=models.OuterRef("organisation")
        )
        return self.here().filter(
            models.Exists(role), organisation__in={service.organisation_id for service in services}
        )

    def here(self) -> VolunteerQuerySet:
        """Volunteers who have not left."""
        return self.filter(models.Q(left_on=None) | models.Q(left_on__gt=london_today()))


@pghistory.track(append_only=True)
class Volunteer(models.Model):
    """A trained home-visiting volunteer of one organisation."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="volunteer")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    joined_on = models.DateField(_("with us since"), default=london_today)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    most_families = models.PositiveSmallIntegerField(
        _("families at the same time"), default=1, validators=[MinValueValidator(1), MaxValueValidator(3)]
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = VolunteerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.user.display_name


class MatchState(models.TextChoices):
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


class MatchEndReason(models.TextChoices):
    GOALS_MET = "goals_met", _("The family reached what it wanted")
    SUPPORT_ENDED = "support_ended", _("The support ended")
    VOLUNTEER_LEAVING = "volunteer_leaving", _("The volunteer is leaving or taking a long break")
    NOT_RIGHT = "not_right", _("It did not feel right (nobody's fault)")
    PRACTICAL = "practical", _("Practical reasons")
    SAFETY = "safety", _("Safety")


class MatchQuerySet(models.QuerySet["Match"]):
    def visible_to(self, user: User) -> MatchQuerySet:
        """Every match of the supports this person answers for; of those they are in now, their own."""
        own = models.Q(volunteer__user_id=user.pk, support__in=Support.objects.worked_by(user))
        every = models.Q(support__in=Support.objects.responsible_to(user))
        return self.filter(own | every) if user.is_active else self.none()

    def active(self) -> MatchQuerySet:
        return self.filter(state=MatchState.ACTIVE)

    def together(self) -> MatchQuerySet:
        """Matches that hold, and those that ended with the volunteer still there until today is over."""
        last_day = models.Q(assignment__in=Assignment.objects.in_force())
        return self.filter(models.Q(state=MatchState.ACTIVE) | last_day)

    def with_role(self) -> models.QuerySet[Any]:
        """`has_role`: whether the volunteer still has access as a volunteer, today."""
        role = Membership.objects.active().filter(
            role=Role.VOLUNTEER,
            user=models.OuterRef("volunteer__user"),
            organisation=models.OuterRef("volunteer__organisation"),
        )
        return self.annotate(has_role=models.Exists(role))

    def coordinated_by(self, user: User) -> MatchQuerySet:
        """Matches of the services this person coordinates: they may end them."""
        return self.filter(support__service__in=Service.objects.coordinated_by(user))


@pghistory.track(append_only=True)
class Match(models.Model):
    """One volunteer paired with one family for one support. While it is active an assignment gives access."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="matches")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="matches")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="match")
    state = models.CharField(_("state"), max_length=20, choices=MatchState, default=MatchState.ACTIVE)
    started_on = models.DateField(_("since"), default=london_today)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=20, choices=MatchEndReason, blank=True)
    agreed_time = models.CharField(_("agreed day and time"), max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="active", ended_on=None)
                | models.Q(state="ended", ended_on__gte=models.F("started_on")),
                name="match_ended_has_a_date",
            ),
            models.UniqueConstraint(
                fields=["support", "volunteer"], condition=models.Q(state="active"), name="match_active_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} ↔ {self.family_id}"

    @property
    def is_active(self) -> bool:
        return self.state == MatchState.ACTIVE


MATCH_MACHINE = StateMachine(
    name="match",
    refusal=_("This match has already ended."),
    moves=(Move((MatchState.ACTIVE,), MatchState.ENDED, None, MatchEndReason.values),),
)

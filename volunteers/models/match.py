from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership, Service, User
from betterstart.access.roles import Role
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from betterstart.transitions.models import Transition
from families.models import Assignment, Family, Support, VisitPurpose
from families.models.visit import VisitQuerySet
from volunteers.models.volunteer import Volunteer


class MatchState(models.TextChoices):
    SUGGESTED = "suggested", _("Suggested")
    OFFERED_TO_VOLUNTEER = "offered_to_volunteer", _("Offered to the volunteer")
    OFFERED_TO_FAMILY = "offered_to_family", _("Offered to the family")
    DECLINED_BY_VOLUNTEER = "declined_by_volunteer", _("The volunteer said no")
    DECLINED_BY_FAMILY = "declined_by_family", _("The family said no")
    WITHDRAWN = "withdrawn", _("Taken back")
    INTRODUCTION_BOOKED = "introduction_booked", _("Introduction booked")
    NOT_SUITABLE = "not_suitable", _("It did not feel right at the introduction")
    ACTIVE = "active", _("Active")
    PAUSED = "paused", _("Paused")
    ENDING = "ending", _("Ending")
    ENDED = "ended", _("Ended")


M = MatchState
BEFORE = (M.SUGGESTED, M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY, M.INTRODUCTION_BOOKED)
NEVER_BEGAN = (M.DECLINED_BY_VOLUNTEER, M.DECLINED_BY_FAMILY, M.WITHDRAWN, M.NOT_SUITABLE)
HOLDING = (M.ACTIVE, M.PAUSED, M.ENDING)
OPEN = (*BEFORE, *HOLDING)
TAKING_A_PLACE = (M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY, M.INTRODUCTION_BOOKED, *HOLDING)


EARLY_DAYS = 90


class Kind(models.TextChoices):
    """Whether a match stands for itself, or beside another one."""

    ORDINARY = "", _("A match")
    COVER = "cover", _("Stands in while another volunteer rests")
    HANDOVER = "handover", _("Takes over, with some visits together")


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

    def holding(self) -> MatchQuerySet:
        """The two are together: also while the match is paused, or ending."""
        return self.filter(state__in=HOLDING)

    def open(self) -> MatchQuerySet:
        """From suggested to ending."""
        return self.filter(state__in=OPEN)

    def taking_a_place(self) -> MatchQuerySet:
        """What counts against the number of families a volunteer agreed to."""
        return self.filter(state__in=TAKING_A_PLACE)

    def together(self) -> MatchQuerySet:
        """Matches that hold, and those that ended with the volunteer still there until today is over."""
        last_day = models.Q(assignment__in=Assignment.objects.in_force())
        return self.filter(models.Q(state__in=HOLDING) | last_day)

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
    """One volunteer paired with one family for one support. Once it is active an assignment gives access."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="matches")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="matches")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, null=True, related_name="match")
    state = models.CharField(_("state"), max_length=22, choices=MatchState, default=MatchState.SUGGESTED)
    started_on = models.DateField(_("since"), null=True, blank=True)
    ended_on = models.DateField(_("until"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=20, choices=MatchEndReason, blank=True)
    agreed_time = models.CharField(_("agreed day and time"), max_length=100, blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ORDINARY, blank=True)
    beside = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """Of a cover or a handover: the match it stands beside."""
    ground_rules = models.TextField(_("what they agreed on"), max_length=4000, blank=True)
    paused_until = models.DateField(_("they go on again on"), null=True, blank=True)
    ending_on = models.DateField(_("the last visit together is on"), null=True, blank=True)
    was_planned = models.BooleanField(null=True, editable=False)
    """Of a match that ended: whether a goodbye had been prepared. None where it ended before anybody asked."""
    first_call_on = models.DateField(null=True, editable=False)
    after_call_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "matches"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[*BEFORE, *NEVER_BEGAN], assignment=None, started_on=None, ended_on=None)
                | models.Q(state__in=HOLDING, assignment__isnull=False, started_on__isnull=False, ended_on=None)
                | models.Q(state=M.ENDED, assignment__isnull=False, ended_on__gte=models.F("started_on")),
                name="match_has_the_dates_of_its_state",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="", beside=None)
                | models.Q(kind__in=["cover", "handover"], beside__isnull=False),
                name="match_beside_has_its_kind",
            ),
            models.UniqueConstraint(
                fields=["support", "volunteer"], condition=models.Q(state__in=OPEN), name="match_open_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.volunteer_id} ↔ {self.family_id}"

    @property
    def is_active(self) -> bool:
        return self.state == MatchState.ACTIVE

    @property
    def holds(self) -> bool:
        return self.state in HOLDING

    @property
    def is_early_ending(self) -> bool:
        """It ended without a plan, within ninety days: told in words, never counted against anybody."""
        began, ended = self.started_on, self.ended_on
        return self.was_planned is False and bool(began and ended and (ended - began).days < EARLY_DAYS)

    def introductions(self) -> VisitQuerySet:
        """Visits on which these two met: planned or written down since theirs was booked.

        An introduction belongs to a support. While one match of it has an introduction booked no other has, so that
        one made since then is of these two, also where it was moved to another time.
        """
        visits = self.support.visits.delivered().filter(purpose=VisitPurpose.INTRODUCTION)
        return visits.filter(created_at__gte=Coalesce(booked_at(models.Value(self.pk)), models.Value(self.created_at)))


def booked_at(match: Any) -> models.Subquery:
    """When the introduction of this match (its id) was booked first; null before."""
    steps = Transition.objects.filter(machine="match", subject_id=match, to_state=M.INTRODUCTION_BOOKED)
    return models.Subquery(steps.order_by("id").values("happened_at")[:1])


def _both_said_yes(match: Match) -> None:
    offers = [getattr(match, side, None) for side in ("volunteer_offer", "family_offer")]
    if not all(offer and offer.says_yes for offer in offers):
        raise MoveRefused(_("An introduction is booked when both have said yes."))


def _have_met(match: Match) -> None:
    if not match.introductions().exists():
        raise MoveRefused(_("They begin when the introduction has taken place. Write it down first."))
    if not match.agreed_time or not match.ground_rules:
        raise MoveRefused(_("Agree on the day and time, and on the ground rules, first."))


def _goodbye_agreed(match: Match) -> None:
    if not match.ending_on or not match.end_reason:
        raise MoveRefused(_("Name the reason and the day of the last visit."))


MATCH_MACHINE = StateMachine(
    name="match",
    refusal=_("This match cannot move there from where it is now."),
    moves=(
        Move((M.SUGGESTED,), M.OFFERED_TO_VOLUNTEER),
        Move((M.SUGGESTED, M.OFFERED_TO_VOLUNTEER), M.OFFERED_TO_FAMILY),
        Move((M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY), M.DECLINED_BY_VOLUNTEER),
        Move((M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY), M.DECLINED_BY_FAMILY),
        Move((M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY), M.INTRODUCTION_BOOKED, _both_said_yes),
        Move((M.SUGGESTED, M.OFFERED_TO_VOLUNTEER, M.OFFERED_TO_FAMILY, M.INTRODUCTION_BOOKED), M.WITHDRAWN),
        Move((M.INTRODUCTION_BOOKED,), M.NOT_SUITABLE),
        Move((M.INTRODUCTION_BOOKED,), M.ACTIVE, _have_met),
        Move((M.ACTIVE,), M.PAUSED),
        Move((M.PAUSED,), M.ACTIVE),
        Move((M.ACTIVE, M.PAUSED), M.ENDING, _goodbye_agreed, MatchEndReason.values),
        Move((M.ENDING,), M.ACTIVE),
        Move(HOLDING, M.ENDED, None, MatchEndReason.values),
    ),
)

"""The look that a family and its coordinator take together every few weeks, and each adult's own part in it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import day_in_words, london_date, london_today
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from families.models.family import Family
from families.models.member import FamilyMember
from families.models.own_words import OwnWords, Voiced
from families.models.support import Support
from families.models.visit import VisitMode

if TYPE_CHECKING:
    from betterstart.access.models import User


class ReviewState(models.TextChoices):
    DUE = "due", _("Due")
    BOOKED = "booked", _("Booked")
    HELD = "held", _("Held")
    DECLINED = "declined", _("The family would rather not")
    CANCELLED = "cancelled", _("Called off")


R = ReviewState
OPEN_REVIEWS = (R.DUE, R.BOOKED)


class CalledOff(models.TextChoices):
    """Why a booked day does not hold, or why there is nothing to look at any more."""

    BY_FAMILY = "by_family", _("The family asked for another day")
    BY_US = "by_us", _("We could not come")
    MOVED = "moved", _("Moved to another day")
    ENDING = "ending", _("The ending is prepared instead")
    SUPPORT_OVER = "support_over", _("The support ended")


FOR_ANOTHER_DAY = (CalledOff.BY_FAMILY, CalledOff.BY_US, CalledOff.MOVED)
FOR_GOOD = (CalledOff.ENDING, CalledOff.SUPPORT_OVER)


class MatchAnswer(models.TextChoices):
    """How it goes between a family and its volunteer. Each side is asked apart, in the same words."""

    WELL = "well", _("It goes well")
    MOSTLY = "mostly", _("Mostly well; something could be different")
    SOMEBODY_ELSE = "somebody_else", _("Somebody else may fit better")
    RATHER_NOT = "rather_not", _("Rather not say")


class CopyOutcome(models.TextChoices):
    GIVEN = "given", _("Given to them")
    NOT_WANTED = "not_wanted", _("They did not want one")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> ReviewQuerySet:
        """Of the supports this person answers for; whoever is in a support now knows of the one that comes next."""
        if not user.is_active:
            return self.none()
        coming = models.Q(support__in=Support.objects.visible_to(user), state__in=OPEN_REVIEWS)
        return self.filter(models.Q(support__in=Support.objects.responsible_to(user)) | coming)

    def open(self) -> ReviewQuerySet:
        return self.filter(state__in=OPEN_REVIEWS)

    def coordinated_by(self, user: User) -> ReviewQuerySet:
        """Reviews of supports this person coordinates: they may book them and write them down."""
        return self.filter(support__in=Support.objects.coordinated_by(user))


@pghistory.track(append_only=True)
class Review(models.Model):
    """One look together at a support. While it is open it holds nothing but its day."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="reviews")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=ReviewState, default=ReviewState.DUE)
    due_on = models.DateField(_("we look together again by"))
    booked_for = models.DateTimeField(_("booked for"), null=True, blank=True)
    mode = models.CharField(_("where"), max_length=20, choices=VisitMode, blank=True)
    held_on = models.DateField(_("held on"), null=True, blank=True)
    volunteer_there = models.BooleanField(_("the volunteer was there"), default=False)
    others_there = models.CharField(_("who else was there"), max_length=200, blank=True)
    agreed_change = models.TextField(_("what we agreed to do differently"), max_length=2000, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-due_on", "-id"]
        indexes = [models.Index(fields=["due_on"], condition=models.Q(state__in=OPEN_REVIEWS), name="review_to_hold")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=ReviewState.values), name="review_state_known"),
            models.UniqueConstraint(
                fields=["support"], condition=models.Q(state__in=OPEN_REVIEWS), name="review_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(state=R.HELD, held_on__isnull=False)
                | ~models.Q(state=R.HELD) & models.Q(held_on=None, agreed_change="", others_there=""),
                name="review_held_has_its_day",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=OPEN_REVIEWS)
                | models.Q(state=R.DUE, booked_for=None)
                | models.Q(state=R.BOOKED, booked_for__isnull=False),
                name="review_booked_has_its_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_state_display()} {self.due_on:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REVIEWS

    @property
    def day(self) -> dt.date:
        """When it was, is booked for, or is due."""
        return self.held_on or (london_date(self.booked_for) if self.booked_for else self.due_on)


def _took_place(review: Review) -> None:
    if review.held_on is None or review.held_on > london_today():
        raise MoveRefused(_("This day has not come yet. Write it down when you have looked together."))
    began = review.support.started_on or review.support.accepted_on
    if review.held_on < began:
        sentence = _("This support began on {day}. You cannot have looked at it before.")
        raise MoveRefused(sentence.format(day=day_in_words(began)))


REVIEW_MACHINE = StateMachine(
    name="review",
    refusal=_("This review has moved on. Here is where it stands now."),
    moves=(
        Move((R.DUE,), R.BOOKED),
        Move(OPEN_REVIEWS, R.HELD, _took_place),
        Move(OPEN_REVIEWS, R.DECLINED),
        Move((R.BOOKED,), R.CANCELLED, None, CalledOff.values),
        Move((R.DUE,), R.CANCELLED, None, FOR_GOOD),
        Move((R.CANCELLED,), R.DUE, None, FOR_ANOTHER_DAY),
    ),
)


class OfThoseWhoAnswer(models.QuerySet[Any]):
    def visible_to(self, user: User) -> Self:
        """Of the supports this person answers for: what a family says of a volunteer is not for the volunteer."""
        supports = Support.objects.responsible_to(user)
        return self.filter(support__in=supports) if user.is_active else self.none()


class HowItGoesQuerySet(OfThoseWhoAnswer):
    def now(self) -> HowItGoesQuerySet:
        """What each adult said last at each review: it is what counts."""
        newest = self.order_by("review_id", "member_id", "-id").distinct("review_id", "member_id")
        return self.filter(pk__in=newest.values("pk"))


class HowItGoes(Voiced):
    """How it goes with the volunteer, as one adult says it. Rows are only ever added; the newest counts."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="answers")
    answer = models.CharField(_("how it goes"), max_length=14, choices=MatchAnswer)
    said = models.ForeignKey(OwnWords, on_delete=models.PROTECT, null=True, related_name="+")

    objects = HowItGoesQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["review", "member", "-id"], name="how_it_goes_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(answer__in=MatchAnswer.values), name="how_it_goes_known")
        ]

    def __str__(self) -> str:
        return str(MatchAnswer(self.answer).label)


@pghistory.track(append_only=True)
class ReviewPart(models.Model):
    """An adult who was there when it was looked at together, and the copy of it that is theirs."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="parts")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="+")
    copy = models.CharField(_("their copy"), max_length=10, choices=CopyOutcome, blank=True)
    copy_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OfThoseWhoAnswer.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["review", "member"], name="review_part_once"),
            models.CheckConstraint(
                condition=models.Q(copy="", copy_on=None)
                | models.Q(copy__in=CopyOutcome.values, copy_on__isnull=False),
                name="review_part_copy_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} in {self.review_id}"

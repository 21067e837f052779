"""Talking with those who visit families: planned, held, and read by both. Nothing here is written behind a back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from betterstart.access.roles import Role
from betterstart.clock import london_today
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from volunteers.models.match import Match
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

LONGEST_TALK = 480
MOST_WORDS = 2000


class SupervisionKind(models.TextChoices):
    ONE_TO_ONE = "one_to_one", _("One to one")
    PHONE = "phone", _("By phone")
    GROUP = "group", _("In a group")
    DEBRIEF = "debrief", _("De-brief")
    REFLECTIVE = "reflective", _("Reflective")


# What two people say to each other. Family detail belongs here, never in a group.
BETWEEN_TWO = tuple(kind for kind in SupervisionKind if kind != SupervisionKind.GROUP)


class SupervisionState(models.TextChoices):
    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held, not confirmed yet")
    CONFIRMED = "confirmed", _("Confirmed by both")
    CANCELLED = "cancelled", _("Called off")


S = SupervisionState
HELD_STATES = (S.HELD, S.CONFIRMED)


LEADING = {Role.COORDINATOR, Role.MANAGER}


def led(user: User, of: str = "") -> models.Q:
    """Talks this person led, where they still coordinate or manage: who moves on leaves the words behind."""
    held = {each.organisation_id for each in user.active_memberships if each.role in LEADING}
    return models.Q(**{f"{of}supervisor_id": user.pk, f"{of}organisation__in": held})


class SupervisionQuerySet(models.QuerySet["Supervision"]):
    def visible_to(self, user: User) -> SupervisionQuerySet:
        """When somebody talked with whom: those who were there, who keeps the volunteer, who oversees them."""
        mine = led(user) | models.Q(pk__in=SupervisionPart.objects.visible_to(user).values("supervision_id"))
        return self.filter(mine) if user.is_active else self.none()

    def shared_with(self, user: User) -> SupervisionQuerySet:
        """Those whose words this person reads: they were there, or they keep the volunteer."""
        parts = SupervisionPart.objects.shared_with(user).values("supervision_id")
        return self.filter(led(user) | models.Q(pk__in=parts)) if user.is_active else self.none()

    def led_or_kept_by(self, user: User) -> SupervisionQuerySet:
        """Those this person led, or of volunteers they keep: whom they write about, and not as the one supervised."""
        theirs = SupervisionPart.objects.filter(volunteer__in=Volunteer.objects.kept_by(user).values("pk"))
        of = led(user) | models.Q(pk__in=theirs.values("supervision_id"))
        return self.filter(of) if user.is_active else self.none()

    def of_person(self, user: User) -> SupervisionQuerySet:
        """Those this person is supervised in: planned with them, or held while they were there."""
        mine = SupervisionPart.objects.filter(person_id=user.pk, came=True).values("supervision_id")
        return self.filter(pk__in=mine) if user.is_active else self.none()


@pghistory.track(append_only=True)
class Supervision(models.Model):
    """One talk: what kind, when, how long and with whom. The words stand apart, in `SupervisionNote`."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("what kind"), max_length=12, choices=SupervisionKind)
    state = models.CharField(_("state"), max_length=10, choices=SupervisionState, default=S.PLANNED)
    planned_at = models.DateTimeField(_("planned for"), null=True, blank=True)
    held_at = models.DateTimeField(_("began"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(
        _("minutes"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_TALK)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SupervisionQuerySet.as_manager()

    class Meta:
        ordering = ["-held_at", "-planned_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=SupervisionKind.values), name="supervision_kind_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=HELD_STATES, held_at__isnull=False, minutes__isnull=False)
                | models.Q(state__in=[S.PLANNED, S.CANCELLED], planned_at__isnull=False, held_at=None, minutes=None),
                name="supervision_held_has_its_time",
            ),
            models.CheckConstraint(
                condition=models.Q(minutes=None) | models.Q(minutes__gte=1, minutes__lte=LONGEST_TALK),
                name="supervision_minutes_possible",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_planned(self) -> bool:
        return self.state == S.PLANNED

    @property
    def was_held(self) -> bool:
        return self.state in HELD_STATES

    @property
    def is_confirmed(self) -> bool:
        return self.state == S.CONFIRMED

    @property
    def is_group(self) -> bool:
        return self.kind == SupervisionKind.GROUP


def _has_happened(supervision: Supervision) -> None:
    if supervision.held_at is None or supervision.held_at > timezone.now():
        raise MoveRefused(_("It has not begun yet. Write it down once you have talked."))


SUPERVISION_MACHINE = StateMachine(
    name="supervision",
    refusal=_("This talk has moved on. Open it again to see where it stands now."),
    moves=(
        Move((S.PLANNED,), S.HELD, _has_happened),
        Move((S.PLANNED,), S.CANCELLED),
        Move((S.HELD,), S.CONFIRMED),
    ),
)


class SupervisionPartQuerySet(models.QuerySet["SupervisionPart"]):
    def visible_to(self, user: User) -> SupervisionPartQuerySet:
        """One's own, those one leads, and those of the volunteers one keeps or oversees."""
        seen = self._shared(user) | models.Q(volunteer__in=Volunteer.objects.overseen_by(user).values("pk"))
        return self.filter(seen) if user.is_active else self.none()

    def shared_with(self, user: User) -> SupervisionPartQuerySet:
        """Without those whose date alone one may know."""
        return self.filter(self._shared(user)) if user.is_active else self.none()

    @staticmethod
    def _shared(user: User) -> models.Q:
        own = models.Q(person_id=user.pk) | led(user, "supervision__")
        return own | models.Q(volunteer__in=Volunteer.objects.kept_by(user).values("pk"))

    def held(self) -> SupervisionPartQuerySet:
        """Of people who were there."""
        return self.filter(supervision__state__in=HELD_STATES, came=True)

    def to_confirm(self) -> SupervisionPartQuerySet:
        """Held, and the person has not read and confirmed it yet."""
        return self.filter(supervision__state=S.HELD, came=True, confirmed_at=None)


@pghistory.track(append_only=True)
class SupervisionPart(models.Model):
    """Somebody's part in a talk: whether they came, and when they had read what was written and agreed."""

    supervision = models.ForeignKey(Supervision, on_delete=models.PROTECT, related_name="parts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, null=True, related_name="+")
    # As the talk says: who may read a part hangs on it, and is told without asking the talk of each.
    supervisor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    came = models.BooleanField(_("came"), default=True)
    confirmed_at = models.DateTimeField(null=True, editable=False)

    objects = SupervisionPartQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["volunteer"], name="supervision_part_volunteer")]
        constraints = [
            models.UniqueConstraint(fields=["supervision", "person"], name="supervision_part_once"),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("supervisor")), name="supervision_not_with_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.supervision_id}"


class Topic(models.TextChoices):
    """In the order in which they are asked: what went well comes before what worries."""

    HOW_ARE_YOU = "how_are_you", _("How it is")
    STRENGTHS = "strengths", _("Strengths seen")
    MATCH = "match", _("The visits")
    WORRIES = "worries", _("Worries")
    BOUNDARIES = "boundaries", _("Boundaries")
    LEARNING = "learning", _("Learning")
    WELLBEING = "wellbeing", _("Support offered")
    OWN = "own", _("In own words")


class SupervisionNoteQuerySet(models.QuerySet["SupervisionNote"]):
    def visible_to(self, user: User) -> SupervisionNoteQuerySet:
        """Words of talks one was in, or of volunteers one keeps. About a family: only while one may see the match.

        What somebody in a group added for themselves is theirs and their coordinators'.
        """
        rows = self.filter(supervision__in=Supervision.objects.shared_with(user).values("pk"))
        match = models.Q(match=None) | models.Q(match__in=Match.objects.visible_to(user).values("pk"))
        part = models.Q(part=None) | models.Q(part__in=SupervisionPart.objects.shared_with(user).values("pk"))
        return rows.filter(match, part)


@pghistory.track(append_only=True)
class SupervisionNote(models.Model):
    """What was said about one thing; about a family by way of the match, so that no name needs to be written."""

    supervision = models.ForeignKey(Supervision, on_delete=models.PROTECT, related_name="notes")
    topic = models.CharField(max_length=12, choices=Topic)
    match = models.ForeignKey(Match, on_delete=models.PROTECT, null=True, related_name="+")
    part = models.ForeignKey(SupervisionPart, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(max_length=MOST_WORDS)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    objects = SupervisionNoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["supervision", "topic", "match", "part"], nulls_distinct=False, name="supervision_note_once"
            ),
            models.CheckConstraint(
                condition=models.Q(topic=Topic.MATCH, match__isnull=False, part=None)
                | models.Q(topic=Topic.OWN, match=None, part__isnull=False)
                | models.Q(match=None, part=None) & ~models.Q(topic__in=[Topic.MATCH, Topic.OWN]),
                name="supervision_note_about_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} of {self.supervision_id}"


class AgreedBy(models.TextChoices):
    PERSON = "person", _("Whoever was supervised")
    SUPERVISOR = "supervisor", _("Whoever led the talk")


class SupervisionActionQuerySet(models.QuerySet["SupervisionAction"]):
    def visible_to(self, user: User) -> SupervisionActionQuerySet:
        return self.filter(supervision__in=Supervision.objects.shared_with(user).values("pk"))

    def open(self) -> SupervisionActionQuerySet:
        return self.filter(done_on=None)


@pghistory.track(append_only=True)
class SupervisionAction(models.Model):
    """One thing that was agreed: who does it, and by when."""

    supervision = models.ForeignKey(Supervision, on_delete=models.PROTECT, related_name="agreed")
    doer = models.CharField(_("who does it"), max_length=10, choices=AgreedBy)
    what = models.CharField(_("what"), max_length=300)
    due_on = models.DateField(_("by when"), null=True, blank=True)
    done_on = models.DateField(null=True, editable=False)
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SupervisionActionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(doer__in=AgreedBy.values), name="supervision_action_doer_known"),
            models.CheckConstraint(
                condition=models.Q(done_on=None, done_by=None) | models.Q(done_on__isnull=False, done_by__isnull=False),
                name="supervision_action_done_by_someone",
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_late(self) -> bool:
        return self.done_on is None and self.due_on is not None and self.due_on < london_today()

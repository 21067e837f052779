from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from families.models import Family, Support, Visit, VisitState

if TYPE_CHECKING:
    from betterstart.access.models import User

MOODS = [(1, _("Hard")), (2, _("Uneasy")), (3, _("All right")), (4, _("Good")), (5, _("Lovely"))]
MOST_HEAVY = 4
WEIGHTS = [(0, _("Light")), (1, _("A little")), (2, _("Some")), (3, _("Heavy")), (4, _("Very heavy"))]


class Worry(models.TextChoices):
    NO = "no", _("No")
    NOT_SURE = "not_sure", _("Not sure, talk to me")
    YES = "yes", _("Yes")


def feelings_field(verbose_name: str | Promise) -> ArrayField:
    return ArrayField(models.CharField(max_length=40), verbose_name=verbose_name, default=list, blank=True)  # type: ignore[arg-type]


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def visible_to(self, user: User) -> CheckInQuerySet:
        """Every check-in of the supports this person answers for; of those they are in now, their own."""
        supports = Support.objects
        own = models.Q(author_id=user.pk, support__in=supports.worked_by(user))
        every = models.Q(support__in=supports.responsible_to(user))
        return self.filter(own | every) if user.is_active else self.none()

    def coordinated_by(self, user: User) -> CheckInQuerySet:
        """Check-ins of the services this person coordinates: they may read how it was for the volunteer, and answer.

        Narrower than `visible_to`: an opened record, or a family shared with another service of the organisation,
        shows no feelings of the volunteer.
        """
        return self.filter(support__service__in=Service.objects.coordinated_by(user))

    def private_to(self, user: User) -> CheckInQuerySet:
        """Check-ins whose author, or whose coordinator, this person is."""
        return self.visible_to(user).filter(
            models.Q(author_id=user.pk) | models.Q(support__service__in=Service.objects.coordinated_by(user))
        )

    def standing(self) -> CheckInQuerySet:
        """Without those whose visit was entered by mistake: they are hidden with it."""
        return self.exclude(visit__state=VisitState.WITHDRAWN)

    def unseen(self) -> CheckInQuerySet:
        return self.filter(seen_at=None)

    def with_urgency(self) -> CheckInQuerySet:
        """`urgency`: 0 a worry, 1 "not sure, talk to me", 2 a very heavy visit or a wish for a call, 3 the others."""
        return self.annotate(
            urgency=models.Case(
                models.When(worry=Worry.YES, then=0),
                models.When(worry=Worry.NOT_SURE, then=1),
                models.When(models.Q(heaviness=MOST_HEAVY) | models.Q(wants_call=True), then=2),
                default=3,
                output_field=models.IntegerField(),
            )
        )

    def to_read(self) -> CheckInQuerySet:
        """Not read yet, or written to since by the author: the worrying first, then the oldest.

        Of a visit entered by mistake only what asks for a person: a worry is answered whatever became of the visit.
        """
        more = CheckInNote.objects.filter(check_in=models.OuterRef("pk")).unread_from_author()
        waiting = self.annotate(has_more=models.Exists(more)).filter(models.Q(seen_at=None) | models.Q(has_more=True))
        asks = ~models.Q(worry=Worry.NO) | models.Q(heaviness=MOST_HEAVY) | models.Q(has_more=True)
        waiting = waiting.filter(~models.Q(visit__state=VisitState.WITHDRAWN) | asks)
        return waiting.with_urgency().order_by("urgency", "recorded_at", "pk")  # type: ignore[misc]


@pghistory.track(append_only=True)
class CheckIn(models.Model):
    """The short note a volunteer records after a visit: how it was for the family, and for the volunteer.

    How the volunteer felt is for the author and the coordinator only; it never counts for or against anyone.
    """

    uuid = models.UUIDField(default=uuid.uuid4, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="check_in")
    # As the visit says: who may read a check-in hangs on it, and is told without asking the visit of each.
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    family_said = feelings_field(_("how the family said they felt"))
    my_impression = feelings_field(_("how it seemed to me"))
    rather_not_say = models.BooleanField(_("rather not say"), default=False)
    other_feeling = models.CharField(_("another word for it"), max_length=60, blank=True)
    my_mood = models.PositiveSmallIntegerField(_("how it was for me"), null=True, blank=True)
    my_words = models.TextField(_("in my words"), blank=True, max_length=1000)
    heaviness = models.PositiveSmallIntegerField(_("how heavy it was for me"), null=True, blank=True)
    wants_call = models.BooleanField(_("would like a call"), default=False)
    worry = models.CharField(_("anything worrying?"), max_length=10, choices=Worry)
    worry_words = models.TextField(_("what worries you"), blank=True, max_length=2000)
    line_to_share = models.CharField(_("one line others may read"), max_length=300, blank=True)
    may_share_line = models.BooleanField(_("this line may be shared without names"), default=False)
    sent_digest = models.CharField(max_length=64, blank=True, editable=False)
    device_time = models.DateTimeField(null=True, editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["family", "-recorded_at"], name="check_in_family"),
            models.Index(fields=["author", "-recorded_at"], name="check_in_author"),
            models.Index(fields=["recorded_at"], condition=models.Q(seen_at=None), name="check_in_unseen"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["author", "uuid"], name="check_in_once_per_author"),
            models.CheckConstraint(
                condition=models.Q(my_mood=None) | models.Q(my_mood__gte=1, my_mood__lte=5), name="check_in_mood_1_to_5"
            ),
            models.CheckConstraint(
                condition=models.Q(heaviness=None) | models.Q(heaviness__lte=4), name="check_in_heaviness_0_to_4"
            ),
            models.CheckConstraint(
                condition=models.Q(seen_at=None, seen_by=None) | models.Q(seen_at__isnull=False, seen_by__isnull=False),
                name="check_in_seen_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(may_share_line=False) | ~models.Q(line_to_share=""), name="check_in_shares_a_line"
            ),
        ]

    def __str__(self) -> str:
        return f"check-in of visit {self.visit_id}"


class NoteKind(models.TextChoices):
    QUESTION = "question", _("Question")
    ANSWER = "answer", _("Answer")
    ADDENDUM = "addendum", _("Added later")
    REPLY = "reply", _("Reply")
    THANKS = "thanks", _("Thank you")


FROM_THE_AUTHOR = (NoteKind.ANSWER, NoteKind.ADDENDUM)
TO_THE_AUTHOR = (NoteKind.QUESTION, NoteKind.REPLY, NoteKind.THANKS)


class CheckInNoteQuerySet(models.QuerySet["CheckInNote"]):
    def visible_to(self, user: User) -> CheckInNoteQuerySet:
        """Notes on the check-ins this person may see."""
        return self.filter(check_in__in=CheckIn.objects.visible_to(user))

    def unread_from_author(self) -> CheckInNoteQuerySet:
        """Answers and later additions that no coordinator has read yet."""
        return self.filter(kind__in=FROM_THE_AUTHOR, seen_at=None)

    def open_questions(self, closing: tuple[NoteKind, ...] = FROM_THE_AUTHOR) -> CheckInNoteQuerySet:
        """Questions after which nothing of these kinds was written; usually, by the author."""
        later = CheckInNote.objects.filter(
            check_in=models.OuterRef("check_in"), kind__in=closing, pk__gt=models.OuterRef("pk")
        )
        return self.filter(~models.Exists(later), kind=NoteKind.QUESTION)


class CheckInNote(models.Model):
    """What was asked, answered or replied, or added once a check-in could no longer be changed."""

    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="notes")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=NoteKind)
    words = models.TextField(_("your words"), max_length=2000, blank=True)
    """Empty only where somebody says thank you and no more."""
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, editable=False)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = CheckInNoteQuerySet.as_manager()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.check_in_id}"

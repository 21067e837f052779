"""What an adult of a family says back about their record, and what they were answered."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from families.models.family import Family
from families.models.member import LANGUAGE_NAMES, FamilyMember
from families.models.support import Support
from families.models.visit import Visit

if TYPE_CHECKING:
    from betterstart.access.models import User

MAX_WORDS = 2000
ANSWERED_UNTIL = dt.timedelta(days=365)
"""So long after a support ended its family may still say something about it here."""


class ReplyKind(models.TextChoices):
    RIGHT = "right", _("This is right")
    NOT_QUITE = "not_quite", _("Not quite")
    CORRECTION = "correction", _("Please correct something")
    OTHER_VOLUNTEER = "other_volunteer", _("I would like a different volunteer")
    CALL = "call", _("Please call me")
    SOMETHING_ELSE = "something_else", _("Something else")


K = ReplyKind
NOTE_KINDS = (K.RIGHT, K.NOT_QUITE)
CORRECTED_KINDS = (K.NOT_QUITE, K.CORRECTION)
"""What is answered by saying what became of the note."""
NEED_WORDS = (K.NOT_QUITE, K.CORRECTION, K.SOMETHING_ELSE)


class RecordPart(models.TextChoices):
    PEOPLE = "people", _("Names and people")
    CONTACT = "contact", _("Where we live and how to reach us")
    PLAN = "plan", _("What we are working on")
    NOTE = "note", _("A note about a visit")
    OTHER = "other", _("Something else")


class HowSaid(models.TextChoices):
    OWN_PAGE = "own_page", _("On their own page")
    TOLD = "told", _("Told to one of us")


class ReplyState(models.TextChoices):
    KEPT = "kept", _("Stands beside the note")
    SAID = "said", _("Waits for an answer")
    SEEN = "seen", _("Read, waits for an answer")
    ANSWERED = "answered", _("Answered")


R = ReplyState
WAITING_REPLIES = (R.SAID, R.SEEN)


class ReplyOutcome(models.TextChoices):
    CHANGED = "changed", _("We changed it")
    BOTH = "both", _("We keep both, side by side")
    TALKED = "talked", _("We talked about it, and it may stay as it is")


class HowHeard(models.TextChoices):
    OWN_PAGE = "own_page", _("They read it on their own page")
    SPOKEN = "spoken", _("I told them myself")


class FamilyReplyQuerySet(models.QuerySet["FamilyReply"]):
    def visible_to(self, user: User) -> FamilyReplyQuerySet:
        """Every reply under the supports this person answers for; of those they are in now, replies to their own
        notes, unless the adult kept it for the coordinator.
        """
        supports = Support.objects
        own_note = models.Q(kind__in=NOTE_KINDS, coordinator_only=False, visit__worker_id=user.pk)
        own = own_note & models.Q(support__in=supports.worked_by(user))
        every = models.Q(support__in=supports.responsible_to(user))
        return self.filter(own | every) if user.is_active else self.none()

    def coordinated_by(self, user: User) -> FamilyReplyQuerySet:
        """Those this person may answer."""
        return self.filter(support__in=Support.objects.coordinated_by(user))

    def said_by(self, adult: FamilyMember) -> FamilyReplyQuerySet:
        """One adult's own, for their own page: nobody else's are theirs to read."""
        return self.filter(member=adult)

    def waiting(self) -> FamilyReplyQuerySet:
        return self.filter(state__in=WAITING_REPLIES)


@pghistory.track(append_only=True)
class FamilyReply(models.Model):
    """One thing one adult said about their family's record or support, as they said it, and its answer.

    The words are never changed: the database refuses it. Nor is an answer, which the adult may have read.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="replies")
    # Under which it is answered. Where a support went on in another service of the organisation, that one.
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="replies")
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="replies")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="replies")
    visit_version = models.PositiveIntegerField(null=True, editable=False)
    """Which version of the note they had read."""
    kind = models.CharField(_("what it is about"), max_length=20, choices=ReplyKind)
    about = models.CharField(_("which part"), max_length=10, choices=RecordPart, blank=True)
    words = models.TextField(_("their words"), blank=True, max_length=MAX_WORDS)
    language = models.CharField(_("language"), max_length=35, blank=True)
    translation = models.TextField(_("in English"), blank=True, max_length=2 * MAX_WORDS)
    translated_by = models.CharField(_("who translated"), max_length=200, blank=True)
    coordinator_only = models.BooleanField(_("for the coordinator only"), default=False)
    how = models.CharField(max_length=10, choices=HowSaid)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    follows = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    """The reply whose answer they go on from."""
    said_at = models.DateTimeField(default=timezone.now, editable=False)
    state = models.CharField(max_length=10, choices=ReplyState, default=ReplyState.SAID)
    seen_at = models.DateTimeField(null=True, editable=False)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.TextField(_("your answer"), blank=True, max_length=MAX_WORDS)
    answer_in_theirs = models.TextField(_("the same in their language"), blank=True, max_length=2 * MAX_WORDS)
    did = models.TextField(_("what we did"), blank=True, max_length=MAX_WORDS)
    outcome = models.CharField(_("what became of it"), max_length=10, choices=ReplyOutcome, blank=True)
    heard = models.CharField(_("how they hear of it"), max_length=10, choices=HowHeard, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FamilyReplyQuerySet.as_manager()

    class Meta:
        ordering = ["-said_at", "-id"]
        indexes = [
            models.Index(
                fields=["support", "said_at"], name="reply_waiting", condition=models.Q(state__in=["said", "seen"])
            )
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ReplyKind.values), name="reply_kind_known"),
            models.CheckConstraint(
                condition=models.Q(state=R.ANSWERED, answered_at__isnull=False, answered_by__isnull=False)
                & ~models.Q(answer="")
                & ~models.Q(heard="")
                | models.Q(state__in=["kept", "said", "seen"], answer="", answered_at=None, answered_by=None, heard=""),
                name="reply_closes_with_an_answer",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["right", "not_quite"]) | models.Q(visit__isnull=False),
                name="reply_to_a_note_has_its_visit",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="other_volunteer") | models.Q(visit=None),
                name="reply_wish_is_about_no_visit",
            ),
            models.CheckConstraint(
                condition=~models.Q(kind__in=["not_quite", "correction", "something_else"]) | ~models.Q(words=""),
                name="reply_has_words",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="kept") | models.Q(kind="right", words=""), name="reply_kept_asks_nothing"
            ),
            models.CheckConstraint(
                condition=models.Q(how="own_page", written_by=None) | models.Q(how="told", written_by__isnull=False),
                name="reply_told_was_written_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="words_stay", fields=["words", "language", "kind", "how", "written_by", "said_at"]),
            pgtrigger.Protect(
                name="answer_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state="answered")
                & (
                    pgtrigger.Q(old__state__df=pgtrigger.F("new__state"))
                    | pgtrigger.Q(old__answer__df=pgtrigger.F("new__answer"))
                    | pgtrigger.Q(old__did__df=pgtrigger.F("new__did"))
                    | pgtrigger.Q(old__outcome__df=pgtrigger.F("new__outcome"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name}: {self.get_kind_display()}"

    @property
    def first_name(self) -> str:
        return str(self.member).split()[0]

    @property
    def waits(self) -> bool:
        return self.state in WAITING_REPLIES

    @property
    def is_answered(self) -> bool:
        return self.state == R.ANSWERED

    @property
    def asks_what_became_of_it(self) -> bool:
        return self.kind in CORRECTED_KINDS

    @property
    def keeps_both(self) -> bool:
        return self.outcome == ReplyOutcome.BOTH

    @property
    def language_name(self) -> str:
        return str(LANGUAGE_NAMES.get(self.language, self.language))


def _can_be_heard(reply: FamilyReply) -> None:
    if not reply.answer.strip():
        raise MoveRefused(_("Write an answer. A reply is closed by nothing else."))
    if reply.heard == HowHeard.OWN_PAGE and reply.member.left_on:
        raise MoveRefused(
            _("{name} has no page of their own any more. Tell them yourself, then say so here.").format(
                name=reply.first_name
            )
        )


REPLY_MACHINE = StateMachine(
    name="reply",
    refusal=_("Somebody answered this meanwhile. Here is what they said."),
    moves=(
        Move((R.SAID,), R.SEEN),
        Move((R.SAID, R.SEEN, R.KEPT), R.ANSWERED, _can_be_heard),
    ),
)

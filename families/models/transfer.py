from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Service
from betterstart.clock import day_in_words, london_today
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from families.models.family import Family
from families.models.member import FamilyMember
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User

LASTS_DAYS = 14
"""For so many days after it was sent may a service say yes. Then the sender hears that nobody answered."""


class TransferState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    AGREED = "family_agreed", _("The family agreed")
    SENT = "sent", _("Sent")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Not possible")
    LAPSED = "lapsed", _("Not answered in time")
    WITHDRAWN = "withdrawn", _("Taken back")


T = TransferState
OPEN_TRANSFERS = (T.PROPOSED, T.AGREED, T.SENT)
ANSWERED_TRANSFERS = (T.ACCEPTED, T.DECLINED, T.LAPSED)


class HowAgreed(models.TextChoices):
    SPOKEN = "spoken", _("Spoken, face to face")
    PHONE = "phone", _("On the phone")
    WRITTEN = "written", _("In writing")


class TransferDeclineReason(models.TextChoices):
    NO_PLACE = "no_place", _("No place free now")
    NOT_IN_REMIT = "not_in_remit", _("Age or area does not fit")
    OTHER_SERVICE = "other_service", _("Another service would fit better")
    OTHER = "other", _("Something else")


class TransferQuerySet(models.QuerySet["Transfer"]):
    def visible_to(self, user: User) -> TransferQuerySet:
        """Those of supports this person answers for; and, while they wait for a yes, those sent to their service.

        After a yes the receiving service keeps it: it tells where the family came from.
        """
        if not user.is_active:
            return self.none()
        ours = models.Q(support__in=Support.objects.responsible_to(user))
        return self.filter(ours | models.Q(pk__in=self.model.objects.asked_of(user).values("pk")))

    def sent_by(self, user: User) -> TransferQuerySet:
        """Those whose support this person coordinates: they may agree, send and take them back."""
        return self.filter(from_service__in=Service.objects.coordinated_by(user))

    def asked_of(self, user: User) -> TransferQuerySet:
        """Those that services of this person read: sent, or said yes to."""
        return self.filter(to_service__in=Service.objects.coordinated_by(user), state__in=[T.SENT, T.ACCEPTED])

    def waiting_for(self, user: User) -> TransferQuerySet:
        """Those that this person may answer now."""
        return self.asked_of(user).filter(state=T.SENT, lapses_on__gt=london_today())

    def open(self) -> TransferQuerySet:
        return self.filter(state__in=OPEN_TRANSFERS)

    def overdue(self) -> TransferQuerySet:
        """Sent, and nobody answered in time."""
        return self.filter(state=T.SENT, lapses_on__lte=london_today())


@pghistory.track(append_only=True)
class Transfer(models.Model):
    """One service asks another to go on with a family. Until that says yes, the sender stays responsible.

    The receiving service reads `summary` and nothing else before it says yes. Who in the family agreed to these words,
    how and when stands here; whether their yes still holds says the permission (`may_share`).
    """

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="transfers")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="transfers")
    from_service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    to_service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=20, choices=T, default=T.PROPOSED)
    summary = models.TextField(_("what the other service reads"), max_length=2000)
    agreed_by = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, null=True, related_name="+")
    agreed_how = models.CharField(_("how they agreed"), max_length=10, choices=HowAgreed, blank=True)
    agreed_on = models.DateField(_("they agreed on"), null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sent_on = models.DateField(null=True)
    lapses_on = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True)
    decline_reason = models.CharField(max_length=20, choices=TransferDeclineReason, blank=True)
    answer_note = models.TextField(blank=True, max_length=2000)
    new_support = models.ForeignKey(Support, on_delete=models.PROTECT, null=True, related_name="came_by")
    # When somebody of the sending service read the answer: until then it stands on Today.
    noted_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["to_service", "state"], name="transfer_to_service"),
            models.Index(fields=["from_service", "state"], name="transfer_from_service"),
            models.Index(fields=["lapses_on"], condition=models.Q(state="sent"), name="transfer_waits"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=TransferState.values), name="transfer_state_known"),
            models.CheckConstraint(
                condition=models.Q(state__in=[T.PROPOSED, T.WITHDRAWN])
                | models.Q(agreed_by__isnull=False, agreed_on__isnull=False) & ~models.Q(agreed_how=""),
                name="transfer_family_agreed",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[T.SENT, *ANSWERED_TRANSFERS])
                | models.Q(sent_on__isnull=False, lapses_on__isnull=False),
                name="transfer_sent_has_a_date",
            ),
            models.CheckConstraint(
                condition=models.Q(state=T.ACCEPTED, new_support__isnull=False)
                | ~models.Q(state=T.ACCEPTED) & models.Q(new_support=None),
                name="transfer_accepted_goes_on",
            ),
            models.UniqueConstraint(
                fields=["support"], condition=models.Q(state__in=OPEN_TRANSFERS), name="transfer_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_service} → {self.to_service}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_TRANSFERS

    @property
    def last_day_to_answer(self) -> dt.date | None:
        return self.lapses_on - dt.timedelta(days=1) if self.lapses_on else None

    @property
    def waits(self) -> bool:
        """Sent, and still in time for an answer."""
        return self.state == T.SENT and self.lapses_on is not None and london_today() < self.lapses_on


class TransferQuestionQuerySet(models.QuerySet["TransferQuestion"]):
    def visible_to(self, user: User) -> TransferQuestionQuerySet:
        """What was asked about the transfers this person may read."""
        return self.filter(transfer__in=Transfer.objects.visible_to(user))

    def open(self) -> TransferQuestionQuerySet:
        """Not answered yet, about a transfer that still waits."""
        return self.filter(replied_at=None, transfer__state=T.SENT)


@pghistory.track(append_only=True)
class TransferQuestion(models.Model):
    """What the receiving service asks before it says yes or no, and what the sender answers. The days run on."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="questions")
    question = models.TextField(_("your question"), max_length=2000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    reply = models.TextField(_("your answer"), blank=True, max_length=2000)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    objects = TransferQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(reply="", replied_by=None, replied_at=None)
                | ~models.Q(reply="") & models.Q(replied_by__isnull=False, replied_at__isnull=False),
                name="transfer_question_replied_whole",
            ),
            models.UniqueConstraint(
                fields=["transfer"], condition=models.Q(replied_at=None), name="transfer_question_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.asked_at:%d/%m/%Y}"


def _family_agreed(transfer: Transfer) -> None:
    if not (transfer.agreed_by_id and transfer.agreed_how and transfer.agreed_on):
        raise MoveRefused(_("Note who in the family agreed, how and when."))
    if not transfer.summary.strip():
        raise MoveRefused(_("Write the few words that the other service may read."))


def _in_time(transfer: Transfer) -> None:
    last = transfer.last_day_to_answer
    if last and last < london_today():
        words = _("The last day to answer this was {day}. The sender can ask again.")
        raise MoveRefused(words.format(day=day_in_words(last)))


def _time_is_up(transfer: Transfer) -> None:
    if transfer.lapses_on is None or transfer.lapses_on > london_today():
        raise MoveRefused(_("There is still time to answer."))


def _goes_on(transfer: Transfer) -> None:
    _in_time(transfer)
    if not transfer.new_support_id:
        raise MoveRefused(_("A yes begins a support in the receiving service."))


TRANSFER_MACHINE = StateMachine(
    name="transfer",
    refusal=_("This has been answered or taken back meanwhile."),
    moves=(
        Move((T.PROPOSED,), T.AGREED, _family_agreed),
        Move((T.AGREED,), T.SENT, _family_agreed),
        Move((T.SENT,), T.ACCEPTED, _goes_on),
        Move((T.SENT,), T.DECLINED, _in_time, TransferDeclineReason.values),
        Move((T.SENT,), T.LAPSED, _time_is_up),
        Move(OPEN_TRANSFERS, T.WITHDRAWN),
    ),
)

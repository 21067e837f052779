"""What volunteers spent and are paid back: claims, what is on them, and the receipts. No family is named anywhere."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Organisation
from betterstart.access.roles import Role
from betterstart.transitions.machine import Move, MoveRefused, StateMachine
from families.models import Visit
from volunteers.models.mileage import managed_by
from volunteers.models.pay_run import PayRun
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

ROUND = 500
"""Pence. Nobody spends exactly five pounds every week."""


class ClaimState(models.TextChoices):
    DRAFT = "draft", _("Not sent yet")
    SUBMITTED = "submitted", _("Sent")
    QUERIED = "queried", _("A question for you")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Not approved")
    PAID = "paid", _("Paid")


C = ClaimState
IN_THE_MAKING = (C.DRAFT, C.QUERIED)
WAITING = (C.SUBMITTED, C.QUERIED)
TO_PAY = (C.APPROVED, C.PAID)
SENT = (C.SUBMITTED, C.QUERIED, C.APPROVED, C.PAID)
"""Sent, and not turned down: the miles on them count."""


class ExpenseClaimQuerySet(models.QuerySet["ExpenseClaim"]):
    def visible_to(self, user: User) -> ExpenseClaimQuerySet:
        """One's own. Once sent: coordinators who keep the volunteer, managers; administrators what is to be paid."""
        if not user.is_active:
            return self.none()
        held = user.active_memberships
        administered = {each.organisation_id for each in held if each.role == Role.ADMINISTRATOR}
        return self.filter(self._read_whole(user) | models.Q(state__in=TO_PAY, organisation__in=administered))

    def read_whole_by(self, user: User) -> ExpenseClaimQuerySet:
        """One's own, and once sent those one may decide on: with the receipts, which can carry a family's street."""
        return self.filter(self._read_whole(user)) if user.is_active else self.none()

    @staticmethod
    def _read_whole(user: User) -> models.Q:
        decides = models.Q(volunteer__in=Volunteer.objects.kept_by(user)) | models.Q(organisation__in=managed_by(user))
        return models.Q(claimant_id=user.pk) | ~models.Q(state=C.DRAFT) & decides

    def of(self, user: User) -> ExpenseClaimQuerySet:
        return self.filter(claimant_id=user.pk)

    def to_decide(self, user: User) -> ExpenseClaimQuerySet:
        """Sent claims this person decides on: never their own."""
        return self.visible_to(user).filter(state__in=WAITING).exclude(claimant_id=user.pk)


@pghistory.track(append_only=True)
class ExpenseClaim(models.Model):
    """What one volunteer asks to be paid back, together."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    claimant = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=ClaimState, default=C.DRAFT, editable=False)
    submitted_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, editable=False)
    decision_words = models.CharField(_("why"), max_length=500, blank=True)
    pence = models.PositiveIntegerField(default=0, editable=False)
    """What is paid for it: set when it is approved."""
    pay_run = models.ForeignKey(PayRun, on_delete=models.PROTECT, null=True, related_name="claims")
    paid_on = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ExpenseClaimQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "state", "submitted_at"], name="expense_claim_waits"),
            models.Index(fields=["claimant", "-id"], name="expense_claim_own"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=C.values), name="expense_claim_state_known"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("claimant")),
                name="expense_claim_not_decided_by_oneself",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[C.APPROVED, C.REJECTED, C.PAID], decided_by__isnull=False)
                & models.Q(decided_at__isnull=False)
                | models.Q(state__in=[C.DRAFT, C.SUBMITTED, C.QUERIED], decided_by=None, decided_at=None),
                name="expense_claim_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(state=C.PAID, pay_run__isnull=False, paid_on__isnull=False)
                | ~models.Q(state=C.PAID) & models.Q(pay_run=None, paid_on=None),
                name="expense_claim_paid_in_a_run",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=TO_PAY) | models.Q(pence__gt=0), name="expense_claim_pays_something"
            ),
            models.CheckConstraint(
                condition=models.Q(state=C.DRAFT) | models.Q(submitted_at__isnull=False),
                name="expense_claim_sent_has_a_moment",
            ),
            models.UniqueConstraint(
                fields=["volunteer"], condition=models.Q(state=C.DRAFT), name="expense_claim_one_in_the_making"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        return f"EX-{self.pk:06d}"

    @property
    def is_in_the_making(self) -> bool:
        return self.state in IN_THE_MAKING

    @property
    def waits(self) -> bool:
        return self.state in WAITING


def _decided_by_somebody_else(claim: Any) -> None:
    if claim.decided_by_id == claim.claimant_id:
        raise MoveRefused(__("Somebody else decides on your own claim."))


CLAIM_MACHINE = StateMachine(
    name="expense_claim",
    refusal=_("This claim has moved on. Open it again to see where it stands now."),
    moves=(
        Move(IN_THE_MAKING, C.SUBMITTED),
        Move((C.SUBMITTED,), C.QUERIED),
        Move(WAITING, C.APPROVED, _decided_by_somebody_else),
        Move(WAITING, C.REJECTED, _decided_by_somebody_else),
        Move((C.APPROVED,), C.PAID),
    ),
)


class OfClaim(models.QuerySet[Any]):
    def visible_to(self, user: User) -> OfClaim:
        """What belongs to claims this person may see."""
        return self.filter(claim__in=ExpenseClaim.objects.visible_to(user))


class ClaimQuestion(models.Model):
    """Something asked about a claim, and what the volunteer answered."""

    claim = models.ForeignKey(ExpenseClaim, on_delete=models.PROTECT, related_name="questions")
    words = models.CharField(_("question"), max_length=500)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, editable=False)

    objects = OfClaim.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=models.Q(answered_at=None), name="claim_question_one_open"
            )
        ]

    def __str__(self) -> str:
        return self.words


class ExpenseKind(models.TextChoices):
    MILEAGE = "mileage", _("My own car")
    FARE = "fare", _("Bus, train or tram")
    PARKING = "parking", _("Parking or tolls")
    TAXI = "taxi", _("Taxi")
    MATERIALS = "materials", _("Materials")
    PHONE = "phone", _("Phone or post")
    CARE = "care", _("Care for my children or others")
    OTHER = "other", _("Something else")


@pghistory.track(append_only=True)
class ExpenseLine(models.Model):
    """One thing that was spent, or one journey. The rate of a journey is kept with it, whatever is paid later."""

    claim = models.ForeignKey(ExpenseClaim, on_delete=models.PROTECT, related_name="lines")
    kind = models.CharField(_("what"), max_length=10, choices=ExpenseKind)
    happened_on = models.DateField(_("on"))
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    what_for = models.CharField(_("what it was for"), max_length=200)
    miles = models.DecimalField(_("miles"), max_digits=5, decimal_places=1, null=True)
    miles_after = models.DecimalField(max_digits=5, decimal_places=1, null=True, editable=False)
    """Of these miles those beyond 10,000 of the tax year."""
    pence_a_mile = models.DecimalField(max_digits=5, decimal_places=2, null=True, editable=False)
    pence_after = models.DecimalField(max_digits=5, decimal_places=2, null=True, editable=False)
    rate_from = models.DateField(null=True, editable=False)
    """Since when this rate was paid."""
    pence = models.PositiveIntegerField(_("amount"))
    no_receipt = models.CharField(_("why there is no receipt"), max_length=200, blank=True)
    not_paid = models.CharField(_("why it is not paid"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OfClaim.as_manager()

    class Meta:
        ordering = ["happened_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ExpenseKind.values) & ~models.Q(what_for=""),
                name="expense_line_for_something",
            ),
            models.CheckConstraint(condition=models.Q(pence__gt=0), name="expense_line_spent_something"),
            models.CheckConstraint(
                condition=models.Q(
                    kind=ExpenseKind.MILEAGE,
                    miles__gt=0,
                    miles_after__gte=0,
                    miles_after__lte=models.F("miles"),
                    pence_a_mile__isnull=False,
                    pence_after__isnull=False,
                    rate_from__lte=models.F("happened_on"),
                    pence__lte=models.F("miles") * models.F("pence_a_mile"),
                )
                | ~models.Q(kind=ExpenseKind.MILEAGE)
                & models.Q(miles=None, miles_after=None, pence_a_mile=None, pence_after=None, rate_from=None),
                name="expense_line_journey_has_a_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_on}"

    @property
    def is_journey(self) -> bool:
        return self.kind == ExpenseKind.MILEAGE

    @property
    def miles_first(self) -> Decimal | None:
        return None if self.miles is None or self.miles_after is None else self.miles - self.miles_after

    @property
    def is_round(self) -> bool:
        """A sum that looks like a flat one."""
        return not self.is_journey and self.pence % ROUND == 0


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, user: User) -> ReceiptQuerySet:
        """Of one's own claims, and of those one may decide on: whoever only pays never opens one."""
        return self.filter(line__claim__in=ExpenseClaim.objects.read_whole_by(user))


class Receipt(models.Model):
    """The picture of a receipt, made anew by us without place or camera, or a PDF as it came."""

    line = models.OneToOneField(ExpenseLine, on_delete=models.CASCADE, related_name="receipt")
    media_type = models.CharField(max_length=20, choices=[("image/jpeg", "JPEG"), ("application/pdf", "PDF")])
    content = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReceiptQuerySet.as_manager()

    def __str__(self) -> str:
        return f"receipt of {self.line_id}"

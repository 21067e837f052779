from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Cast, Greatest
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from volunteers.models.evidence import EvidenceQuerySet, in_months, months_after
from volunteers.models.volunteer import Volunteer

if TYPE_CHECKING:
    from betterstart.access.models import User

LOOK_AGAIN_MONTHS = 36
"""No law says when a check runs out; three years from issue, or from the last look, is the custom (domain.md 5.7, R14,
sources 51 and 52: schools, hospitals and dioceses)."""
JOIN_WITHIN_DAYS = 30
"""The Update Service takes a certificate for thirty days after it was issued (gov.uk); for volunteers it is free."""
NUMBER_SHAPE = r"^\d{12}$"


class Level(models.TextChoices):
    ENHANCED = "enhanced", _("Enhanced")
    STANDARD = "standard", _("Standard")
    BASIC = "basic", _("Basic")


class Workforce(models.TextChoices):
    CHILD = "child", _("Children")
    BOTH = "both", _("Children and adults")
    ADULT = "adult", _("Adults")
    OTHER = "other", _("Other")


class Result(models.TextChoices):
    CLEAR = "clear", _("Nothing on it")
    INFORMATION = "information", _("There is information on it")


class Decision(models.TextChoices):
    GO_ON = "go_on", _("Yes, they may be with families")
    NOT_GO_ON = "not_go_on", _("No, not with families")


class StatusResult(models.TextChoices):
    NO_CHANGE = "no_change", _("Nothing has changed")
    CHANGED = "changed", _("Something has changed: a new certificate is needed")


WITH_CHILDREN = (Workforce.CHILD, Workforce.BOTH)


class DbsCheckQuerySet(EvidenceQuerySet):
    def seen(self) -> DbsCheckQuerySet:
        return self.filter(seen_at__isnull=False)

    def newest(self) -> DbsCheckQuerySet:
        """Of each volunteer the certificate that was issued last, of those somebody has seen: the one that counts."""
        later = models.Q(issued_on__gt=models.OuterRef("issued_on"))
        later |= models.Q(issued_on=models.OuterRef("issued_on"), pk__gt=models.OuterRef("pk"))
        newer = DbsCheck.objects.seen().filter(later, volunteer=models.OuterRef("volunteer"))
        return self.seen().filter(~models.Exists(newer))

    def with_look_again(self) -> DbsCheckQuerySet:
        """`look_again`: the day from which it no longer counts."""
        return self.annotate(
            look_again=in_months(Greatest("issued_on", "status_checked_on"), models.Value(LOOK_AGAIN_MONTHS))
        )

    def enough(self, on: dt.date) -> models.QuerySet[Any]:
        """The volunteers (their ids) whose newest certificate is the right one, decided, and in date on this day."""
        right = models.Q(level=Level.ENHANCED, workforce__in=WITH_CHILDREN, children_barred=True)
        decided = models.Q(result=Result.CLEAR) | models.Q(decision=Decision.GO_ON)
        rows = self.newest().filter(right, decided).exclude(status_result=StatusResult.CHANGED)
        return rows.with_look_again().filter(look_again__gt=on).order_by().values("volunteer")

    def says_no(self) -> DbsCheckQuerySet:
        """Newest certificates that keep somebody from families: `stopped` says why, and `stopped_at` since when."""
        changed, decided = models.Q(status_result=StatusResult.CHANGED), models.Q(decision=Decision.NOT_GO_ON)
        day = Cast("status_checked_on", models.DateTimeField())
        return (
            self.newest()
            .filter(changed | decided)
            .annotate(
                stopped=models.Case(models.When(changed, then="status_result"), default="decision"),
                stopped_at=models.Case(models.When(changed, then=day), default="decided_at"),
            )
        )

    def to_decide(self) -> DbsCheckQuerySet:
        """Seen with information on it, and no manager has decided yet."""
        return self.newest().filter(result=Result.INFORMATION, decision="")


@pghistory.track(append_only=True)
class DbsCheck(models.Model):
    """A criminal record check: asked for, seen, decided, and looked at again. Never a picture of the certificate."""

    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="dbs_checks")
    level = models.CharField(_("level"), max_length=8, choices=Level, default=Level.ENHANCED)
    workforce = models.CharField(_("for work with"), max_length=5, choices=Workforce, default=Workforce.CHILD)
    children_barred = models.BooleanField(_("children’s barred list looked at"), default=True)
    adults_barred = models.BooleanField(_("adults’ barred list looked at"), default=False)
    consented_on = models.DateField(_("they agreed to the check on"), default=london_today)
    asked_on = models.DateField(_("asked for on"), default=london_today)
    certificate_number = models.CharField(
        _("certificate number"), max_length=12, blank=True, validators=[RegexValidator(NUMBER_SHAPE)]
    )
    issued_on = models.DateField(_("date of issue"), null=True, blank=True)
    result = models.CharField(_("what it says"), max_length=11, choices=Result, blank=True)
    seen_at = models.DateTimeField(null=True, editable=False)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decision = models.CharField(_("what did you decide?"), max_length=9, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True, editable=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    update_service_until = models.DateField(_("in the Update Service until"), null=True, blank=True)
    status_checked_on = models.DateField(_("looked at online on"), null=True, blank=True)
    status_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    status_result = models.CharField(_("what it said"), max_length=9, choices=StatusResult, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DbsCheckQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(certificate_number="") | models.Q(certificate_number__regex=NUMBER_SHAPE),
                name="dbs_number_has_twelve_digits",
            ),
            models.CheckConstraint(
                condition=models.Q(seen_at=None, seen_by=None, issued_on=None, certificate_number="", result="")
                | models.Q(
                    seen_at__isnull=False, seen_by__isnull=False, issued_on__isnull=False, result__in=Result.values
                )
                & ~models.Q(certificate_number=""),
                name="dbs_seen_as_a_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_by=None, decided_at=None)
                | models.Q(
                    result=Result.INFORMATION,
                    decision__in=Decision.values,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="dbs_decided_by_someone",
            ),
            models.CheckConstraint(
                condition=models.Q(status_result="", status_checked_on=None, status_checked_by=None)
                | models.Q(
                    status_result__in=StatusResult.values,
                    status_checked_on__isnull=False,
                    status_checked_by__isnull=False,
                    seen_at__isnull=False,
                ),
                name="dbs_status_as_a_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"check of {self.volunteer_id}"

    @property
    def is_right(self) -> bool:
        """Of the kind that somebody needs who is alone with small children."""
        return self.level == Level.ENHANCED and self.workforce in WITH_CHILDREN and self.children_barred

    @property
    def is_to_decide(self) -> bool:
        return self.result == Result.INFORMATION and not self.decision

    @property
    def look_again_on(self) -> dt.date | None:
        """The day from which it no longer counts."""
        days = [day for day in (self.issued_on, self.status_checked_on) if day]
        return months_after(max(days), LOOK_AGAIN_MONTHS) if self.issued_on else None

    @property
    def join_until(self) -> dt.date | None:
        """Until when its holder may join the Update Service with it; None once they have."""
        if not self.issued_on or self.update_service_until:
            return None
        return self.issued_on + dt.timedelta(days=JOIN_WITHIN_DAYS)


class DbsReasonQuerySet(EvidenceQuerySet):
    def visible_to(self, user: User) -> DbsReasonQuerySet:
        """For the managers and safeguarding leads of the organisation."""
        return self.filter(volunteer__in=Volunteer.objects.overseen_by(user))


@pghistory.track(append_only=True)
class DbsReason(models.Model):
    """Why a manager decided as they did, where there was information on a certificate. Few people read it."""

    dbs = models.OneToOneField(DbsCheck, on_delete=models.PROTECT, related_name="reason")
    volunteer = models.ForeignKey(Volunteer, on_delete=models.PROTECT, related_name="+")
    words = models.TextField(_("why"), max_length=2000)
    updated_at = models.DateTimeField(auto_now=True)

    objects = DbsReasonQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(words=""), name="dbs_reason_has_words")]

    def __str__(self) -> str:
        return f"why {self.dbs_id}"

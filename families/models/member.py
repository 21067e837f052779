from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from betterstart.clock import london_today
from families.models.family import Family

if TYPE_CHECKING:
    from betterstart.access.models import User


class MemberRole(models.TextChoices):
    PARENT = "parent", _("Parent or carer")
    CHILD = "child", _("Child")
    UNBORN = "unborn", _("Unborn child")
    OTHER_ADULT = "other_adult", _("Other adult at home")
    HELPER = "helper", _("Friend or relative who helps")


ADULT_ROLES = frozenset({MemberRole.PARENT, MemberRole.OTHER_ADULT, MemberRole.HELPER})


class DatePrecision(models.TextChoices):
    DAY = "day", _("the day is known")
    MONTH = "month", _("only the month is known")
    YEAR = "year", _("only the year is known")


class FamilyMemberQuerySet(models.QuerySet["FamilyMember"]):
    def visible_to(self, user: User) -> FamilyMemberQuerySet:
        """People in the families this person may see."""
        return self.filter(family__in=Family.objects.visible_to(user))

    def current(self) -> FamilyMemberQuerySet:
        return self.filter(left_on=None)


@pghistory.track(append_only=True)
class FamilyMember(models.Model):
    """One person in a family. An unborn child is the same row that becomes the child."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="members")
    role = models.CharField(_("who they are"), max_length=20, choices=MemberRole)
    is_main_carer = models.BooleanField(_("does most of the caring"), default=False)
    display_name = models.CharField(_("name"), max_length=200)
    known_as = models.CharField(_("known as"), max_length=200, blank=True)
    pronunciation = models.CharField(_("how to say it"), max_length=200, blank=True)
    pronouns = models.CharField(_("pronouns"), max_length=60, blank=True)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    birth_precision = models.CharField(
        _("how exact"), max_length=6, choices=DatePrecision, default=DatePrecision.DAY, blank=True
    )
    due_date = models.DateField(_("due date"), null=True, blank=True)
    left_on = models.DateField(_("no longer part of this family since"), null=True, blank=True)
    external_reference = models.CharField(max_length=100, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FamilyMemberQuerySet.as_manager()

    class Meta:
        ordering = ["-is_main_carer", "role", "date_of_birth", "id"]
        indexes = [models.Index(fields=["date_of_birth"], name="member_born")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(due_date=None) | models.Q(role__in=["unborn", "child"]),
                name="member_due_date_of_a_child",
            ),
            models.CheckConstraint(
                condition=~models.Q(role="unborn") | models.Q(date_of_birth=None),
                name="member_unborn_has_no_birth_date",
            ),
            models.UniqueConstraint(
                fields=["family", "external_reference"],
                condition=~models.Q(external_reference=""),
                name="member_external_reference_once",
            ),
        ]

    def __str__(self) -> str:
        return self.known_as or self.display_name

    @property
    def is_child(self) -> bool:
        return self.role in {MemberRole.CHILD, MemberRole.UNBORN}

    def born_after(self, day: dt.date) -> bool:
        """True only where it is certain: a month or a year known alone gets the benefit of the doubt."""
        return self.role == MemberRole.UNBORN or (self.date_of_birth is not None and self.date_of_birth > day)

    def age_in_months(self, on: dt.date | None = None) -> int | None:
        """Completed months on that day (today by default); None while unborn or where no date is known."""
        on = on or london_today()
        born = self.date_of_birth
        if born is None or born > on:
            return None
        return (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)

    def age_in_words(self, on: dt.date | None = None) -> str:
        """ "7 weeks", "14 months", "3 years", "due 4 August", or nothing where no date is known."""
        on = on or london_today()
        if self.role == MemberRole.UNBORN:
            return ""
        months = self.age_in_months(on)
        if months is None or self.date_of_birth is None:
            return ""
        if months < 3 and self.birth_precision == DatePrecision.DAY:
            weeks = (on - self.date_of_birth).days // 7
            return ngettext("{n} week", "{n} weeks", weeks).format(n=weeks)
        if months < 24:
            return ngettext("{n} month", "{n} months", months).format(n=months)
        return ngettext("{n} year", "{n} years", months // 12).format(n=months // 12)

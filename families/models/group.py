from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from betterstart.access.models import Membership, Service, whole_number
from betterstart.access.roles import Role
from betterstart.clock import london_date, london_today
from betterstart.lexicon.languages import SPOKEN_LANGUAGES

if TYPE_CHECKING:
    from betterstart.access.models import User

RUNNING_ROLES = (Role.COORDINATOR, Role.VOLUNTEER)
MOST_SESSIONS = 52
# Whoever opens the door may put names right until the end of the next day; a coordinator always.
SIGN_IN_DAYS = 2


class GroupEntry(models.TextChoices):
    BOOKED = "booked", _("People are booked")
    DROP_IN = "drop_in", _("Drop in: anybody may come")


class GroupSeriesQuerySet(models.QuerySet["GroupSeries"]):
    def coordinated_by(self, user: User) -> GroupSeriesQuerySet:
        """Groups of the services this person coordinates: they plan, book and cancel."""
        return self.filter(service__in=Service.objects.coordinated_by(user)) if user.is_active else self.none()

    def visible_to(self, user: User) -> GroupSeriesQuerySet:
        """Groups this person coordinates, or is named on as facilitator while they hold a role in that organisation."""
        held = Membership.objects.active().filter(user_id=user.pk, role__in=RUNNING_ROLES)
        named = GroupFacilitator.objects.filter(
            user_id=user.pk, series__service__organisation__in=held.values("organisation")
        )
        if not user.is_active:
            return self.none()
        return self.filter(
            models.Q(service__in=Service.objects.coordinated_by(user)) | models.Q(pk__in=named.values("series"))
        )


class GroupSeries(models.Model):
    """A group that meets: a course of some weeks, one afternoon, or a drop-in that goes on."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="groups", verbose_name=_("service"))
    name = models.CharField(_("name"), max_length=200)
    about = models.TextField(_("what it is, in a sentence or two"), blank=True, max_length=1000)
    entry = models.CharField(_("who may come"), max_length=10, choices=GroupEntry, default=GroupEntry.BOOKED)
    venue = models.CharField(_("where"), max_length=200)
    address = models.CharField(_("street and postcode"), max_length=300, blank=True)
    access_info = models.TextField(
        _("getting in and around"), blank=True, max_length=1000, help_text=_("Step-free, parking, pram space, lift.")
    )
    language = models.CharField(_("language"), max_length=12, choices=SPOKEN_LANGUAGES, blank=True)
    places = models.PositiveSmallIntegerField(
        _("places"), null=True, blank=True, help_text=_("People, adults and children together. Empty: no limit.")
    )
    children_per_adult = models.PositiveSmallIntegerField(
        _("most children for each adult"),
        null=True,
        blank=True,
        help_text=_("Adults are those who come and those who run the group. Empty: no rule."),
    )
    age_from_months = whole_number(_("children from (months)"), 0, 0, 240)
    age_until_months = whole_number(_("until (months)"), 60, 1, 240)
    sessions_to_complete = models.PositiveSmallIntegerField(
        _("sessions that count as completed"),
        null=True,
        blank=True,
        help_text=_("For example 5 of 8. Empty: nobody needs to complete anything."),
    )
    facilitators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="GroupFacilitator", related_name="+", verbose_name=_("who runs it")
    )
    finished_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = GroupSeriesQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "group series"
        indexes = [models.Index(fields=["service", "finished_at"], name="group_service")]
        constraints = [
            models.CheckConstraint(condition=models.Q(entry__in=GroupEntry.values), name="group_entry_known"),
            models.CheckConstraint(
                condition=models.Q(age_until_months__gt=models.F("age_from_months")), name="group_ages_in_order"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def ages_in_words(self) -> str:
        """ "from birth to under 12 months", "from 18 months to under 5 years"."""
        low = months_in_words(self.age_from_months) if self.age_from_months else gettext("birth")
        return gettext("from {low} to under {high}").format(low=low, high=months_in_words(self.age_until_months))

    @property
    def is_drop_in(self) -> bool:
        return self.entry == GroupEntry.DROP_IN


class GroupFacilitatorQuerySet(models.QuerySet["GroupFacilitator"]):
    def visible_to(self, user: User) -> GroupFacilitatorQuerySet:
        """Who runs the groups this person may see."""
        return self.filter(series__in=GroupSeries.objects.visible_to(user))


class GroupFacilitator(models.Model):
    """A worker or volunteer who runs a group: they open its sign-in page."""

    series = models.ForeignKey(GroupSeries, on_delete=models.CASCADE, related_name="named")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = GroupFacilitatorQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "series"], name="facilitator_once")]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.series_id}"


class GroupSessionQuerySet(models.QuerySet["GroupSession"]):
    def visible_to(self, user: User) -> GroupSessionQuerySet:
        """Sessions of the groups this person coordinates or runs."""
        return self.filter(series__in=GroupSeries.objects.visible_to(user))

    def standing(self) -> GroupSessionQuerySet:
        """Without those that were cancelled."""
        return self.filter(cancelled_at=None)

    def ahead(self) -> GroupSessionQuerySet:
        """Not over yet, the next one first."""
        return self.standing().filter(ends_at__gt=timezone.now()).order_by("starts_at", "pk")


class GroupSession(models.Model):
    """One meeting of a group."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    series = models.ForeignKey(GroupSeries, on_delete=models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    cancelled_at = models.DateTimeField(null=True, editable=False)
    cancelled_reason = models.CharField(_("why it does not take place"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = GroupSessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "starts_at"], condition=models.Q(cancelled_at=None), name="session_once"
            ),
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="session_in_order"),
            models.CheckConstraint(
                condition=models.Q(cancelled_at=None) | ~models.Q(cancelled_reason=""), name="session_cancelled_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series} {self.starts_at:%Y-%m-%d}"

    @property
    def day(self) -> dt.date:
        return london_date(self.starts_at)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= timezone.now()

    @property
    def is_today(self) -> bool:
        return self.day == london_today()


def months_in_words(months: int) -> str:
    """ "18 months", "5 years"."""
    if months >= 24 and months % 12 == 0:
        return ngettext("{n} year", "{n} years", months // 12).format(n=months // 12)
    return ngettext("{n} month", "{n} months", months).format(n=months)

"""The circle of support: who and what is around one adult of a family, drawn together with them on a day."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.family import Family
from families.models.known import known_to, of_family, owner
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User

ASK_AGAIN = dt.timedelta(weeks=15)
FINISH_WITHIN = dt.timedelta(weeks=2)
MOST_TIES = 30


class AlterKind(models.TextChoices):
    """In the order in which they stand around the circle."""

    KIN = "kin", _("Family")
    FRIEND = "friend", _("Friend")
    NEIGHBOUR = "neighbour", _("Neighbour")
    COMMUNITY = "community", _("Faith or community")
    SERVICE = "service", _("Service")
    PROGRAMME = "programme", _("With us")


FORMAL_KINDS = frozenset({AlterKind.SERVICE, AlterKind.PROGRAMME})


class Strength(models.IntegerChoices):
    VERY_CLOSE = 3, _("Very close")
    CLOSE = 2, _("Close")
    A_LITTLE = 1, _("A little")
    HARDLY = 0, _("Hardly")


class HelpKind(models.TextChoices):
    PRACTICAL = "practical", _("Practical help")
    EMOTIONAL = "emotional", _("A listening ear")
    INFORMATION = "information", _("Knowing things")
    COMPANY = "company", _("Company")


class CircleQuerySet(models.QuerySet["Circle"]):
    def visible_to(self, user: User) -> CircleQuerySet:
        """What adults of families they answer for drew with their own organisation. Volunteers: none."""
        return self.filter(known_to(user, of_family))

    def standing(self) -> CircleQuerySet:
        """Without those begun by mistake."""
        return self.filter(taken_back_at=None)

    def latest_first(self) -> CircleQuerySet:
        return self.order_by("-drawn_on", "-pk")


@pghistory.track(append_only=True)
class Circle(models.Model):
    """One drawing. It begins as the one before it, and says how things are once it is finished.

    Whose it is, is one adult: nobody else of the family is ever shown it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="circles")
    organisation = owner()
    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="circles")
    drawn_on = models.DateField(_("drawn on"), default=london_today)
    drawn_with = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(null=True, editable=False)
    ask_on = models.DateField(null=True)
    """When to go through it again, or to finish it; none once a newer one was begun."""
    taken_back_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CircleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ask_on=None) | models.Q(ask_on__gte=models.F("drawn_on")),
                name="circle_asked_afterwards",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}, {self.drawn_on}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class CircleTieQuerySet(models.QuerySet["CircleTie"]):
    def visible_to(self, user: User) -> CircleTieQuerySet:
        return self.filter(circle__in=Circle.objects.visible_to(user))

    def standing(self) -> CircleTieQuerySet:
        """Without those who are no longer part of it."""
        return self.filter(taken_out_at=None)


@pghistory.track(append_only=True)
class CircleTie(models.Model):
    """Somebody, or a place, in one circle: by a nickname, never a full name."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="ties")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    who = models.UUIDField(default=uuid.uuid4, editable=False)
    """The same in every circle of this adult, whatever they are called."""
    nickname = models.CharField(_("what you call them"), max_length=30)
    kind = models.CharField(_("who they are"), max_length=10, choices=AlterKind)
    formal = models.BooleanField(_("it is their job"))
    strength = models.PositiveSmallIntegerField(_("how close"), choices=Strength, null=True, blank=True)
    """None: they would rather not say."""
    strained = models.BooleanField(_("it is strained"), default=False)
    gives = models.BooleanField(_("we give to them"), default=False)
    receives = models.BooleanField(_("they give to us"), default=False)
    helps = ArrayField(
        models.CharField(max_length=12, choices=HelpKind), verbose_name=_("how they help"), default=list, blank=True
    )
    since = models.CharField(_("since"), max_length=40, blank=True)
    taken_out_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = CircleTieQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["circle", "who"], name="circle_tie_once"),
            models.CheckConstraint(
                condition=models.Q(strength=None) | models.Q(strength__range=(0, 3)), name="circle_tie_strength_known"
            ),
            models.CheckConstraint(condition=models.Q(kind__in=AlterKind.values), name="circle_tie_kind_known"),
        ]

    def __str__(self) -> str:
        return self.nickname


class CircleLinkQuerySet(models.QuerySet["CircleLink"]):
    def visible_to(self, user: User) -> CircleLinkQuerySet:
        return self.filter(circle__in=Circle.objects.visible_to(user))


@pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), append_only=True)
class CircleLink(models.Model):
    """Two of one circle know each other."""

    circle = models.ForeignKey(Circle, on_delete=models.PROTECT, related_name="links")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    one = models.ForeignKey(CircleTie, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(CircleTie, on_delete=models.PROTECT, related_name="+")

    objects = CircleLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(one=models.F("other")), name="circle_link_of_two"),
            models.UniqueConstraint(Least("one", "other"), Greatest("one", "other"), name="circle_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.one_id} · {self.other_id}"

"""What a family was pointed to, how, and what came of it four weeks later."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from betterstart.directory.models import Entry
from families.models.family import Family
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User

ASK_AFTER = dt.timedelta(weeks=4)


class Pointing(models.TextChoices):
    """In the order of how much we did for it."""

    TOLD = "told", _("Told them about it")
    INTRODUCED = "introduced", _("Introduced them")
    WENT_ALONG = "went_along", _("Went along with them")


class SignpostResult(models.TextChoices):
    TOOK_UP = "took_up", _("They took it up")
    WAITING = "waiting", _("They are waiting for it")
    DID_NOT = "did_not", _("They did not go")
    UNKNOWN = "unknown", _("We do not know")


STILL_OPEN = ("", SignpostResult.WAITING)


class SignpostQuerySet(models.QuerySet["Signpost"]):
    def visible_to(self, user: User) -> SignpostQuerySet:
        """Of the supports this person answers for: where somebody was sent may be nobody else's to know."""
        supports = Support.objects.responsible_to(user)
        return self.filter(support__in=supports) if user.is_active else self.none()

    def standing(self) -> SignpostQuerySet:
        """Without what was entered by mistake."""
        return self.filter(taken_back_at=None)

    def open(self) -> SignpostQuerySet:
        return self.standing().filter(result__in=STILL_OPEN)

    def to_ask(self, today: dt.date) -> SignpostQuerySet:
        """Whose family is to be asked by now; never a silent one."""
        return self.open().filter(ask_on__lte=today, family__silent_since=None)


@pghistory.track(append_only=True)
class Signpost(models.Model):
    """One thing nearby that one family was told of under one support."""

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="signposts")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="signposts")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    entry_name = models.CharField(max_length=200)
    """As it was called on that day."""
    how = models.CharField(_("what we did"), max_length=12, choices=Pointing)
    note = models.CharField(_("what was said"), max_length=500, blank=True)
    happened_on = models.DateField(_("on"), default=london_today)
    ask_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(_("what came of it"), max_length=10, choices=SignpostResult, blank=True)
    helped = models.TextField(_("did it help?"), blank=True, max_length=2000)
    """In the family's words."""
    answered_on = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = SignpostQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["support", "ask_on"],
                name="signpost_to_ask",
                condition=models.Q(taken_back_at=None, result__in=["", "waiting"]),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["support", "entry"],
                condition=models.Q(taken_back_at=None, result__in=["", "waiting"]),
                name="signpost_open_once",
            ),
            models.CheckConstraint(condition=models.Q(how__in=Pointing.values), name="signpost_how_known"),
            models.CheckConstraint(
                condition=models.Q(result="", answered_on=None)
                | models.Q(result__in=SignpostResult.values, answered_on__isnull=False),
                name="signpost_answer_has_its_day",
            ),
            models.CheckConstraint(
                condition=models.Q(ask_on__gte=models.F("happened_on")), name="signpost_asked_afterwards"
            ),
        ]

    def __str__(self) -> str:
        return self.entry_name

    @property
    def is_open(self) -> bool:
        return self.taken_back_at is None and self.result in STILL_OPEN

    @property
    def is_to_ask(self) -> bool:
        return self.is_open and self.ask_on <= london_today()

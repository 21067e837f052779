"""The way of one adult to a page of their own: a link that was given to them, and a code that they chose."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models.family import Family
from families.models.known import owner
from families.models.member import FamilyMember, MemberRole
from families.models.support import Support

if TYPE_CHECKING:
    from betterstart.access.models import User

PAGE_ROLES = (MemberRole.PARENT, MemberRole.OTHER_ADULT)
"""Who has a page: the adults of the household. Friends and relatives who help have none."""
# How long somebody waits after the third wrong code in a row, the fourth, and so on; after the last the page closes.
WAITS_MINUTES = (0, 0, 1, 5, 15, 30, 60)


class HandedOver(models.TextChoices):
    PRINTED = "printed", _("On paper, into their hand")
    SHOWN = "shown", _("On our screen: they point their own phone at it")
    EMAIL = "email", _("By email")


class PageEnded(models.TextChoices):
    TAKEN_BACK = "taken_back", _("taken back")
    RENEWED = "renewed", _("a new link was given")
    WRONG_CODES = "wrong_codes", _("closed after too many wrong codes")
    HOUSEHOLD = "household", _("closed because the household changed")
    JOINED = "joined", _("closed because two records were joined")
    APART = "apart", _("closed because a rule says that they must not be told")


class OwnPageQuerySet(models.QuerySet["OwnPage"]):
    def visible_to(self, user: User) -> OwnPageQuerySet:
        """Pages given for the supports this person answers for: what another organisation gave is not theirs to see."""
        supports = Support.objects.responsible_to(user)
        return self.filter(support__in=supports) if user.is_active else self.none()

    def live(self) -> OwnPageQuerySet:
        """Pages that a right code opens. The database ends one when its adult leaves (migration 0025)."""
        return self.filter(ended_at=None, expires_at__gt=Now(), adult__left_on=None, adult__role__in=PAGE_ROLES)


class OwnPage(models.Model):
    """One link for one adult. It is never changed into another's, and never comes back once it has ended."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="own_pages")
    adult = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="own_pages")
    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="own_pages")
    organisation = owner()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_how = models.CharField(_("how do they get it?"), max_length=10, choices=HandedOver)
    given_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    # As a password is kept. The first one was told to them; they choose their own before anything is shown.
    code = models.CharField(max_length=200)
    code_is_first = models.BooleanField(default=True)
    code_chosen_at = models.DateTimeField(null=True)
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    wrong_code_at = models.DateTimeField(null=True)
    last_opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=12, choices=PageEnded, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = OwnPageQuerySet.as_manager()

    class Meta:
        ordering = ["-given_at", "-id"]
        indexes = [
            models.Index(fields=["family"], name="own_page_family"),
            models.Index(fields=["support", "ended_because"], name="own_page_support"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["adult", "organisation"], condition=models.Q(ended_at=None), name="own_page_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_because="")
                | models.Q(ended_at__isnull=False, ended_because__in=PageEnded.values),
                name="own_page_end_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"own page {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or self.expires_at <= timezone.now()

    @property
    def was_closed_by_wrong_codes(self) -> bool:
        return self.ended_because == PageEnded.WRONG_CODES

    @property
    def wait_until(self) -> dt.datetime | None:
        """No code is looked at before then; None where nobody has to wait."""
        if not self.wrong_codes or self.wrong_code_at is None:
            return None
        until = self.wrong_code_at + dt.timedelta(minutes=WAITS_MINUTES[min(self.wrong_codes, len(WAITS_MINUTES)) - 1])
        return until if until > timezone.now() else None

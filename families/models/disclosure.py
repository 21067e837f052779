"""What was shared without the family's yes, because somebody was not safe or the law asked for it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from families.models.family import Family
from families.models.known import known_to, of_family, owner
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User


class DisclosureBasis(models.TextChoices):
    CHILD = "child", _("To keep a child safe")
    ADULT = "adult", _("To keep an adult safe who cannot do it alone")
    LIFE = "life", _("Somebody’s life was in danger")
    LAW = "law", _("A law or a court asks for it")
    CRIME = "crime", _("To prevent or look into a serious crime")


class FamilyTold(models.TextChoices):
    BEFORE = "before", _("Yes, before it was shared")
    AFTER = "after", _("Yes, afterwards")
    NO = "no", _("No")


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def visible_to(self, user: User) -> DisclosureQuerySet:
        """What their own organisation shared of families they answer for. Volunteers: none."""
        return self.filter(known_to(user, of_family))


class Disclosure(models.Model):
    """Something that was shared without a yes: what, with whom, why, and whether the family was told. Only added to."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="disclosures")
    organisation = owner()
    about = models.ForeignKey(
        FamilyMember, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("about whom")
    )
    what = models.TextField(_("what was shared"), max_length=2000)
    to_whom = models.CharField(_("with whom"), max_length=200)
    why = models.TextField(_("why"), max_length=2000)
    basis = models.CharField(_("what allows it"), max_length=8, choices=DisclosureBasis)
    family_told = models.CharField(_("does the family know?"), max_length=8, choices=FamilyTold)
    why_not_told = models.TextField(_("why not"), blank=True, max_length=2000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    happened_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["family"], name="disclosure_family")]
        constraints = [
            models.CheckConstraint(condition=models.Q(basis__in=DisclosureBasis.values), name="disclosure_basis_known"),
            models.CheckConstraint(
                condition=models.Q(family_told__in=[FamilyTold.BEFORE, FamilyTold.AFTER])
                | models.Q(family_told=FamilyTold.NO) & ~models.Q(why_not_told=""),
                name="disclosure_says_why_not_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.to_whom}: {self.recorded_at:%d/%m/%Y}"

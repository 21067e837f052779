"""What is kept closer than the rest of the record: no volunteer's query or page shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from betterstart.clock import london_today
from families.models.family import Family
from families.models.known import known_to, known_to_coordinators, of_people_in, owner
from families.models.member import FamilyMember

if TYPE_CHECKING:
    from betterstart.access.models import User


class EthnicGroup(models.TextChoices):
    """The groups of the census of 2021 for England and Wales in its order, and three ways of not knowing."""

    NOT_ASKED = "not_asked", _("Not asked")
    NOT_KNOWN = "not_known", _("Asked, not known yet")
    PREFER_NOT = "prefer_not", _("Prefers not to say")
    BANGLADESHI = "1", _("Bangladeshi")
    CHINESE = "2", _("Chinese")
    INDIAN = "3", _("Indian")
    PAKISTANI = "4", _("Pakistani")
    OTHER_ASIAN = "5", _("Any other Asian background")
    AFRICAN = "6", _("African")
    CARIBBEAN = "7", _("Caribbean")
    OTHER_BLACK = "8", _("Any other Black, Black British or Caribbean background")
    WHITE_ASIAN = "9", _("White and Asian")
    WHITE_AFRICAN = "10", _("White and Black African")
    WHITE_CARIBBEAN = "11", _("White and Black Caribbean")
    OTHER_MIXED = "12", _("Any other mixed or multiple background")
    BRITISH = "13", _("English, Welsh, Scottish, Northern Irish or British")
    IRISH = "14", _("Irish")
    TRAVELLER = "15", _("Gypsy or Irish Traveller")
    ROMA = "16", _("Roma")
    OTHER_WHITE = "17", _("Any other White background")
    ARAB = "18", _("Arab")
    ANY_OTHER = "19", _("Any other ethnic group")


# Groups that say little without the person's own word for it.
OWN_WORD_GROUPS = ("5", "8", "12", "17", "19")


class PregnancyOutcome(models.TextChoices):
    LIVE_BIRTH = "live_birth", _("The baby was born")
    LOSS = "loss", _("The baby died before birth")
    STILLBIRTH = "stillbirth", _("The baby was stillborn")
    ENDED = "ended", _("The pregnancy was ended")
    UNKNOWN = "unknown", _("We do not know")


# After these no birth can follow. Not knowing is no loss, and yet nothing automatic is said (migration 0010).
LOSSES = (PregnancyOutcome.LOSS, PregnancyOutcome.STILLBIRTH, PregnancyOutcome.ENDED)


class PersonalQuerySet(models.QuerySet["Personal"]):
    def visible_to(self, user: User) -> PersonalQuerySet:
        """What their own organisation was told by people in families they answer for. Volunteers: none."""
        return self.filter(known_to(user, of_people_in))

    def grieved(self) -> PersonalQuerySet:
        """Of somebody who died, or a pregnancy that ended or may have."""
        return self.filter(grief_noted_at__isnull=False)


@pghistory.track(append_only=True)
class Personal(models.Model):
    """What a person told one organisation of themselves, and how a pregnancy or a life ended. Once per organisation:
    none reads what another was told. `family` is the person's own.
    """

    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="personal")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    organisation = owner()
    gender = models.CharField(_("gender"), max_length=100, blank=True)
    ethnic_group = models.CharField(
        _("ethnic group"), max_length=12, choices=EthnicGroup, default=EthnicGroup.NOT_ASKED
    )
    ethnic_words = models.CharField(_("in their own words"), max_length=200, blank=True)
    pregnancy_outcome = models.CharField(max_length=12, choices=PregnancyOutcome, blank=True, editable=False)
    died_on = models.DateField(null=True, editable=False)
    grief_noted_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "organisation"], name="personal_once"),
            models.CheckConstraint(
                condition=models.Q(ethnic_words="") | models.Q(ethnic_group__in=OWN_WORD_GROUPS),
                name="personal_own_word_beside_other",
            ),
            models.CheckConstraint(
                condition=models.Q(ethnic_group__in=EthnicGroup.values), name="personal_ethnic_group_known"
            ),
            models.CheckConstraint(
                condition=models.Q(died_on=None, grief_noted_at=None) & ~models.Q(pregnancy_outcome__in=LOSSES)
                | models.Q(grief_noted_at__isnull=False),
                name="personal_grief_has_its_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["family"], condition=models.Q(grief_noted_at__isnull=False), name="personal_grief")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"

    @property
    def ethnic_group_in_words(self) -> str:
        return " · ".join(filter(None, [str(self.get_ethnic_group_display()), self.ethnic_words]))  # type: ignore[attr-defined]


class NhsNumberQuerySet(models.QuerySet["NhsNumber"]):
    def visible_to(self, user: User) -> NhsNumberQuerySet:
        """Coordinators of the family in the organisation that keeps it; nobody who merely opened the record."""
        return self.filter(known_to_coordinators(user, of_people_in))


@pghistory.track(exclude=["number"], append_only=True)
class NhsNumber(models.Model):
    """Kept only where a law or an agreement that allows it is named, and once per organisation: each its own.

    The history does not repeat the number: one that was entered by mistake is somebody else's, and goes.
    """

    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="nhs_numbers")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    organisation = owner()
    number = models.CharField(_("NHS number"), max_length=10)
    gateway = models.CharField(_("the law or agreement that lets us keep it"), max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects: Any = NhsNumberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["member", "organisation"], name="nhs_number_once"),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[0-9]{10}$") & ~models.Q(gateway=""), name="nhs_number_allowed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"

    @property
    def in_groups(self) -> str:
        """As the NHS writes it: 943 476 5919."""
        return f"{self.number[:3]} {self.number[3:6]} {self.number[6:]}"


class Status(models.TextChoices):
    NONE = "none", _("None")
    EARLY_HELP = "early_help", _("Early help")
    IN_NEED = "in_need", _("Child in need plan")
    PROTECTION = "protection", _("Child protection plan")
    LOOKED_AFTER = "looked_after", _("Looked after by the council")


class StatutoryStatusQuerySet(models.QuerySet["StatutoryStatus"]):
    def visible_to(self, user: User) -> StatutoryStatusQuerySet:
        """What their own organisation was told of people in families they answer for. Volunteers: none."""
        return self.filter(known_to(user, of_people_in))


@pghistory.track(append_only=True)
class StatutoryStatus(models.Model):
    """What the council has decided for a child, since a day. The newest holds; the others stay."""

    member = models.ForeignKey(FamilyMember, on_delete=models.PROTECT, related_name="statuses")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    organisation = owner()
    status = models.CharField(_("what the council has decided"), max_length=20, choices=Status)
    since = models.DateField(_("since"), default=london_today)
    source = models.CharField(_("who told us"), max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = StatutoryStatusQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-id"]

    def __str__(self) -> str:
        return f"{self.status}"

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from betterstart.access.models import User

Row = TypeVar("Row", bound=models.Model)


class PublicQuerySet(models.QuerySet[Row]):
    def visible_to(self, user: User) -> PublicQuerySet[Row]:
        """Published by the state and about nobody: everyone who is signed in."""
        return self if user.is_authenticated else self.none()


class PlaceFileQuerySet(PublicQuerySet["PlaceFile"]):
    def current(self, kind: str) -> PlaceFileQuerySet:
        """The file of this kind that was loaded last, at most one."""
        return self.filter(kind=kind).order_by("-pk")[:1]


class PlaceFile(models.Model):
    """An official file that was loaded. What it says lives in the other tables; this row says which edition that is."""

    class Kind(models.TextChoices):
        POSTCODES = "postcodes", _("Postcodes")
        DEPRIVATION = "deprivation", _("Deprivation")

    kind = models.CharField(max_length=12, choices=Kind)
    edition = models.CharField(max_length=20)
    """The month of the postcode directory ("2026-02"), the year of the index ("2025")."""
    rows = models.PositiveIntegerField()
    loaded_at = models.DateTimeField(auto_now_add=True)

    objects = PlaceFileQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["kind", "-id"], name="place_file_current")]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["postcodes", "deprivation"]), name="place_file_kind")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.edition}"


class PostcodeQuerySet(PublicQuerySet["Postcode"]):
    pass


def _code(**options: Any) -> models.CharField:
    """A nine-character code of the Office for National Statistics, or nothing. Compared byte by byte."""
    return models.CharField(max_length=9, db_collation="C", **options)


class Postcode(models.Model):
    """One of about 2.7 million postcodes, ended ones too. Codes and no foreign keys: the table is kept small."""

    postcode = models.CharField(max_length=8, primary_key=True, db_collation="C")
    council = _code(blank=True)
    ward = _code(blank=True)
    lsoa = _code(blank=True)
    """The small area of the census of 2021, which the index of 2025 ranks."""
    ended_on = models.DateField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)

    objects = PostcodeQuerySet.as_manager()

    def __str__(self) -> str:
        return self.postcode


class AreaQuerySet(PublicQuerySet["Area"]):
    pass


class Area(models.Model):
    """What a ward or a council is called."""

    code = _code(primary_key=True)
    name = models.CharField(max_length=100)

    objects = AreaQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class DeprivationQuerySet(PublicQuerySet["Deprivation"]):
    pass


class Deprivation(models.Model):
    """The tenth in which the English index puts a small area: 1 is the most deprived tenth."""

    lsoa = _code(primary_key=True)
    decile = models.PositiveSmallIntegerField()

    objects = DeprivationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(decile__range=(1, 10)), name="deprivation_decile_1_to_10")
        ]

    def __str__(self) -> str:
        return f"{self.lsoa}: {self.decile}"

"""Where a postcode lies, and whom to thank for knowing it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from betterstart.places.models import Deprivation, PlaceFile, Postcode
from betterstart.places.postcodes import has_geography

MADE_UP = "made up"


@dataclass(frozen=True)
class Place:
    """What the official files say of one postcode. Empty where they say nothing."""

    council: str = ""
    ward: str = ""
    lsoa: str = ""
    decile: int | None = None
    """From the English index, so only in England."""
    postcode_edition: str = ""
    index_edition: str = ""


def places_of(postcodes: Iterable[str]) -> dict[str, Place]:
    """Look normalised postcodes up, all in one indexed query. What the directory does not hold is left out.

    Pseudo postcodes are valid and lie nowhere: they are left out as well.
    """
    wanted = {postcode for postcode in postcodes if has_geography(postcode)}
    if not wanted:
        return {}
    kinds = PlaceFile.Kind
    rows: Iterable[Any] = Postcode.objects.filter(pk__in=wanted).annotate(
        decile=Subquery(Deprivation.objects.filter(lsoa=OuterRef("lsoa")).values("decile")),
        postcode_edition=Subquery(PlaceFile.objects.current(kinds.POSTCODES).values("edition")),
        index_edition=Subquery(PlaceFile.objects.current(kinds.DEPRIVATION).values("edition")),
    )
    return {
        row.postcode: Place(
            council=row.council,
            ward=row.ward,
            lsoa=row.lsoa,
            decile=row.decile,
            postcode_edition=row.postcode_edition or "",
            index_edition=(row.index_edition or "") if row.decile else "",
        )
        for row in rows
    }


def points_of(postcodes: Iterable[str]) -> dict[str, tuple[float, float]]:
    """Latitude and longitude of the middle of each normalised postcode that the directory holds, in one query."""
    wanted = {postcode for postcode in postcodes if has_geography(postcode)}
    found = Postcode.objects.filter(pk__in=wanted, latitude__isnull=False)
    rows: Iterable[Any] = found.values_list("pk", "latitude", "longitude")
    return {pk: (latitude, longitude) for pk, latitude, longitude in rows}


def deciles_of(lsoas: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The decile of each small area, and the edition of the index that says so."""
    _postcodes, edition = current_editions()
    found = Deprivation.objects.filter(pk__in=set(lsoas)).values_list("lsoa", "decile")
    return {lsoa: (decile, edition) for lsoa, decile in found}


def current_editions() -> tuple[str, str]:
    """The edition of the postcodes and of the index that were loaded last; empty where none was."""
    kinds = PlaceFile.Kind
    postcodes, index = (PlaceFile.objects.current(kind).first() for kind in (kinds.POSTCODES, kinds.DEPRIVATION))
    return (postcodes.edition if postcodes else "", index.edition if index else "")


def credits_of(postcode_edition: str) -> list[str]:
    """The lines the licence asks for wherever something is shown that comes from the postcode directory."""
    if not postcode_edition:
        return []
    if postcode_edition == MADE_UP:
        return [_("These places are made up for the demonstration.")]
    year = postcode_edition[:4]
    return [
        _("Source: Office for National Statistics, licensed under the Open Government Licence v.3.0."),
        _("Contains OS data © Crown copyright and database right {year}.").format(year=year),
        _("Contains Royal Mail data © Royal Mail copyright and database right {year}.").format(year=year),
    ]

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import User
from betterstart.audit.record import record
from betterstart.places.reports import Place, current_editions, deciles_of, places_of
from families.models import Address, AddressKind

PLACE_FIELDS = frozenset({"council_code", "ward_code", "lsoa_code", "imd_decile", "imd_edition", "postcode_edition"})
AT_ONCE = 500


class NothingToPlaceBy(Exception):
    """No postcode directory has been brought in yet."""


def place(addresses: Iterable[Address]) -> None:
    """Set on each address (not yet saved) where its postcode lies, by the editions that are here; one query for all.

    What the directory does not know, and a pseudo postcode, stay without a place.
    """
    addresses = list(addresses)
    found = places_of(address.postcode for address in addresses)
    for address in addresses:
        for name, value in _fields(address.kind, found.get(address.postcode)).items():
            setattr(address, name, value)


def placed(kind: str, postcode: str) -> dict[str, Any]:
    """The same as the values of PLACE_FIELDS, for one address."""
    return _fields(kind, places_of([postcode]).get(postcode))


def _fields(kind: str, place: Place | None) -> dict[str, Any]:
    """Of a hidden address only the council is kept: a ward or a small area could be found on a map."""
    place = place or Place()
    if kind == AddressKind.CONFIDENTIAL:
        place = Place(council=place.council, postcode_edition=place.postcode_edition)
    return {
        "council_code": place.council,
        "ward_code": place.ward,
        "lsoa_code": place.lsoa,
        "imd_decile": place.decile,
        "imd_edition": place.index_edition,
        "postcode_edition": place.postcode_edition,
    }


def place_addresses(*, by: User | None = None, again: bool = False, reason: str = "") -> Iterator[tuple[int, int, int]]:
    """Place addresses that were here before the files, in batches; gives how many were looked at, of all, and placed.

    With `again`, addresses where families live now are placed anew by the editions that are here; those of the past
    keep what was true then, and row history keeps what stood there. Each batch is one transaction and writes
    "addresses.placed" or "addresses.placed_again". Raises NothingToPlaceBy.
    """
    editions = current_editions()
    if not editions[0]:
        raise NothingToPlaceBy
    wanted = Address.objects.placed_before(*editions) if again else Address.objects.to_place()
    user_id = by.pk if by else None
    with acting_as(Scope.ALL, user_id):
        ids = list(wanted.order_by("pk").values_list("pk", flat=True))
    placed_so_far = 0
    for first in range(0, len(ids), AT_ONCE):
        batch = ids[first : first + AT_ONCE]
        with acting_as(Scope.ALL, user_id):
            # Somebody may have changed one meanwhile, so it is asked for again.
            locked = list(wanted.filter(pk__in=batch).select_for_update(of=("self",)))
            count = _place_batch(locked, again=again)
            if count:
                record(
                    by=by,
                    verb="addresses.placed_again" if again else "addresses.placed",
                    label=editions[0],
                    reason=reason,
                    details={"addresses": count, "postcodes": editions[0], "deprivation": editions[1]},
                )
        placed_so_far += count
        yield first + len(batch), len(ids), placed_so_far


def _place_batch(addresses: Sequence[Address], *, again: bool) -> int:
    """Give how many of these got another place."""
    before = [_now(address) for address in addresses]
    place([address for address in addresses if again or not address.postcode_edition])
    if not again:
        _rank([address for address in addresses if address.lsoa_code and not address.imd_edition])
    # A directory that lost a postcode takes no place away that was known.
    changed = [
        address
        for address, was in zip(addresses, before, strict=True)
        if _now(address) != was and (address.postcode_edition or not was["postcode_edition"])
    ]
    Address.objects.bulk_update(changed, sorted(PLACE_FIELDS), batch_size=AT_ONCE)
    return len(changed)


def _rank(addresses: Sequence[Address]) -> None:
    """The index came after the postcodes: only what it adds, for the small area that was noted at the time."""
    deciles = deciles_of(address.lsoa_code for address in addresses)
    for address in addresses:
        if address.lsoa_code in deciles:
            address.imd_decile, address.imd_edition = deciles[address.lsoa_code]


def _now(address: Address) -> dict[str, Any]:
    return {name: getattr(address, name) for name in sorted(PLACE_FIELDS)}

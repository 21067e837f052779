from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.urls import reverse

from betterstart.audit.models import AuditEvent
from betterstart.places import demo as made_up
from betterstart.places.models import Area, Deprivation, PlaceFile, Postcode
from families.actions.contact import add_address, edit_address
from families.models import Family
from tests import factories
from tests.imports.files import csv_bytes
from tests.imports.steps import bring_in

POSTCODE = "QB3 8QX"


@pytest.fixture
def places(db):
    made_up.build(None)
    return Postcode.objects.get(pk=POSTCODE)


@pytest.fixture
def decile(places):
    return Deprivation.objects.get(pk=places.lsoa).decile


def now_at(cast, **fields):
    return add_address(by=cast.coordinator, family=cast.family, **{"kind": "home", "postcode": POSTCODE} | fields)


def facts(address):
    address.refresh_from_db()
    return address.council_code, address.ward_code, address.lsoa_code, address.imd_decile


def test_address_keeps_where_it_lies_and_by_which_editions(cast, places, decile):
    address = now_at(cast)

    assert facts(address) == (places.council, places.ward, places.lsoa, decile)
    assert (address.postcode_edition, address.imd_edition) == ("made up", "made up")


def test_hidden_address_keeps_its_council_alone(cast, places):
    assert facts(now_at(cast, kind="confidential")) == (places.council, "", "", None)


def test_address_that_becomes_hidden_forgets_its_ward(cast, places):
    address = now_at(cast)

    edit_address(by=cast.coordinator, address=address, version=address.version, kind="confidential")

    assert facts(address) == (places.council, "", "", None)


def test_database_keeps_no_ward_of_a_hidden_address(cast):
    with pytest.raises(IntegrityError, match="address_confidential_no_ward"):
        factories.address(cast.family, kind="confidential", ward_code="E05999001")


def test_address_out_of_a_file_is_placed_when_it_comes_in_and_when_it_is_filled_in(cast, places, decile):
    rows = [
        ["Family ref", "Main carer", "Postcode", "Address"],
        ["F1", "Amina", POSTCODE, ""],
        ["F2", "Berta", "", "1 Elm St"],
    ]
    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")
    rows[2][2] = POSTCODE
    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")

    for family in Family.objects.filter(external_reference__in=["F1", "F2"]):
        assert facts(family.addresses.get()) == (places.council, places.ward, places.lsoa, decile)


@pytest.mark.parametrize("postcode", ["", "ZZ99 3VZ", "QZ9 9ZZ"])
def test_address_without_a_known_postcode_lies_nowhere(cast, places, postcode):
    kind = "home" if postcode and not postcode.startswith("ZZ") else "no_fixed_abode"

    assert facts(now_at(cast, kind=kind, postcode=postcode)) == ("", "", "", None)


def test_corrected_postcode_is_placed_anew_and_another_correction_leaves_the_place(cast, places):
    address = now_at(cast, postcode="QZ9 9ZZ")
    edit_address(by=cast.coordinator, address=address, version=address.version, postcode=POSTCODE)
    assert facts(address)[1] == places.ward

    Postcode.objects.filter(pk=POSTCODE).update(ward="E05000001")
    edit_address(
        by=cast.coordinator, address=address, version=address.version, postcode=POSTCODE, access_notes="Blue door"
    )

    assert facts(address)[1] == places.ward


def run(**options):
    out = io.StringIO()
    call_command("place_addresses", stdout=out, **options)
    return out.getvalue()


def test_addresses_from_before_the_files_are_placed_once(cast):
    address = factories.address(cast.family, postcode=POSTCODE)
    made_up.build(None)

    assert "1 addresses were given another place" in run()
    assert facts(address)[1] == Postcode.objects.get(pk=POSTCODE).ward
    assert "0 addresses" in run()
    assert AuditEvent.objects.get(verb="addresses.placed").details["addresses"] == 1


def test_newer_edition_changes_an_address_only_where_an_administrator_says_so(cast, places):
    address = now_at(cast)
    Postcode.objects.filter(pk=POSTCODE).update(ward="E05000001")
    PlaceFile.objects.create(kind="postcodes", edition="2026-02", rows=1)

    assert "0 addresses" in run()
    assert facts(address)[1] == places.ward
    assert "1 addresses" in run(again=True, email=cast.administrator.email, reason="New ward boundaries")
    assert facts(address)[1] == "E05000001"
    event = AuditEvent.objects.get(verb="addresses.placed_again")
    assert (event.actor_id, event.reason) == (cast.administrator.pk, "New ward boundaries")


def test_address_of_the_past_keeps_what_was_true_then(cast, places):
    earlier = now_at(cast, valid_from=dt.date(2024, 1, 1))
    now_at(cast, valid_from=dt.date(2025, 1, 1))
    Postcode.objects.filter(pk=POSTCODE).update(ward="E05000001")
    PlaceFile.objects.create(kind="postcodes", edition="2026-02", rows=1)

    run(again=True, email=cast.administrator.email, reason="New ward boundaries")

    assert facts(earlier)[1] == places.ward


def test_address_keeps_its_place_when_a_newer_directory_lost_its_postcode(cast, places):
    address = now_at(cast)
    Postcode.objects.all().delete()
    PlaceFile.objects.create(kind="postcodes", edition="2026-02", rows=1)

    assert "0 addresses" in run(again=True, email=cast.administrator.email, reason="New ward boundaries")
    assert facts(address)[1] == places.ward


def test_index_that_comes_later_adds_the_decile_and_leaves_the_ward(cast, places, decile):
    Deprivation.objects.all().delete()
    address = now_at(cast)
    assert facts(address)[3] is None
    made_up.build(None)
    Postcode.objects.filter(pk=POSTCODE).update(ward="E05000001", lsoa="E01999010")

    assert "1 addresses" in run()
    assert facts(address) == (places.council, places.ward, places.lsoa, decile)
    assert address.imd_edition == "made up"


@pytest.mark.parametrize("who", ["administrator", "coordinator", None])
def test_placing_anew_needs_an_administrator_and_a_reason(cast, places, who):
    reason = "" if who == "administrator" else "New ward boundaries"

    with pytest.raises(CommandError, match="administrator"):
        run(again=True, email=getattr(cast, who).email if who else None, reason=reason)


def test_placing_without_postcodes_says_what_to_do_first(cast):
    with pytest.raises(CommandError, match="import_postcodes"):
        run()


@pytest.mark.parametrize(
    ("who", "kind", "is_told"),
    [("coordinator", "home", True), ("coordinator", "confidential", False), ("volunteer", "home", False)],
)
def test_ward_is_told_in_words_to_those_who_coordinate_and_never_of_a_hidden_address(
    cast, places, as_user, who, kind, is_told
):
    now_at(cast, kind=kind)
    ward = Area.objects.get(pk=places.ward).name

    page = as_user(getattr(cast, who)).get(reverse("families:family", args=[cast.family.reference])).content.decode()

    assert (ward in page) is is_told
    assert ("made up for the demonstration" in page) is is_told


def test_ward_out_of_the_official_file_thanks_its_owners_on_the_page(cast, places, as_user):
    PlaceFile.objects.create(kind="postcodes", edition="2026-02", rows=1)
    now_at(cast)

    page = as_user(cast.coordinator).get(reverse("families:family", args=[cast.family.reference]))

    for line in (
        "Office for National Statistics, licensed under the Open Government Licence v.3.0",
        "Contains OS data © Crown copyright and database right 2026",
        "Contains Royal Mail data © Royal Mail copyright and database right 2026",
    ):
        assert line in page.content.decode()

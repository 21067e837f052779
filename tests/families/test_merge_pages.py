from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from betterstart.audit.models import FamilyRead
from betterstart.clock import london_today
from families.actions.merge import merge_families
from families.models import Family, FamilyMerge, NotTheSame
from tests import factories
from tests.families.test_family_page import text
from tests.families.test_visit_query_budgets import queries

WHY = "She told us that she had been with us before."


@pytest.fixture
def two(cast):
    """Amina's family, and an earlier record of it; the same mother, a child, a number."""
    earlier = cast.other_family
    earlier.supports.update(state="ended_planned", ended_on=london_today())
    for family, known_as in ((cast.family, ""), (earlier, "Amina")):
        factories.contact(family.members.get(), value="07700 900456")
        family.members.update(date_of_birth=dt.date(1995, 2, 3), known_as=known_as)
        factories.address(family, postcode="BD3 9AB")
    factories.member(earlier, "Zayn", date_of_birth=dt.date(2024, 5, 4))
    cast.pair = reverse("families:merge", args=[cast.family.reference, earlier.reference])
    return cast


def filled(cast, **fields):
    mother = cast.other_family.members.get(role="parent")
    child = cast.other_family.members.get(role="child")
    same = {f"person_{mother.pk}": cast.family.members.get(role="parent").pk, f"person_{child.pk}": "new"}
    return {"name": "Amina", "reason": WHY} | same | fields


def join(cast, client, **fields):
    return client.post(cast.pair, filled(cast, **fields))


def test_list_proposes_the_pair_with_its_reasons_and_leads_to_both_side_by_side(two, as_user):
    page = as_user(two.coordinator).get(reverse("families:same-list"))

    assert "Both can be reached at 07700 900456." in text(page)
    assert "Both have Amina, born 3 February 1995." in text(page)
    assert two.pair in page.content.decode()


def test_side_by_side_marks_what_only_one_record_says_and_proposes_who_is_who(two, as_user):
    page = as_user(two.coordinator).get(two.pair)
    body = page.content.decode()

    assert "\u2068Zayn\u2069 · Child · born 4 May 2024 (only in this record)" in text(page)
    assert "1 High Street, BD3 9AB (only in this record)" not in text(page)
    ours, theirs = (family.members.get(role="parent") for family in (two.family, two.other_family))
    assert f'<option value="{ours.pk}" selected>' in body
    assert f'name="person_{theirs.pk}"' in body
    reads = FamilyRead.objects.filter(page="same family").values_list("family_id", flat=True)
    assert set(reads) == {two.family.pk, two.other_family.pk}


def test_joined_record_leads_to_the_kept_family_and_can_be_taken_apart_from_its_page(two, as_user):
    client = as_user(two.coordinator)

    answer = join(two, client)

    assert answer["Location"] == f"/families/{two.family.reference}/"
    old = client.get(f"/families/{two.other_family.reference}/", follow=True)
    assert old.redirect_chain[0][0] == f"/families/{two.family.reference}/"
    assert f"The record {two.other_family.reference} is now part of Amina’s family." in text(old)
    assert f"“{WHY}”" in text(old)
    found = client.get("/families/all/", {"q": two.other_family.reference})
    assert f"/families/{two.family.reference}/" in found.content.decode()

    apart = reverse("families:separate", args=[two.family.reference, FamilyMerge.objects.get().pk])
    assert "goes back to that record: 1 person" in text(client.get(apart))
    client.post(apart, {"reason": "They are sisters."})
    assert f"/families/{two.other_family.reference}/" in client.get("/families/all/").content.decode()


def test_form_of_the_old_record_that_was_open_meanwhile_is_saved_with_the_kept_family(two, as_user):
    client = as_user(two.coordinator)
    old = reverse("families:member-add", args=[two.other_family.reference])
    join(two, client)

    assert client.get(old)["Location"] == reverse("families:member-add", args=[two.family.reference])
    sent = client.post(old, {"role": "helper", "display_name": "Aunt Nadia", "birth_precision": "day"}, follow=True)

    assert f"The record {two.other_family.reference} is now part of Amina’s family." in text(sent)
    assert two.family.members.filter(display_name="Aunt Nadia").exists()


@pytest.mark.parametrize("who", ["other_coordinator", "manager", "nobody"])
def test_old_reference_leads_nobody_anywhere_who_may_not_see_the_family(two, as_user, who):
    merge_families(by=two.coordinator, kept=two.family, merged=two.other_family, name="Amina", reason=WHY)

    stranger = as_user(getattr(two, who))
    old, none = (stranger.get(f"/families/{ref}/") for ref in (two.other_family.reference, "ZZZZZZZ"))
    assert old.status_code == none.status_code
    assert old.content == none.content


def test_volunteer_with_an_old_link_comes_to_the_family_but_not_to_the_reason(two, as_user):
    join(two, as_user(two.coordinator))

    page = as_user(two.volunteer).get(f"/families/{two.other_family.reference}/", follow=True)

    assert page.redirect_chain
    assert WHY not in text(page)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": "same"}, "Say in a few words how you know."),
        ({"reason": ""}, "This field is required."),
        ({"name": "Somebody else"}, "Somebody else is not one of the available choices."),
    ],
)
def test_what_is_missing_is_said_beside_the_field_and_nothing_is_joined(two, as_user, fields, sentence):
    page = join(two, as_user(two.coordinator), **fields)

    assert page.status_code == 422
    assert sentence in text(page)
    assert not FamilyMerge.objects.exists()


def test_two_people_cannot_be_chosen_as_one(two, as_user):
    twin = factories.member(two.other_family, "Amina", "parent")
    ours = two.family.members.get(role="parent")
    mother = two.other_family.members.get(role="parent", known_as="Amina")

    page = as_user(two.coordinator).post(
        two.pair, {"name": "Amina", "reason": WHY, f"person_{twin.pk}": ours.pk, f"person_{mother.pk}": ours.pk}
    )

    assert page.status_code == 422
    assert "Two people cannot both be this person." in text(page)


def test_open_in_the_same_service_says_what_to_do_first_before_and_after_sending(two, as_user):
    two.other_family.supports.update(state="active", ended_on=None)
    client = as_user(two.coordinator)
    support = reverse("families:support", args=[two.other_family.reference, two.other_family.supports.get().pk])

    assert support in client.get(two.pair).content.decode()
    sent = join(two, client)
    assert sent.status_code == 422
    assert "End one of these two supports first" in text(sent)
    assert WHY in text(sent)


def test_second_person_who_joins_the_same_pair_is_led_to_the_family(two, as_user):
    client = as_user(two.coordinator)
    form = filled(two)
    client.post(two.pair, form)

    for url in (two.pair, reverse("families:merge", args=[two.other_family.reference, two.family.reference])):
        again = client.post(url, form, follow=True)
        assert f"The record {two.other_family.reference} is now part of Amina’s family." in text(again)
    assert FamilyMerge.objects.count() == 1


def test_taking_apart_twice_is_refused_with_a_sentence(two, as_user):
    client = as_user(two.coordinator)
    join(two, client)
    apart = reverse("families:separate", args=[two.family.reference, FamilyMerge.objects.get().pk])
    client.post(apart, {"reason": "They are sisters."})

    again = client.post(apart, {"reason": "They are sisters."})

    assert again.status_code == 422
    assert "These records were taken apart before." in text(again)


def test_pair_said_to_be_two_leaves_the_list_and_stays_to_be_looked_at(two, as_user):
    client = as_user(two.coordinator)

    page = client.post(
        reverse("families:not-the-same", args=[two.family.reference, two.other_family.reference]), follow=True
    )

    assert NotTheSame.objects.count() == 1
    assert "No two look alike" in text(page)
    assert two.pair in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("family", "This is the record you came from."),
        ("far_family", "You coordinate no family with this reference."),
        ("nonsense", "You coordinate no family with this reference."),
        ("", "This field is required."),
    ],
)
def test_other_record_is_found_by_its_reference_or_the_page_says_why_not(two, as_user, typed, sentence):
    choose = reverse("families:same-choose", args=[two.family.reference])
    typed = getattr(two, typed).reference if hasattr(two, typed) else typed
    client = as_user(two.coordinator)

    assert sentence in text(client.get(choose, {"other": typed}))
    spaced = f" {two.other_family.reference[:3]}-{two.other_family.reference[3:].lower()} "
    assert client.get(choose, {"other": spaced})["Location"] == two.pair


def test_opened_record_of_an_old_reference_is_that_of_the_kept_family(two, as_user):
    join(two, as_user(two.coordinator))

    answer = as_user(two.lead).post(
        reverse("families:open-record"), {"reference": two.other_family.reference, "reason": "A call from the nursery"}
    )

    assert answer["Location"] == f"/families/{two.family.reference}/"


def test_pages_take_as_many_questions_for_thirty_as_for_one(two, as_user):
    client = as_user(two.coordinator)
    pages = [reverse("families:same-list"), reverse("families:same-choose", args=[two.family.reference]), two.pair]
    before = [queries(client, page) for page in pages]

    for number in range(30):
        twin = factories.family(two.home, f"Amina {number}", state="ended_planned")
        factories.address(twin, postcode="BD3 9AB")
        factories.member(twin, "Zayn", date_of_birth=dt.date(2024, 5, 4))
        factories.member(two.other_family, f"Child {number}")
        factories.contact(two.family.members.get(), value=f"07700 9001{number:02}")
        factories.visit(two.family, two.volunteer, days_ago=number + 1)
        NotTheSame.objects.create(family=two.family, other=twin, by=two.coordinator)

    assert [queries(client, page) for page in pages] == before


def test_family_page_takes_as_many_questions_with_thirty_joined_records_as_with_one(two, as_user):
    client, url = as_user(two.coordinator), f"/families/{two.family.reference}/"

    def joined(number):
        for each in range(number):
            merged = Family.objects.create(organisation=two.here, name=f"Old {each}")
            FamilyMerge.objects.create(
                kept=two.family, merged=merged, merged_into_id=two.family.pk, merged_name=merged.name, reason=WHY
            )

    joined(1)
    before = queries(client, url)
    joined(29)
    assert queries(client, url) == before

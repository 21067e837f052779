"""A new family of a file that looks like one registered by hand: said by row, with a link, never in the way."""

import pytest
from django.urls import reverse

from families.actions.merge import merge_families
from families.models import Family, FamilyMember
from families.reports.duplicates import Candidate, registered_by_hand
from tests import factories
from tests.imports.files import csv_bytes, days_ago
from tests.imports.steps import bring_in, check, sentences

pytestmark = pytest.mark.django_db

HEADINGS = ["Family ref", "Main carer", "Phone", "Email", "Postcode", "Child 1 name", "Child 1 DOB"]


def file(*rows):
    return csv_bytes([HEADINGS, *rows])


def row(reference="F1", carer="Nadia", phone="", email="", postcode="", child="", born=""):
    return [reference, carer, phone, email, postcode, child, born]


def checked(cast, *rows):
    return check(cast.coordinator, cast.here, file(*rows), support__service="Home visiting")


@pytest.fixture
def known(cast):
    """Berta's family, registered by hand: a child, a number, an address."""
    family = cast.other_family
    parent = family.members.get()
    factories.member(family, "Zayn", date_of_birth=days_ago(500))
    factories.contact(parent, value="+44 7700 900456")
    factories.contact(parent, channel="email", value="berta@example.org")
    factories.address(family, postcode="BD7 2AA")
    return family


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"child": "Zain", "born": days_ago(500)}, "Zain and Zayn were both born "),
        ({"phone": "07700 900456"}, "Both can be reached at +44 7700 900456."),
        ({"email": "Berta@Example.org"}, "Both can be reached at berta@example.org."),
        (
            {"postcode": "bd72aa", "child": "Imran", "born": days_ago(500)},
            "Both have a child born ",
        ),
    ],
)
def test_new_family_like_one_registered_by_hand_is_named_with_the_reason(cast, known, said, reason):
    run = checked(cast, row("F0", "Somebody Else"), row(**said))

    [(number, column, words)] = sentences(run, blocks=False)
    assert (number, column) == (3, "A Family ref")
    assert f"This looks like Berta’s family ({known.reference}), registered here by hand. {reason}" in words
    assert run.blocking == 0


@pytest.mark.parametrize(
    "said",
    [
        {"child": "Zain", "born": days_ago(501)},
        {"child": "Magdalena", "born": days_ago(500)},
        {"phone": "07700 900457"},
        {"postcode": "BD7 2AA", "child": "Imran", "born": days_ago(499)},
        {"postcode": "BD7 2AB", "child": "Imran", "born": days_ago(500)},
    ],
)
def test_family_with_less_in_common_is_not(cast, known, said):
    assert not sentences(checked(cast, row(**said)), blocks=False)


def test_page_leads_to_the_family_and_still_lets_the_file_in(cast, known, as_user):
    run = checked(cast, row(phone="07700 900456"))

    page = as_user(cast.coordinator).get(reverse("families:import-detail", args=[run.uuid])).content.decode()

    assert reverse("families:family", args=[known.reference]) in page
    assert "Bring all of it in" in page
    bring_in(cast.coordinator, cast.here, file(row(phone="07700 900456")), support__service="Home visiting")
    assert Family.objects.filter(external_reference="F1").exists()


def test_family_that_came_from_a_file_is_no_double_nor_is_one_of_another_service(cast, known):
    Family.objects.filter(pk=known.pk).update(external_reference="OLD-7")
    elsewhere = factories.family(cast.stay_and_play, "Gina")
    factories.contact(elsewhere.members.get(), value="07700 900999")

    run = checked(cast, row(phone="07700 900456"), row("F2", "Gina", phone="07700 900999"))

    assert not sentences(run, blocks=False)


def test_hidden_address_gives_nothing_away(cast, known):
    known.addresses.update(kind="confidential")

    assert not sentences(checked(cast, row(postcode="BD7 2AA", child="Imran", born=days_ago(500))), blocks=False)


def test_many_new_families_take_as_many_questions_as_one(cast, known, django_assert_num_queries):
    def candidates(number):
        person = {"display_name": "Zayn", "date_of_birth": days_ago(500), "role": "child"}
        return {str(each): Candidate(people=[person], contacts=[]) for each in range(number)}

    assert cast.coordinator.active_memberships  # read once a request or file, before any question
    with django_assert_num_queries(4):
        registered_by_hand(cast.coordinator, cast.here, candidates(1))
    with django_assert_num_queries(4):
        assert len(registered_by_hand(cast.coordinator, cast.here, candidates(30))) == 30


def test_rows_of_a_record_that_was_joined_are_left_out_with_a_word_and_the_rest_comes_in(cast, known):
    old = factories.family(cast.home, "Berta", state="ended_planned", external_reference="F7")
    merge_families(by=cast.coordinator, kept=known, merged=old, name="Berta", reason="The same mother.")
    content = file(row("F7", "Somebody", child="Imran", born=days_ago(700)), row("F8", "Nadia"))

    found = check(cast.coordinator, cast.here, content, support__service="Home visiting")
    bring_in(cast.coordinator, cast.here, content, support__service="Home visiting")

    assert [words for _row, _column, words in sentences(found, blocks=False)] == [
        "This family was joined with another one here. Its rows are left out."
    ]
    assert Family.objects.filter(external_reference="F8").exists()
    assert not FamilyMember.objects.filter(display_name="Imran").exists()


def test_file_that_speaks_of_the_kept_family_leaves_it_findable_by_its_old_name(cast, known):
    Family.objects.filter(pk=known.pk).update(external_reference="F6")
    old = factories.family(cast.home, "Quentin", state="ended_planned")
    merge_families(by=cast.coordinator, kept=known, merged=old, name="Berta", reason="The same mother.")

    bring_in(
        cast.coordinator,
        cast.here,
        file(row("F6", "Berta", child="Lily", born=days_ago(9))),
        support__service="Home visiting",
    )

    assert FamilyMember.objects.filter(display_name="Lily", family=known).exists()
    for words in ("Quentin", old.reference):
        assert Family.objects.matching(words).first() == known

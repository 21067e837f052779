"""Files that keep a family with all its children in one row."""

import pytest

from families.models import Family, FamilyMember
from tests.imports.files import csv_bytes, days_ago
from tests.imports.steps import bring_in, check, sentences

pytestmark = pytest.mark.django_db

HEADINGS = [
    "Family ref",
    "Main carer",
    "Child 1 name",
    "Child 1 date of birth",
    "Child 2 name",
    "Child 2 date of birth",
]
ROW = ["F1", "Amina", "Zoë", days_ago(900), "Ali", days_ago(200)]


def file(*rows):
    return csv_bytes([HEADINGS, *rows])


def found(cast, *rows, blocks=True):
    return sentences(check(cast.coordinator, cast.here, file(*rows), support__service="Home visiting"), blocks=blocks)


def test_each_child_of_a_row_comes_in_with_its_own_birthday(cast):
    run = bring_in(cast.coordinator, cast.here, file(ROW), support__service="Home visiting")

    children = FamilyMember.objects.filter(family__external_reference="F1", role="child").order_by("date_of_birth")
    assert [(child.display_name, child.date_of_birth) for child in children] == [
        ("Zoë", days_ago(900)),
        ("Ali", days_ago(200)),
    ]
    assert run.counts["people_new"] == 3


def test_family_with_one_child_leaves_the_other_columns_empty(cast):
    bring_in(cast.coordinator, cast.here, file(["F1", "Amina", "Zoë", "", "", ""]), support__service="Home visiting")

    child = FamilyMember.objects.get(family__external_reference="F1", role="child")
    assert (child.display_name, child.date_of_birth) == ("Zoë", None)


def test_same_file_again_changes_nothing_and_a_new_child_is_added(cast):
    bring_in(cast.coordinator, cast.here, file(["F1", "Amina", *ROW[2:4], "", ""]), support__service="Home visiting")

    again = check(
        cast.coordinator, cast.here, file(["F1", "Amina", *ROW[2:4], "", ""]), support__service="Home visiting"
    )
    more = bring_in(cast.coordinator, cast.here, file(ROW), support__service="Home visiting")

    assert (again.counts["people_same"], again.counts.get("people_new", 0)) == (2, 0)
    assert (more.counts["people_same"], more.counts["people_new"]) == (2, 1)
    assert Family.objects.filter(external_reference="F1").count() == 1


@pytest.mark.parametrize(
    ("place", "value", "column", "sentence"),
    [
        (3, "30/02/2024", "D Child 1 date of birth", "does not exist"),
        (5, days_ago(-1), "F Child 2 date of birth", "lies in the future"),
        (5, days_ago(20 * 365), "F Child 2 date of birth", "older than 18"),
        (4, "", "E Child 2 name", "does not say the name"),
        (4, "A" * 201, "E Child 2 name", "too long: 201"),
    ],
)
def test_problem_is_named_at_the_column_of_its_child(cast, place, value, column, sentence):
    row = [*ROW[:place], value, *ROW[place + 1 :]]

    problems = found(cast, row)

    assert [(number, where) for number, where, _words in problems] == [(2, column)]
    assert sentence in problems[0][2]


def test_difference_from_what_is_here_is_told_at_the_column_of_its_child(cast):
    bring_in(cast.coordinator, cast.here, file(ROW), support__service="Home visiting")

    remarks = found(cast, [*ROW[:5], days_ago(201)], blocks=False)

    assert [(number, where) for number, where, _words in remarks] == [(2, "F Child 2 date of birth")]
    assert "That stays" in remarks[0][2]


def test_two_rows_that_disagree_about_a_child_stand_in_the_way(cast):
    problems = found(cast, ROW, [*ROW[:3], days_ago(901), *ROW[4:]])

    assert [(number, where) for number, where, _words in problems] == [(3, "D Child 1 date of birth")]

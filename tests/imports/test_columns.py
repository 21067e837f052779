import pytest

from families.imports.columns import (
    TARGETS,
    ColumnUse,
    FileUse,
    SheetUse,
    column_letter,
    find_headings,
    fold_heading,
    guess_columns,
)
from families.imports.moments import HOURS, MINUTES


def targets(headings, remembered=None):
    return {headings[place]: use.target for place, use in guess_columns(headings, remembered).items()}


def test_headings_of_a_list_of_families_are_understood():
    headings = [
        "Family Ref",
        "Household",
        "Mum's name",
        "Tel. no",
        "Post Code",
        "First language",
        "Safe to leave message?",
    ]

    assert list(targets(headings).values()) == [
        "family.reference",
        "family.name",
        "family.carer",
        "family.phone",
        "family.postcode",
        "family.language",
        "family.may_leave_message",
    ]


def test_headings_of_a_list_of_visits_are_understood():
    headings = ["FAMILY_ID", "VisitDate", "Start Time", "Length (hrs)", "Visited by", "Attended", "Cancellation reason"]

    assert list(targets(headings).values()) == [
        "family.reference",
        "visit.date",
        "visit.start_time",
        "visit.duration",
        "visit.worker",
        "visit.outcome",
        "visit.reason",
    ]


@pytest.mark.parametrize(
    ("heading", "unit"),
    [("Duration (mins)", MINUTES), ("Length in hours", HOURS), ("Duration", ""), ("Minutes", MINUTES)],
)
def test_unit_of_a_length_is_taken_from_its_heading(heading, unit):
    assert guess_columns([heading]) == {0: ColumnUse("visit.duration", unit)}


def test_near_spelling_is_understood_and_far_one_is_not():
    assert targets(["Date of brith", "Favourite colour"]) == {"Date of brith": "member.date_of_birth"}


def test_name_means_the_family_unless_the_sheet_speaks_of_people():
    assert targets(["Ref", "Name"])["Name"] == "family.name"
    assert targets(["Ref", "Name", "DOB"])["Name"] == "member.name"


def test_of_two_columns_for_one_thing_the_better_known_is_taken():
    assert targets(["Client ID", "Family reference"]) == {"Family reference": "family.reference"}


def test_columns_with_one_heading_are_left_to_the_person():
    assert targets(["Ref", "Phone", "phone ", "Email"]) == {"Ref": "family.reference", "Email": "family.email"}


def test_lines_of_an_address_may_be_several():
    assert targets(["Address 1", "Address 2", "Town"]) == dict.fromkeys(
        ["Address 1", "Address 2", "Town"], "family.address"
    )


def test_what_is_remembered_wins_over_what_is_guessed():
    remembered = {"phone": ColumnUse("family.safety_notes"), "code": ColumnUse("family.reference")}

    assert targets(["Ref", "Code", "Phone"], remembered) == {"Code": "family.reference", "Phone": "family.safety_notes"}


def test_headings_may_stand_below_a_title():
    rows = [["Export of 4 August"], ["Bowling", "2026"], ["Ref", "Family name", "Postcode"], ["F1", "Amina", "BD7 2AA"]]

    assert find_headings(rows) == 2


def test_without_a_known_heading_the_fullest_row_has_the_headings():
    assert find_headings([["Kode"], ["Kode", "Naam", "Straat"], ["1", "Jan", "Kerk"]]) == 1


def test_no_heading_stands_for_two_things():
    headings = [heading for target in TARGETS.values() for heading in target.headings]

    assert len(headings) == len(set(headings))
    assert all(heading == fold_heading(heading) for heading in headings)


@pytest.mark.parametrize(("place", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letter_is_the_one_a_spreadsheet_shows(place, letter):
    assert column_letter(place) == letter


def test_use_of_a_file_survives_being_stored():
    use = FileUse(
        {"Visits": SheetUse(3, {0: ColumnUse("family.reference"), 4: ColumnUse("visit.duration", HOURS)})},
        {"visit.start_time": "12:00"},
    )

    assert FileUse.from_json(use.as_json()) == use


@pytest.mark.parametrize(
    ("heading", "target"),
    [
        ("Child 1 name", "child1.name"),
        ("Child 2", "child2.name"),
        ("CHILD3_NAME", "child3.name"),
        ("Name of 2nd child", "child2.name"),
        ("First child's name", "child1.name"),
        ("Child 1 date of birth", "child1.date_of_birth"),
        ("Child 4 D.O.B.", "child4.date_of_birth"),
        ("DOB child 6", "child6.date_of_birth"),
        ("Child DOB 2", "child2.date_of_birth"),
        ("Child name", "member.name"),
        ("Address 4", "family.address"),
        ("Child 7 name", None),
        ("Child 1 of 2", None),
        ("Child 1 nursery", None),
        ("First visit", None),
    ],
)
def test_columns_of_several_children_are_told_apart_by_their_number(heading, target):
    assert targets(["Ref", heading]).get(heading) == target


def test_row_with_numbered_children_keeps_name_for_the_family():
    headings = ["Ref", "Name", "Child 1 name", "Child 1 DOB", "Child 2 name", "Child 2 DOB"]

    assert list(targets(headings).values()) == [
        "family.reference",
        "family.name",
        "child1.name",
        "child1.date_of_birth",
        "child2.name",
        "child2.date_of_birth",
    ]

"""What a file may get wrong, and the sentence its coordinator reads. Nothing is saved meanwhile."""

import pytest

from families.models import Family, FamilyMember, Support, SupportState, Visit
from tests import factories
from tests.imports.files import csv_bytes, days_ago, xlsx_bytes
from tests.imports.steps import bring_in, check, sentences

pytestmark = pytest.mark.django_db


def found(cast, rows, *, blocks=True, **fixed):
    run = check(cast.coordinator, cast.here, csv_bytes(rows), **{"support__service": "Home visiting", **fixed})
    return sentences(run, blocks=blocks)


FAMILY = {"Family ref": "F1", "Main carer": "Amina"}
PERSON = {**FAMILY, "Name": "Zoë", "Role": "child"}
SUPPORT = {**FAMILY, "Start date": days_ago(90)}
VISIT = {
    **SUPPORT,
    "Visit date": days_ago(20),
    "Time": "10:00",
    "Minutes": 80,
    "Volunteer": "Vera Volunteer",
    "Outcome": "",
    "Reason": "",
}


@pytest.mark.parametrize(
    ("base", "changes", "column", "sentence"),
    [
        (FAMILY, {"Family ref": ""}, "A Family ref", "does not say which family"),
        (FAMILY, {"Main carer": ""}, "A Family ref", "no row of the file says what it is called"),
        (FAMILY, {"Main carer": "A" * 201}, "B Main carer", "too long: 201"),
        (FAMILY, {"Main carer": "Ami\x00na"}, "B Main carer", "not text"),
        (FAMILY, {"Family ref": "1E+11"}, "A Family ref", "Excel has shortened"),
        (FAMILY, {"Phone": "4.47E+11"}, "C Phone", "Excel has shortened"),
        (FAMILY, {"Phone": "999"}, "C Phone", "not a phone number"),
        (FAMILY, {"Email": "amina@"}, "C Email", "not an email address"),
        (FAMILY, {"Postcode": "refuge"}, "C Postcode", "not a postcode"),
        (FAMILY, {"Language": "Klingon"}, "C Language", "do not know this language"),
        (FAMILY, {"Safe to leave message": "perhaps"}, "C Safe to leave message", "Write yes or no"),
        (PERSON, {"Name": ""}, "C Name", "does not say the name"),
        (PERSON, {"Role": "wizard"}, "D Role", "do not know this word here. Write one of: Parent or carer"),
        (PERSON, {"Role": ""}, "D Role", "Say who this person is"),
        (PERSON, {"DOB": days_ago(-1)}, "E DOB", "lies in the future"),
        (PERSON, {"DOB": "30/02/2024"}, "E DOB", "does not exist"),
        (PERSON, {"DOB": "31/12/24"}, "E DOB", "four digits"),
        (PERSON, {"DOB": days_ago(20 * 365)}, "E DOB", "older than 18"),
        (PERSON, {"DOB": days_ago(10), "Role": "unborn"}, "E DOB", "no date of birth yet"),
        (PERSON, {"DOB": days_ago(112 * 365), "Role": "grandmother"}, "E DOB", "older than 110"),
        (PERSON, {"Due date": days_ago(40), "Role": "unborn"}, "E Due date", "too far from today"),
        (PERSON, {"Due date": days_ago(-20), "Role": "mother"}, "E Due date", "belongs to an unborn child"),
        (SUPPORT, {"Start date": days_ago(-2)}, "C Start date", "start lies in the future"),
        (SUPPORT, {"End date": days_ago(-2), "Status": "completed"}, "D End date", "ending lies in the future"),
        (SUPPORT, {"End date": days_ago(100), "Status": "completed"}, "D End date", "end before it starts"),
        (SUPPORT, {"End date": days_ago(10)}, "", "Say why it ended"),
        (SUPPORT, {"Status": "closed"}, "", "Give the day"),
        (SUPPORT, {"End date": days_ago(10), "Status": "active"}, "E Status", "its state says that it goes on"),
        (SUPPORT, {"Status": "on hold"}, "", "Give the day it starts again"),
        (SUPPORT, {"Service": "Doula support"}, "D Service", "You coordinate no service of this name"),
        (VISIT, {"Visit date": ""}, "D Visit date", "does not say the day"),
        (VISIT, {"Visit date": days_ago(-1)}, "D Visit date", "lies in the future"),
        (VISIT, {"Time": ""}, "E Time", "Say when this visit began"),
        (VISIT, {"Time": "24:00"}, "E Time", "does not exist"),
        (VISIT, {"Visit date": "29/03/2026", "Time": "01:30"}, "E Time", "did not exist on that day"),
        (VISIT, {"Visit date": "25/10/2026", "Time": "01:30"}, "E Time", "came twice on that day"),
        (VISIT, {"Minutes": 3}, "F Minutes", "would last 3 minutes"),
        (VISIT, {"Minutes": "13h"}, "F Minutes", "would last 780 minutes"),
        (VISIT, {"Minutes": "7h"}, "F Minutes", "longest visit in Home visiting is 360 minutes"),
        (VISIT, {"Minutes": ""}, "H Outcome", "Say whether this visit happened"),
        (VISIT, {"Minutes": "", "Outcome": "attended"}, "F Minutes", "Say how long"),
        (VISIT, {"Outcome": "cancelled"}, "I Reason", "Say why not"),
        (VISIT, {"Outcome": "attended", "Reason": "holiday"}, "I Reason", "yet it has a reason"),
        (VISIT, {"Outcome": "maybe"}, "H Outcome", "do not know this word here"),
        (VISIT, {"Volunteer": ""}, "G Volunteer", "Say who went"),
        (VISIT, {"Volunteer": "Odile Othercoordinator"}, "G Volunteer", "know nobody of this name"),
        (VISIT, {"Notes": "x" * 2_001}, "J Notes", "too long: 2001"),
    ],
)
def test_one_wrong_cell_has_one_sentence_at_its_place(base, changes, column, sentence, cast):
    row = {**base, **changes}

    problems = found(cast, [list(row), list(row.values())])

    assert [(number, place) for number, place, _sentence in problems] == [(2, column)]
    assert sentence in problems[0][2]


@pytest.mark.parametrize("base", [FAMILY, PERSON, SUPPORT, VISIT], ids=["family", "person", "support", "visit"])
def test_row_without_fault_has_no_sentence(base, cast):
    assert found(cast, [list(base), list(base.values())]) == []


AGES = ["Family ref", "Main carer", "Name", "Role", "DOB"]
STARTS = ["Family ref", "Main carer", "Support id", "Started"]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["Family ref", "Main carer"]], "no rows below the headings"),
        ([["Family ref", "Main carer", "Phone"], ["F1", "", "01274 496000"]], "whose this is"),
        ([["Family ref", "Main carer"], ["F1", "Amina"], ["F1", "Berta"]], "Row 2 says “Amina” of the same one"),
        ([AGES, *(["F1", "A", "Zoë", "child", days_ago(days)] for days in (9, 8))], "Both rows must agree"),
        ([AGES, ["F1", "A", "A", "mother", days_ago(8)], ["F1", "A", "Zoë", "child", days_ago(9)]], "older than its"),
        ([STARTS, ["F1", "A", "S1", days_ago(9)], ["F1", "A", "S2", days_ago(5)]], "must end before another starts"),
    ],
)
def test_rows_that_do_not_fit_together_are_named(rows, sentence, cast):
    assert sentence in " ".join(text for _row, _column, text in found(cast, rows))


def test_same_visit_twice_counts_once_and_two_visits_under_one_reference_are_refused(cast):
    rows = [[*VISIT, "Visit ref"], [*VISIT.values(), "V1"], [*VISIT.values(), "V1"]]
    assert found(cast, rows) == []

    rows[2][5] = 95
    problems = found(cast, rows)

    assert [(row, column) for row, column, _sentence in problems] == [(3, "J Visit ref")]


def test_visit_after_the_end_of_the_support_is_refused(cast):
    row = {**VISIT, "End date": days_ago(30), "End reason": "goals met"}

    problems = found(cast, [list(row), list(row.values())])

    assert [text for *_place, text in problems] == [
        f"This visit is later than the end of the support on {days_ago(30):%d/%m/%Y}."
    ]


def test_visit_that_could_belong_to_two_supports_is_asked_about(cast):
    book = {
        "Supports": [
            ["Family ref", "Main carer", "Service", "Start date"],
            ["F1", "Amina", "Home visiting", days_ago(90)],
            ["F1", "Amina", "Stay and play", days_ago(90)],
        ],
        "Visits": [list(VISIT)[:1] + list(VISIT)[3:7], list(VISIT.values())[:1] + list(VISIT.values())[3:7]],
    }
    factories.Membership.objects.create(
        user=cast.coordinator, role="coordinator", organisation=cast.here, service=cast.stay_and_play
    )

    run = check(cast.coordinator, cast.here, xlsx_bytes(book))

    assert [text for *_place, text in sentences(run)] == [
        "This visit could belong to several supports of the family. Say the service."
    ]


def test_dates_in_mixed_forms_are_asked_about_before_anything_else(cast):
    rows = [
        ["Family ref", "Main carer", "Name", "DOB"],
        ["F1", "A", "Zoë", "13/02/2025"],
        ["F1", "A", "Jan", "02/13/2025"],
    ]

    problems = found(cast, rows)

    assert problems[0][:2] == (3, "D DOB")
    assert "day first (row 2) and with the month first (row 3)" in problems[0][2]


def test_problems_stand_in_the_order_of_the_file(cast):
    book = {
        "A long name": [["Family ref", "Main carer", "Postcode"], ["F1", "Amina", "none"], ["F2", "Berta", "none"]],
        "Short": [["Family ref", "Email"], ["F1", "none"]],
    }

    run = check(cast.coordinator, cast.here, xlsx_bytes(book), support__service="Home visiting")

    assert [(problem["sheet"], problem["row"]) for problem in run.problems] == [
        ("A long name", 2), ("A long name", 3), ("Short", 2)
    ]  # fmt: skip


def test_text_that_looks_like_markup_or_a_formula_comes_in_as_text(cast):
    names = [
        "=HYPERLINK(1)",
        "+44 Amina",
        "-5",
        "@x",
        "<script>alert(1)</script>",
        "{{7*7}}",
        "Null",
        "O'Brien-Łukasz",
        "林",
    ]
    rows = [["Family ref", "Main carer"], *[[f"F{at}", name] for at, name in enumerate(names)]]

    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")

    kept = Family.objects.exclude(external_reference="").order_by("external_reference").values_list("name", flat=True)
    assert list(kept) == names


def test_direction_overrides_are_taken_out_and_scripts_stay(cast):
    rows = [["Family ref", "Main carer"], ["F1", "آمنہ\u202eمیر"], ["F2", "Zoe\u0308"]]

    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")

    assert set(Family.objects.exclude(external_reference="").values_list("name", flat=True)) == {"آمنہمیر", "Zoë"}


def test_empty_permission_is_no_permission(cast):
    rows = [["Family ref", "Main carer", "Phone", "Safe to leave message"], ["F1", "Amina", "01274 496000", ""]]

    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")

    contact = Family.objects.get(external_reference="F1").contact_methods.get()
    assert (contact.may_leave_message, contact.safe) == (False, "unknown")


def test_confidential_address_is_kept_so_and_never_opened_by_a_file(cast):
    rows = [["Family ref", "Main carer", "Postcode", "Confidential address"], ["F1", "Amina", "BD7 2AA", "yes"]]
    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")
    family = Family.objects.get(external_reference="F1")
    assert family.addresses.get().is_confidential
    assert "bd72aa" not in family.search_text

    rows[1][0] = "F2"
    rows[1][3] = ""
    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")
    rows[1][3] = "yes"

    assert "here it is not" in found(cast, rows)[0][2]


def test_reference_of_another_organisation_is_a_family_of_its_own(cast):
    Family.objects.filter(pk=cast.far_family.pk).update(external_reference="F1")

    bring_in(
        cast.coordinator, cast.here, csv_bytes([list(FAMILY), list(FAMILY.values())]), support__service="Home visiting"
    )

    assert Family.objects.filter(external_reference="F1").count() == 2
    cast.far_family.refresh_from_db()
    assert cast.far_family.name == "Chloe"


def test_family_of_a_service_that_is_not_mine_is_neither_changed_nor_shown(cast):
    theirs = factories.family(cast.stay_and_play, "Dana", external_reference="F1")
    row = {**FAMILY, "Phone": "01274 496000"}

    problems = found(cast, [list(row), list(row.values())])

    assert problems == [
        (2, "A Family ref", "Your organisation has a family with this reference in a service you do not coordinate.")
    ]
    assert not theirs.contact_methods.exists()


def test_after_a_loss_a_file_concludes_nothing(cast):
    family = factories.family(cast.home, "Amina", external_reference="F1", silent_since=factories.timezone.now())
    baby = factories.member(family, "Baby", "unborn", due_date=days_ago(-5), external_reference="C1")
    row = {"Family ref": "F1", "Child ref": "C1", "Name": "Baby", "Role": "child", "DOB": days_ago(3)}

    remarks = found(cast, [list(row), list(row.values())], blocks=False)

    assert [column for _row, column, _sentence in remarks] == ["D Role"]
    baby.refresh_from_db()
    assert (baby.role, baby.date_of_birth) == ("unborn", None)


def test_support_that_ended_with_a_death_silences_the_family(cast):
    row = {**SUPPORT, "End date": days_ago(5), "End reason": "bereavement"}

    bring_in(cast.coordinator, cast.here, csv_bytes([list(row), list(row.values())]), support__service="Home visiting")

    assert Family.objects.get(external_reference="F1").silent_since is not None
    assert Support.objects.get(family__external_reference="F1").state == SupportState.ENDED_UNPLANNED


def test_family_comes_back_to_a_service_as_a_second_support(cast):
    first = {**SUPPORT, "End date": days_ago(50), "End reason": "goals met"}
    bring_in(
        cast.coordinator, cast.here, csv_bytes([list(first), list(first.values())]), support__service="Home visiting"
    )
    second = {**FAMILY, "Start date": days_ago(20)}

    bring_in(
        cast.coordinator, cast.here, csv_bytes([list(second), list(second.values())]), support__service="Home visiting"
    )

    assert list(Support.objects.filter(family__external_reference="F1").values_list("state", flat=True)) == [
        "active", "ended_planned"
    ]  # fmt: skip


def test_family_known_only_by_its_visits_begins_with_the_first_of_them(cast):
    rows = [["Family ref", "Main carer", "Visit date", "Time", "Minutes", "Volunteer"]]
    rows += [["F1", "Amina", days_ago(days), "10:00", 80, "Vera Volunteer"] for days in (20, 41, 13)]

    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")

    support = Support.objects.get(family__external_reference="F1")
    assert (support.state, support.started_on, support.accepted_on) == ("active", days_ago(41), days_ago(41))
    assert Visit.objects.filter(support=support).count() == 3


def test_people_of_one_name_are_told_apart_by_their_references(cast):
    rows = [["Family ref", "Main carer", "Child ref", "Name", "DOB"]]
    rows += [["F1", "Amina", "C1", "Zoë", days_ago(500)], ["F1", "Amina", "C2", "Zoë", days_ago(100)]]

    bring_in(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")

    assert FamilyMember.objects.filter(family__external_reference="F1", role="child").count() == 2


def test_visit_logged_by_hand_meanwhile_is_not_doubled(cast):
    bring_in(
        cast.coordinator,
        cast.here,
        csv_bytes([list(SUPPORT), list(SUPPORT.values())]),
        support__service="Home visiting",
    )
    family = Family.objects.get(external_reference="F1")
    run = check(
        cast.coordinator, cast.here, csv_bytes([list(VISIT), list(VISIT.values())]), support__service="Home visiting"
    )
    assert run.counts["visits_new"] == 1
    start = factories.dt.datetime.combine(days_ago(20), factories.dt.time(10, 0))
    factories.visit(
        family,
        cast.volunteer,
        actual_start=start.replace(tzinfo=factories.dt.UTC),
        planned_start=None,
        planned_end=None,
    )

    again = check(
        cast.coordinator, cast.here, csv_bytes([list(VISIT), list(VISIT.values())]), support__service="Home visiting"
    )

    assert (again.counts["visits_new"], again.counts["visits_same"]) == (0, 1)
    assert "is here already and says “120”" in sentences(again, blocks=False)[0][2]

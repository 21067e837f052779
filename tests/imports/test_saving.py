import datetime as dt

import pytest

from betterstart.audit.models import AuditEvent
from betterstart.clock import at_london
from betterstart.transitions.models import Transition
from families.models import Address, ContactMethod, Family, FamilyMember, ImportFile, Support, Visit
from families.models.family import fold
from tests.imports.files import csv_bytes, days_ago, xlsx_bytes
from tests.imports.steps import bring_in, check, sentences, work

pytestmark = pytest.mark.django_db

FAMILIES = [
    ["Family ref", "Family name", "Main carer", "Phone", "Email", "Address 1", "Town", "Postcode", "Language",
     "Safe to leave message", "Start date", "Status"],
    ["F1", "Amina", "Amina Hussain", "7700900123", "AMINA@example.org", "1 High St", "Bradford", "bd72aa", "Urdu",
     "yes", days_ago(100).strftime("%d/%m/%Y"), "active"],
    ["F2", "Łukasz", "Łukasz Żak", "", "", "", "", "", "polish", "", days_ago(90), "waiting list"],
]  # fmt: skip
MEMBERS = [
    ["Family ref", "Child ref", "Name", "DOB", "Due date", "Role"],
    ["F1", "C1", "Zoë", days_ago(500), "", "child"],
    ["F1", "C2", "", "", days_ago(-60), ""],
    ["F2", "C3", "Jan", days_ago(700).isoformat(), "", ""],
]
VISITS = [
    ["Family ref", "Visit ref", "Visit date", "Start time", "Duration", "Worker", "Outcome", "Reason", "Notes"],
    ["F1", "V1", days_ago(30), "14:30", "1h20", "Vera Volunteer", "delivered", "", "=We sang together"],
    ["F1", "V2", days_ago(23), "14:30", "", "vera.volunteer@example.org", "dna", "", ""],
    ["F1", "V3", days_ago(16), dt.time(10, 0), 90, "VERA VOLUNTEER", "", "", "Painting"],
]
BOOK = {"Families": FAMILIES, "Children": MEMBERS, "Visits": VISITS}


@pytest.fixture
def brought_in(cast):
    cast.run = bring_in(cast.coordinator, cast.here, xlsx_bytes(BOOK), support__service="Home visiting")
    return cast


def test_family_comes_in_with_everything_the_file_says(brought_in):
    amina = Family.objects.get(external_reference="F1")

    assert (amina.name, amina.language, amina.organisation) == ("Amina", "ur", brought_in.here)
    carer = amina.members.get(is_main_carer=True)
    assert (carer.display_name, carer.role) == ("Amina Hussain", "parent")
    address = amina.addresses.get()
    assert (address.lines, address.postcode, address.kind) == ("1 High St\nBradford", "BD7 2AA", "home")
    phone, email = amina.contact_methods.order_by("-channel")
    assert (phone.value, phone.member, phone.may_leave_message, phone.safe) == ("07700900123", carer, True, "unknown")
    assert email.value == "amina@example.org"


def test_people_come_in_with_the_roles_that_follow_from_their_dates(brought_in):
    zoe, baby, jan = (FamilyMember.objects.get(external_reference=reference) for reference in ("C1", "C2", "C3"))

    assert (zoe.role, zoe.date_of_birth) == ("child", days_ago(500))
    assert (baby.role, baby.display_name, baby.due_date) == ("unborn", "Baby", days_ago(-60))
    assert (jan.role, jan.family.external_reference) == ("child", "F2")


def test_supports_come_in_with_their_state_and_its_history(brought_in):
    active, waiting = Support.objects.filter(family__external_reference__in=["F1", "F2"]).order_by("family__name")

    assert (active.state, active.started_on, active.accepted_on) == ("active", days_ago(100), days_ago(100))
    assert (waiting.state, waiting.waiting_since, waiting.service) == ("waiting", days_ago(90), brought_in.home)
    move = Transition.objects.of("support", active.pk).get()
    assert (move.to_state, move.reason, move.by) == ("active", "import", brought_in.coordinator)
    assert active.reviews.get().due_on == days_ago(100 - 6 * 7 - 12 * 7)  # the next day of its rhythm
    assert not waiting.reviews.exists()


def test_visits_come_in_delivered_or_not(brought_in):
    first, second, third = (Visit.objects.get(external_reference=reference) for reference in ("V1", "V2", "V3"))

    assert first.actual_start == at_london(days_ago(30), dt.time(14, 30))
    assert (first.duration_minutes, first.worker, first.what_happened) == (
        80,
        brought_in.volunteer,
        "=We sang together",
    )
    assert (second.state, second.not_delivered_reason) == ("not_delivered", "family_not_available")
    assert second.planned_start == at_london(days_ago(23), dt.time(14, 30))
    assert (third.state, third.duration_minutes) == ("delivered", 90)
    assert Transition.objects.of("visit", first.pk).get().to_state == "delivered"


def test_counts_say_what_came_in(brought_in):
    counts = brought_in.run.counts

    assert brought_in.run.state == "done"
    assert {name: counts[name] for name in ("rows", "families_new", "people_new", "supports_new", "visits_new")} == {
        "rows": 8, "families_new": 2, "people_new": 5, "supports_new": 2, "visits_new": 3
    }  # fmt: skip


def test_the_act_is_in_the_audit_and_the_file_is_gone(brought_in):
    verbs = list(AuditEvent.objects.order_by("pk").values_list("verb", flat=True))

    assert verbs == ["import.started", "import.confirmed", "family.imported", "family.imported", "import.saved"]
    assert not ImportFile.objects.exists()


def test_families_can_be_found_and_seen_by_their_coordinator(brought_in):
    for family in Family.objects.filter(external_reference__in=["F1", "F2"]):
        assert set(family.search_text.split()) == set(family.describe_for_search().split())
        assert fold(family.name) in family.search_text
        assert family in Family.objects.visible_to(brought_in.coordinator)
        assert family not in Family.objects.visible_to(brought_in.volunteer)


def everything():
    models = (Family, FamilyMember, Address, ContactMethod, Support, Visit, Transition)
    rows = [list(model.objects.order_by("pk").values()) for model in models]
    histories = [model.pgh_event_model.objects.count() for model in models[:-1]]
    return rows, histories


def test_same_file_again_changes_nothing(brought_in):
    before, events = everything(), AuditEvent.objects.count()

    run = bring_in(brought_in.coordinator, brought_in.here, xlsx_bytes(BOOK), support__service="Home visiting")

    assert everything() == before
    assert run.counts == {
        "rows": 8, "families_same": 2, "people_same": 5, "supports_same": 2, "visits_new": 0, "visits_same": 3
    }  # fmt: skip
    assert sentences(run, blocks=False) == []
    assert AuditEvent.objects.count() - events == 3


def test_same_file_as_csv_without_references_changes_nothing_either(cast):
    rows = [
        [
            "Ref",
            "Main carer",
            "Child name",
            "DOB",
            "Service",
            "Start date",
            "Visit date",
            "Time",
            "Minutes",
            "Volunteer",
        ],
        [
            "F1",
            "Amina",
            "Zoë",
            days_ago(500),
            "home visiting",
            days_ago(90),
            days_ago(30),
            "14:30",
            80,
            "Vera Volunteer",
        ],
        [
            "F1",
            "Amina",
            "Zoë",
            days_ago(500),
            "home visiting",
            days_ago(90),
            days_ago(23),
            "14:30",
            80,
            "Vera Volunteer",
        ],
    ]
    bring_in(cast.coordinator, cast.here, csv_bytes(rows))
    before = everything()

    run = bring_in(cast.coordinator, cast.here, csv_bytes(rows))

    assert Visit.objects.filter(family__external_reference="F1").count() == 2
    assert everything() == before
    assert run.counts["visits_same"] == 2


def test_nothing_is_saved_before_the_confirm(cast):
    before = everything()

    run = check(cast.coordinator, cast.here, xlsx_bytes(BOOK), support__service="Home visiting")

    assert run.state == "checked"
    assert run.counts["families_new"] == 2
    assert run.counts["visits_new"] == 3
    assert everything() == before


def test_later_file_fills_what_was_empty(brought_in):
    rows = [["Ref", "Main carer", "Phone", "Postcode"], ["F2", "Łukasz Żak", "01274 496000", "BD3 9AA"]]

    run = bring_in(brought_in.coordinator, brought_in.here, csv_bytes(rows))

    family = Family.objects.get(external_reference="F2")
    assert family.contact_methods.get().value == "01274496000"
    assert family.addresses.get().postcode == "BD3 9AA"
    assert "01274496000" in family.search_text
    assert run.counts["families_filled"] == 1
    assert AuditEvent.objects.filter(verb="family.filled_in", family_id=family.pk).exists()


def test_later_file_never_overwrites_and_says_where_it_differs(brought_in):
    rows = [
        [
            "Ref",
            "Family name",
            "Phone",
            "Postcode",
            "Language",
            "Status",
            "Safe to leave message",
            "Child ref",
            "Name",
            "DOB",
        ],
        ["F1", "Hussain", "01274 111111", "BD1 1AA", "Polish", "ended as planned", "no", "C1", "Zoe B", days_ago(499)],
    ]
    rows[0].append("End date")
    rows[1].append(days_ago(1))
    before = everything()

    run = bring_in(brought_in.coordinator, brought_in.here, csv_bytes(rows), support__service="Home visiting")

    assert everything() == before
    assert [column for _row, column, _sentence in sentences(run, blocks=False)] == [
        "B Family name", "E Language", "D Postcode", "I Name", "J DOB",
        "F Status", "K End date", "C Phone", "G Safe to leave message",
    ]  # fmt: skip


def test_unborn_child_that_was_born_meanwhile_stays_one_person(brought_in):
    rows = [["Ref", "Child ref", "Name", "DOB", "Role"], ["F1", "C2", "Baby", days_ago(2), "child"]]

    bring_in(brought_in.coordinator, brought_in.here, csv_bytes(rows))

    child = FamilyMember.objects.get(external_reference="C2")
    assert (child.role, child.date_of_birth, child.due_date) == ("child", days_ago(2), days_ago(-60))


def test_one_worker_alone_has_each_file(brought_in):
    work()

    assert brought_in.run.state == "done"

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.audit.record import record, record_read
from betterstart.clock import at_london

SECRET = "Mum rang about the bruise"


@pytest.fixture
def administrator(cast, as_user):
    return as_user(cast.administrator)


def acts(page) -> list[str]:
    return [row.verb for row in page.context["rows"]]


def act(cast, verb: str, by: str = "coordinator", when: dt.datetime | None = None, **fields: object) -> None:
    person = getattr(cast, by)
    fields = {"actor_id": person.pk, "actor_name": person.display_name, "verb": verb, **fields}
    AuditEvent.objects.create(**fields, **({"happened_at": when} if when else {}))


def test_newest_acts_of_colleagues_come_first_and_strangers_acts_not_at_all(cast, administrator):
    act(cast, "visit.logged")
    act(cast, "match.started", "manager")
    act(cast, "visit.planned", "other_coordinator")

    assert acts(administrator.get("/audit/")) == ["match.started", "visit.logged"]


def test_page_shows_no_reason_and_no_detail_that_belongs_to_a_family(cast, administrator):
    record(
        by=cast.coordinator,
        verb="record.opened",
        label=cast.family.reference,
        family_id=cast.family.pk,
        reason=SECRET,
        details={"note": SECRET},
    )
    record_read(
        by=cast.manager, family_id=cast.family.pk, family_reference=cast.family.reference, page="family", reason=SECRET
    )

    done = administrator.get("/audit/").content.decode()
    looked = administrator.get("/audit/?show=looked").content.decode()

    assert SECRET not in done + looked
    assert "A reason was given" in done
    assert "Opened with a reason" in looked
    assert cast.family.reference in done
    assert cast.family.reference in looked
    assert "Mona Manager" in looked


def test_act_on_people_is_told_with_reason_and_what_changed(cast, administrator):
    record(
        by=cast.administrator,
        verb="service.changed",
        target=cast.home,
        label="Home visiting",
        reason="New contract",
        details={"contact_every_days": [7, 14]},
    )

    page = administrator.get("/audit/").content.decode()

    assert "Service changed" in page
    assert "New contract" in page
    assert "contact every days: 7 → 14" in page


def test_filters_find_person_kind_family_and_days_in_london(cast, administrator):
    summer = dt.date(2026, 6, 10)
    act(cast, "visit.logged", when=at_london(summer, dt.time(0, 30)), family_id=7, target_label="BS-7")
    act(cast, "visit.logged", when=at_london(summer, dt.time(23, 30)), family_id=8, target_label="BS-8")
    act(cast, "visit.planned", "manager", at_london(summer + dt.timedelta(days=1), dt.time(0, 10)))
    act(cast, "plan.changed", "manager", at_london(summer - dt.timedelta(days=1), dt.time(23, 50)), family_id=8)

    def found(query: str) -> list[str]:
        return acts(administrator.get(f"/audit/?{query}"))

    assert found("person=mona") == ["plan.changed", "visit.planned"]
    assert found("person=MONA.MANAGER%40example") == ["plan.changed", "visit.planned"]
    assert found("verb=visit.logged") == ["visit.logged"] * 2
    assert found("family=bs-8") == ["plan.changed", "visit.logged"]
    assert found("first=2026-06-10&last=2026-06-10") == ["visit.logged"] * 2
    assert found("last=2026-06-09") == ["plan.changed"]
    assert found("person=nobody-like-this") == []
    assert found("family=BS-99") == []
    assert found("person=mona&first=2026-06-11") == ["visit.planned"]


def test_filters_of_who_looked_find_family_and_person(cast, administrator):
    record_read(by=cast.coordinator, family_id=7, family_reference="BS-7", page="family")
    record_read(by=cast.volunteer, family_id=8, family_reference="BS-8", page="visits")
    record_read(by=cast.other_coordinator, family_id=8, family_reference="BS-8", page="visits")

    def found(query: str) -> list[str]:
        rows = administrator.get(f"/audit/?show=looked&{query}").context["rows"]
        return [row.reader_name for row in rows]

    assert found("") == ["Vera Volunteer", "Carys Coordinator"]
    assert found("family=bs-8") == ["Vera Volunteer"]
    assert found("person=carys") == ["Carys Coordinator"]


@pytest.mark.parametrize(
    "query",
    [
        "before=-1",
        "before=99999999999999999999999999",
        "before=x",
        "first=2026-02-30",
        "first=2026-05-05&last=2026-05-04",
        "last=9999-12-31",
        "first=0000-01-01",
        "verb=drop.table",
        "person=%25&family=%27--",
        "family=" + "x" * 500,
        "show=nothing&actor_id=1&order_by=password",
    ],
)
def test_nonsense_in_the_address_is_answered_with_a_page(cast, administrator, query):
    assert administrator.get(f"/audit/?{query}").status_code == 200
    assert administrator.get(f"/audit/?show=looked&{query}").status_code == 200


def test_wrong_day_is_said_next_to_its_field(cast, administrator):
    page = administrator.get("/audit/?first=2026-05-05&last=2026-05-04").content.decode()

    assert "The last day is before the first" in page


def test_older_pages_follow_without_gap_or_double(cast, administrator):
    for number in range(120):
        act(cast, f"thing.done_{number}")
    seen, address = [], "/audit/"
    while address:
        page = administrator.get(address)
        seen += acts(page)
        address = f"/audit/?before={page.context['older_key']}" if page.context["older_key"] else ""

    assert seen == [f"thing.done_{number}" for number in reversed(range(120))]


@pytest.mark.parametrize("show", ["", "looked"])
def test_page_needs_the_same_queries_for_one_row_and_for_fifty(cast, administrator, show):
    def add() -> None:
        act(cast, "visit.logged")
        record_read(by=cast.coordinator, family_id=7, family_reference="BS-7", page="family")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            administrator.get(f"/audit/?show={show}")
        return len(captured)

    add()
    one = queries()
    for _more in range(49):
        add()

    assert queries() == one <= 14


def test_kinds_of_acts_are_offered_each_once(cast, administrator):
    for verb in ["visit.logged", "visit.logged", "visit.planned", "match.started"]:
        act(cast, verb)

    page = administrator.get("/audit/").content.decode()

    assert page.count('value="visit.logged"') == page.count('value="match.started"') == 1
    assert AuditEvent.objects.all().verbs() == ["match.started", "visit.logged", "visit.planned"]


@pytest.mark.parametrize("who", ["coordinator", "volunteer", "manager", "lead", "nobody"])
def test_only_administrators_read_the_audit(cast, as_user, who):
    assert as_user(getattr(cast, who)).get("/audit/").status_code == 403


def test_family_read_is_kept_without_anybody_watching(cast):
    record_read(by=cast.lead, family_id=cast.family.pk, family_reference="BS-1", page="family", reason=SECRET)

    assert FamilyRead.objects.get().reason == SECRET
    assert FamilyRead.objects.get().reader_role == "safeguarding_lead"

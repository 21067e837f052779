from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from betterstart.access import actions
from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership
from betterstart.access.roles import Role
from betterstart.audit.models import AuditEvent, FamilyRead
from betterstart.audit.record import record, record_read

TABLES = ["audit_auditevent", "audit_familyread"]
CHANGES = {
    "update": "update {} set request_id = 'forged'",
    "delete": "delete from {}",
    "truncate": "truncate {}",
}


@pytest.fixture
def trail(cast):
    """One row in each table."""
    record(by=cast.administrator, verb="role.given", target=cast.volunteer, label="Vera")
    record_read(by=cast.coordinator, family_id=cast.family.pk, family_reference=cast.family.reference, page="family")
    return cast


def run_as(role: str, statement: str) -> None:
    """The tests' own login owns the tables: for the owner nothing is set."""
    with connection.cursor() as cursor:
        if role != "app_owner":
            cursor.execute("select set_config('role', %s, true), set_config('app.user_id', '1', true)", [role])
        cursor.execute(
            "select pg_has_role(current_user, relowner, 'usage') from pg_class where relname = %s", [TABLES[0]]
        )
        assert cursor.fetchone()[0] is (role == "app_owner")
        cursor.execute(statement)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", ["app_owner", "app_rw", "app_scoped", "app_all"])
def test_database_refuses_every_change_to_everybody_the_owner_too(trail, table, change, role):
    with pytest.raises(DatabaseError, match=r"append-only|permission denied"), transaction.atomic():
        run_as(role, CHANGES[change].format(table))

    assert AuditEvent.objects.filter(request_id="").count() == 1
    assert FamilyRead.objects.filter(request_id="").count() == 1


def test_person_reads_own_acts_and_an_administrator_those_of_colleagues(trail):
    record(by=trail.other_coordinator, verb="visit.logged", label="X")

    def seen_by(person) -> set[str]:
        with acting_as(Scope.SCOPED, person.pk):
            return set(AuditEvent.objects.values_list("actor_name", flat=True))

    assert seen_by(trail.administrator) == {"Ada Administrator"}
    assert seen_by(trail.other_coordinator) == {"Odile Othercoordinator"}
    assert seen_by(trail.volunteer) == set()


def test_what_the_database_shows_is_what_visible_to_says(trail):
    for person in (trail.administrator, trail.coordinator, trail.volunteer):
        for model in (AuditEvent, FamilyRead):
            wanted = set(model.objects.visible_to(person).values_list("pk", flat=True))
            with acting_as(Scope.SCOPED, person.pk):
                shown = set(model.objects.values_list("pk", flat=True))
            assert wanted <= shown


@pytest.fixture
def broken_recorder(monkeypatch):
    def fail(**event: object) -> None:
        raise DatabaseError("the audit has no room")

    monkeypatch.setattr("betterstart.access.recording._recorder", fail)


def test_act_whose_audit_row_fails_leaves_nothing(cast, broken_recorder):
    with pytest.raises(DatabaseError):
        actions.give_role(by=cast.administrator, person=cast.volunteer, role=Role.MANAGER, organisation=cast.here)
    with pytest.raises(DatabaseError):
        actions.end_access(by=cast.administrator, person=cast.volunteer, reason="x")

    cast.volunteer.refresh_from_db()
    assert cast.volunteer.is_active
    assert list(Membership.objects.active().filter(user=cast.volunteer).values_list("role", flat=True)) == ["volunteer"]


def test_page_whose_audit_row_fails_answers_an_error_and_keeps_nothing(cast, as_user, broken_recorder):
    client = as_user(cast.volunteer)
    client.raise_request_exception = False

    response = client.post("/me/", {"display_name": "Changed", "language": "en-gb", "time_zone": "Europe/London"})

    assert response.status_code == 500
    cast.volunteer.refresh_from_db()
    assert cast.volunteer.display_name == "Vera Volunteer"


def test_nobody_signs_in_unrecorded(cast, client, broken_recorder):
    client.raise_request_exception = False
    client.post("/account/login/", {"login": cast.volunteer.email, "password": "a-long-test-password"})

    assert client.get("/me/").status_code == 302

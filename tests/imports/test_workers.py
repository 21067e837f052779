"""The work behind the pages: claimed once, whole or not at all, harmless twice, and closed to everybody else."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.roles import Role
from families import tasks
from families.imports import saving
from families.imports.running import ImportRefused, cancel_import, confirm_import
from families.models import Family, ImportFile, ImportRun, Support, Visit
from tests import factories
from tests.imports.files import csv_bytes, days_ago
from tests.imports.steps import bring_in, check, sentences, work

pytestmark = pytest.mark.django_db

HEADINGS = ["Family ref", "Main carer", "Start date", "Visit date", "Time", "Minutes", "Volunteer"]
ROW = ["F1", "Amina", days_ago(90), days_ago(20), "10:00", 80, "Vera Volunteer"]
FILE = csv_bytes([HEADINGS, ROW])


@pytest.fixture
def checked(cast):
    cast.run = check(cast.coordinator, cast.here, FILE, support__service="Home visiting")
    assert (cast.run.state, cast.run.blocking) == ("checked", 0)
    return cast


def confirmed(cast):
    confirm_import(by=cast.coordinator, run=cast.run)
    return cast.run


def test_sweep_takes_a_file_all_the_way(checked):
    confirmed(checked)

    tasks.sweep_imports()

    checked.run.refresh_from_db()
    assert checked.run.state == "done"
    assert Visit.objects.filter(family__external_reference="F1").exists()


def test_file_is_claimed_by_one_worker_only(checked):
    confirmed(checked)
    seen_by_two = ImportRun.objects.get(pk=checked.run.pk)

    with acting_as(Scope.ALL, None):
        first, second = saving.claim(seen_by_two), saving.claim(seen_by_two)

    assert first.state == "saving"
    assert second is None
    assert saving.claim_next() is None


def test_file_of_a_worker_that_fell_silent_is_taken_up_again(checked):
    confirmed(checked)
    lost = saving.claim_next()
    ImportRun.objects.update(claimed_at=timezone.now() - dt.timedelta(minutes=11))

    work()

    checked.run.refresh_from_db()
    assert checked.run.state == "done"
    saving.work_on(lost)
    checked.run.refresh_from_db()
    assert checked.run.state == "done"
    assert Visit.objects.filter(family__external_reference="F1").count() == 1


def test_worker_whose_claim_ran_out_saves_nothing(checked):
    confirmed(checked)
    slow = saving.claim_next()
    ImportRun.objects.update(claim=None, state="cancelled")

    saving.work_on(slow)

    assert not Family.objects.filter(external_reference="F1").exists()


def test_error_half_way_leaves_nothing_behind_and_can_be_tried_again(checked, monkeypatch, caplog):
    confirmed(checked)

    def broken(*args):
        raise ZeroDivisionError("Amina")

    with monkeypatch.context() as patched:
        patched.setattr(saving, "_save_visits", broken)
        work()

    checked.run.refresh_from_db()
    assert not Family.objects.filter(external_reference="F1").exists()
    assert checked.run.state == "checked"
    assert "Nothing was saved" in checked.run.refusal
    assert "ZeroDivisionError" in caplog.text
    assert "Amina" not in caplog.text
    confirmed(checked)
    work()
    assert Family.objects.filter(external_reference="F1").exists()


def test_what_changed_between_check_and_confirm_stops_the_whole_file(checked):
    confirmed(checked)
    factories.family(checked.stay_and_play, "Dana", external_reference="F1")

    work()

    checked.run.refresh_from_db()
    assert (checked.run.state, checked.run.blocking) == ("checked", 1)
    assert "a service you do not coordinate" in sentences(checked.run)[0][2]
    assert not Support.objects.filter(service=checked.home, family__external_reference="F1").exists()


def test_access_that_ended_meanwhile_lets_nothing_in(checked):
    confirmed(checked)
    checked.coordinator.memberships.update(ends_at=timezone.now())

    work()

    checked.run.refresh_from_db()
    assert checked.run.state == "checked"
    assert not Family.objects.filter(external_reference="F1").exists()


def test_confirming_twice_saves_once(checked):
    confirmed(checked)
    confirmed(checked)
    work()
    confirmed(checked)
    work()

    assert Visit.objects.filter(family__external_reference="F1").count() == 1


def test_file_with_something_in_the_way_cannot_be_confirmed(cast):
    run = check(cast.coordinator, cast.here, csv_bytes([HEADINGS, [*ROW[:-1], "Nobody Known"]]))

    with pytest.raises(ImportRefused):
        confirm_import(by=cast.coordinator, run=run)


def test_file_that_is_being_saved_cannot_be_cancelled(checked):
    confirmed(checked)
    saving.claim_next()

    with pytest.raises(ImportRefused, match="being saved already"):
        cancel_import(by=checked.coordinator, run=checked.run)


def test_file_is_forgotten_after_a_day_with_all_that_was_read_from_it(checked):
    ImportRun.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))

    tasks.forget_imports()
    tasks.forget_imports()

    checked.run.refresh_from_db()
    assert (checked.run.state, checked.run.sheets, checked.run.problems) == ("cancelled", [], [])
    assert not ImportFile.objects.exists()


@pytest.mark.parametrize("state", ["to_save", "saving"])
def test_file_under_way_is_not_forgotten(state, checked):
    ImportRun.objects.update(created_at=timezone.now() - dt.timedelta(hours=25), state=state)

    tasks.forget_imports()

    assert ImportFile.objects.exists()


@pytest.mark.parametrize("who", ["coordinator", "colleague", "other_coordinator", "manager", "administrator"])
def test_database_shows_a_file_to_nobody_but_the_person_who_chose_it(who, checked, runtime_role):
    with connection.cursor() as cursor:
        cursor.execute("reset role")
    checked.colleague = factories.user("Cleo Colleague", Role.COORDINATOR, checked.home)

    with acting_as(Scope.SCOPED, getattr(checked, who).pk):
        seen = (ImportRun.objects.count(), ImportFile.objects.count())

    assert seen == ((1, 1) if who == "coordinator" else (0, 0))


def test_work_is_done_by_a_role_that_sees_nothing_by_itself(checked, runtime_role):
    with acting_as(Scope.SCOPED, checked.coordinator.pk):
        confirmed(checked)

    work()

    with acting_as(Scope.SCOPED, checked.coordinator.pk):
        assert Family.objects.filter(external_reference="F1").count() == 1
        assert ImportRun.objects.get().state == "done"


def test_import_gives_nobody_access_but_through_the_service(cast):
    bring_in(cast.coordinator, cast.here, FILE, support__service="Home visiting")

    family = Family.objects.get(external_reference="F1")
    assert not family.assignments.exists()
    assert family not in Family.objects.visible_to(cast.volunteer)

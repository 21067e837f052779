"""A coordinator brings in ten thousand rows: in a browser, within a minute, and without filling the memory."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from django.db import connections
from playwright.sync_api import expect

from families.imports import saving
from families.models import Family, FamilyMember, Visit
from tests.imports.files import csv_bytes, days_ago
from tests.imports.realistic import workbook
from tests.imports.steps import bring_in, check, work

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SECONDS, MOST_MEGABYTES = 60, 500


def forget_peak() -> None:
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5")


def peak_megabytes() -> float:
    if sys.platform != "linux":
        return 0
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def test_ten_thousand_rows_come_in_from_the_page(people, open_as):
    page = open_as(people.coordinator)
    file = {"name": "old records.xlsx", "mimeType": XLSX, "buffer": workbook(10_000, people.volunteer.email)}

    page.goto("/families/import/")
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Look at this file").click()
    expect(page.get_by_label("Date of birth")).to_have_value("member.date_of_birth")
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("progressbar")).to_be_visible()

    forget_peak()
    began = time.monotonic()
    work()
    expect(page.get_by_text("Every row can come in")).to_be_visible()
    page.get_by_role("button", name="Bring all of it in").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    expect(page.get_by_text("Everything in this file is saved")).to_be_visible()
    seconds, megabytes = time.monotonic() - began, peak_megabytes()

    assert Family.objects.exclude(external_reference="").count() == 2_000
    assert FamilyMember.objects.exclude(external_reference="").count() == 2_500
    assert Visit.objects.exclude(external_reference="").count() == 5_500
    assert seconds < MOST_SECONDS
    assert megabytes < MOST_MEGABYTES


ROWS = [
    ["Family ref", "Main carer", "Start date", "Visit date", "Time", "Minutes", "Volunteer"],
    ["F1", "Amina", days_ago(90), days_ago(20), "10:00", 80, "Vera Volunteer"],
]


def test_progress_is_seen_while_the_one_big_transaction_is_still_open(people, monkeypatch):
    monkeypatch.setattr("families.imports.walking.TOLD_EVERY", 1)
    run = check(people.coordinator, people.here, csv_bytes(ROWS), support__service="Home visiting")
    outside = connections.create_connection("default")
    seen = []

    def watch(*args):
        with outside.cursor() as cursor:
            cursor.execute("select state, done_rows from families_importrun where id > %s", [run.pk])
            seen.append(cursor.fetchone())
            cursor.execute("select count(*) from families_family where external_reference = 'F1'")
            seen.append(cursor.fetchone())

    monkeypatch.setattr(saving, "_note_starts", watch)
    try:
        bring_in(people.coordinator, people.here, csv_bytes(ROWS), support__service="Home visiting")
    finally:
        outside.close()

    assert seen[:2] == [("saving", 1), (0,)]
    assert Family.objects.filter(external_reference="F1").exists()


@pytest.mark.parametrize("script", [True, False])
def test_problem_is_found_at_its_place_with_and_without_script(people, open_as, script):
    page = open_as(people.coordinator, width=360, java_script_enabled=script)
    rows = [ROWS[0], [*ROWS[1][:-1], "Nobody Known"]]

    page.goto("/families/import/")
    page.set_input_files(
        "[name=file]", {"name": "visits.csv", "mimeType": "text/csv", "buffer": csv_bytes(rows, separator=";")}
    )
    page.get_by_role("button", name="Look at this file").click()
    page.get_by_role("button", name="Check every row").click()
    work()
    if not script:
        page.get_by_role("link", name="See how far it is").click()

    expect(page.get_by_text("1 thing stands in the way")).to_be_visible()
    expect(page.get_by_role("row", name="Row 2")).to_contain_text("Nobody Known")
    assert page.get_by_role("button", name="Bring all of it in").count() == 0

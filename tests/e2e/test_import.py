"""A coordinator brings in a file from the old system: puts it right, brings it in, all within a minute."""

from __future__ import annotations

import csv
import re
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.db import connections
from playwright.sync_api import Page, expect

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


def choose(page: Page, rows: list[list[Any]], separator: str = ",") -> None:
    page.goto("/families/import/")
    file = {"name": "old records.csv", "mimeType": "text/csv", "buffer": csv_bytes(rows, separator=separator)}
    page.set_input_files("[name=file]", files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Look at this file").click()
    expect(page.locator("h1")).to_have_text("What do the columns mean?")


def test_problem_is_found_at_its_place_without_script(people, open_as):
    page = open_as(people.coordinator, width=360, java_script_enabled=False)
    choose(page, [ROWS[0], [*ROWS[1][:-1], "Nobody Known"]], separator=";")
    page.get_by_role("button", name="Check every row").click()
    work()
    page.get_by_role("link", name="See how far it is").click()

    expect(page.get_by_text("1 thing stands in the way")).to_be_visible()
    expect(page.get_by_role("row", name="Row 2")).to_contain_text("Nobody Known")
    assert page.get_by_role("button", name="Bring all of it in").count() == 0


HEADINGS = ["Family ref", "Main carer", "Nickname", "Postcode", "Visit date", "Minutes"]
GOOD = [
    ["F1", "Zoë", "=1+1", "BD7 2AA", days_ago(9).strftime("%d/%m/%Y"), "60"],
    ["F1", "Zoë", "=1+1", "BD7 2AA", days_ago(2).isoformat(), "90"],
    ["F2", "ثمینہ اختر", "", "BD5 0BB", "", ""],
]
BAD = ["F3", "Łukasz", "", "BD5 0BB", "31/02/2026", "60"]


def check_rows(page: Page, people: SimpleNamespace) -> None:
    page.locator("[name=service]").select_option(label=str(people.home))
    page.fill("[name=worker]", people.coordinator.email)
    page.fill("[name=start_time]", "10:00")
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("status").filter(has_text="Waiting to be checked")).to_be_visible()
    work()


def test_coordinator_puts_a_file_right_brings_it_in_and_a_second_time_changes_nothing(people, open_as):
    page = open_as(people.coordinator, width=360)
    choose(page, [HEADINGS, *GOOD, BAD], separator=";")
    check_rows(page, people)

    expect(page.locator(".banner")).to_contain_text("1 thing stands in the way")
    expect(page.get_by_role("row", name="Row 5")).to_contain_text("31/02/2026")
    expect(page.get_by_role("button", name=re.compile("Save|Bring all of it in"))).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_text("Download the list (CSV)").click()
    fixes = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [row[1] for row in fixes[1:] if "31/02/2026" in row[3]] == ["5"]
    assert not Family.objects.filter(external_reference="F1").exists()

    choose(page, [HEADINGS, *GOOD])
    check_rows(page, people)
    expect(page.locator(".banner")).to_contain_text("Every row can come in")
    page.get_by_role("button", name="Bring all of it in").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    expect(page.locator(".banner")).to_contain_text("Everything in this file is saved")
    assert Visit.objects.filter(family__external_reference="F1").count() == 2

    page.goto("/families/all/?q=ثمینہ")
    expect(page.locator("main a.row-title", has_text="ثمینہ اختر")).to_be_visible()

    before = Family.objects.count(), Visit.objects.count()
    choose(page, [HEADINGS, *GOOD])
    check_rows(page, people)
    expect(page.locator(".banner")).to_contain_text("Everything in this file is here already")
    assert (Family.objects.count(), Visit.objects.count()) == before


def test_file_that_is_no_table_is_refused_beside_the_field(people, open_as):
    page = open_as(people.coordinator, width=360)
    page.goto("/families/import/")
    page.set_input_files(
        "[name=file]", files=[{"name": "a.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04"}]
    )
    page.get_by_role("button", name="Look at this file").click()

    expect(page.locator("[name=file]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".error-summary")).to_be_visible()

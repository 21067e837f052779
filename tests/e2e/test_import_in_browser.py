"""A coordinator brings in a file from the old system, puts it right, and brings it in once more without harm."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

from playwright.sync_api import Page, expect

from families.models import Family, Visit
from tests.imports.files import csv_bytes, days_ago
from tests.imports.steps import work

HEADINGS = ["Family ref", "Main carer", "Nickname", "Postcode", "Visit date", "Minutes"]
GOOD = [
    ["F1", "Zoë", "=1+1", "BD7 2AA", days_ago(9).strftime("%d/%m/%Y"), "60"],
    ["F1", "Zoë", "=1+1", "BD7 2AA", days_ago(2).isoformat(), "90"],
    ["F2", "ثمینہ اختر", "", "BD5 0BB", "", ""],
]
BAD = ["F3", "Łukasz", "", "BD5 0BB", "31/02/2026", "60"]


def choose(page: Page, rows: list[list[str]]) -> None:
    page.goto("/families/import/")
    file = {"name": "old records.csv", "mimeType": "text/csv", "buffer": csv_bytes([HEADINGS, *rows])}
    page.set_input_files("[name=file]", files=[file])  # type: ignore[list-item]
    page.get_by_role("button", name="Look at this file").click()
    expect(page.locator("h1")).to_have_text("What do the columns mean?")


def check(page: Page, people: SimpleNamespace) -> None:
    page.locator("[name=service]").select_option(label=str(people.home))
    page.fill("[name=worker]", people.coordinator.email)
    page.fill("[name=start_time]", "10:00")
    page.get_by_role("button", name="Check every row").click()
    expect(page.get_by_role("status").filter(has_text="Waiting to be checked")).to_be_visible()
    work()


def test_coordinator_puts_a_file_right_brings_it_in_and_a_second_time_changes_nothing(people, open_as):
    page = open_as(people.coordinator)
    choose(page, [*GOOD, BAD])
    check(page, people)

    expect(page.locator(".banner")).to_contain_text("1 thing stands in the way")
    expect(page.locator("main")).to_contain_text("31/02/2026")
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_text("Download the list (CSV)").click()
    fixes = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [row[1] for row in fixes[1:] if "31/02/2026" in row[3]] == ["5"]
    assert not Family.objects.filter(external_reference="F1").exists()

    choose(page, GOOD)
    check(page, people)
    expect(page.locator(".banner")).to_contain_text("Every row can come in")
    page.locator("main form[action$='/confirm/'] button").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    work()
    expect(page.locator(".banner")).to_contain_text("Everything in this file is saved")
    assert Visit.objects.filter(family__external_reference="F1").count() == 2

    page.goto("/families/all/?q=ثمینہ")
    expect(page.locator("main a.row-title", has_text="ثمینہ اختر")).to_be_visible()

    before = Family.objects.count(), Visit.objects.count()
    choose(page, GOOD)
    check(page, people)
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

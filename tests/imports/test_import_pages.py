import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from betterstart.access.roles import Role
from families.models import Family, ImportFile, ImportMapping, ImportRun
from tests import factories
from tests.imports.files import csv_bytes, xlsx_bytes
from tests.imports.steps import check, work

pytestmark = pytest.mark.django_db
START = reverse("families:import-start")
ROWS = [["Family ref", "Main carer", "Anything"], ["F1", "Zoë", "=1+1"], ["F2", "Łukasz", "-5"]]


def page(name, run, **query):
    address = reverse(f"families:import-{name}", args=[run.uuid])
    return address + ("?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else "")


def upload(client, content, name="families.csv", **fields):
    return client.post(START, {"file": SimpleUploadedFile(name, content), **fields}, follow=True)


def chosen(response, **changes):
    """What the form on the page would send, with some choices changed."""
    form = response.context["form"]
    fields = {field.html_name: field.value() for field in form}
    return {name: value for name, value in {**fields, **changes}.items() if value not in (None, False)}


def test_coordinator_brings_a_file_in_from_choosing_it_to_seeing_it_saved(cast, as_user):
    client = as_user(cast.coordinator)
    columns = upload(client, csv_bytes(ROWS), organisation=cast.here.pk)
    run = ImportRun.objects.get()
    assert columns.redirect_chain == [(page("columns", run), 302)]
    assert "Zoë" in columns.content.decode()

    waiting = client.post(page("columns", run), chosen(columns), follow=True)
    assert "Waiting to be checked" in waiting.content.decode()
    work()
    found = client.get(page("detail", run))
    assert "Every row can come in" in found.content.decode()
    assert not Family.objects.filter(external_reference="F1").exists()

    client.post(page("confirm", run))
    work()
    done = client.get(page("detail", run))
    assert "Everything in this file is saved" in done.content.decode()
    assert set(Family.objects.filter(external_reference__in=["F1", "F2"]).values_list("name", flat=True)) == {
        "Zoë",
        "Łukasz",
    }
    assert not ImportFile.objects.exists()


def test_columns_are_remembered_for_the_organisation(cast, as_user):
    client = as_user(cast.coordinator)
    rows = [["Kode", "Naam", "Main carer"], ["F1", "Jan", "Jan"]]
    columns = upload(client, csv_bytes([["Family ref", *rows[0]], ["F1", *rows[1]]]), organisation=cast.here.pk)
    data = chosen(columns, **{"sheet0-0": "", "sheet0-1": "family.reference", "sheet0-2": "family.name"})
    client.post(page("columns", ImportRun.objects.get()), data)

    again = upload(client, csv_bytes(rows), organisation=cast.here.pk)

    assert [again.context["form"][f"sheet0-{place}"].value() for place in range(3)] == [
        "family.reference", "family.name", "family.carer"
    ]  # fmt: skip
    assert set(ImportMapping.objects.visible_to(cast.coordinator).values_list("heading", flat=True)) == {
        "kode",
        "naam",
        "main carer",
    }
    assert not ImportMapping.objects.visible_to(cast.other_coordinator).exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (b"PK\x03\x04not really", "damaged"),
        (xlsx_bytes({"Empty": []}), "nothing in this file"),
        (b"%PDF-1.4", "PDF"),
    ],
)
def test_file_that_cannot_be_read_is_refused_beside_the_field(content, sentence, cast, as_user):
    response = upload(as_user(cast.coordinator), content, name="families.xlsx", organisation=cast.here.pk)

    assert sentence in " ".join(response.context["form"].errors["file"])
    assert not ImportRun.objects.exists()


def test_file_over_the_limit_is_refused_without_being_read(cast, as_user, monkeypatch):
    monkeypatch.setattr("families.forms.imports.LARGEST_FILE", 10)

    response = upload(as_user(cast.coordinator), b"Ref,Name\nF1,Amina\n", organisation=cast.here.pk)

    assert "larger than 50 MB" in response.context["form"].errors["file"][0]


def test_no_file_is_asked_for(cast, as_user):
    response = as_user(cast.coordinator).post(START, {"organisation": cast.here.pk})

    assert response.context["form"].errors["file"] == ["Choose a file first."]


def test_another_organisation_cannot_be_chosen(cast, as_user):
    response = upload(as_user(cast.coordinator), csv_bytes(ROWS), organisation=cast.elsewhere.pk)

    assert "organisation" in response.context["form"].errors
    assert not ImportRun.objects.exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sheet0": False}, "Choose at least one sheet"),
        ({"sheet0-0": ""}, "no column for the family&#x27;s reference"),
        ({"sheet0-1": ""}, "nothing but the family&#x27;s reference"),
        ({"sheet0-2": "family.carer"}, "two columns for “Main carer&#x27;s name”"),
        ({"start_time": "soon"}, "This is not a time we can read"),
        ({"duration": "long"}, "This is not a length of time we can read"),
        ({"sheet0-1": "user.password"}, "Select a valid choice"),
        ({"service": "Doula support"}, "Select a valid choice"),
    ],
)
def test_columns_that_make_no_sense_are_refused_and_the_choices_kept(changes, sentence, cast, as_user):
    client = as_user(cast.coordinator)
    columns = upload(client, csv_bytes(ROWS), organisation=cast.here.pk)
    run = ImportRun.objects.get()

    response = client.post(page("columns", run), chosen(columns, **changes))

    assert response.status_code == 200
    assert sentence in response.content.decode()
    run.refresh_from_db()
    assert run.state == "columns"


def test_two_columns_of_one_heading_are_named_by_their_letters(cast, as_user):
    rows = [["Family ref", "Phone", "Phone"], ["F1", "01274 496000", "07700 900123"]]

    shown = upload(as_user(cast.coordinator), csv_bytes(rows), organisation=cast.here.pk).content.decode()

    assert shown.count("Two columns have this heading") == 2


def test_problems_are_shown_and_stop_the_confirm(cast, as_user):
    rows = [
        ["Family ref", "Main carer", "Postcode", "DOB", "Name"],
        ["F1", "Amina", "<b>none</b>", "30/02/2024", "Zoë"],
    ]
    run = check(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")
    client = as_user(cast.coordinator)

    shown = client.get(page("detail", run)).content.decode()
    confirmed = client.post(page("confirm", run), follow=True).content.decode()
    work()

    assert "2 things stand in the way" in shown
    assert "&lt;b&gt;none&lt;/b&gt;" in shown
    assert "C Postcode" in shown
    assert "This file cannot be brought in as it is." in confirmed
    assert not Family.objects.filter(external_reference="F1").exists()


def test_fix_list_has_every_problem_and_is_inert(cast, as_user):
    rows = [["Family ref", "Postcode", "Main carer"], *[[f"F{n}", "=HYPERLINK(1)", f"Name {n}"] for n in range(60)]]
    run = check(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")
    client = as_user(cast.coordinator)

    as_csv = client.get(page("fix-list", run))
    as_xlsx = client.get(page("fix-list", run, form="xlsx"))

    assert "'=HYPERLINK(1)" in as_csv.content.decode("utf-8-sig")
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx.content)).worksheets[0]
    assert sheet.max_row == 61
    assert [cell.value for cell in sheet[2]][:4] == ["CSV", 2, "B Postcode", "'=HYPERLINK(1)"]
    assert as_csv["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("start", ["", "50", "999999", "-1", "x", "9" * 30])
def test_problems_come_fifty_at_a_time_and_odd_pages_do_no_harm(start, cast, as_user):
    rows = [["Family ref", "Postcode", "Main carer"], *[[f"F{n}", "none", f"Name {n}"] for n in range(60)]]
    run = check(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")

    response = as_user(cast.coordinator).get(page("detail", run, **{"from": start}))

    assert response.status_code == 200
    assert len(response.context["blocking"]) == {"50": 10, "999999": 0}.get(start, 50)


def test_remark_about_the_letters_is_shown_before_anything_is_confirmed(cast, as_user):
    content = csv_bytes([["Family ref", "Main carer"], ["F1", "Zoë"]], "windows-1252")

    shown = upload(as_user(cast.coordinator), content, organisation=cast.here.pk).content.decode()

    assert "older Windows file" in shown


def test_progress_is_a_fragment_that_asks_again_until_the_work_is_over(cast, as_user):
    client = as_user(cast.coordinator)
    columns = upload(client, csv_bytes(ROWS), organisation=cast.here.pk)
    run = ImportRun.objects.get()
    client.post(page("columns", run), chosen(columns))
    ImportRun.objects.update(done_rows=1, all_rows=3)

    waiting = client.get(page("detail", run), headers={"HX-Request": "true"}).content.decode()
    work()
    over = client.get(page("detail", run), headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 1s"' in waiting
    assert 'value="33"' in waiting
    assert "<html" not in waiting
    assert "hx-trigger" not in over


def test_file_can_be_let_go_and_nothing_of_it_stays(cast, as_user):
    client = as_user(cast.coordinator)
    upload(client, csv_bytes(ROWS), organisation=cast.here.pk)
    run = ImportRun.objects.get()

    response = client.post(page("cancel", run), follow=True)

    run.refresh_from_db()
    assert "Nothing was saved from it." in response.content.decode()
    assert (run.state, run.sheets, run.problems) == ("cancelled", [], [])
    assert not ImportFile.objects.exists()
    assert client.get(page("columns", run)).status_code == 302
    assert client.post(page("confirm", run), follow=True).status_code == 200
    assert not Family.objects.filter(external_reference="F1").exists()


NAMES = ["detail", "columns", "fix-list"]


@pytest.mark.parametrize("name", NAMES)
def test_file_of_somebody_else_is_not_found(name, cast, as_user):
    run = check(cast.coordinator, cast.here, csv_bytes(ROWS))
    colleague = factories.user("Cleo Colleague", Role.COORDINATOR, cast.home)
    client = as_user(colleague)

    theirs, absent = client.get(page(name, run)), client.get(page(name, run).replace(str(run.uuid)[:8], "00000000"))

    assert (theirs.status_code, absent.status_code) == (404, 404)
    assert client.post(page("confirm", run)).status_code == 404
    assert client.post(page("cancel", run)).status_code == 404


@pytest.mark.parametrize("who", ["volunteer", "manager", "lead", "administrator", "nobody"])
def test_import_is_for_coordinators(who, cast, as_user):
    assert as_user(getattr(cast, who)).get(START).status_code == 403


def test_stranger_is_asked_to_sign_in(client):
    assert client.get(START).status_code == 302


def test_pages_take_the_same_queries_however_many_rows_and_files(cast, as_user):
    client = as_user(cast.coordinator)
    rows = [["Family ref", "Postcode", "Main carer"]]
    short = check(cast.coordinator, cast.here, csv_bytes([*rows, ["F1", "none", "Amina"]]))
    pages = [START, page("detail", short), page("columns", short)]
    few = [_queries(client, address) for address in pages]
    long = check(cast.coordinator, cast.here, csv_bytes([*rows, *[[f"F{n}", "none", f"Name {n}"] for n in range(30)]]))
    for _again in range(5):
        upload(client, csv_bytes(ROWS), organisation=cast.here.pk)

    many = [_queries(client, address) for address in [START, page("detail", long), page("columns", long)]]

    assert many == few


def _queries(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_dates_that_need_an_answer_offer_one_on_the_columns_page(cast, as_user):
    rows = [["Family ref", "Main carer", "Name", "DOB"], ["F1", "Amina", "Zoë", "02/13/2025"]]
    run = check(cast.coordinator, cast.here, csv_bytes(rows), support__service="Home visiting")
    client = as_user(cast.coordinator)
    columns = client.get(page("columns", run))

    client.post(page("columns", run), chosen(columns, **{"sheet0-3-how": "month_first"}))
    work()

    run.refresh_from_db()
    assert (run.state, run.blocking) == ("checked", 0)

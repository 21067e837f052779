"""The directory's pages: looking something up, our own entries, and bringing a directory in."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.audit.models import AuditEvent
from betterstart.directory.actions import add_entry
from betterstart.directory.models import DirectoryRun, Entry
from tests.directory.feeds import bring_in, content, go_on, read, service

TYPED = {
    "name": "Nani's kitchen",
    "topics": "Food, Meeting others, Food",
    "from_years": "",
    "up_to": "4",
    "languages": ["ur", "en"],
    "days": ["4"],
    "times": "Thursday at noon",
    "place_name": "Flat 2",
    "postcode": "qb48pr",
}


def test_coordinator_adds_an_entry_that_is_found_by_its_topic(cast, as_user, postcode_at):
    postcode_at("QB4 8PR", 53.8, -1.7)
    answer = as_user(cast.coordinator).post("/directory/new/", TYPED, follow=True)

    entry = Entry.objects.get()
    assert "is in the directory" in answer.text
    assert (entry.topics, entry.to_months, entry.days) == (["Food", "Meeting others"], 59, [4])
    assert (entry.venues.get().postcode, entry.venues.get().latitude) == ("QB4 8PR", 53.8)
    assert "Nani" in as_user(cast.other_coordinator).get("/directory/?topic=Food&age=3&day=4&language=ur").text
    assert AuditEvent.objects.filter(verb="directory.entry_added").exists()


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("name", "", "This field is required"),
        ("postcode", "nowhere", "Write the postcode like"),
        ("from_years", "9", "younger than the age it begins with"),
        ("url", "javascript:alert(1)", "Enter a valid URL"),
        ("topics", ",".join("abcdefghijklm"), "At most ten"),
    ],
)
def test_what_cannot_be_kept_is_refused_beside_its_field_and_stays_typed(cast, as_user, field, typed, sentence):
    answer = as_user(cast.coordinator).post("/directory/new/", TYPED | {field: typed})

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Thursday at noon" in answer.text
    assert not Entry.objects.exists()


def test_same_entry_twice_is_refused(cast, as_user):
    coordinator = as_user(cast.coordinator)
    coordinator.post("/directory/new/", TYPED)

    assert "Change that one" in coordinator.post("/directory/new/", TYPED | {"name": "NANI'S KITCHEN"}).text


def test_two_people_changing_an_entry_neither_overwrite_the_other_unseen(cast, as_user):
    entry = add_entry(by=cast.coordinator, name="Kitchen", venue={})
    coordinator, page = as_user(cast.coordinator), f"/directory/{entry.uuid}/edit/"
    assert coordinator.post(page, TYPED | {"version": 1, "name": "First"}).status_code == 302

    answer = coordinator.post(page, TYPED | {"version": 1, "name": "Second"})

    assert (answer.status_code, "changed this while you were here" in answer.text) == (409, True)
    assert Entry.objects.get().name == "First"
    assert coordinator.post(page, TYPED | {"version": 2, "name": "Second"}).status_code == 302


def test_entry_that_is_over_is_found_no_more_and_stays_to_be_read(cast, as_user):
    entry = add_entry(by=cast.coordinator, name="Kitchen", venue={})
    coordinator = as_user(cast.coordinator)
    coordinator.post(f"/directory/{entry.uuid}/edit/", TYPED | {"version": 1, "is_over": "on"})

    assert "Nani" not in coordinator.get("/directory/").text
    assert "Not in the directory since" in coordinator.get(f"/directory/{entry.uuid}/").text


def test_entry_of_a_directory_cannot_be_changed_by_hand(cast, as_user):
    bring_in(cast.administrator, service())
    entry = Entry.objects.get()

    answer = as_user(cast.coordinator).post(f"/directory/{entry.uuid}/edit/", TYPED | {"version": 1})

    assert (answer.status_code, "comes from a directory" in answer.text) == (422, True)
    assert Entry.objects.get().name == "Baby sleep group"


def test_markup_of_a_directory_is_shown_as_words(cast, as_user):
    bring_in(cast.administrator, service(name="<b>Sleep</b> &lt;i&gt;", alert="<script>alert(1)</script>Ring first"))

    text = as_user(cast.coordinator).get(f"/directory/{Entry.objects.get().uuid}/").text

    assert "Sleep &lt;i&gt;" in text
    assert '<p dir="auto">Ring first</p>' in text


def test_postcode_nobody_knows_is_said_and_everything_is_shown(cast, as_user):
    add_entry(by=cast.coordinator, name="Kitchen", venue={})
    text = as_user(cast.coordinator).get("/directory/?postcode=QB1+1AA&miles=2").text

    assert "We do not know where this postcode lies" in text
    assert "Kitchen" in text


ODD = ["age=x", "day=9", "miles=a", "language=%00", "q=" + "x" * 5000, "after=%FF", "topic=" + "y" * 300]


@pytest.mark.parametrize("query", ODD)
def test_question_nobody_would_ask_is_no_error(cast, as_user, query):
    assert as_user(cast.coordinator).get(f"/directory/?{query}").status_code == 200


def test_directory_page_asks_the_same_number_of_questions_for_one_entry_and_for_thirty(cast, as_user):
    coordinator, counts = as_user(cast.coordinator), []
    for many in (1, 29):
        for number in range(many):
            add_entry(by=cast.coordinator, name=f"Kitchen {many} {number}", venue={"name": "Flat"}, topics=["Food"])
        with CaptureQueriesContext(connection) as queries:
            coordinator.get("/directory/?q=kitchen")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_administrator_brings_a_file_in_and_sees_what_is_left_out_first(cast, as_user):
    administrator = as_user(cast.administrator)
    file = SimpleUploadedFile("council.json", content(service(), service("s2", "Pram repairs", status=None)))
    page = administrator.post("/directory/bring-in/", {"name": "Council", "file": file}, follow=True)
    assert "Waiting to be read" in page.text
    run = go_on(DirectoryRun.objects.get())

    text = administrator.get(f"/directory/bring-in/{run.uuid}/").text
    assert "Pram repairs" in text
    assert "it lacks what must be there: status" in text
    assert not Entry.objects.exists()
    administrator.post(f"/directory/bring-in/{run.uuid}/confirm/")
    go_on(run)

    assert "The directory is brought in" in administrator.get(f"/directory/bring-in/{run.uuid}/").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "Council"}, "or choose a file"),
        ({"url": "https://directory.example.org"}, "Give the new directory a name"),
        ({"name": "Council", "url": "http://directory.example.org"}, "secure connection only"),
        ({"name": "Council", "url": "https://127.0.0.1/"}, "private network"),
    ],
)
def test_directory_that_cannot_be_read_is_refused_where_it_was_typed(cast, as_user, typed, sentence):
    answer = as_user(cast.administrator).post("/directory/bring-in/", typed)

    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert not DirectoryRun.objects.exists()


def test_preview_asks_the_same_number_of_questions_for_one_entry_and_for_thirty(cast, as_user):
    administrator, counts, source = as_user(cast.administrator), [], None
    for many in (1, 30):
        run = read(cast.administrator, *(service(f"s{n}") for n in range(many)), source=source)
        source = run.source
        with CaptureQueriesContext(connection) as queries:
            administrator.get(f"/directory/bring-in/{run.uuid}/")
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_command_brings_a_file_in_like_the_page(cast, tmp_path, capsys):
    file = tmp_path / "council.json"
    file.write_bytes(content(service(), service("s2", "Pram repairs", status=None)))
    email = {"email": cast.administrator.email, "file": file}

    call_command("import_directory", "Council", **email, dry_run=True)
    assert not Entry.objects.exists()
    call_command("import_directory", "Council", **email)

    assert "left out: Pram repairs: it lacks" in capsys.readouterr().out
    assert Entry.objects.get().source.name == "Council"
    file.write_bytes(b"{")
    with pytest.raises(CommandError, match=r"Nothing was changed\. This ends in the middle"):
        call_command("import_directory", "Council", **email)
    with pytest.raises(CommandError, match="may bring directories in"):
        call_command("import_directory", "Council", email=cast.coordinator.email, file=file)

"""A directory on its way in: looked at first, saved as a whole, and again later without losing anything."""

from __future__ import annotations

import pytest

from betterstart.audit.models import AuditEvent
from betterstart.directory.actions import add_entry
from betterstart.directory.imports import comparing, fetching, saving
from betterstart.directory.imports.running import DirectoryRefused, cancel_run, confirm_run, start_run
from betterstart.directory.models import DirectoryRun, Entry, RunState, Source
from tests.directory.feeds import FEED, FakeFeed, bring_in, content, go_on, location, read, service


def names(**filters):
    return sorted(Entry.objects.filter(**filters).values_list("name", flat=True))


def test_directory_that_was_read_saves_nothing_before_somebody_confirms(cast):
    run = read(cast.administrator, service("s1"), service("s2", status=None))

    assert run.state == RunState.CHECKED
    assert run.preview["counts"] | {"remarks": 0} == {
        "new": 1, "changed": 0, "back": 0, "gone": 0, "same": 0, "left_out": 1, "remarks": 0,
    }  # fmt: skip
    assert "status" in run.preview["left_out"][0]["why"]
    assert not Entry.objects.exists()


def test_confirmed_directory_is_saved_with_its_places_and_written_down(cast):
    run = bring_in(cast.administrator, service())

    entry = Entry.objects.get()
    assert run.state == RunState.DONE
    assert (run.content, run.entries) == (None, [])
    assert entry.venues.get().postcode == "QB3 9LD"
    assert entry.source.read_at
    assert AuditEvent.objects.get(verb="directory.run_saved").details["new"] == 1


def test_second_reading_changes_marks_and_brings_back_and_deletes_nothing(cast):
    source = bring_in(cast.administrator, service("a", "A"), service("b", "B"), service("c", "C")).source
    uuid_of_b = Entry.objects.get(name="B").uuid

    run = bring_in(cast.administrator, service("a", "A new"), service("c", "C"), source=source)
    assert run.preview["counts"] | {"remarks": 0} == {
        "new": 0, "changed": 1, "back": 0, "gone": 1, "same": 1, "left_out": 0, "remarks": 0,
    }  # fmt: skip
    assert "name" in run.preview["changed"][0]["why"]
    assert names(gone_on=None) == ["A new", "C"]
    assert Entry.objects.get(uuid=uuid_of_b).gone_on is not None

    bring_in(cast.administrator, service("a", "A new"), service("b", "B"), service("c", "C"), source=source)
    assert Entry.objects.get(uuid=uuid_of_b).gone_on is None
    assert Entry.objects.count() == 3


def test_same_directory_again_changes_nothing(cast):
    source = bring_in(cast.administrator, service()).source
    before = Entry.objects.get().version

    run = bring_in(cast.administrator, service(), source=source)

    assert run.preview["counts"]["same"] == 1
    assert Entry.objects.get().version == before


def test_moved_place_is_a_change_and_replaces_the_old_one(cast):
    source = bring_in(cast.administrator, service()).source
    there = service(service_at_locations=[{"location": location(name="Mill Bank House")}])

    run = bring_in(cast.administrator, there, source=source)

    assert run.preview["changed"][0]["why"] == "places"
    assert [venue.name for venue in Entry.objects.get().venues.all()] == ["Mill Bank House"]


def test_own_entry_and_another_directory_are_never_touched(cast):
    own = add_entry(by=cast.coordinator, venue={"postcode": "QB3 9LD"}, name="Baby sleep group")
    bring_in(cast.administrator, service("s1", "Elsewhere"))
    run = start_run(by=cast.administrator, name="Second", file_name="b.json", content=content(service("s1")))

    run = go_on(confirm_run(by=cast.administrator, run=go_on(run)))

    assert "entry of our own" in run.preview["remarks"][0]["why"]
    assert names() == ["Baby sleep group", "Baby sleep group", "Elsewhere"]
    own.refresh_from_db()
    assert (own.version, own.source_id, own.gone_on) == (1, None, None)


def test_failure_half_way_leaves_nothing_behind_and_can_be_tried_again(cast, monkeypatch):
    run = read(cast.administrator, service())
    confirm_run(by=cast.administrator, run=run)
    with monkeypatch.context() as broken:
        broken.setattr(saving, "record", lambda **_what: 1 / 0)
        go_on(run)

    assert run.state == RunState.CHECKED
    assert "Nothing was saved" in run.refusal
    assert not Entry.objects.exists()
    assert go_on(confirm_run(by=cast.administrator, run=run)).state == RunState.DONE


def test_truncated_file_is_refused_and_says_so(cast):
    run = start_run(by=cast.administrator, name="Council", file_name="a.json", content=content(service())[:-9])

    go_on(run)

    assert (run.state, run.content) == (RunState.REFUSED, None)
    assert "cut off" in run.refusal


def test_feed_is_fetched_from_its_address_and_again_without_typing_it(cast, monkeypatch):
    monkeypatch.setattr(fetching, "fetch", FakeFeed([service(f"s{n}") for n in range(5)]))
    run = go_on(start_run(by=cast.administrator, name="Council", url=FEED))
    go_on(confirm_run(by=cast.administrator, run=run))

    again = go_on(start_run(by=cast.administrator, source=Source.objects.get()))

    assert again.preview["counts"]["same"] == 5


def test_cancelled_reading_saves_nothing_and_cannot_be_confirmed(cast):
    run = cancel_run(by=cast.administrator, run=read(cast.administrator, service()))

    with pytest.raises(DirectoryRefused):
        confirm_run(by=cast.administrator, run=run)
    assert (run.state, run.entries) == (RunState.CANCELLED, [])


def test_confirming_twice_saves_once(cast):
    run = read(cast.administrator, service())
    confirm_run(by=cast.administrator, run=run)

    go_on(confirm_run(by=cast.administrator, run=run))

    assert Entry.objects.count() == 1
    assert AuditEvent.objects.filter(verb="directory.run_confirmed").count() == 1


def test_same_directory_is_not_read_twice_at_once(cast):
    start_run(by=cast.administrator, name="Council", file_name="a.json", content=content(service()))

    with pytest.raises(DirectoryRefused, match="being read already"):
        start_run(by=cast.administrator, source=Source.objects.get(), content=b"{}")
    with pytest.raises(DirectoryRefused, match="of this name"):
        start_run(by=cast.administrator, name="Council", content=b"{}")


def test_reading_that_loses_a_great_part_is_said_loudly(cast):
    source = bring_in(cast.administrator, *(service(f"s{n}") for n in range(4))).source

    assert read(cast.administrator, service("s1"), source=source).loses_many
    DirectoryRun.objects.filter(state=RunState.CHECKED).delete()
    assert not read(cast.administrator, *(service(f"s{n}") for n in range(3)), source=source).loses_many


def test_saving_takes_the_same_number_of_queries_for_many(cast, django_assert_max_num_queries):
    source = Source.objects.create(name="Large")
    entries = [comparing_facts(n) for n in range(300)]
    with django_assert_max_num_queries(4):
        saving._write(source, comparing.compare(source, entries))

    assert Entry.objects.count() == 300


def comparing_facts(number):
    from betterstart.directory.imports.reading import Feed
    from betterstart.directory.imports.service import Service

    return Service(service(f"s{number}"), Feed()).entry()

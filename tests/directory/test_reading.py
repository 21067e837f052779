"""What a feed may hold, and what becomes of it: nothing in it is an error of ours."""

from __future__ import annotations

import json

import pytest

from betterstart.directory.imports.entries import judge
from betterstart.directory.imports.plain import plain
from betterstart.directory.imports.reading import Feed, FeedRefused, read_feed, read_file
from tests.directory.feeds import FEED, FakeFeed, content, location, service

pytestmark = pytest.mark.django_db


def judged(*services, **tables):
    return judge(Feed(services=list(services), **tables))


def entry(**fields):
    reading = judged(service(**fields))
    assert not reading.left_out
    return reading.entries[0]


def remarks(**fields):
    return " | ".join(each["why"] for each in judged(service(**fields)).remarks)


def test_service_becomes_an_entry_with_its_days_languages_ages_and_place():
    read = entry()

    assert (read["name"], read["organisation_name"]) == ("Baby sleep group", "Kiln Street Friends")
    assert (read["from_months"], read["to_months"]) == (None, 59)
    assert read["languages"] == ["ur", "en"]
    assert (read["days"], read["times"]) == ([2, 4], ["Tuesday, Thursday 10:00 to 11:30"])
    assert (read["cost"], read["phone"], read["topics"]) == ("Each time free", "01632 960100", ["Sleep"])
    assert read["venues"][0]["postcode"] == "QB3 9LD"


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("id", None, "lacks what must be there: id"),
        ("name", " ", "lacks what must be there: name"),
        ("status", None, "lacks what must be there: status"),
        ("status", "gone fishing", "none of Open Referral"),
        ("organization", None, "organization id, organization name"),
        ("organization", {"id": "o1"}, "organization name"),
        ("id", "x" * 101, "longer than 100"),
    ],
)
def test_service_without_a_required_field_is_left_out_and_the_field_is_named(field, value, named):
    reading = judged(service("ok"), service("bad") | {field: value})

    assert [each["external_id"] for each in reading.entries] == ["ok"]
    assert named in reading.left_out[0]["why"]


@pytest.mark.parametrize("row", [None, 7, "text", [], {}])
def test_row_that_is_no_service_is_left_out(row):
    assert judged(row).left_out[0]["name"] == "Number 1 in the feed"


def test_second_service_with_the_same_id_is_left_out_and_a_lookalike_is_told():
    reading = judged(service("s1"), service("s1", "Another"), service("s2"))

    assert [each["external_id"] for each in reading.entries] == ["s1", "s2"]
    assert "there twice" in reading.left_out[0]["why"]
    assert "looks the same" in reading.remarks[0]["why"]


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"description": "x" * 300_000}, "has 300,000 letters"),
        ({"description": "<p>Come <b>in</b></p>"}, "markup was taken out"),
        ({"minimum_age": 9, "maximum_age": 2}, "ages make no sense"),
        ({"minimum_age": "some"}, "ages make no sense"),
        ({"maximum_age": -1}, "ages make no sense"),
        ({"maximum_age": float("nan")}, "ages make no sense"),
        ({"url": "javascript:alert(1)"}, "website is no address"),
        ({"email": "nobody"}, "email address is none"),
        ({"assured_date": "last week"}, "is no date"),
        ({"organization": {"id": "o", "name": "O"}}, "no description"),
        ({"service_at_locations": [{"location": location(location_type=None)}]}, "no kind of location"),
        ({"service_at_locations": [{"location": location(latitude=900)}]}, "nowhere on the map"),
        ({"service_at_locations": [{"location": location(addresses=[{"postal_code": "??"}])}]}, "is no postcode"),
    ],
)
def test_what_makes_no_sense_is_set_right_and_told(fields, named):
    assert named in remarks(**fields)


@pytest.mark.parametrize("junk", [7, "text", [], [None, 3, "x"], {"a": []}, None, True])
def test_whatever_stands_in_a_nested_field_the_service_comes_in(junk):
    nested = ("languages", "schedules", "phones", "cost_options", "service_at_locations", "attributes", "contacts")

    read = entry(**dict.fromkeys((*nested, "description", "minimum_age", "url"), junk))

    assert read["name"] == "Baby sleep group"


def test_words_of_a_page_are_kept_and_its_scripts_are_not():
    html = "<h2>Come &amp; play</h2><script>alert(1)</script><p>Tea<br>and toast &lt;3</p><img src=x onerror=alert(1)>"

    assert plain(html) == "Come & play\n\nTea\nand toast <3"
    assert plain("<b" * 100_000) is not None


def test_topics_that_go_round_in_circles_are_cut_and_told():
    terms = {
        "a": {"id": "a", "name": "Sleep", "parent_id": "b"},
        "b": {"id": "b", "name": "Babies", "parent_id": "a"},
    }
    reading = judged(service(attributes=[{"taxonomy_term_id": "a"}]), terms=terms)

    assert reading.entries[0]["other_words"] == "Sleep Babies"
    assert "lies above itself" in reading.remarks[0]["why"]


def test_place_without_coordinates_takes_those_of_its_postcode(postcode_at):
    postcode_at("QB3 9LD", 53.8, -1.7)
    read = entry(service_at_locations=[{"location": location(latitude=None, longitude=None)}])

    assert (read["venues"][0]["latitude"], read["venues"][0]["longitude"]) == (53.8, -1.7)


@pytest.mark.parametrize(
    ("schedule", "days", "times"),
    [
        ({"freq": "MONTHLY", "byday": "1TU", "opens_at": "9:30"}, [2], ["first Tuesday of the month 09:30"]),
        ({"freq": "DAILY"}, [1, 2, 3, 4, 5, 6, 7], ["every day"]),
        ({"freq": "WEEKLY", "byday": "FR", "valid_to": "2020-01-01"}, [], []),
        ({"byday": "??", "opens_at": "25:99", "description": "Term time"}, [], ["Term time"]),
    ],
)
def test_times_of_a_service_read_as_people_say_them(schedule, days, times):
    read = entry(schedules=[schedule])

    assert (read["days"], read["times"]) == (days, times)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        (b"", "nothing in it"),
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"<!doctype html><html>", "a web page"),
        (content(service())[:-40], "cut off"),
        (b'{"services": [1,], "a": 2}', "Line 1 is no valid JSON"),
        (b"[" * 200_000, "nested so deeply"),
        (b'{"a": 1}', "not in the shape"),
        (b'"words"', "not in the shape"),
        (b'{"services": []}', "not one service"),
        (json.dumps({"contents": [service()], "total_items": 90}).encode(), "one page of several"),
        (b" " * 20_000_001, "larger than 20 MB"),
    ],
)
def test_file_that_is_no_directory_is_refused_by_name(raw, named):
    with pytest.raises(FeedRefused, match=named):
        read_file(raw)


def turn(pages):
    return read_feed(FEED, pages, lambda _done, _of: None)


def test_feed_is_read_page_by_page():
    pages = FakeFeed([service(f"s{n}") for n in range(5)])

    assert len(turn(pages).services) == 5
    assert [url.rpartition("?")[2] for url in pages.asked] == [f"page={n}&per_page=100" for n in (1, 2, 3)]


def test_feed_that_lists_names_only_is_asked_for_each_service():
    full = service("a/b")
    pages = FakeFeed([full])
    pages.page = {"contents": [{"id": "a/b", "name": "Baby sleep group", "status": "active"}]}
    pages.services[0]["id"] = "a%2Fb"

    assert turn(pages).services[0]["schedules"]


@pytest.mark.parametrize(
    ("facts", "named"),
    [
        ({"total_items": 9}, "says it has 9 services, and gave 4"),
        ({"contents": [service("s0")]}, "are the same"),
        ({"total_pages": 100_000}, "more than 1000 pages"),
    ],
)
def test_feed_that_does_not_add_up_is_refused(facts, named):
    with pytest.raises(FeedRefused, match=named):
        turn(FakeFeed([service(f"s{n}") for n in range(4)], **facts))

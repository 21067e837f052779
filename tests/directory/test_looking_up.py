"""What a coordinator finds, and in which order."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from betterstart.directory.models import Entry, Source, Venue
from betterstart.directory.reports import PAGE, Asked, distance_in_words, find, languages_spoken, topics

pytestmark = pytest.mark.django_db
HOME = (53.80, -1.75)


def entry(name, at=None, **fields):
    row = Entry.objects.create(name=name, **fields)
    if at:
        Venue.objects.create(entry=row, name="Hall", latitude=at[0], longitude=at[1])
    return row


def found(**asked):
    return [row.entry.name for row in find(Asked(**asked)).rows]


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"text": "sleep"}, ["Sleepy heads"]),
        ({"text": "SLEEPING tired"}, ["Sleepy heads"]),
        ({"text": "wir"}, ["Sleepy heads"]),
        ({"text": "sleep swimming"}, []),
        ({"text": "& | ! ' <-> :*"}, ["Sewing", "Sleepy heads", "Swim"]),
        ({"topic": "Play"}, ["Swim"]),
        ({"topic": "play"}, []),
        ({"age": "0"}, ["Sewing", "Sleepy heads"]),
        ({"age": "3"}, ["Sewing", "Swim"]),
        ({"age": "nonsense"}, ["Sewing", "Sleepy heads", "Swim"]),
        ({"language": "ur"}, ["Sleepy heads"]),
        ({"day": 2}, ["Swim"]),
        ({"day": 2, "topic": "Play", "language": "ur"}, []),
    ],
)
def test_words_topic_age_language_and_day_narrow_what_is_found(asked, names):
    entry("Sleepy heads", description="For tired parents.", other_words="Wiring", from_months=None, to_months=11,
          languages=["ur"])  # fmt: skip
    entry("Swim", topics=["Play"], from_months=24, to_months=59, days=[2, 3])
    entry("Sewing")

    assert found(**asked) == names


def test_nearest_comes_first_and_a_distance_keeps_what_is_by_phone():
    entry("Far", (53.90, -1.75))
    entry("Near", (53.81, -1.75))
    two = entry("Two places", (54.5, -1.75))
    Venue.objects.create(entry=two, latitude=53.801, longitude=-1.75)
    entry("Line", is_remote=True)
    entry("Nobody knows where")

    assert found(near=HOME) == ["Two places", "Near", "Far", "Line", "Nobody knows where"]
    assert found(near=HOME, miles=2) == ["Two places", "Near", "Line"]
    assert [row.distance for row in find(Asked(near=HOME)).rows][:3] == ["very near", "0.7 miles", "6.9 miles"]


def test_what_is_gone_or_paused_is_not_found():
    source = Source.objects.create(name="Council")
    entry("Gone", source=source, external_id="1", gone_on="2026-01-01")
    entry("Paused", source=source, external_id="2", is_paused=True)

    assert found() == []


@pytest.mark.parametrize("near", [None, HOME])
def test_pages_follow_one_another_without_a_gap_or_a_double(near):
    for number in range(PAGE + 25):
        entry("Same name", (53.8 + number % 3 / 100, -1.75) if number % 4 else None)

    pages, after = [], ""
    while True:
        page = find(Asked(near=near, after=after))
        pages += [row.entry.pk for row in page.rows]
        after = page.next_after
        if not after:
            break

    assert len(pages) == len(set(pages)) == PAGE + 25


@pytest.mark.parametrize("after", ["x", "1-", "-1-1", "99999999999-1", "1-" + "9" * 30, "١-١"])
def test_key_that_is_none_gives_the_first_page(after):
    entry("One")

    assert found(after=after) == ["One"]


def test_search_is_one_query_for_one_entry_and_for_thirty():
    asked = Asked(text="play", near=HOME, miles=5, age="2", day=2, language="en", topic="Play")
    counts = []
    for many in (1, 29):
        for number in range(many):
            entry(f"Play {many} {number}", HOME, topics=["Play"], days=[2], languages=["en"])
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert find(asked).rows
        counts.append(len(queries))

    assert counts == [1, 1]


def test_choices_are_what_there_is_the_most_common_topic_first():
    entry("A", topics=["Play", "Food"], languages=["ur", "en"])
    entry("B", topics=["Food"], languages=["en"])
    entry("C", topics=["Gone"], is_paused=True)

    assert topics() == ["Food", "Play"]
    assert languages_spoken() == ["en", "ur"]


@pytest.mark.parametrize(("metres", "words"), [(None, ""), (0, "very near"), (1700, "1.1 miles"), (40000, "25 miles")])
def test_distance_reads_as_people_say_it(metres, words):
    assert distance_in_words(metres) == words


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [(None, None, ""), (6, 59, "from 6 months to 4 years"), (192, None, "from 16 years"), (None, 11, "up to 1 year")],
)
def test_ages_read_as_people_say_them(first, last, words):
    assert Entry(from_months=first, to_months=last).ages == words

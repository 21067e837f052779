"""Who waits, and who is offered a volunteer, by group: what is counted, what is said, and what stays hidden."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from betterstart.clock import london_today
from families.models import Address, Family, FamilyMember, Support
from kindness_metrics.reports import GROUPINGS, ShownShare, equity
from kindness_metrics.reports.equity import Waited, _share, compare, waits
from tests import factories
from volunteers.models import Match

URL = "/two-languages/equity/"
AREA, LANGUAGE = GROUPINGS["area"], GROUPINGS["language"]


def waited(number: int, group: str = "english", days: int = 20, **facts) -> Waited:
    row = Waited(number, number, days, began=True, gave_up=False)
    for name, value in facts.items():
        setattr(row, name, value)
    row.groups["language"] = group
    return row


def lines(rows, grouping=LANGUAGE):
    found = compare(rows, grouping, london_today())
    return {str(line.label): line for line in found.lines}


def group(size: int, name: str, start: int = 0, **facts):
    return [waited(start + n, name, **facts) for n in range(size)]


# What is shown


def test_group_of_four_shows_nothing_and_takes_the_next_smallest_with_it():
    told = lines([*group(4, "interpreter"), *group(12, "other", 10), *group(40, "english", 30)])

    hidden = [told["with an interpreter"], told["another language than English"]]
    assert [line.families for line in hidden] == [None, None]
    assert [line.median for line in hidden] == [None, None]
    assert told["English"].families == 40


def test_middle_counts_those_who_still_wait_and_needs_ten_families():
    waiting = group(4, "english", 100, days=90, began=False)
    told = lines([*group(6, "english", days=20), *waiting, *group(9, "other", 200, days=5)])

    assert told["English"].median == 20  # six of ten had begun by then
    assert told["another language than English"].median is None


def test_longer_wait_beyond_chance_is_said_and_so_is_a_gap_that_may_be_chance():
    sure = lines([*group(60, "interpreter", days=60), *group(60, "english", 100, days=10)])
    unsure = lines([*group(10, "interpreter", days=40), *group(10, "english", 100, days=10)])
    perhaps = lines([*group(11, "interpreter", days=20), *group(11, "english", 100, days=12)])

    assert "by more than chance explains" in sure["with an interpreter"].words
    assert sure["English"].words == ""
    assert "Look into it" in unsure["with an interpreter"].words
    assert "cannot say whether it is chance" in perhaps["with an interpreter"].words


def test_group_of_which_more_than_half_still_wait_is_not_silent():
    slow = [*group(20, "interpreter", days=200, began=False), *group(10, "interpreter", 50, days=30)]
    told = lines([*slow, *group(40, "english", 100, days=10)])["with an interpreter"]

    assert (told.median, told.half_still_wait) == (None, True)
    assert "Look into it" in told.words


def test_gap_to_all_others_is_told_with_what_its_numbers_bear():
    here = [*group(20, "interpreter", days=40), *group(10, "interpreter", 50, days=10)]
    rest = [*group(10, "english", 100, days=40), *group(30, "english", 200, days=10)]

    assert lines([*here, *rest])["with an interpreter"].gap == "+40 in 100 (+20 to +60)"


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_share_never_tells_of_fewer_than_five_by_its_words_or_its_picture(part):
    x, n = part
    told = _share(x, n)

    if x < 5 or n - x < 5 or n < 20:
        assert told == ShownShare(None)
    elif n < 50:
        assert (told.p * 10) % 1 == pytest.approx(0, abs=1e-9) or (told.p * 10) % 1 == pytest.approx(1, abs=1e-9)
        assert told.low <= told.p <= told.high


def test_share_of_everybody_or_nobody_is_not_shown():
    told = lines([*group(30, "english", days=60), *group(30, "other", 100, days=5)])

    assert told["English"].long_waits.percent is None
    assert told["another language than English"].long_waits.percent is None


def test_those_who_wait_less_than_four_weeks_so_far_are_not_counted_as_short_waits():
    early = group(30, "english", days=10, began=False)
    told = lines([*early, *group(20, "english", 100, days=40), *group(20, "english", 200, days=10)])

    assert told["English"].long_waits.percent == 50  # twenty of forty, not of seventy


@given(st.lists(st.sampled_from(["interpreter", "other", "english", "not_known"]), max_size=60))
def test_no_group_of_one_to_four_is_ever_shown_nor_the_only_one_hidden(names):
    found = compare([waited(n, name) for n, name in enumerate(names)], LANGUAGE, london_today())

    shown = [line.families for line in found.lines]
    assert all(n is None or n == 0 or n >= 5 for n in shown)
    assert shown.count(None) != 1 or found.families is None
    assert all(line.median is None for line in found.lines if not line.families)


# Where it comes from


def rows_of(cast, grouping=AREA):
    return {str(line.label): line for line in equity(cast.manager, cast.home, grouping, london_today()).lines}


@pytest.fixture
def fourteen(cast):
    """Twelve families more, all started four weeks after they were taken in; half live in the poorest areas."""
    accepted = london_today() - dt.timedelta(days=100)
    families = [factories.family(cast.home, f"Family {n}") for n in range(12)]
    Support.objects.filter(service=cast.home).update(accepted_on=accepted, started_on=accepted + dt.timedelta(days=28))
    Address.objects.bulk_create(
        Address(family=family, postcode="BD7 2AA", imd_decile=1 if n % 2 else 8) for n, family in enumerate(families)
    )
    return families


def test_families_are_counted_by_their_area_and_one_without_is_not_known(cast, fourteen):
    told = rows_of(cast)

    assert told["the less deprived half"].families == 6
    assert told["not known, or rather not said"].families is None  # two, and the next group hides with them
    assert told["the most deprived fifth of areas"].families is None


@pytest.mark.parametrize(
    ("change", "early"),
    [
        ({"ended": 30, "reason": "not_right"}, 1),
        ({"ended": 30, "reason": "goals_met"}, 0),
        ({"ended": 95, "reason": "not_right"}, 0),
    ],
)
def test_match_ended_early_counts_unplanned_ends_within_ninety_days(cast, change, early):
    started = london_today() - dt.timedelta(days=100)
    Match.objects.update(
        started_on=started,
        state="ended",
        ended_on=started + dt.timedelta(days=change["ended"]),
        end_reason=change["reason"],
    )
    row = next(
        row
        for row in waits([cast.home.pk], london_today() - dt.timedelta(days=730), london_today())
        if row.family == cast.family.pk
    )

    assert (row.offered, row.accepted, row.match_began, row.ended_early) == (True, True, True, bool(early))


def test_family_that_gave_up_is_counted_apart_and_for_as_long_as_it_waited(cast):
    Support.objects.filter(family=cast.other_family).update(
        state="declined",
        started_on=None,
        accepted_on=london_today() - dt.timedelta(days=50),
        ended_on=london_today() - dt.timedelta(days=20),
    )
    row = next(
        row
        for row in waits([cast.home.pk], london_today() - dt.timedelta(days=730), london_today())
        if row.family == cast.other_family.pk
    )

    assert (row.gave_up, row.began, row.days) == (True, False, 30)


@pytest.mark.parametrize("key", list(GROUPINGS))
def test_page_shows_every_grouping_with_as_many_queries_for_more_families(cast, as_user, fourteen, key):
    client = as_user(cast.manager)

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(URL, {"by": key})
        assert page.status_code == 200
        assert str(GROUPINGS[key].name) in page.content.decode()
        return len(queries)

    few = count()
    for n in range(15):
        factories.family(cast.home, f"More {n}")
    assert count() == few


def test_another_services_families_are_in_no_figure_and_its_own_are_not_asked_for(cast, fourteen):
    before = rows_of(cast)
    for n in range(9):
        factories.family(cast.far, f"Far {n}")

    assert rows_of(cast) == before
    assert {line.families for line in equity(cast.manager, cast.far, AREA, london_today()).lines} == {0}


def test_unknown_grouping_falls_back_to_where_families_live(cast, as_user):
    page = as_user(cast.manager).get(URL, {"by": "shoe-size"}).content.decode()

    assert "Where they live" in page


def test_interpreter_counts_before_the_language(cast, fourteen):
    Family.objects.filter(pk__in=[family.pk for family in fourteen[:6]]).update(language="ur", interpreter_needed=True)
    Family.objects.exclude(pk__in=[family.pk for family in fourteen[:6]]).update(language="en")

    told = rows_of(cast, LANGUAGE)
    assert (told["with an interpreter"].families, told["English"].families) == (6, 8)


def test_what_helps_is_told_where_anybody_of_the_family_said_so(cast, fourteen):
    FamilyMember.objects.filter(family__in=fourteen[:6], role="parent").update(access_needs=["easy_read"])

    assert rows_of(cast, GROUPINGS["access"])["told us what helps"].families == 6

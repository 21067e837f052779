"""Who waits for a service, how long and why; and what a manager learns of it without a name."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.access.models import Membership
from betterstart.clock import london_today
from families.models import Family
from families.reports.pressing import pressing
from families.reports.waiting_list import PAGE, Key, age_in_words, long_waits, waiting_list
from tests import factories

DAY = dt.timedelta(days=1)
LIST, LONG = "/families/who-wait/", "/waiting/long/"


def waiting(service, name: str, days: int, state: str = "waiting", **fields) -> Family:
    family = factories.family(service, name, state=state)
    since = london_today() - days * DAY
    family.supports.update(**{"accepted_on": since, "waiting_since": since, **fields})
    return family


def listed(user, services, **asked):
    with acting_as(Scope.SCOPED, user.pk):
        return waiting_list(user, services, **asked)


def names(found) -> list[str]:
    return [row.support.family.name for row in found.rows]


def test_longest_wait_comes_first_whatever_the_state(cast):
    waiting(cast.home, "Younger", 10, "offered")
    waiting(cast.home, "Oldest", 90)
    waiting(cast.home, "Middle", 50, "getting_to_know")

    assert names(listed(cast.coordinator, [cast.home])) == ["Oldest", "Middle", "Younger"]


def test_wait_for_another_volunteer_is_counted_from_when_it_began(cast):
    since = london_today() - 5 * DAY
    waiting(cast.home, "Again", 200, started_on=london_today() - 150 * DAY, waiting_since=since)
    waiting(cast.home, "First", 20)

    found = listed(cast.coordinator, [cast.home])

    assert names(found) == ["First", "Again"]
    assert (found.rows[1].days, found.rows[1].why) == (5, "for another volunteer")


@pytest.mark.parametrize(
    ("days", "mark", "age"), [(41, 0, "5 weeks"), (42, 6, "6 weeks"), (62, 6, "8 weeks"), (63, 9, "9 weeks"),
                              (84, 12, "12 weeks"), (300, 12, "42 weeks"), (13, 0, "13 days"), (1, 0, "1 day")]
)  # fmt: skip
def test_age_marks_fall_on_their_day(cast, days, mark, age):
    waiting(cast.home, "Wanda", days)

    [row] = listed(cast.coordinator, [cast.home]).rows

    assert (row.mark, row.age) == (mark, age)


def test_totals_count_by_age_and_say_the_middle_and_the_longest(cast):
    for number, days in enumerate((3, 41, 42, 70, 100)):
        waiting(cast.home, f"Family {number}", days)
    waiting(cast.stay_and_play, "Elsewhere", 7)
    Membership.objects.filter(user=cast.coordinator).update(service=None)

    totals = listed(cast.coordinator, [cast.home, cast.stay_and_play]).totals

    assert [(total.service, total.waiting, total.by_age, total.median, total.longest) for total in totals] == [
        (cast.home, 5, (2, 1, 1, 1), 42, 100),
        (cast.stay_and_play, 1, (1, 0, 0, 0), 7, 7),
    ]


@pytest.mark.parametrize(
    ("state", "fields", "why"),
    [
        ("offered", {}, "no first contact yet"),
        ("offered", {"waits_because": "not_reached"}, "no first contact yet · we have not reached them yet"),
        ("waiting", {}, "for a volunteer"),
        ("waiting", {"waits_because": "language"}, "nobody yet who speaks their language"),
        (
            "getting_to_know",
            {"agreed_on": london_today()},
            "still to do: the initial visit, what they would like help with, home safety",
        ),
    ],
)
def test_row_says_why_a_family_waits(cast, state, fields, why):
    waiting(cast.home, "Wanda", 30, state, **fields)

    assert listed(cast.coordinator, [cast.home]).rows[0].why == why


def test_family_that_has_everything_is_ready_for_the_next_step(cast):
    day = london_today() - 3 * DAY
    family = waiting(cast.home, "Wanda", 30, "getting_to_know", agreed_on=day, home_safety_on=day)
    factories.need(family)
    factories.visit(family, cast.coordinator, days_ago=3, purpose="initial")

    assert listed(cast.coordinator, [cast.home]).rows[0].why == "ready for the next step"


@pytest.mark.parametrize(
    ("last", "agreed", "words", "is_due"),
    [
        (5, 3, "in touch again on", False),
        (5, 0, "be in touch today", True),
        (5, -1, "contact is 1 day late", True),
        (5, None, "hears from us until", False),
        (24, None, "contact is 3 days late", True),
    ],
)
def test_row_says_when_somebody_is_in_touch_again(cast, last, agreed, words, is_due):
    family = waiting(cast.home, "Wanda", 60)
    factories.visit(family, cast.coordinator, days_ago=last)
    if agreed is not None:
        family.supports.update(next_touch_on=london_today() + agreed * DAY)

    [row] = listed(cast.coordinator, [cast.home]).rows

    assert words in row.next_touch
    assert row.is_due is is_due


def test_planned_visit_is_named_and_an_offer_without_one_is_due(cast):
    family = waiting(cast.home, "Wanda", 3, "offered")
    [row] = listed(cast.coordinator, [cast.home]).rows
    assert (row.next_touch, row.is_due) == ("be in touch now", True)

    factories.visit(family, cast.coordinator, days_ago=-2, state="planned")
    [row] = listed(cast.coordinator, [cast.home]).rows
    assert (row.next_touch[:10], row.is_due) == ("next visit", False)


def test_other_services_are_not_listed_even_when_asked_for(cast):
    waiting(cast.far, "Far", 30)

    assert not listed(cast.coordinator, [cast.far, cast.home]).rows


def test_pages_follow_each_other_without_gap_or_repetition(cast):
    for number in range(PAGE + 5):
        waiting(cast.home, f"Family {number}", 20 + number // 3)

    first = listed(cast.coordinator, [cast.home])
    second = listed(cast.coordinator, [cast.home], after=Key.parse(str(first.next_after)))

    assert (len(first.rows), len(second.rows), second.next_after) == (PAGE, 5, None)
    assert len({*names(first), *names(second)}) == PAGE + 5


@pytest.mark.parametrize("text", ["", "x", "20261345-1", "20260101", "20260101-", "²0260101-1", "20260101-" + "9" * 30])
def test_nonsense_in_the_address_begins_at_the_top(text):
    assert Key.parse(text) is None


def test_age_in_words_is_days_first_and_whole_weeks_then():
    assert [age_in_words(days) for days in (0, 13, 14, 20)] == ["0 days", "13 days", "2 weeks", "2 weeks"]


# Pages


def test_page_shows_wish_and_one_step_and_holds_back_for_a_family_in_silence(cast, as_user):
    wanda = waiting(cast.home, "Wanda", 50, first_wish="Somebody to talk to.")
    still = waiting(cast.home, "Stella", 40)
    Family.objects.filter(pk=still.pk).update(silent_since=timezone.now())

    page = as_user(cast.coordinator).get(LIST).content.decode()

    assert "Somebody to talk to." in page
    assert reverse("families:touch", args=[wanda.reference, wanda.supports.get().pk]) in page
    assert reverse("families:touch", args=[still.reference, still.supports.get().pk]) not in page


def test_page_can_be_asked_for_one_service(cast, as_user):
    Membership.objects.filter(user=cast.coordinator).update(service=None)
    waiting(cast.home, "Wanda", 50)
    waiting(cast.stay_and_play, "Petra", 50)
    client = as_user(cast.coordinator)

    assert names(client.get(LIST).context["listed"]) == ["Wanda", "Petra"]
    assert names(client.get(LIST, {"where": f"s-{cast.stay_and_play.pk}"}).context["listed"]) == ["Petra"]
    assert len(client.get(LIST, {"where": f"s-{cast.far.pk}"}).context["listed"].rows) == 2


def test_page_can_be_asked_for_one_organisation_by_who_works_in_two(cast, as_user):
    Membership.objects.create(user=cast.coordinator, role="coordinator", organisation=cast.elsewhere, service=cast.far)
    waiting(cast.home, "Wanda", 50)
    waiting(cast.far, "Farida", 40)
    client = as_user(cast.coordinator)

    assert names(client.get(LIST).context["listed"]) == ["Wanda", "Farida"]
    assert names(client.get(LIST, {"where": f"o-{cast.elsewhere.pk}"}).context["listed"]) == ["Farida"]


def test_empty_list_says_what_it_is_for(cast, as_user):
    assert (
        "A family appears here once a service is offered to it" in as_user(cast.coordinator).get(LIST).content.decode()
    )


@pytest.mark.parametrize(("who", "url"), [("coordinator", LIST), ("manager", LONG), ("manager", "/two-languages/")])
def test_page_needs_the_same_queries_for_one_family_and_for_thirty(cast, as_user, who, url):
    client = as_user(getattr(cast, who))

    def queries() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    waiting(cast.home, "First", 60)
    few = queries()
    for number in range(29):
        factories.visit(waiting(cast.home, f"Family {number}", 50 + number), cast.coordinator)
    assert queries() == few
    assert few <= 40


# For a manager


def test_manager_sees_waits_of_six_weeks_by_reference_and_no_name_or_words(cast, as_user):
    long = waiting(cast.home, "Wanda", 42, first_wish="Somebody to talk to.")
    short = waiting(cast.home, "Petra", 41)
    far = waiting(cast.far, "Farida", 90)

    page = as_user(cast.manager).get(LONG).content.decode()

    assert long.reference in page
    for hidden in ("Wanda", "Somebody to talk", short.reference, far.reference):
        assert hidden not in page


def test_long_waits_keep_to_the_services_that_the_manager_answers_for(cast):
    waiting(cast.far, "Farida", 90)

    with acting_as(Scope.SCOPED, cast.manager.pk):
        assert not long_waits(cast.manager, [cast.far]).rows


def test_managers_home_counts_long_waits_and_late_referrals_and_names_whom_to_ask(cast, as_user):
    waiting(cast.home, "Wanda", 50)
    waiting(cast.home, "Petra", 80)
    for days in (13, 15, 20):
        factories.referral(cast.home, days_ago=days)
    factories.referral(cast.home, days_ago=30, set_aside_because="trap")
    factories.referral(
        cast.home, days_ago=30, told_at=timezone.now(), state="withdrawn_by_family", decided_at=timezone.now()
    )
    factories.referral(cast.far, days_ago=60)

    page = as_user(cast.manager).get("/two-languages/")

    [each] = page.context["pressing"]
    assert (each.service, each.long_waits, each.longest, each.unanswered, each.latest) == (cast.home, 2, 80, 2, 6)
    assert each.ask == ["Carys Coordinator"]
    assert "2 referrals are past their promised answer, the oldest by 6 days" in page.content.decode()


def test_managers_home_says_nothing_where_nobody_waits_too_long(cast):
    waiting(cast.home, "Wanda", 41)
    factories.referral(cast.home, days_ago=13)

    with acting_as(Scope.SCOPED, cast.manager.pk):
        assert pressing(cast.manager) == []


def test_service_without_a_coordinator_says_so(cast, as_user):
    waiting(cast.stay_and_play, "Wanda", 50)

    assert "Nobody coordinates this service just now." in as_user(cast.manager).get("/two-languages/").content.decode()

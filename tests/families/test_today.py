from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from betterstart.access.acting import Scope, acting_as
from betterstart.clock import at_london, london_today
from families.models import Draft, Support, Visit
from families.reports import needs as needs_module
from families.reports.needs import Found, Need, Urgency, needs_of
from tests import factories

TODAY = "/today/"


@pytest.fixture
def quiet(cast):
    """Every family was seen yesterday, so nobody needs anything."""
    for family in (cast.family, cast.other_family):
        factories.visit(family, cast.coordinator, days_ago=1)
    return cast


def reasons(person, limit=20) -> list[tuple[str, str]]:
    with acting_as(Scope.SCOPED, person.pk):
        return [(need.family.name, need.reason) for need in needs_of(person, london_today(), limit).needs]


def test_nobody_waiting_is_said_kindly(quiet, as_user):
    page = as_user(quiet.coordinator).get(TODAY).content.decode()

    assert "Nobody is waiting for you just now." in page
    assert "Log a visit" in page


def test_coordinator_is_greeted_by_first_name_and_told_how_many_things_wait(cast, as_user):
    page = as_user(cast.coordinator).get(TODAY).content.decode()

    assert "Carys." in page
    assert "Two things need you." in page


def test_family_not_seen_for_longer_than_the_service_allows_is_listed_with_the_promise(quiet):
    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=22))
    Visit.objects.filter(family=quiet.other_family).update(actual_start=timezone.now() - dt.timedelta(days=21))

    assert reasons(quiet.coordinator) == [("Amina", "not seen for 22 days · promised every week")]


def test_family_promised_a_monthly_visit_is_listed_only_after_the_month(quiet):
    Support.objects.filter(family=quiet.family).update(contact_every_days=30)
    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=30))
    assert not reasons(quiet.coordinator)

    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=31))
    assert [name for name, _reason in reasons(quiet.coordinator)] == ["Amina"]


def test_waiting_family_is_listed_after_the_promised_touch(quiet):
    since = london_today() - dt.timedelta(days=40)
    Support.objects.filter(family=quiet.family).update(state="waiting", waiting_since=since)
    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=21))
    assert not reasons(quiet.coordinator)

    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=22))
    assert "waiting 40 days for a volunteer" in reasons(quiet.coordinator)[0][1]


def test_offered_family_is_listed_at_once_until_a_visit_is_planned(quiet):
    family = factories.family(quiet.home, "Dina")
    Support.objects.filter(family=family).update(state="offered", accepted_on=london_today(), started_on=None)
    assert reasons(quiet.coordinator) == [("Dina", "offered today, no first contact yet")]

    factories.visit(family, quiet.coordinator, state="planned", days_ago=-1)
    assert not reasons(quiet.coordinator)


@pytest.mark.parametrize(("days", "listed"), [(7, True), (8, False), (-1, True)])
def test_pause_is_listed_a_week_before_it_ends(quiet, days, listed):
    until = london_today() + dt.timedelta(days=days)
    Support.objects.filter(family=quiet.family).update(state="paused", paused_until=until)

    assert bool(reasons(quiet.coordinator)) is listed


def test_ending_past_its_agreed_day_is_listed(quiet):
    Support.objects.filter(family=quiet.family).update(state="ending", ending_on=london_today() - dt.timedelta(days=1))

    assert "last steps are open" in reasons(quiet.coordinator)[0][1]


def test_support_that_ended_needs_nothing(cast):
    Support.objects.filter(family=cast.other_family).update(state="ended_planned", ended_on=london_today())

    assert "Berta" not in {name for name, _reason in reasons(cast.coordinator)}


@pytest.mark.parametrize(
    ("hours_ago", "worker", "listed"), [(3, "coordinator", True), (30, "volunteer", False), (51, "volunteer", True)]
)
def test_visit_without_a_record_is_listed_when_its_record_is_due(quiet, hours_ago, worker, listed):
    factories.visit(quiet.family, getattr(quiet, worker), state="planned", days_ago=hours_ago / 24)

    found = reasons(quiet.coordinator)

    assert bool(found) is listed
    assert not listed or "visit of" in found[0][1]


def not_available(cast, *days_ago):
    for days in days_ago:
        factories.visit(cast.family, cast.volunteer, state="not_delivered", days_ago=days)


def test_twice_not_available_in_a_row_is_listed_and_a_visit_ends_the_row(quiet):
    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=15))
    not_available(quiet, 12, 5)
    assert reasons(quiet.coordinator) == [("Amina", "not available 2 times in a row")]

    factories.visit(quiet.family, quiet.volunteer, days_ago=1)
    assert not reasons(quiet.coordinator)


def test_cancelling_ends_the_row_for_somebody_spoke(quiet):
    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=15))
    not_available(quiet, 12, 5)
    factories.visit(
        quiet.family, quiet.volunteer, state="not_delivered", days_ago=2, not_delivered_reason="cancelled_by_family"
    )

    assert not reasons(quiet.coordinator)


def test_three_closed_doors_in_six_weeks_are_listed_until_a_coordinator_has_been_in_touch(quiet):
    Visit.objects.filter(family=quiet.family).update(worker=quiet.volunteer)
    not_available(quiet, 40, 20, 10)
    for days in (30, 15, 3):
        factories.visit(quiet.family, quiet.volunteer, days_ago=days)
    assert reasons(quiet.coordinator) == [("Amina", "not available 3 times in six weeks")]

    factories.visit(quiet.family, quiet.coordinator, days_ago=2, mode="phone")
    assert not reasons(quiet.coordinator)


def test_other_services_families_are_never_listed(cast):
    assert {name for name, _reason in reasons(cast.other_coordinator)} == {"Chloe"}
    assert not reasons(cast.volunteer)


@pytest.fixture
def asked_for_a_call(quiet, monkeypatch):
    """A higher app that knows of somebody who asked for a person."""
    monkeypatch.setattr(needs_module, "_providers", list(needs_module._providers))
    need = Need(
        family=quiet.other_family,
        reason="would like a call",
        since=timezone.now(),
        url="/calls/",
        action="Call",
        urgency=Urgency.ASKED,
    )
    needs_module.register_needs(lambda user, today, limit: Found([need], 1))
    return quiet


def test_somebody_who_asked_comes_before_the_oldest_promise(asked_for_a_call, as_user):
    Visit.objects.filter(family=asked_for_a_call.family).update(actual_start=timezone.now() - dt.timedelta(days=200))

    assert [name for name, _reason in reasons(asked_for_a_call.coordinator)] == ["Berta", "Amina"]
    page = as_user(asked_for_a_call.coordinator).get(TODAY).content.decode()
    assert page.index("would like a call") < page.index("not seen for 200 days")


def test_oldest_promise_comes_first_whatever_its_kind(quiet):
    Visit.objects.filter(family=quiet.family).update(actual_start=timezone.now() - dt.timedelta(days=30))
    old = factories.family(quiet.home, "Dina")
    Support.objects.filter(family=old).update(state="offered", accepted_on=london_today() - dt.timedelta(days=50))

    assert [name for name, _reason in reasons(quiet.coordinator)] == ["Dina", "Amina"]


def test_list_is_capped_and_says_how_many_more(cast, as_user):
    for number in range(23):
        factories.family(cast.home, f"Family {number}")
    client = as_user(cast.coordinator)

    page = client.get(TODAY)

    assert len(page.context["needs"]) == 20
    assert "25 things need you" in page.content.decode()
    assert "and 5 more" in page.content.decode()
    assert len(client.get(reverse("families:needs")).context["needs"]) == 25


def test_week_shows_own_and_special_visits_by_name_and_counts_the_others(quiet, as_user):
    day = london_today() + dt.timedelta(days=2)
    for hour, worker, purpose in [
        (9, "coordinator", "ordinary"),
        (11, "volunteer", "introduction"),
        (13, "volunteer", "ordinary"),
    ]:
        start = at_london(day, dt.time(hour))
        factories.visit(
            quiet.family,
            getattr(quiet, worker),
            state="planned",
            planned_start=start,
            planned_end=start + dt.timedelta(hours=1),
            purpose=purpose,
        )

    page = as_user(quiet.coordinator).get(TODAY)

    shown = page.context["week"][2]
    assert (shown.count, [visit.planned_start.hour for visit in shown.named], shown.others) == (3, [9, 11], 1)
    assert reverse("families:day", args=[day.isoformat()]) in page.content.decode()


def test_day_page_lists_its_visits_and_refuses_what_is_no_day(quiet, as_user):
    start = at_london(london_today() + dt.timedelta(days=2), dt.time(9))
    factories.visit(
        quiet.family, quiet.volunteer, state="planned", planned_start=start, planned_end=start + dt.timedelta(hours=1)
    )
    client = as_user(quiet.coordinator)

    assert "09:00" in client.get(reverse("families:day", args=[start.date().isoformat()])).content.decode()
    for nonsense in ("2026-02-30", "9999-12-31", "tomorrow"):
        assert client.get(reverse("families:day", args=[nonsense])).status_code == 404


def test_strip_of_each_family_says_in_words_how_it_is(quiet, as_user):
    page = as_user(quiet.coordinator).get(TODAY).content.decode()

    assert page.count("<svg") >= 2
    assert "seen 1 day ago" in page


def test_unfinished_form_is_offered_on_the_first_page(quiet, as_user):
    Draft.objects.create(user=quiet.coordinator, family=quiet.family, purpose="visit-log", fields={})

    page = as_user(quiet.coordinator).get(TODAY).content.decode()

    assert "You were writing" in page
    assert reverse("families:visit-log", args=[quiet.family.reference]) in page


def test_today_is_for_coordinators(cast, as_user):
    assert as_user(cast.volunteer).get(TODAY).status_code == 403
    assert as_user(cast.manager).get(TODAY).status_code == 403


def test_last_contact_is_kept_by_the_database_whoever_writes_the_visit(cast):
    """It follows added, changed and removed visits, also those written by somebody who sees few."""
    support, now = cast.family.supports.get(), timezone.now()

    def kept():
        support.refresh_from_db()
        return support.last_contact_at

    factories.visit(cast.family, cast.coordinator, actual_start=now - dt.timedelta(days=3))
    with acting_as(Scope.SCOPED, cast.volunteer.pk):
        factories.visit(cast.family, cast.volunteer, actual_start=now - dt.timedelta(days=9))
    assert kept() == now - dt.timedelta(days=3)

    Visit.objects.filter(worker=cast.coordinator).update(actual_start=now - dt.timedelta(days=20))
    assert kept() == now - dt.timedelta(days=9)

    Visit.objects.all().delete()
    assert kept() is None


def test_last_contact_adds_nothing_to_the_history_of_a_support(cast):
    support = cast.family.supports.get()
    before = support.events.count()

    factories.visit(cast.family, cast.coordinator)

    assert support.events.count() == before
